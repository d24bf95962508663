// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

/// @title The chain's beacon values and its active time. Protocol §16.2
interface IBeaconHistory {
    error OnlySystem(address caller);
    error NotKept(uint256 height);

    /// @notice The beacon of a block among the last 65,536 and not above this one.
    function beacon(uint256 height) external view returns (bytes32);

    /// @notice Active time up to this block, milliseconds: block time, of which one block counts for at most 4 s.
    function activeMillis() external view returns (uint64);

    /// @notice The same in seconds.
    function activeSeconds() external view returns (uint48);

    /// @notice Base fees burned up to the parent block, wei.
    function burned() external view returns (uint128);

    /// @notice Epoch calls that failed: how many, the last of them, and the contract that failed.
    function failures() external view returns (uint64 count, uint64 epoch, address target);
}
