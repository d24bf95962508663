// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

/// @title Bonded money in pools of shares, and the lots that left them. Protocol §16.4
interface IPools {
    error ZeroAmount();
    error TooMuch(uint256 amount, uint256 max);
    error PoolTakesNothingIn(address pool);
    error NotYours(uint256 lot, address owner);
    error NoLot(uint256 lot);
    error TooEarly(uint64 now, uint64 from);
    error StillCounted(uint64 snapshots, uint64 needed);
    error Locked(address pool);
    error StillInSet(uint64 epoch, uint64 from);
    error TouchFirst(uint256 lot, uint256 slashes);
    error NothingDue(uint256 lot);

    /// @notice `amount` left `pool`; it stands in a lot until it is withdrawn.
    event Left(address indexed pool, address indexed owner, uint256 indexed lot, uint256 amount);
    event Withdrawn(address indexed owner, uint256 indexed lot, uint256 amount);
    /// @notice A pool lost `amount`, `millionths` of what was in it; lots that left after snapshot `drawn` owe the same part.
    event Slashed(address indexed pool, uint256 millionths, uint64 drawn, uint256 amount);
    event LotSlashed(uint256 indexed lot, address indexed pool, uint256 amount);

    /// @notice Wei and shares of a pool.
    function poolOf(address pool) external view returns (uint128 tokens, uint128 shares);

    /// @notice Takes a part from a pool and from what left it after `drawn`. Only the Slashing contract.
    /// @return taken what the pool lost, wei; lots pay when they are touched
    function slash(address pool, uint256 millionths, uint64 drawn) external returns (uint256 taken);

    /// @notice Locks, or frees, what is liable for an offence while its penalty is open. Only the Slashing contract.
    function setLiability(address pool, bool open, uint64 drawn) external;

    /// @notice Lets a lot pay what it owes. Who is not its owner gets a part of it.
    /// @param slashesMax how many penalties to go through
    function touch(uint256 lot, uint256 slashesMax) external;
}
