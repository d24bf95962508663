// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {IRewards} from "./interfaces/IRewards.sol";
import {ISlashing} from "./interfaces/ISlashing.sol";
import {IStakeManager} from "./interfaces/IStakeManager.sol";
import {Economy} from "./Economy.sol";
import {Parameter} from "./Parameter.sol";
import {Pools} from "./Pools.sol";

/// @title Candidates by stake, and delegation to them. Protocol §16.6
contract StakeManager is IStakeManager, Pools {
    using Checkpoints for Checkpoints.Trace208;

    /// @dev Parts of a commission.
    uint256 private constant COMMISSION_PARTS = 10_000;

    /// @dev Candidates from which on no one of them may hold more than its share.
    uint256 private constant SHARE_CANDIDATES_MIN = 7;

    /// @dev Shortest time between two rises of a commission, milliseconds: a day.
    uint64 private constant COMMISSION_RISE_MILLIS = 86_400_000;

    /// @dev A newcomer's reputation. Protocol §2.5.
    uint16 private constant REPUTATION_START = 700;

    /// @dev Scale of what a share is worth in a vote: 2^80, so that a pool of 2^128 wei in one share fits 208 bits.
    uint256 private constant VOTE_SCALE = 1 << 80;

    /// @param keyHead first 32 bytes of the BLS key
    /// @param keyTail last 16 bytes
    /// @param place one more than its index among the candidates; 0 for none
    /// @param own shares that its own account holds, redelegated lots excepted
    /// @param ready one more than the epoch of its last readiness; 0 for none
    /// @param member the last epoch in which it was reported; 0 for none, else one more
    /// @param reputation as settlement reported it in that epoch, like all that follows
    /// @param expected blocks that it should have signed
    /// @param credited those of them that it signed
    /// @param misses rounds in which it should have proposed and another had to
    /// @param backFrom the first epoch of whose set and the next one's jail has kept it out: before, it does not come back
    struct Candidate {
        bytes32 keyHead;
        bytes16 keyTail;
        State state;
        uint16 commission;
        uint16 commissionMax;
        uint16 place;
        uint64 ready;
        uint128 own;
        uint64 commissionChanged;
        bytes16 nextKeyTail;
        bytes32 nextKeyHead;
        uint64 nextKeyFrom;
        uint64 member;
        uint16 reputation;
        uint24 expected;
        uint24 credited;
        uint24 misses;
        Role role;
        uint32 backFrom;
    }

    mapping(address account => Candidate) private candidates;
    mapping(address pool => mapping(address owner => uint128)) private delegated;
    mapping(address pool => mapping(address owner => uint128)) private inLots;
    mapping(uint64 number => uint64) private times;
    address[] private list;

    /// @inheritdoc IStakeManager
    uint256 public totalStake;

    /// @inheritdoc IStakeManager
    uint64 public snapshots;

    /// @inheritdoc IStakeManager
    uint48 public ballots;

    /// @dev When the votes of the last ballot that ends are over, active seconds.
    uint48 private ballotsEnd;

    /// @dev Whether an epoch was reported, and whether its set has stakers.
    bool private reported;
    bool private stakersDrawn;

    /// @dev What was before the first change after a ballot was opened, by its number: shares of owners, and what a share of
    /// a pool was worth. Written only while votes are open.
    mapping(address pool => mapping(address owner => Checkpoints.Trace208)) private sharesBefore;
    mapping(address pool => Checkpoints.Trace208) private worthBefore;

    /// @notice A candidate of the genesis, with its stake, which the genesis placed here.
    function initialize(
        address[] calldata accounts,
        bytes32[] calldata keyHeads,
        bytes32[] calldata keyTails,
        uint256[] calldata amounts
    ) external genesis {
        for (uint256 i = 0; i < accounts.length; i++) {
            bytes memory key = bytes.concat(keyHeads[i], bytes16(keyTails[i]));
            _add(accounts[i], key, 0, uint16(COMMISSION_PARTS), amounts[i]);
        }
    }

    /// @notice Becomes a candidate with the stake that is sent along.
    /// @param key BLS key, 48 bytes
    /// @param proof of its possession by this account, 96 bytes
    /// @param commission of delegators' rewards, in parts of 10,000
    /// @param commissionMax what the commission never exceeds
    /// @param displaced where the list is full: a candidate outside of the sets with less stake, which goes
    function register(
        bytes calldata key,
        bytes calldata proof,
        uint16 commission,
        uint16 commissionMax,
        address displaced
    ) external payable nonReentrant {
        Candidate storage c = candidates[msg.sender];
        require(
            c.state == State.NONE || c.state == State.LEFT || c.state == State.DISPLACED, AlreadyCandidate(msg.sender)
        );
        _requireOutside(c.backFrom);
        uint256 min = _parameter(Parameter.STAKE_MIN);
        require(msg.value >= min, BelowMinimum(msg.value, min));
        require(commissionMax <= COMMISSION_PARTS, CommissionTooHigh(commissionMax, COMMISSION_PARTS));
        require(commission <= commissionMax, CommissionTooHigh(commission, commissionMax));
        if (pools[msg.sender].shares > c.own) {
            // Who delegated before it left is in the pool still, and was promised these.
            require(commissionMax <= c.commissionMax, CommissionTooHigh(commissionMax, c.commissionMax));
            require(commission <= c.commission, CommissionTooHigh(commission, c.commission));
        }
        if (list.length >= _parameter(Parameter.CANDIDATES_MAX)) {
            _displace(displaced, msg.value);
        }
        ISlashing(Economy.SLASHING).claimKey(msg.sender, key, proof);
        _add(msg.sender, key, commission, commissionMax, msg.value);
        _requireShare(msg.sender);
    }

    /// @notice Says that this candidate follows the chain and can vote: it may be drawn. Protocol §2.2.
    function ready() external {
        Candidate storage c = candidates[msg.sender];
        require(c.state == State.CANDIDATE, WrongState(msg.sender, c.state));
        c.ready = _epoch() + 1;
        emit Ready(msg.sender, _epoch());
    }

    /// @notice Adds what is sent along to the caller's stake in a pool.
    function delegate(address pool) external payable nonReentrant {
        Candidate storage c = candidates[pool];
        require(c.state == State.CANDIDATE || c.state == State.JAILED, WrongState(pool, c.state));
        uint256 min = _parameter(Parameter.DELEGATION_MIN);
        require(msg.value >= min, BelowMinimum(msg.value, min));
        _beforeSharesChange(pool, msg.sender);
        uint128 shares = _enter(pool, msg.value);
        _book(pool, msg.sender, shares);
        emit Delegated(pool, msg.sender, msg.value, shares);
        _requireShare(pool);
    }

    /// @notice Takes shares out of a pool; they are worth a lot that can be withdrawn after the unbonding time.
    function undelegate(address pool, uint128 shares) external nonReentrant returns (uint256 lot) {
        return _newLot(pool, msg.sender, _takeOut(pool, shares));
    }

    /// @notice Moves shares to another pool at once; for the unbonding time they stay liable for the first one too, and
    /// cannot move again.
    function redelegate(address from, address to, uint128 shares) external nonReentrant returns (uint256 lot) {
        require(from != to, SamePool(to));
        require(candidates[to].state == State.CANDIDATE, WrongState(to, candidates[to].state));
        require(!pools[from].open, Locked(from));
        uint128 amount = _takeOut(from, shares);
        _beforeSharesChange(to, msg.sender);
        uint128 entered = _enter(to, amount);
        inLots[to][msg.sender] += entered;
        lot = ++lotCount;
        Lot storage l = lots[lot];
        l.owner = msg.sender;
        l.pool = to;
        l.source = from;
        l.sourceLeft = snapshots + 1;
        l.sourceCursor = uint32(slashes[from].length);
        l.shares = entered;
        emit Redelegated(from, to, lot, amount);
        _requireShare(to);
    }

    /// @notice Takes a redelegated lot out of its pool.
    function undelegateLot(uint256 lot) external nonReentrant {
        Lot storage l = lots[lot];
        require(l.owner == msg.sender, NotYours(lot, l.owner));
        require(l.shares > 0, NotTransferable(lot));
        _settleAll(lot);
        _beforeSharesChange(l.pool, msg.sender);
        uint128 shares = l.shares;
        inLots[l.pool][msg.sender] -= shares;
        l.shares = 0;
        l.amount = shares == 0 ? 0 : _exit(l.pool, shares);
        l.left = snapshots + 1;
        l.cursor = uint32(slashes[l.pool].length);
        emit Left(l.pool, msg.sender, lot, l.amount);
    }

    /// @notice Joins a redelegated lot with the caller's other shares of the pool, when it is not liable for the first any
    /// more.
    function merge(uint256 lot) external nonReentrant {
        Lot storage l = lots[lot];
        require(l.owner == msg.sender, NotYours(lot, l.owner));
        require(l.shares > 0, NotTransferable(lot));
        _requireTime(l.sourceLeft);
        _requireUnlocked(l.source, l.sourceLeft);
        _settleAll(lot);
        (address pool, uint128 shares) = (l.pool, l.shares);
        delete lots[lot];
        inLots[pool][msg.sender] -= shares;
        _book(pool, msg.sender, shares);
    }

    /// @notice Ends the caller's candidacy. Its stake unbonds like any other; delegators may leave.
    function resign() external {
        Candidate storage c = candidates[msg.sender];
        require(c.state == State.CANDIDATE || c.state == State.JAILED, WrongState(msg.sender, c.state));
        _remove(msg.sender, State.LEFT);
    }

    /// @notice Asks to be drawn again after jail, when it is in the set no more: then it must say that it is ready.
    function unjail() external {
        Candidate storage c = candidates[msg.sender];
        require(c.state == State.JAILED, WrongState(msg.sender, c.state));
        _requireOutside(c.backFrom);
        uint128 own = _value(msg.sender, c.own);
        uint256 min = _parameter(Parameter.STAKE_MIN);
        require(own >= min, BelowMinimum(own, min));
        c.ready = 0;
        _setState(msg.sender, State.CANDIDATE);
    }

    /// @notice Changes the caller's commission. It rises by a point at most, and once in a day.
    function setCommission(uint16 commission) external {
        Candidate storage c = candidates[msg.sender];
        require(c.state == State.CANDIDATE || c.state == State.JAILED, WrongState(msg.sender, c.state));
        require(commission <= c.commissionMax, CommissionTooHigh(commission, c.commissionMax));
        if (commission > c.commission) {
            uint256 max = c.commission + _parameter(Parameter.COMMISSION_RISE) * COMMISSION_PARTS / Economy.MILLIONTHS;
            require(commission <= max, CommissionTooHigh(commission, max));
            uint64 from = c.commissionChanged + COMMISSION_RISE_MILLIS;
            require(c.commissionChanged == 0 || _now() >= from, CommissionTooSoon(_now(), from));
            c.commissionChanged = _now();
        }
        c.commission = commission;
        emit CommissionChanged(msg.sender, commission);
    }

    /// @notice Announces another key; {applyKey} puts it in place after the delay.
    function announceKey(bytes calldata key, bytes calldata proof) external {
        Candidate storage c = candidates[msg.sender];
        require(c.state == State.CANDIDATE || c.state == State.JAILED, WrongState(msg.sender, c.state));
        ISlashing(Economy.SLASHING).claimKey(msg.sender, key, proof);
        c.nextKeyHead = bytes32(key[:32]);
        c.nextKeyTail = bytes16(key[32:]);
        c.nextKeyFrom = _now() + uint64(_parameter(Parameter.KEY_DELAY));
    }

    /// @notice Puts the announced key of a candidate in place.
    function applyKey(address account) external {
        Candidate storage c = candidates[account];
        require(c.nextKeyHead != 0, NotCandidate(account));
        require(_now() >= c.nextKeyFrom, TooEarly(_now(), c.nextKeyFrom));
        (c.keyHead, c.keyTail) = (c.nextKeyHead, c.nextKeyTail);
        (c.nextKeyHead, c.nextKeyTail) = (0, 0);
    }

    /// @notice Ends an epoch: the candidates as they stand, four words each: account and state (jailed: bit 160), stake in
    /// units and readiness (from bit 64), and the key in two words. From now on a lot that leaves is not in the snapshot.
    function snapshot() external onlySystem returns (uint256[] memory words) {
        snapshots++;
        times[snapshots] = _now();
        return _candidates();
    }

    /// @notice The same without an end.
    function peek() external view returns (uint256[] memory words) {
        return _candidates();
    }

    /// @inheritdoc IStakeManager
    function isCandidate(address account) external view returns (bool) {
        return candidates[account].place > 0;
    }

    /// @inheritdoc IStakeManager
    function report(uint64 epoch, uint256[] calldata validators) external onlyContract(Economy.REWARDS) {
        // Two words each; Protocol §16.8.
        bool stakers = false;
        for (uint256 i = 0; i < validators.length; i += 2) {
            uint256 word = validators[i];
            Candidate storage c = candidates[address(uint160(word))];
            stakers = stakers || word >> 160 & Economy.STAKER != 0;
            if (c.state != State.NONE) {
                c.member = epoch + 1;
                c.reputation = uint16(word >> 168);
                c.expected = uint24(word >> 184);
                c.credited = uint24(word >> 208);
                c.misses = uint24(word >> 232);
                c.role = Role(uint8(validators[i + 1] >> 96));
            }
        }
        if (!reported || stakers != stakersDrawn) {
            (reported, stakersDrawn) = (true, stakers);
        }
    }

    /// @inheritdoc IStakeManager
    function openBallot(uint48 ends)
        external
        onlyContract(Economy.GOVERNOR)
        returns (uint48 ballot, uint256 total, bool drawn)
    {
        require(reported, NoEpochYet());
        ballot = ++ballots;
        if (ends > ballotsEnd) {
            ballotsEnd = ends;
        }
        return (ballot, totalStake, stakersDrawn);
    }

    /// @inheritdoc IStakeManager
    function stakeAt(uint48 ballot, address pool, address owner) external view returns (uint256) {
        require(ballot > 0 && ballot <= ballots, NoBallot(ballot, ballots));
        uint256 shares = _at(sharesBefore[pool][owner], ballot, sharesOf(pool, owner));
        return Math.mulDiv(shares, _at(worthBefore[pool], ballot, _worth(pool)), VOTE_SCALE);
    }

    /// @inheritdoc IStakeManager
    function jail(address account) external onlyContract(Economy.SLASHING) returns (bool) {
        Candidate storage c = candidates[account];
        // Who left, or was displaced, sits in the sets that were drawn before, and pays for absence there as others do.
        bool hasLeft = c.state == State.LEFT || c.state == State.DISPLACED;
        if (c.state != State.CANDIDATE && !(hasLeft && c.backFrom <= _epoch())) {
            return false;
        }
        c.backFrom = uint32(_outsideFrom());
        if (!hasLeft) {
            _setState(account, State.JAILED);
        }
        return true;
    }

    /// @inheritdoc IStakeManager
    function tombstone(address account) external onlyContract(Economy.SLASHING) returns (bool) {
        State state = candidates[account].state;
        if (state == State.NONE || state == State.TOMBSTONED) {
            return false;
        }
        if (candidates[account].place > 0) {
            _remove(account, State.TOMBSTONED);
        } else {
            _setState(account, State.TOMBSTONED);
        }
        return true;
    }

    /// @inheritdoc IStakeManager
    function snapshotTime(uint64 number) external view returns (uint64) {
        return times[number];
    }

    /// @inheritdoc IStakeManager
    function sharesOf(address pool, address owner) public view returns (uint128) {
        return delegated[pool][owner] + inLots[pool][owner];
    }

    /// @inheritdoc IStakeManager
    function earningOf(address pool) external view returns (uint128 shares, uint16 commission) {
        Candidate storage c = candidates[pool];
        if (c.state != State.TOMBSTONED && pools[pool].tokens > 0) {
            return (pools[pool].shares, c.commission);
        }
    }

    /// @notice All that is known of a candidate.
    function candidateOf(address account) external view returns (Candidate memory) {
        return candidates[account];
    }

    /// @notice How many candidates there are.
    function candidateCount() external view returns (uint256) {
        return list.length;
    }

    function _candidates() private view returns (uint256[] memory words) {
        uint256 count = list.length;
        words = new uint256[](4 * count);
        uint256 min = _parameter(Parameter.STAKE_MIN);
        uint256 used = 0;
        for (uint256 i = 0; i < count; i++) {
            address account = list[i];
            Candidate storage c = candidates[account];
            uint256 units = pools[account].tokens / Economy.WEI_PER_UNIT;
            bool jailed = c.state == State.JAILED || _value(account, c.own) < min;
            if (units > 0) {
                words[used] = uint160(account) | (jailed ? 1 << 160 : 0);
                words[used + 1] = units | uint256(c.ready) << 64;
                words[used + 2] = uint256(c.keyHead);
                words[used + 3] = uint256(bytes32(c.keyTail));
                used += 4;
            }
        }
        assembly ("memory-safe") {
            mstore(words, used)
        }
    }

    function _add(address account, bytes memory key, uint16 commission, uint16 commissionMax, uint256 amount) private {
        Candidate storage c = candidates[account];
        bytes32 head;
        bytes32 tail;
        assembly ("memory-safe") {
            head := mload(add(key, 32))
            tail := mload(add(key, 64))
        }
        c.keyHead = head;
        c.keyTail = bytes16(tail);
        c.commission = commission;
        c.commissionMax = commissionMax;
        c.ready = 0;
        _beforeValueChanges(account);
        if (c.reputation == 0) {
            c.reputation = REPUTATION_START; // Not 0, or its first report would cost four times as much as any other.
        }
        list.push(account);
        c.place = uint16(list.length);
        c.state = State.CANDIDATE;
        totalStake += pools[account].tokens; // of who was a candidate before
        _beforeSharesChange(account, account);
        _book(account, account, _enter(account, amount));
        emit Registered(account, key, amount);
    }

    /// @dev Shares to an owner.
    function _book(address pool, address owner, uint128 shares) private {
        delegated[pool][owner] += shares;
        if (pool == owner) {
            candidates[pool].own += shares;
        }
    }

    function _takeOut(address pool, uint128 shares) private returns (uint128 amount) {
        uint128 held = delegated[pool][msg.sender];
        require(shares <= held, TooMuch(shares, held));
        _beforeSharesChange(pool, msg.sender);
        delegated[pool][msg.sender] = held - shares;
        amount = _exit(pool, shares);
        if (pool == msg.sender) {
            Candidate storage c = candidates[pool];
            c.own -= shares;
            if (c.place > 0) {
                uint256 min = _parameter(Parameter.STAKE_MIN);
                uint128 rest = _value(pool, c.own);
                require(rest >= min, OwnMinimum(rest, min));
            }
        }
    }

    function _displace(address displaced, uint256 amount) private {
        Candidate storage d = candidates[displaced];
        require(d.place > 0, NotCandidate(displaced));
        uint256 parts = Economy.MILLIONTHS - _parameter(Parameter.DISPLACEMENT);
        // Outside of the sets: neither in the one that was reported last nor in the one before.
        bool outside = d.member == 0 || d.member + 1 < _epoch();
        bool less = uint256(pools[displaced].tokens) * Economy.MILLIONTHS <= amount * parts;
        require(outside && less, NotDisplaceable(displaced));
        _remove(displaced, State.DISPLACED);
        emit Displaced(displaced, msg.sender);
    }

    /// @dev Takes a candidate off the list. Its pool stays.
    function _remove(address account, State state) private {
        Candidate storage c = candidates[account];
        _beforeValueChanges(account);
        uint16 place = c.place;
        address last = list[list.length - 1];
        list[place - 1] = last;
        candidates[last].place = place;
        list.pop();
        c.place = 0;
        (c.nextKeyHead, c.nextKeyTail) = (0, 0); // Or anybody would put it in place after it came back with another.
        totalStake -= pools[account].tokens;
        _setState(account, state);
    }

    function _setState(address account, State state) private {
        candidates[account].state = state;
        emit StateChanged(account, state);
    }

    /// @dev No candidate grows beyond its share of all stake where there are enough others.
    function _requireShare(address pool) private view {
        if (list.length >= SHARE_CANDIDATES_MIN) {
            uint256 max = totalStake * _parameter(Parameter.STAKE_SHARE_MAX) / Economy.MILLIONTHS;
            require(pools[pool].tokens <= max, StakeTooConcentrated(pool, pools[pool].tokens, max));
        }
    }

    function _setTokens(address pool, uint128 tokens) internal override {
        if (candidates[pool].place > 0) {
            totalStake = totalStake + tokens - pools[pool].tokens;
        }
        pools[pool].tokens = tokens;
    }

    function _beforeSharesChange(address pool, address owner) internal override {
        uint128 shares = sharesOf(pool, owner);
        _note(sharesBefore[pool][owner], shares);
        IRewards(Economy.REWARDS).checkpoint(pool, owner, shares);
    }

    function _beforeValueChanges(address pool) internal override {
        _note(worthBefore[pool], _worth(pool));
    }

    /// @dev What a share is worth in a vote, times {VOTE_SCALE}; nothing in the pool of who is no candidate.
    function _worth(address pool) private view returns (uint256) {
        Pool storage p = pools[pool];
        return candidates[pool].place == 0 || p.shares == 0 ? 0 : uint256(p.tokens) * VOTE_SCALE / p.shares;
    }

    /// @dev Keeps a value that is about to change for the ballots opened since it changed last, while any is open.
    function _note(Checkpoints.Trace208 storage trace, uint256 value) private {
        (, uint48 noted,) = trace.latestCheckpoint();
        if (ballots > noted && _seconds() < ballotsEnd) {
            trace.push(ballots, uint208(value));
        }
    }

    /// @dev The value when a ballot was opened.
    function _at(Checkpoints.Trace208 storage trace, uint48 ballot, uint256 current) private view returns (uint256) {
        (, uint48 noted,) = trace.latestCheckpoint();
        return noted >= ballot ? trace.lowerLookup(ballot) : current;
    }

    function _sharesLeft(address pool, address owner, uint128 shares) internal override {
        inLots[pool][owner] -= shares;
    }

    function _snapshots() internal view override returns (uint64) {
        return snapshots;
    }

    function _snapshotTime(uint64 number) internal view override returns (uint64) {
        return times[number];
    }
}
