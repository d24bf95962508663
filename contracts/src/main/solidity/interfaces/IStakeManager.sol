// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

/// @title Candidates, their stake and its delegators. Protocol §16.6
interface IStakeManager {
    enum State {
        NONE,
        CANDIDATE,
        JAILED,
        LEFT,
        DISPLACED,
        TOMBSTONED
    }

    /// @dev What a validator does in an epoch; NONE of who was never reported. Protocol §2.4.
    enum Role {
        NONE,
        PROPOSER,
        VALIDATOR,
        STANDBY
    }

    error AlreadyCandidate(address account);
    error NotCandidate(address account);
    error WrongState(address account, State state);
    error BelowMinimum(uint256 amount, uint256 min);
    error CommissionTooHigh(uint256 commission, uint256 max);
    error CommissionTooSoon(uint64 now, uint64 from);
    error ListFull(uint256 candidates);
    error NotDisplaceable(address account);
    error StakeTooConcentrated(address pool, uint256 stake, uint256 max);
    error OwnMinimum(uint256 remaining, uint256 min);
    error AlreadyRedelegated(uint256 lot);
    error SamePool(address pool);
    error NotTransferable(uint256 lot);
    error NoEpochYet();
    error NoBallot(uint48 ballot, uint48 ballots);

    event Registered(address indexed account, bytes key, uint256 amount);
    event Displaced(address indexed account, address indexed by);
    event StateChanged(address indexed account, State state);
    event Delegated(address indexed pool, address indexed owner, uint256 amount, uint256 shares);
    event Redelegated(address indexed from, address indexed to, uint256 indexed lot, uint256 amount);
    event CommissionChanged(address indexed account, uint16 commission);
    event Ready(address indexed account, uint64 epoch);

    /// @notice Snapshots taken so far; genesis is number 0. Protocol §16.5.
    function snapshots() external view returns (uint64);

    /// @notice When a snapshot was taken, active milliseconds; 0 if it was not yet.
    function snapshotTime(uint64 number) external view returns (uint64);

    /// @notice Shares of an owner in a pool, redelegated lots included.
    function sharesOf(address pool, address owner) external view returns (uint128);

    /// @notice Whether an account is a candidate, in jail or not.
    function isCandidate(address account) external view returns (bool);

    /// @notice Stake in the pools of all candidates, wei.
    function totalStake() external view returns (uint256);

    /// @notice Shares of a pool that can earn (0 of a tombstoned or emptied one), and its commission in parts of 10,000.
    function earningOf(address pool) external view returns (uint128 shares, uint16 commission);

    /// @notice Takes note of how validators fared. Only the Rewards contract.
    function report(uint64 epoch, uint256[] calldata validators) external;

    /// @notice Opens a ballot: stake that comes or goes from now on does not count in it. Only the Governor.
    /// @param ends when its votes end, active seconds
    /// @return ballot its number
    /// @return total stake in the pools of all candidates, wei
    /// @return stakersDrawn whether the set that was reported last has stakers
    function openBallot(uint48 ends) external returns (uint48 ballot, uint256 total, bool stakersDrawn);

    /// @notice Ballots opened so far; the first has number 1.
    function ballots() external view returns (uint48);

    /// @notice What an owner's shares of a candidate's pool were worth when a ballot was opened, wei; as long as its votes are
    /// not over.
    function stakeAt(uint48 ballot, address pool, address owner) external view returns (uint256);

    /// @notice Only the Slashing contract.
    function jail(address account) external returns (bool);

    /// @notice Only the Slashing contract.
    function tombstone(address account) external returns (bool);
}
