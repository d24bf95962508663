// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title AITBC as an ERC-20 token. Protocol §16.9
/// @notice Nobody can upgrade it. Each token stands for one AITBC that this contract holds.
contract WAITBC is ERC20("", "") {
    error PaymentFailed(address recipient, uint256 amount);

    event Deposit(address indexed owner, uint256 amount);
    event Withdrawal(address indexed owner, uint256 amount);

    /// @notice The same as {deposit}.
    receive() external payable {
        deposit();
    }

    /// @notice Makes tokens of the money that is sent along.
    function deposit() public payable {
        _mint(msg.sender, msg.value);
        emit Deposit(msg.sender, msg.value);
    }

    /// @notice Makes money of the caller's tokens.
    function withdraw(uint256 amount) external {
        _burn(msg.sender, amount);
        emit Withdrawal(msg.sender, amount);
        (bool paid,) = msg.sender.call{value: amount}("");
        require(paid, PaymentFailed(msg.sender, amount));
    }

    function name() public pure override returns (string memory) {
        return "Wrapped AITBC";
    }

    function symbol() public pure override returns (string memory) {
        return "WAITBC";
    }
}
