// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

/// @title Proposals and votes. Protocol §16.11
interface IGovernor {
    /// @dev What a proposal asks for decides what it needs.
    enum Kind {
        ORDINARY,
        PROTECTED,
        EMERGENCY
    }

    /// @dev Who decides about a proposal, as it was when its ballot was opened.
    enum Deciders {
        BOTH,
        AUTHORITIES,
        STAKE
    }

    enum State {
        NONE,
        OPEN,
        DEFEATED,
        SUCCEEDED,
        QUEUED,
        HELD_BACK,
        AWAITS_SECOND_VOTE,
        EXECUTED,
        EXPIRED
    }

    enum Support {
        AGAINST,
        FOR,
        ABSTAIN
    }

    error NoActions();
    error DifferentLengths(uint256 targets, uint256 datas);
    error WrongDeposit(uint256 amount, uint256 needed);
    error WrongState(uint256 id, State state);
    error NotDeciding(uint256 id, Deciders deciders);
    error NotVoteDelegate(address owner, address caller);
    error AlreadyCounted(address pool, address owner);
    error NoVotes(address caller);
    error NoSeat(address caller);
    error SeatCounted(address authority);
    error NotProtected(uint256 id, Kind kind);
    error OtherActions(uint256 id);
    error DepositPaid(uint256 id);

    event Proposed(
        uint256 indexed id,
        address indexed proposer,
        Kind kind,
        Deciders deciders,
        uint48 ends,
        address[] targets,
        bytes[] datas,
        string description
    );
    event Voted(uint256 indexed id, address indexed voter, Support support, uint256 stake);
    event SeatVoted(uint256 indexed id, address indexed authority, Support support);
    event HoldAsked(uint256 indexed id, address indexed authority);
    event HeldBack(uint256 indexed id, uint48 until);
    event SecondVoteOpened(uint256 indexed id, Deciders deciders, uint48 ends);
    event Queued(uint256 indexed id);
    event Executed(uint256 indexed id);
    event DepositSettled(uint256 indexed id, address recipient, uint256 amount);
    event VotesDelegated(address indexed owner, address indexed to);

    /// @notice Where a proposal stands.
    function state(uint256 id) external view returns (State);
}
