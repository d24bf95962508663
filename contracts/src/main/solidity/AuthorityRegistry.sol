// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IAuthorityRegistry} from "./interfaces/IAuthorityRegistry.sol";
import {ISlashing} from "./interfaces/ISlashing.sol";
import {IStakeManager} from "./interfaces/IStakeManager.sol";
import {Economy} from "./Economy.sol";
import {Parameter} from "./Parameter.sol";
import {Pools} from "./Pools.sol";

/// @title Authorities: admitted by governance, with a bond that is at stake. Protocol §16.5
/// @notice A bond is a pool with one owner. Rewards join it; what is above the least bond leaves through unbonding.
contract AuthorityRegistry is IAuthorityRegistry, Pools {
    /// @dev Most authorities at one time: three times the seats of a set, so that an epoch's calls stay small.
    uint256 private constant AUTHORITIES_MAX = 64;

    /// @param place one more than its index in the list; 0 for none
    /// @param ready one more than the epoch of its last readiness; 0 for none
    /// @param seatedAfter ballots that were opened before it joined
    /// @param backFrom the first epoch of whose set and the next one's jail has kept it out: before, it does not come back
    struct Authority {
        bytes32 keyHead;
        bytes16 keyTail;
        State state;
        uint16 place;
        uint64 ready;
        bytes32 nextKeyHead;
        bytes16 nextKeyTail;
        uint64 nextKeyFrom;
        uint48 seatedAfter;
        address operator;
        address feeRecipient;
        bytes32 nodeIdentity;
        uint64 backFrom;
    }

    mapping(address account => Authority) private authorities;
    address[] private list;

    /// @inheritdoc IAuthorityRegistry
    uint256 public seats;

    /// @notice Authorities of the genesis, with their bonds, which the genesis placed here.
    function initialize(
        address[] calldata accounts,
        bytes32[] calldata keyHeads,
        bytes32[] calldata keyTails,
        uint256[] calldata bonds
    ) external genesis {
        for (uint256 i = 0; i < accounts.length; i++) {
            _admit(accounts[i]);
            _join(accounts[i], bytes.concat(keyHeads[i], bytes16(keyTails[i])), bonds[i]);
        }
    }

    /// @notice Admits an account. It becomes an authority when it joins with key and bond.
    function admit(address account) external onlyTimelock {
        _admit(account);
    }

    /// @notice Ends an admission. The bond stays, liable for what was done, until its owner takes it out by {unbond}.
    function remove(address account) external onlyTimelock {
        State state = authorities[account].state;
        require(
            state == State.ADMITTED || state == State.ACTIVE || state == State.JAILED, WrongState(account, state)
        );
        _remove(account, State.REMOVED);
    }

    /// @notice Gives the caller's admission back. The bond stays until the caller takes it out by {unbond}.
    function resign() external {
        State state = authorities[msg.sender].state;
        require(state == State.ACTIVE || state == State.JAILED, WrongState(msg.sender, state));
        _remove(msg.sender, State.REMOVED);
    }

    /// @notice Joins, once admitted, with the bond that is sent along.
    /// @param key BLS key, 48 bytes
    /// @param proof of its possession by this account, 96 bytes
    function join(bytes calldata key, bytes calldata proof, address operator, address feeRecipient, bytes32 nodeIdentity)
        external
        payable
        nonReentrant
    {
        State state = authorities[msg.sender].state;
        require(state == State.ADMITTED, WrongState(msg.sender, state));
        _requireOutside(authorities[msg.sender].backFrom);
        uint256 min = _parameter(Parameter.AUTHORITY_BOND);
        require(msg.value >= min, BondTooLow(msg.value, min));
        ISlashing(Economy.SLASHING).claimKey(msg.sender, key, proof);
        _join(msg.sender, key, msg.value);
        _describe(msg.sender, operator, feeRecipient, nodeIdentity);
    }

    /// @notice Changes who operates the caller's node, where its fees go, and what its peers know it by.
    function describe(address operator, address feeRecipient, bytes32 nodeIdentity) external {
        State state = authorities[msg.sender].state;
        require(state == State.ACTIVE || state == State.JAILED, WrongState(msg.sender, state));
        _describe(msg.sender, operator, feeRecipient, nodeIdentity);
    }

    /// @notice Adds what is sent along to the caller's bond.
    function addBond() external payable nonReentrant {
        State state = authorities[msg.sender].state;
        require(state == State.ACTIVE || state == State.JAILED, WrongState(msg.sender, state));
        _enter(msg.sender, msg.value);
        emit BondAdded(msg.sender, msg.value);
    }

    /// @notice Takes a part out of the caller's bond; it can be withdrawn after the unbonding time.
    function unbond(uint256 amount) external nonReentrant returns (uint256 lot) {
        Pool storage p = pools[msg.sender];
        require(amount > 0 && amount <= p.tokens, TooMuch(amount, p.tokens));
        uint128 shares = uint128(Math.mulDiv(amount, p.shares, p.tokens, Math.Rounding.Ceil));
        lot = _newLot(msg.sender, msg.sender, _exit(msg.sender, shares));
        if (_isSeated(authorities[msg.sender].state)) {
            uint256 min = _parameter(Parameter.AUTHORITY_BOND);
            require(p.tokens >= min, BondNeeded(p.tokens, min));
        }
    }

    /// @notice Asks to be drawn again after jail, when it is in the set no more: then it must say that it is ready.
    function unjail() external {
        Authority storage a = authorities[msg.sender];
        require(a.state == State.JAILED, WrongState(msg.sender, a.state));
        _requireOutside(a.backFrom);
        uint256 min = _parameter(Parameter.AUTHORITY_BOND);
        require(pools[msg.sender].tokens >= min, BondTooLow(pools[msg.sender].tokens, min));
        a.ready = 0;
        _setState(msg.sender, State.ACTIVE);
    }

    /// @notice Says that this authority follows the chain and can vote: it may be drawn. Its operator may say so too.
    /// Protocol §2.2.
    function ready(address account) external {
        Authority storage a = authorities[account];
        require(msg.sender == account || msg.sender == a.operator, NotOperator(msg.sender));
        require(a.state == State.ACTIVE, WrongState(account, a.state));
        a.ready = _epoch() + 1;
        emit Ready(account, _epoch());
    }

    /// @notice Announces another key; {applyKey} puts it in place after the delay.
    function announceKey(bytes calldata key, bytes calldata proof) external {
        Authority storage a = authorities[msg.sender];
        require(a.state == State.ACTIVE || a.state == State.JAILED, WrongState(msg.sender, a.state));
        ISlashing(Economy.SLASHING).claimKey(msg.sender, key, proof);
        a.nextKeyHead = bytes32(key[:32]);
        a.nextKeyTail = bytes16(key[32:]);
        a.nextKeyFrom = _now() + uint64(_parameter(Parameter.KEY_DELAY));
        emit KeyAnnounced(msg.sender, key, a.nextKeyFrom);
    }

    /// @notice Puts the announced key of an authority in place.
    function applyKey(address account) external {
        Authority storage a = authorities[account];
        require(a.nextKeyHead != 0, NoKeyWaits(account));
        require(_now() >= a.nextKeyFrom, TooSoon(_now(), a.nextKeyFrom));
        (a.keyHead, a.keyTail) = (a.nextKeyHead, a.nextKeyTail);
        (a.nextKeyHead, a.nextKeyTail) = (0, 0);
        emit KeyChanged(account, bytes.concat(a.keyHead, a.keyTail));
    }

    /// @notice Those who joined, four words each: account and whether it must not be drawn (bit 160), readiness (from bit
    /// 64), and the key in two words. Protocol §16.5.
    function peek() external view returns (uint256[] memory words) {
        words = new uint256[](4 * list.length);
        uint256 min = _parameter(Parameter.AUTHORITY_BOND);
        uint256 used = 0;
        for (uint256 i = 0; i < list.length; i++) {
            address account = list[i];
            Authority storage a = authorities[account];
            if (a.state != State.ADMITTED) {
                bool jailed = a.state == State.JAILED || pools[account].tokens < min;
                words[used] = uint160(account) | (jailed ? 1 << 160 : 0);
                words[used + 1] = uint256(a.ready) << 64;
                words[used + 2] = uint256(a.keyHead);
                words[used + 3] = uint256(bytes32(a.keyTail));
                used += 4;
            }
        }
        assembly ("memory-safe") {
            mstore(words, used)
        }
    }

    /// @inheritdoc IAuthorityRegistry
    function addRewards(address account, uint256 amount)
        external
        onlyContract(Economy.REWARDS)
        returns (uint256 taken)
    {
        Pool storage p = pools[account];
        if (amount == 0 || p.tokens == 0 || authorities[account].state == State.TOMBSTONED) {
            return 0;
        }
        p.tokens += uint128(amount);
        emit BondAdded(account, amount);
        return amount;
    }

    /// @inheritdoc IAuthorityRegistry
    function jail(address account) external onlyContract(Economy.SLASHING) returns (bool) {
        Authority storage a = authorities[account];
        // Who left sits in the sets that were drawn before, and pays for absence there as others do.
        bool hasLeft = a.state == State.REMOVED || a.state == State.ADMITTED;
        if (a.state != State.ACTIVE && !(hasLeft && a.backFrom <= _epoch())) {
            return false;
        }
        a.backFrom = _outsideFrom();
        if (!hasLeft) {
            _setState(account, State.JAILED);
        }
        return true;
    }

    /// @inheritdoc IAuthorityRegistry
    function tombstone(address account) external onlyContract(Economy.SLASHING) returns (bool) {
        State state = authorities[account].state;
        if (state == State.NONE || state == State.TOMBSTONED) {
            return false;
        }
        if (authorities[account].place > 0) {
            _remove(account, State.TOMBSTONED);
        } else {
            _setState(account, State.TOMBSTONED);
        }
        return true;
    }

    /// @inheritdoc IAuthorityRegistry
    function isActive(address account) external view returns (bool) {
        return _isActive(account, _parameter(Parameter.AUTHORITY_BOND));
    }

    /// @inheritdoc IAuthorityRegistry
    function activeCount() external view returns (uint256 count) {
        uint256 min = _parameter(Parameter.AUTHORITY_BOND);
        for (uint256 i = 0; i < list.length; i++) {
            if (_isActive(list[i], min)) {
                count++;
            }
        }
    }

    /// @inheritdoc IAuthorityRegistry
    function hasSeat(address account, uint48 ballot) external view returns (bool) {
        Authority storage a = authorities[account];
        return _isSeated(a.state) && a.seatedAfter < ballot;
    }

    /// @notice To whom the fees go that are the account's as proposer: where it says as an authority, else itself. The chain
    /// asks in each block. Protocol §14.4
    function feesTo(address account) external view returns (address) {
        Authority storage a = authorities[account];
        return _isSeated(a.state) && a.feeRecipient != address(0) ? a.feeRecipient : account;
    }

    /// @notice All that is known of an authority.
    function authorityOf(address account) external view returns (Authority memory) {
        return authorities[account];
    }

    function _isActive(address account, uint256 bondMin) private view returns (bool) {
        return authorities[account].state == State.ACTIVE && pools[account].tokens >= bondMin;
    }

    function _isSeated(State state) private pure returns (bool) {
        return state == State.ACTIVE || state == State.JAILED;
    }

    function _admit(address account) private {
        Authority storage a = authorities[account];
        require(a.state == State.NONE || a.state == State.REMOVED, WrongState(account, a.state));
        require(list.length < AUTHORITIES_MAX, ListFull(list.length));
        list.push(account);
        a.place = uint16(list.length);
        a.state = State.ADMITTED;
        emit Admitted(account);
    }

    function _join(address account, bytes memory key, uint256 bond) private {
        Authority storage a = authorities[account];
        bytes32 head;
        bytes32 tail;
        assembly ("memory-safe") {
            head := mload(add(key, 32))
            tail := mload(add(key, 64))
        }
        (a.keyHead, a.keyTail, a.state, a.ready) = (head, bytes16(tail), State.ACTIVE, 0);
        a.seatedAfter = IStakeManager(Economy.STAKE_MANAGER).ballots();
        seats++;
        _enter(account, bond);
        emit Joined(account, key, bond);
    }

    function _describe(address account, address operator, address feeRecipient, bytes32 nodeIdentity) private {
        Authority storage a = authorities[account];
        (a.operator, a.feeRecipient, a.nodeIdentity) = (operator, feeRecipient, nodeIdentity);
        emit Described(account, operator, feeRecipient, nodeIdentity);
    }

    function _remove(address account, State state) private {
        Authority storage a = authorities[account];
        uint16 place = a.place;
        address last = list[list.length - 1];
        list[place - 1] = last;
        authorities[last].place = place;
        list.pop();
        a.place = 0;
        (a.nextKeyHead, a.nextKeyTail) = (0, 0); // Or anybody would put it in place after it came back with another.
        if (_isSeated(a.state)) {
            seats--;
        }
        _setState(account, state);
    }

    function _setState(address account, State state) private {
        authorities[account].state = state;
        emit StateChanged(account, state);
    }
}
