// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

/// @title Numbers of the parameters. Protocol §19.3
/// @notice A number is never used for another meaning; new ones are appended.
library Parameter {
    // Of consensus. Protocol §19.1.
    uint256 internal constant POLICY = 0;
    uint256 internal constant START_MODE = 1;
    uint256 internal constant FORBIDDEN_MODES = 2;
    uint256 internal constant ROTATION = 3;
    uint256 internal constant PROPOSERS = 4;
    uint256 internal constant FALLBACK = 5;
    uint256 internal constant MIN_TOTAL_STAKE = 6;
    uint256 internal constant VALUE_THRESHOLD = 7;
    uint256 internal constant EMPTY_BLOCK_INTERVAL = 8;
    uint256 internal constant ROUND_TIMER_MAX = 9;
    uint256 internal constant FAST = 10;
    uint256 internal constant BALANCED = 15;
    uint256 internal constant SECURE = 20;
    // In each of the three groups:
    uint256 internal constant MODE_INTERVAL = 0;
    uint256 internal constant MODE_VALIDATORS = 1;
    uint256 internal constant MODE_LEAST_STAKE = 2;
    uint256 internal constant MODE_TRANSACTIONS = 3;
    uint256 internal constant MODE_BYTES = 4;
    uint256 internal constant WORK_SHARE = 25;
    // Of the economy. Protocol §19.3.
    uint256 internal constant AUTHORITY_BOND = 26;
    uint256 internal constant STAKE_MIN = 27;
    uint256 internal constant DELEGATION_MIN = 28;
    uint256 internal constant UNBONDING = 29;
    uint256 internal constant COMMISSION_RISE = 30;
    uint256 internal constant CANDIDATES_MAX = 31;
    uint256 internal constant STAKE_SHARE_MAX = 32;
    uint256 internal constant DISPLACEMENT = 33;
    uint256 internal constant KEY_DELAY = 34;
    uint256 internal constant SLASH_CONVICTED = 35;
    uint256 internal constant SLASH_CORRELATION = 36;
    uint256 internal constant SLASH_ABSENT_FIRST = 37;
    uint256 internal constant SLASH_ABSENT_AGAIN = 38;
    uint256 internal constant ABSENT_AGAIN_WITHIN = 39;
    uint256 internal constant REPORTER_SHARE = 40;
    uint256 internal constant SLASH_BURNED = 41;
    uint256 internal constant BASE_REWARD = 42;
    uint256 internal constant LOAD_MAX = 43;
    uint256 internal constant CARRIER_SHARE = 44;
    // Of governance. Protocol §16.11.
    uint256 internal constant PROPOSAL_DEPOSIT = 45;
    uint256 internal constant VOTING_TIME = 46;
    uint256 internal constant TIMELOCK_DELAY = 47;
    uint256 internal constant QUORUM = 48;
    uint256 internal constant MAJORITY = 49;
    // Of execution. Protocol §14.2, §14.4.
    uint256 internal constant FAST_GAS = 50;
    uint256 internal constant BALANCED_GAS = 51;
    uint256 internal constant SECURE_GAS = 52;
    uint256 internal constant TREASURY_FEES = 53;
    uint256 internal constant MAKER_FEES = 54;
    uint256 internal constant BASE_FEE_MIN = 55;
    uint256 internal constant BASE_FEE_MAX = 56;
    uint256 internal constant INERTIA_GAS = 57;
    // Of AI work. Protocol §17.10.
    uint256 internal constant WORKER_BOND = 58;
    uint256 internal constant AUDITOR_BOND = 59;
    uint256 internal constant EVALUATOR_BOND = 60;
    uint256 internal constant SERVICE_UNBONDING = 61;
    uint256 internal constant MODEL_DEPOSIT = 62;
    uint256 internal constant TURN_SECONDS = 63;
    uint256 internal constant TURN_BLOCKS = 64;
    uint256 internal constant REVEAL_SECONDS = 65;
    uint256 internal constant REVEAL_BLOCKS = 66;
    uint256 internal constant WINDOW_SECONDS = 67;
    uint256 internal constant WINDOW_BLOCKS = 68;
    uint256 internal constant MOVE_SECONDS = 69;
    uint256 internal constant MOVE_BLOCKS = 70;
    uint256 internal constant AUDIT_DELAY = 71;
    uint256 internal constant AUDIT_SEATS = 72;
    uint256 internal constant WORKER_SHARE = 73;
    uint256 internal constant AUDITORS_SHARE = 74;
    uint256 internal constant WORK_SLASH = 75;
    uint256 internal constant LATE_SHARE = 76;
    uint256 internal constant UNTAKEN_BURN = 77;
    uint256 internal constant CHALLENGER_SHARE = 78;
    uint256 internal constant ANSWER_GAS = 79;
    uint256 internal constant DISPUTES_MAX = 80;
    uint256 internal constant EVALUATORS_SHARE = 81;
    uint256 internal constant EVALUATOR_SEATS = 82;
    uint256 internal constant SCORE_SECONDS = 83;
    uint256 internal constant SCORE_BLOCKS = 84;
    uint256 internal constant SCORE_REVEAL_SECONDS = 85;
    uint256 internal constant SCORE_REVEAL_BLOCKS = 86;
    uint256 internal constant CORRECTNESS_WEIGHT = 87;
    uint256 internal constant UTILITY_WEIGHT = 88;
    uint256 internal constant NOVELTY_WEIGHT = 89;
    uint256 internal constant QUALITY_SHARE = 90;
    uint256 internal constant WORK_PAIR_MAX = 91;
    // Of claims that hardware vouches for. Protocol §17.12, §17.13.
    uint256 internal constant ATTESTED_SEATS = 92;
    uint256 internal constant ATTESTED_WEIGHT = 93;
    uint256 internal constant MACHINE_CLAIMS = 94;
    // Of reports. Protocol §17.13.
    uint256 internal constant CHECK_SECONDS = 95;
    uint256 internal constant CHECK_BLOCKS = 96;
    uint256 internal constant SEAT_PENALTY = 97;
    // Of class TOLERANCE. Protocol §17.17.
    uint256 internal constant TOLERANCE_MAX = 98;
    uint256 internal constant OPINION_SECONDS = 99;
    uint256 internal constant OPINION_BLOCKS = 100;
    uint256 internal constant OPINION_REVEAL_SECONDS = 101;
    uint256 internal constant OPINION_REVEAL_BLOCKS = 102;
    uint256 internal constant JURY_SEATS = 103;
    uint256 internal constant OPINION_SHARE = 104;
    uint256 internal constant OPINION_GAS = 105;
    uint256 internal constant COUNT = 106;

    /// @dev What an ordinary vote may change, a bit for each: neither class can be put out or taken over by it. A parameter
    /// that is not here is protected; so are the intervals and sizes of blocks: longer intervals slow active time down, and
    /// unbonding with it, and small blocks or dear gas keep out who wants to leave or to hold back.
    uint256 internal constant ORDINARY = 1 << DELEGATION_MIN | 1 << COMMISSION_RISE | 1 << KEY_DELAY | 1 << BASE_REWARD
        | 1 << LOAD_MAX | 1 << CARRIER_SHARE;
}
