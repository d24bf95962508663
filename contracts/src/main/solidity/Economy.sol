// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

/// @title Where the chain's contracts are, and the numbers that no governance changes. Protocol §16.1
library Economy {
    address internal constant PARAMS = 0x0000000000000000000000000000000000001000;
    address internal constant AUTHORITY_REGISTRY = 0x0000000000000000000000000000000000001001;
    address internal constant STAKE_MANAGER = 0x0000000000000000000000000000000000001002;
    address internal constant SLASHING = 0x0000000000000000000000000000000000001003;
    address internal constant REWARDS = 0x0000000000000000000000000000000000001004;
    address internal constant GOVERNOR = 0x0000000000000000000000000000000000001005;
    address internal constant TIMELOCK = 0x0000000000000000000000000000000000001006;
    address internal constant FEE_SPLITTER = 0x0000000000000000000000000000000000001007;
    address internal constant TREASURY = 0x0000000000000000000000000000000000001008;
    address internal constant WAITBC = 0x0000000000000000000000000000000000001009;
    address internal constant BEACON_HISTORY = 0x000000000000000000000000000000000000100A;

    // Of AI work.
    address internal constant SERVICE_REGISTRY = 0x0000000000000000000000000000000000001010;
    address internal constant MODEL_REGISTRY = 0x0000000000000000000000000000000000001011;
    address internal constant JOB_MARKET = 0x0000000000000000000000000000000000001012;
    address internal constant WORK_LEDGER = 0x0000000000000000000000000000000000001013;
    address internal constant EVALUATOR_COMMITTEE = 0x0000000000000000000000000000000000001014;
    address internal constant RUNTIME_REGISTRY = 0x0000000000000000000000000000000000001015;
    address internal constant COLLATERAL_REGISTRY = 0x0000000000000000000000000000000000001016;
    address internal constant DISPUTES = 0x0000000000000000000000000000000000001017;
    address internal constant JURIES = 0x0000000000000000000000000000000000001018;

    /// @dev Who calls when the chain itself does (EIP-4788).
    address internal constant SYSTEM = 0xffffFFFfFFffffffffffffffFfFFFfffFFFfFFfE;

    /// @dev Judges evidence. Protocol §14.6.
    address internal constant EVIDENCE = 0x0000000000000000000000000000000000000a03;

    /// @dev Judges proofs of possession. Protocol §14.6.
    address internal constant POSSESSION = 0x0000000000000000000000000000000000000a04;

    /// @dev Blocks of an epoch. Protocol §2.
    uint256 internal constant EPOCH_BLOCKS = 100;

    /// @dev All of something, in millionths.
    uint256 internal constant MILLIONTHS = 1_000_000;

    /// @dev Wei in a unit of voting power. Protocol §1.
    uint256 internal constant WEI_PER_UNIT = 1e12;

    /// @dev Validators that are authorities or stakers; a sum of both is a validator in both classes. Protocol §11.9.
    uint256 internal constant AUTHORITY = 1;
    uint256 internal constant STAKER = 2;
}
