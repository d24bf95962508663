// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {ITreasury} from "./interfaces/ITreasury.sol";
import {SystemContract} from "./SystemContract.sol";

/// @title Money that governance spends. Protocol §16.9
contract Treasury is ITreasury, SystemContract {
    /// @inheritdoc ITreasury
    function deposit() external payable {
        emit Deposited(msg.sender, msg.value);
    }

    /// @notice The same without a name.
    receive() external payable {
        emit Deposited(msg.sender, msg.value);
    }

    /// @inheritdoc ITreasury
    function spend(address payable recipient, uint256 amount) external onlyTimelock nonReentrant {
        require(recipient != address(0), ZeroRecipient());
        emit Spent(recipient, amount);
        _pay(recipient, amount);
    }
}
