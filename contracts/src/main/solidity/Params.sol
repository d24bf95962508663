// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {IParams} from "./interfaces/IParams.sol";
import {Economy} from "./Economy.sol";
import {Parameter} from "./Parameter.sol";
import {SystemContract} from "./SystemContract.sol";

/// @title The parameters that governance may change, inside bounds and relations that it may not. Protocol §16.3
contract Params is IParams, SystemContract {
    /// @dev Milliseconds in a day.
    uint256 private constant DAY = 86_400_000;

    /// @dev The time in which what a light client trusts is young enough, milliseconds. Protocol §10.2.
    uint256 private constant TRUSTING_PERIOD = 14 * DAY;

    /// @dev The greatest least stake of a staker set is one in this many parts of the supply. Protocol §19.1.
    uint256 private constant SUPPLY_PARTS = 20;

    uint256[] private values;

    /// @dev All money of the genesis, wei.
    uint256 private supplyAtGenesis;

    /// @notice The values of a genesis, in the order of their numbers.
    /// @param supply all money of the genesis, wei
    function initialize(uint256[] calldata first, uint256 supply) external genesis {
        require(first.length == Parameter.COUNT, DifferentLengths(Parameter.COUNT, first.length));
        supplyAtGenesis = supply;
        for (uint256 id = 0; id < first.length; id++) {
            _requireBounds(id, first[id]);
            values.push(first[id]);
        }
        _requireRelations();
    }

    /// @inheritdoc IParams
    function set(uint256[] calldata ids, uint256[] calldata changed) external onlyTimelock {
        require(ids.length == changed.length, DifferentLengths(ids.length, changed.length));
        for (uint256 i = 0; i < ids.length; i++) {
            uint256 id = ids[i];
            _requireBounds(id, changed[i]);
            emit Changed(id, values[id], changed[i]);
            values[id] = changed[i];
        }
        _requireRelations();
    }

    /// @inheritdoc IParams
    function get(uint256 id) external view returns (uint256) {
        require(id < values.length, UnknownParameter(id));
        return values[id];
    }

    /// @inheritdoc IParams
    function all() external view returns (uint256[] memory) {
        return values;
    }

    /// @inheritdoc IParams
    function bounds(uint256 id) public view returns (uint256 min, uint256 max) {
        if (id == Parameter.MIN_TOTAL_STAKE) {
            return (0, supplyAtGenesis / SUPPLY_PARTS);
        }
        if (id < Parameter.FAST) {
            return _boundsOfConsensus(id);
        }
        if (id < Parameter.WORK_SHARE) {
            return _boundsOfMode((id - Parameter.FAST) % 5);
        }
        if (id < Parameter.FAST_GAS) {
            return _boundsOfEconomy(id);
        }
        if (id <= Parameter.INERTIA_GAS) {
            return _boundsOfExecution(id);
        }
        return _boundsOfWork(id);
    }

    function _boundsOfConsensus(uint256 id) private pure returns (uint256 min, uint256 max) {
        if (id == Parameter.POLICY) return (1, 3);
        if (id == Parameter.START_MODE) return (0, 2);
        if (id == Parameter.FORBIDDEN_MODES) return (0, 6);
        if (id == Parameter.ROTATION) return (1, 5);
        if (id == Parameter.PROPOSERS) return (1, 6);
        if (id == Parameter.FALLBACK) return (0, 1);
        if (id == Parameter.VALUE_THRESHOLD) return (1, type(uint128).max);
        return (1, 60_000); // EMPTY_BLOCK_INTERVAL, ROUND_TIMER_MAX
    }

    function _boundsOfMode(uint256 field) private pure returns (uint256 min, uint256 max) {
        if (field == Parameter.MODE_INTERVAL) return (1, 60_000);
        if (field == Parameter.MODE_VALIDATORS) return (1, 1_000);
        if (field == Parameter.MODE_LEAST_STAKE) return (1e12, 1e9 * 1e18);
        if (field == Parameter.MODE_TRANSACTIONS) return (1, 32_768);
        return (131_072, 4_194_304); // MODE_BYTES: one transaction of the greatest size; a block's bound
    }

    function _boundsOfEconomy(uint256 id) private pure returns (uint256 min, uint256 max) {
        if (id == Parameter.WORK_SHARE) return (0, Economy.MILLIONTHS);
        if (id == Parameter.AUTHORITY_BOND) return (1e18, 1e8 * 1e18);
        if (id == Parameter.STAKE_MIN) return (1e18, 1e8 * 1e18);
        if (id == Parameter.DELEGATION_MIN) return (1e15, 1e6 * 1e18);
        if (id == Parameter.UNBONDING) return (TRUSTING_PERIOD * 3 / 2, 84 * DAY);
        if (id == Parameter.COMMISSION_RISE) return (0, 100_000);
        if (id == Parameter.CANDIDATES_MAX) return (100, 2_000);
        if (id == Parameter.STAKE_SHARE_MAX) return (50_000, 333_333);
        if (id == Parameter.DISPLACEMENT) return (10_000, 500_000);
        if (id == Parameter.KEY_DELAY) return (0, 7 * DAY);
        if (id == Parameter.SLASH_CONVICTED) return (50_000, 500_000);
        if (id == Parameter.SLASH_CORRELATION) return (1, 10);
        if (id == Parameter.SLASH_ABSENT_FIRST) return (0, 50_000);
        if (id == Parameter.SLASH_ABSENT_AGAIN) return (0, 100_000);
        if (id == Parameter.ABSENT_AGAIN_WITHIN) return (DAY, 365 * DAY);
        if (id == Parameter.REPORTER_SHARE) return (0, 100_000);
        if (id == Parameter.SLASH_BURNED) return (0, Economy.MILLIONTHS);
        if (id == Parameter.BASE_REWARD) return (0, 100 * 1e18);
        if (id == Parameter.LOAD_MAX) return (Economy.MILLIONTHS, 1_500_000);
        if (id == Parameter.CARRIER_SHARE) return (0, 250_000);
        if (id == Parameter.PROPOSAL_DEPOSIT) return (100 * 1e18, 10_000 * 1e18);
        if (id == Parameter.VOTING_TIME) return (DAY, 30 * DAY);
        if (id == Parameter.TIMELOCK_DELAY) return (0, 7 * DAY);
        if (id == Parameter.QUORUM) return (50_000, 500_000);
        if (id == Parameter.MAJORITY) return (500_000, 900_000);
        revert UnknownParameter(id);
    }

    function _boundsOfExecution(uint256 id) private pure returns (uint256 min, uint256 max) {
        // One transaction of the greatest gas; what a core runs in the longest block interval.
        if (id <= Parameter.SECURE_GAS) return (16_777_216, 15_000_000_000);
        if (id <= Parameter.MAKER_FEES) return (0, Economy.MILLIONTHS);
        // A transfer costs at most 0.021 AITBC, whatever a vote decides.
        if (id == Parameter.BASE_FEE_MIN) return (0, 1e12);
        if (id == Parameter.BASE_FEE_MAX) return (0, 1e27);
        // An eighth of the base fee in 0.1 s of full blocks, or in 11 days.
        if (id == Parameter.INERTIA_GAS) return (1e8, 1e15);
        revert UnknownParameter(id);
    }

    function _boundsOfWork(uint256 id) private pure returns (uint256 min, uint256 max) {
        if (id <= Parameter.EVALUATOR_BOND) return (1e18, 1e6 * 1e18);
        if (id == Parameter.SERVICE_UNBONDING) return (DAY, 84 * DAY);
        if (id == Parameter.MODEL_DEPOSIT) return (1e18, 1e6 * 1e18);
        if (id == Parameter.TURN_SECONDS) return (1, 600);
        if (id == Parameter.TURN_BLOCKS) return (1, 1_000);
        if (id == Parameter.REVEAL_SECONDS) return (1, 86_400);
        if (id == Parameter.REVEAL_BLOCKS) return (1, 100_000);
        if (id == Parameter.WINDOW_SECONDS) return (1, 604_800);
        if (id == Parameter.WINDOW_BLOCKS) return (1, 100_000);
        if (id == Parameter.MOVE_SECONDS) return (1, 604_800);
        if (id == Parameter.MOVE_BLOCKS) return (1, 100_000);
        if (id == Parameter.AUDIT_DELAY) return (1, 100);
        if (id == Parameter.AUDIT_SEATS) return (1, 16);
        if (id == Parameter.WORKER_SHARE) return (500_000, 900_000);
        if (id == Parameter.AUDITORS_SHARE) return (0, 100_000);
        if (id == Parameter.WORK_SLASH) return (1, 100);
        if (id == Parameter.LATE_SHARE) return (0, 1_000_000);
        if (id == Parameter.UNTAKEN_BURN) return (0, 100_000);
        if (id == Parameter.CHALLENGER_SHARE) return (0, 500_000);
        if (id == Parameter.ANSWER_GAS) return (100_000, 100_000_000);
        if (id == Parameter.DISPUTES_MAX) return (1, 1_000);
        if (id == Parameter.EVALUATORS_SHARE) return (0, 100_000);
        if (id == Parameter.EVALUATOR_SEATS) return (1, 21);
        if (id == Parameter.SCORE_SECONDS || id == Parameter.SCORE_REVEAL_SECONDS) return (1, 604_800);
        if (id == Parameter.SCORE_BLOCKS || id == Parameter.SCORE_REVEAL_BLOCKS) return (1, 100_000);
        if (id <= Parameter.NOVELTY_WEIGHT) return (0, Economy.MILLIONTHS);
        if (id == Parameter.QUALITY_SHARE) return (0, 200_000);
        if (id == Parameter.WORK_PAIR_MAX) return (1e18, 1e6 * 1e18);
        if (id == Parameter.ATTESTED_SEATS) return (1, 16);
        if (id == Parameter.ATTESTED_WEIGHT) return (0, Economy.MILLIONTHS);
        if (id == Parameter.MACHINE_CLAIMS) return (0, 1_000_000);
        if (id == Parameter.CHECK_SECONDS) return (1, 604_800);
        if (id == Parameter.CHECK_BLOCKS) return (1, 100_000);
        if (id == Parameter.SEAT_PENALTY) return (1, 100);
        // In billionths: a hundredth of the output's length.
        if (id == Parameter.TOLERANCE_MAX) return (0, 10_000_000);
        if (id == Parameter.OPINION_SECONDS || id == Parameter.OPINION_REVEAL_SECONDS) return (1, 604_800);
        if (id == Parameter.OPINION_BLOCKS || id == Parameter.OPINION_REVEAL_BLOCKS) return (1, 100_000);
        if (id == Parameter.JURY_SEATS) return (3, 21);
        if (id == Parameter.OPINION_SHARE) return (0, 20_000);
        if (id == Parameter.OPINION_GAS) return (0, 10_000_000);
        revert UnknownParameter(id);
    }

    function _requireBounds(uint256 id, uint256 value) private view {
        (uint256 min, uint256 max) = bounds(id);
        require(value >= min && value <= max, OutOfBounds(id, value, min, max));
    }

    /// @dev What holds between parameters. `model` refuses the same.
    function _requireRelations() private view {
        uint256 pinned = 3;
        bool startForbidden = values[Parameter.FORBIDDEN_MODES] >> values[Parameter.START_MODE] & 1 == 1;
        require(
            values[Parameter.POLICY] != pinned || !startForbidden,
            Contradiction(Parameter.START_MODE, Parameter.FORBIDDEN_MODES)
        );
        require(
            values[Parameter.SLASH_ABSENT_FIRST] <= values[Parameter.SLASH_ABSENT_AGAIN],
            Contradiction(Parameter.SLASH_ABSENT_FIRST, Parameter.SLASH_ABSENT_AGAIN)
        );
        require(
            values[Parameter.DELEGATION_MIN] <= values[Parameter.STAKE_MIN],
            Contradiction(Parameter.DELEGATION_MIN, Parameter.STAKE_MIN)
        );
        require(
            values[Parameter.BASE_FEE_MIN] <= values[Parameter.BASE_FEE_MAX],
            Contradiction(Parameter.BASE_FEE_MIN, Parameter.BASE_FEE_MAX)
        );
        require(
            values[Parameter.TREASURY_FEES] + values[Parameter.MAKER_FEES] <= Economy.MILLIONTHS,
            Contradiction(Parameter.TREASURY_FEES, Parameter.MAKER_FEES)
        );
        require(
            values[Parameter.WORKER_SHARE] + values[Parameter.AUDITORS_SHARE] + values[Parameter.EVALUATORS_SHARE]
                <= Economy.MILLIONTHS,
            Contradiction(Parameter.WORKER_SHARE, Parameter.EVALUATORS_SHARE)
        );
        require(
            values[Parameter.CORRECTNESS_WEIGHT] + values[Parameter.UTILITY_WEIGHT] + values[Parameter.NOVELTY_WEIGHT]
                == Economy.MILLIONTHS,
            Contradiction(Parameter.CORRECTNESS_WEIGHT, Parameter.NOVELTY_WEIGHT)
        );
        require(
            values[Parameter.EVALUATOR_SEATS] % 2 == 1,
            Contradiction(Parameter.EVALUATOR_SEATS, Parameter.EVALUATOR_SEATS)
        );
    }
}
