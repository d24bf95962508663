// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

/// @title Money that governance spends. Protocol §16.9
interface ITreasury {
    error ZeroRecipient();

    event Deposited(address indexed from, uint256 amount);
    event Spent(address indexed recipient, uint256 amount);

    /// @notice Takes what is sent along.
    function deposit() external payable;

    /// @notice Pays. Only the Timelock.
    function spend(address payable recipient, uint256 amount) external;
}
