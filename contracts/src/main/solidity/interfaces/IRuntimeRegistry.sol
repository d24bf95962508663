// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

/// @title Code that may run where hardware vouches for it. Protocol §18.9
interface IRuntimeRegistry {
    error NotAPlatform(uint8 platform);
    error WrongMeasurement(uint256 length, uint256 max);
    error TooManyApprovals(bytes32 code, uint256 max);
    error NotApproved(bytes32 code, uint256 index);

    event Approved(bytes32 indexed code, uint8 platform, uint32 versionMin, bytes measurement);
    event StruckOff(bytes32 indexed code, bytes approval);
    event HardwareDenied(bytes32 indexed hardware, bool denied);

    /// @notice What may run under a code hash, as an inquiry carries it (§18.8).
    function approvals(bytes32 code) external view returns (bytes memory);

    /// @notice Whether the keys of a machine are known to be lost.
    function isDenied(bytes32 hardware) external view returns (bool);
}
