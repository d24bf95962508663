// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {IBeaconHistory} from "./interfaces/IBeaconHistory.sol";
import {Economy} from "./Economy.sol";

/// @title Beacon values and active time, kept by the call at the start of every block. Protocol §16.2
/// @notice Nobody can upgrade it: periods of all other contracts run on its clock. A halt of the chain ends no period.
contract BeaconHistory is IBeaconHistory {
    /// @notice Beacons that are kept, blocks.
    uint256 public constant BLOCKS = 65_536;

    /// @notice What one block counts for at most, milliseconds: twice the interval of empty blocks.
    uint64 public constant BLOCK_MILLIS_MAX = 4_000;

    struct Clock {
        uint64 timestampMillis;
        uint64 activeMillis;
        uint128 burned;
    }

    struct Failures {
        uint64 count;
        uint64 epoch;
        address target;
    }

    Clock private clock;
    Failures private failed;
    uint64 private settledMillis;
    mapping(uint256 place => bytes32) private beacons;

    modifier onlySystem() {
        require(msg.sender == Economy.SYSTEM, OnlySystem(msg.sender));
        _;
    }

    /// @notice Begins a block.
    /// @param timestampMillis the block's time, milliseconds
    /// @param burnedByParent base fees that the parent burned, wei
    function startBlock(uint64 timestampMillis, uint128 burnedByParent) external onlySystem {
        Clock memory c = clock;
        uint64 elapsed = 0;
        if (timestampMillis > c.timestampMillis) {
            elapsed = timestampMillis - c.timestampMillis;
            c.timestampMillis = timestampMillis;
        }
        c.activeMillis += elapsed > BLOCK_MILLIS_MAX ? BLOCK_MILLIS_MAX : elapsed;
        c.burned += burnedByParent;
        clock = c;
        beacons[block.number % BLOCKS] = bytes32(block.prevrandao);
    }

    /// @notice Active time since this was called last, milliseconds: what may be minted is bounded by it.
    function settleTime() external onlySystem returns (uint64 elapsed) {
        elapsed = clock.activeMillis - settledMillis;
        settledMillis = clock.activeMillis;
    }

    /// @notice Notes that a call at the end of an epoch failed.
    function noteFailure(uint64 epoch, address target) external onlySystem {
        failed = Failures(failed.count + 1, epoch, target);
    }

    /// @inheritdoc IBeaconHistory
    function beacon(uint256 height) external view returns (bytes32) {
        require(height <= block.number && height + BLOCKS > block.number, NotKept(height));
        bytes32 value = beacons[height % BLOCKS];
        require(value != 0, NotKept(height));
        return value;
    }

    /// @inheritdoc IBeaconHistory
    function activeMillis() external view returns (uint64) {
        return clock.activeMillis;
    }

    /// @inheritdoc IBeaconHistory
    function activeSeconds() external view returns (uint48) {
        return uint48(clock.activeMillis / 1_000);
    }

    /// @inheritdoc IBeaconHistory
    function burned() external view returns (uint128) {
        return clock.burned;
    }

    /// @inheritdoc IBeaconHistory
    function failures() external view returns (uint64 count, uint64 epoch, address target) {
        return (failed.count, failed.epoch, failed.target);
    }
}
