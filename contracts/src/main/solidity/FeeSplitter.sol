// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {ITreasury} from "./interfaces/ITreasury.sol";
import {Economy} from "./Economy.sol";
import {SystemContract} from "./SystemContract.sol";

/// @title Where the base fees' part that is not burned comes together. Protocol §16.9
/// @notice The chain credits it in every block without running code; anybody passes the sum on.
contract FeeSplitter is SystemContract {
    error NothingToSplit();

    /// @notice Fees passed on.
    event Split(uint256 toTreasury);

    /// @notice Takes money from anybody.
    receive() external payable {}

    /// @notice Passes all of it to the Treasury.
    function split() external nonReentrant {
        uint256 amount = address(this).balance;
        require(amount > 0, NothingToSplit());
        emit Split(amount);
        ITreasury(Economy.TREASURY).deposit{value: amount}();
    }
}
