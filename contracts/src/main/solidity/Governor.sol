// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {IAuthorityRegistry} from "./interfaces/IAuthorityRegistry.sol";
import {IGovernor} from "./interfaces/IGovernor.sol";
import {IParams} from "./interfaces/IParams.sol";
import {IStakeManager} from "./interfaces/IStakeManager.sol";
import {ITimelock} from "./interfaces/ITimelock.sol";
import {ITreasury} from "./interfaces/ITreasury.sol";
import {Economy} from "./Economy.sol";
import {Parameter} from "./Parameter.sol";
import {SystemContract} from "./SystemContract.sol";

/// @title Proposals and votes: neither class of validators takes the other. Protocol §16.11
/// @notice Stake votes as it stood when the ballot was opened; what unbonds has no vote. A voter names the pools in which it, or
/// who gave it its votes, has shares, so no vote costs more for anybody else. The clock is active time in seconds.
contract Governor is IGovernor, SystemContract {
    /// @dev How long a decision may wait for its next step, active seconds: 14 days.
    uint48 private constant GRACE_SECONDS = 14 days;

    /// @dev How much longer than unbonding a proposal is held back, active seconds: 30 days with the standard 21.
    uint48 private constant HOLD_BEYOND_UNBONDING_SECONDS = 9 days;

    /// @dev Most actions of a proposal: what a transaction has gas for.
    uint256 private constant ACTIONS_MAX = 64;

    /// @param ballot its number; snapshots of stake and seats are taken by it
    /// @param ends when the vote ends, active seconds
    /// @param heldFrom when more than half of the authorities had asked to hold it back; 0 for never
    /// @param second whether this is the vote after that
    /// @param quorum part of the stake that must vote, millionths
    /// @param majority part of the votes that must be exceeded, millionths
    /// @param seats of authorities when the ballot was opened
    /// @param actions hash of targets and data
    /// @param total stake when the ballot was opened, wei
    struct Proposal {
        address proposer;
        Kind kind;
        Deciders deciders;
        bool second;
        bool executed;
        uint48 ballot;
        uint48 ends;
        uint48 heldFrom;
        uint32 quorum;
        uint32 majority;
        uint16 seats;
        uint16 seatsFor;
        uint16 seatsToHold;
        bytes32 actions;
        uint128 deposit;
        uint128 total;
        uint128 votesFor;
        uint128 votesAgainst;
        uint128 votesAbstain;
    }

    mapping(uint256 id => Proposal) private proposals;
    mapping(uint48 ballot => mapping(address pool => mapping(address owner => bool))) private counted;
    mapping(uint48 ballot => mapping(address authority => bool)) private seatCounted;
    mapping(uint48 ballot => mapping(address authority => bool)) private holdCounted;

    /// @notice Who votes with the stake of an account beside the account itself; none if zero.
    mapping(address owner => address) public voteDelegateOf;

    /// @notice Proposals so far; the first has number 1.
    uint256 public proposalCount;

    /// @notice Proposes actions of the Timelock. The deposit comes back if a quorum votes.
    /// @param targets which contracts to call
    /// @param datas what to call
    /// @param description for who votes; kept in the log alone
    function propose(address[] calldata targets, bytes[] calldata datas, string calldata description)
        external
        payable
        nonReentrant
        returns (uint256 id)
    {
        return _propose(_kindOf(targets, datas), targets, datas, description);
    }

    /// @notice The same, executed as soon as more than two thirds of both classes are for it.
    function proposeEmergency(address[] calldata targets, bytes[] calldata datas, string calldata description)
        external
        payable
        nonReentrant
        returns (uint256 id)
    {
        return _propose(Kind.EMERGENCY, targets, datas, description);
    }

    /// @notice Lets another account vote with the caller's stake too; zero for none.
    function delegateVotes(address to) external {
        voteDelegateOf[msg.sender] = to;
        emit VotesDelegated(msg.sender, to);
    }

    /// @notice Votes with stake. Each owner's stake in a pool counts once, for whoever comes first.
    /// @param pools where stake is
    /// @param owners whose it is: the caller's, or of who gave it its votes
    function vote(uint256 id, Support support, address[] calldata pools, address[] calldata owners) external {
        Proposal storage p = _open(id);
        require(p.deciders != Deciders.AUTHORITIES, NotDeciding(id, p.deciders));
        require(pools.length == owners.length, DifferentLengths(pools.length, owners.length));
        uint48 ballot = p.ballot;
        uint256 stake = 0;
        for (uint256 i = 0; i < pools.length; i++) {
            (address pool, address owner) = (pools[i], owners[i]);
            require(owner == msg.sender || voteDelegateOf[owner] == msg.sender, NotVoteDelegate(owner, msg.sender));
            require(!counted[ballot][pool][owner], AlreadyCounted(pool, owner));
            counted[ballot][pool][owner] = true;
            stake += IStakeManager(Economy.STAKE_MANAGER).stakeAt(ballot, pool, owner);
        }
        require(stake > 0, NoVotes(msg.sender));
        if (support == Support.FOR) {
            p.votesFor += uint128(stake);
        } else if (support == Support.AGAINST) {
            p.votesAgainst += uint128(stake);
        } else {
            p.votesAbstain += uint128(stake);
        }
        emit Voted(id, msg.sender, support, stake);
    }

    /// @notice Votes with an authority's seat, where authorities decide.
    function voteAsAuthority(uint256 id, Support support) external {
        Proposal storage p = _open(id);
        bool decides = p.deciders == Deciders.AUTHORITIES || (p.kind == Kind.EMERGENCY && p.seats > 0);
        require(decides, NotDeciding(id, p.deciders));
        _requireSeat(p.ballot);
        require(!seatCounted[p.ballot][msg.sender], SeatCounted(msg.sender));
        seatCounted[p.ballot][msg.sender] = true;
        if (support == Support.FOR) {
            p.seatsFor++;
        }
        emit SeatVoted(id, msg.sender, support);
    }

    /// @notice Asks, as an authority, to hold a protected proposal back. When more than half do, it waits for longer than
    /// stake needs to unbond, and then needs two thirds of all stake in a second vote.
    function holdBack(uint256 id) external {
        Proposal storage p = proposals[id];
        State s = state(id);
        require(s == State.OPEN || s == State.SUCCEEDED || s == State.QUEUED, WrongState(id, s));
        require(p.kind == Kind.PROTECTED, NotProtected(id, p.kind));
        require(p.deciders == Deciders.BOTH && !p.second, NotDeciding(id, p.deciders));
        _requireSeat(p.ballot);
        require(!holdCounted[p.ballot][msg.sender], SeatCounted(msg.sender));
        holdCounted[p.ballot][msg.sender] = true;
        p.seatsToHold++;
        emit HoldAsked(id, msg.sender);
        if (uint256(p.seatsToHold) * 2 > p.seats) {
            p.heldFrom = _seconds();
            ITimelock(Economy.TIMELOCK).cancel(id);
            emit HeldBack(id, _heldUntil(p));
        }
    }

    /// @notice Opens the second vote on what was held back.
    function openSecondVote(uint256 id) external {
        State s = state(id);
        require(s == State.AWAITS_SECOND_VOTE, WrongState(id, s));
        Proposal storage p = proposals[id];
        p.second = true;
        (p.votesFor, p.votesAgainst, p.votesAbstain, p.seatsFor) = (0, 0, 0, 0);
        _openBallot(p);
        emit SecondVoteOpened(id, p.deciders, p.ends);
    }

    /// @notice Hands what was decided to the Timelock.
    function queue(uint256 id) external {
        State s = state(id);
        require(s == State.SUCCEEDED, WrongState(id, s));
        Proposal storage p = proposals[id];
        require(p.kind != Kind.EMERGENCY, WrongState(id, s));
        ITimelock(Economy.TIMELOCK).schedule(id, p.actions);
        emit Queued(id);
    }

    /// @notice Lets the Timelock act. Anybody may ask, with the proposal's actions.
    function execute(uint256 id, address[] calldata targets, bytes[] calldata datas) external nonReentrant {
        Proposal storage p = proposals[id];
        State s = state(id);
        bool emergency = p.kind == Kind.EMERGENCY;
        require(s == (emergency ? State.SUCCEEDED : State.QUEUED), WrongState(id, s));
        require(p.actions == keccak256(abi.encode(targets, datas)), OtherActions(id));
        p.executed = true;
        emit Executed(id);
        if (emergency) {
            ITimelock(Economy.TIMELOCK).executeNow(id, targets, datas);
        } else {
            ITimelock(Economy.TIMELOCK).execute(id, targets, datas);
        }
    }

    /// @notice After the vote, gives the deposit back if there was a quorum or it passed, else to the Treasury.
    function settleDeposit(uint256 id) external nonReentrant {
        State s = state(id);
        require(s != State.NONE && s != State.OPEN, WrongState(id, s));
        Proposal storage p = proposals[id];
        uint128 deposit = p.deposit;
        require(deposit > 0, DepositPaid(id));
        p.deposit = 0;
        bool back = s != State.DEFEATED || _hasQuorum(p);
        emit DepositSettled(id, back ? p.proposer : Economy.TREASURY, deposit);
        if (back) {
            _pay(p.proposer, deposit);
        } else {
            ITreasury(Economy.TREASURY).deposit{value: deposit}();
        }
    }

    /// @inheritdoc IGovernor
    function state(uint256 id) public view returns (State) {
        Proposal storage p = proposals[id];
        uint48 time = _seconds();
        if (p.ballot == 0) return State.NONE;
        if (p.executed) return State.EXECUTED;
        if (p.heldFrom > 0 && !p.second) {
            uint48 until = _heldUntil(p);
            if (time < until) return State.HELD_BACK;
            return time < until + GRACE_SECONDS ? State.AWAITS_SECOND_VOTE : State.EXPIRED;
        }
        (uint48 from, uint48 to) = ITimelock(Economy.TIMELOCK).window(id);
        if (from > 0) return time <= to ? State.QUEUED : State.EXPIRED;
        bool early = p.kind == Kind.EMERGENCY || p.deciders == Deciders.AUTHORITIES;
        if (time < p.ends && !(early && _passed(p))) return State.OPEN;
        if (!_passed(p)) return State.DEFEATED;
        return time < p.ends + GRACE_SECONDS ? State.SUCCEEDED : State.EXPIRED;
    }

    /// @notice All that is known of a proposal.
    function proposalOf(uint256 id) external view returns (Proposal memory) {
        return proposals[id];
    }

    /// @notice Until when a proposal is, or was, held back, active seconds; 0 for one that never was.
    function heldUntil(uint256 id) external view returns (uint48) {
        return proposals[id].heldFrom == 0 ? 0 : _heldUntil(proposals[id]);
    }

    /// @notice What a proposal of these actions would be.
    function kindOf(address[] calldata targets, bytes[] calldata datas) external pure returns (Kind) {
        return _kindOf(targets, datas);
    }

    /// @notice The clock (ERC-6372): active time in seconds.
    function clock() external view returns (uint48) {
        return _seconds();
    }

    /// @notice How the clock runs (ERC-6372).
    function CLOCK_MODE() external pure returns (string memory) {
        return "mode=active-seconds";
    }

    function _propose(Kind kind, address[] calldata targets, bytes[] calldata datas, string calldata description)
        private
        returns (uint256 id)
    {
        require(targets.length > 0 && targets.length <= ACTIONS_MAX, NoActions());
        require(targets.length == datas.length, DifferentLengths(targets.length, datas.length));
        uint256 needed = _parameter(Parameter.PROPOSAL_DEPOSIT);
        require(msg.value == needed, WrongDeposit(msg.value, needed));
        id = ++proposalCount;
        Proposal storage p = proposals[id];
        p.proposer = msg.sender;
        p.kind = kind;
        p.actions = keccak256(abi.encode(targets, datas));
        p.deposit = uint128(msg.value);
        _openBallot(p);
        emit Proposed(id, msg.sender, kind, p.deciders, p.ends, targets, datas, description);
    }

    /// @dev From here on neither stake nor seats that come count.
    function _openBallot(Proposal storage p) private {
        uint48 ends = _seconds() + uint48(_parameter(Parameter.VOTING_TIME) / 1_000);
        (uint48 ballot, uint256 total, bool stakersDrawn) = IStakeManager(Economy.STAKE_MANAGER).openBallot(ends);
        uint256 seats = IAuthorityRegistry(Economy.AUTHORITY_REGISTRY).seats();
        p.ballot = ballot;
        p.ends = ends;
        p.total = uint128(total);
        p.seats = uint16(seats);
        p.quorum = uint32(_parameter(Parameter.QUORUM));
        p.majority = uint32(_parameter(Parameter.MAJORITY));
        // Without a staker set a first staker would own the chain; without authorities nobody else is there.
        if (seats == 0) {
            p.deciders = Deciders.STAKE;
        } else {
            p.deciders = stakersDrawn ? Deciders.BOTH : Deciders.AUTHORITIES;
        }
    }

    function _open(uint256 id) private view returns (Proposal storage) {
        State s = state(id);
        require(s == State.OPEN, WrongState(id, s));
        return proposals[id];
    }

    function _requireSeat(uint48 ballot) private view {
        require(IAuthorityRegistry(Economy.AUTHORITY_REGISTRY).hasSeat(msg.sender, ballot), NoSeat(msg.sender));
    }

    function _heldUntil(Proposal storage p) private view returns (uint48) {
        return p.heldFrom + uint48(_parameter(Parameter.UNBONDING) / 1_000) + HOLD_BEYOND_UNBONDING_SECONDS;
    }

    function _passed(Proposal storage p) private view returns (bool) {
        (uint256 total, uint256 inFavour, uint256 against) = (p.total, p.votesFor, p.votesAgainst);
        bool seats = uint256(p.seatsFor) * 3 > uint256(p.seats) * 2;
        if (p.deciders == Deciders.AUTHORITIES) {
            return seats;
        }
        if (p.kind == Kind.EMERGENCY) {
            return inFavour * 3 > total * 2 && (p.deciders == Deciders.STAKE || seats);
        }
        if (p.second) {
            return inFavour > 0 && inFavour * 3 >= total * 2;
        }
        if (!_hasQuorum(p)) {
            return false;
        }
        return p.kind == Kind.PROTECTED
            ? inFavour > 0 && inFavour * 3 >= (inFavour + against) * 2
            : inFavour * Economy.MILLIONTHS > (inFavour + against) * p.majority;
    }

    /// @dev Whether enough stake voted.
    function _hasQuorum(Proposal storage p) private view returns (bool) {
        uint256 voted = uint256(p.votesFor) + p.votesAgainst + p.votesAbstain;
        return p.kind == Kind.ORDINARY ? voted * Economy.MILLIONTHS >= uint256(p.total) * p.quorum : voted * 3 >= p.total;
    }

    /// @dev What neither class may decide alone is everything that is not known to be harmless to it.
    function _kindOf(address[] calldata targets, bytes[] calldata datas) private pure returns (Kind) {
        for (uint256 i = 0; i < targets.length; i++) {
            if (!_isOrdinary(targets[i], datas[i])) {
                return Kind.PROTECTED;
            }
        }
        return Kind.ORDINARY;
    }

    function _isOrdinary(address target, bytes calldata data) private pure returns (bool) {
        if (data.length < 4) {
            return false;
        }
        bytes4 selector = bytes4(data[:4]);
        if (target == Economy.TREASURY) {
            return selector == ITreasury.spend.selector;
        }
        if (target != Economy.PARAMS || selector != IParams.set.selector) {
            return false;
        }
        (uint256[] memory ids,) = abi.decode(data[4:], (uint256[], uint256[]));
        for (uint256 i = 0; i < ids.length; i++) {
            if (ids[i] >= Parameter.COUNT || Parameter.ORDINARY >> ids[i] & 1 == 0) {
                return false;
            }
        }
        return true;
    }
}
