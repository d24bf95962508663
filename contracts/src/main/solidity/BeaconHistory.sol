// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {IBeaconHistory} from "./interfaces/IBeaconHistory.sol";
import {Economy} from "./Economy.sol";

/// @title Beacon values, active time and the rules of gas and fees, as the chain itself keeps them. Protocol §16.2
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

    /// @dev The block in which an epoch ended last.
    uint64 private turnedAt;
    mapping(uint256 place => bytes32) private beacons;

    /// @dev Of the epoch that ended last, of this one, and of the one after. The node reads these slots; nobody upgrades them.
    BlockRules private previousRules;
    BlockRules private currentRules;
    BlockRules private nextRules;

    /// @dev What proposers got of fees since the epoch began, wei. The node writes and reads this slot.
    uint256 private proposersFees;

    /// @inheritdoc IBeaconHistory
    bytes32 public genesisHash;

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
        if (block.number == 1) {
            genesisHash = blockhash(0);
        }
        beacons[block.number % BLOCKS] = bytes32(block.prevrandao);
    }

    /// @notice Active time since this was called last, milliseconds: what may be minted is bounded by it.
    function settleTime() external onlySystem returns (uint64 elapsed) {
        elapsed = clock.activeMillis - settledMillis;
        settledMillis = clock.activeMillis;
    }

    /// @notice Ends an epoch: the rules of the next one begin, and those of the one after it are known.
    function turnRules(
        uint64 fastGas,
        uint64 balancedGas,
        uint64 secureGas,
        uint32 treasuryFees,
        uint32 makerFees,
        uint96 baseFeeMin,
        uint96 baseFeeMax,
        uint64 inertiaGas
    ) external onlySystem {
        previousRules = currentRules;
        currentRules = nextRules;
        nextRules =
            BlockRules(fastGas, balancedGas, secureGas, treasuryFees, makerFees, baseFeeMin, baseFeeMax, inertiaGas);
        turnedAt = uint64(block.number);
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
    function rules() external view returns (BlockRules memory current, BlockRules memory next) {
        return (currentRules, nextRules);
    }

    /// @inheritdoc IBeaconHistory
    function failures() external view returns (uint64 count, uint64 epoch, address target) {
        return (failed.count, failed.epoch, failed.target);
    }
}
