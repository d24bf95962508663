// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IPools} from "./interfaces/IPools.sol";
import {ISlashing} from "./interfaces/ISlashing.sol";
import {IStakeManager} from "./interfaces/IStakeManager.sol";
import {Economy} from "./Economy.sol";
import {Parameter} from "./Parameter.sol";
import {SystemContract} from "./SystemContract.sol";

/// @title Money that vouches for a validator: pools of shares, and the lots that left them. Protocol §16.4
/// @notice A penalty costs the same for any number of owners. The pool loses value at once; what left it since the offender's
/// set was drawn stands in lots that remember where they were, and pays when it is touched. It never moves before it paid.
///
/// Shares count what was booked, never a balance. All divisions round down, in favour of the pool.
abstract contract Pools is IPools, SystemContract {
    /// @dev Penalties that a withdrawal goes through by itself; for more, {touch} comes first.
    uint256 internal constant SLASHES_AT_ONCE = 64;

    /// @dev Part of what a lot pays that goes to whoever made it pay: one of this many.
    uint256 internal constant TOUCH_PARTS = 20;

    /// @param open whether a penalty is not final yet: what left after snapshot `openDrawn` is locked
    struct Pool {
        uint128 tokens;
        uint128 shares;
        uint64 openDrawn;
        bool open;
    }

    /// @param drawn the snapshot that the set of the offence was drawn from
    struct Slash {
        uint64 drawn;
        uint32 millionths;
    }

    /// @param owner whose it is
    /// @param left the first snapshot without it in `pool`; 0 while it stands there in shares
    /// @param cursor penalties of `pool` that it went through
    /// @param pool where it stands, or which it left
    /// @param source the pool that it was redelegated from, or none
    /// @param sourceLeft the first snapshot without it in `source`
    /// @param sourceCursor penalties of `source` that it went through
    /// @param amount wei, once it left `pool`
    /// @param shares of `pool`, while it stands there
    struct Lot {
        address owner;
        uint64 left;
        uint32 cursor;
        address pool;
        address source;
        uint64 sourceLeft;
        uint32 sourceCursor;
        uint128 amount;
        uint128 shares;
    }

    mapping(address pool => Pool) internal pools;
    mapping(address pool => Slash[]) internal slashes;
    mapping(uint256 lot => Lot) internal lots;

    /// @notice Lots made so far; the first has number 1.
    uint256 public lotCount;

    /// @inheritdoc IPools
    function poolOf(address pool) external view returns (uint128 tokens, uint128 shares) {
        return (pools[pool].tokens, pools[pool].shares);
    }

    /// @notice A lot as it stands; what it owes is not taken off.
    function lotOf(uint256 lot) external view returns (Lot memory) {
        return lots[lot];
    }

    /// @inheritdoc IPools
    function slash(address pool, uint256 millionths, uint64 drawn)
        external
        onlyContract(Economy.SLASHING)
        returns (uint256 taken)
    {
        uint128 tokens = pools[pool].tokens;
        _beforeValueChanges(pool);
        taken = uint256(tokens) * millionths / Economy.MILLIONTHS;
        _setTokens(pool, tokens - uint128(taken));
        slashes[pool].push(Slash(drawn, uint32(millionths)));
        emit Slashed(pool, millionths, drawn, taken);
        _toSlashing(taken);
    }

    /// @inheritdoc IPools
    function setLiability(address pool, bool open, uint64 drawn) external onlyContract(Economy.SLASHING) {
        pools[pool].open = open;
        pools[pool].openDrawn = drawn;
    }

    /// @inheritdoc IPools
    function touch(uint256 lot, uint256 slashesMax) external nonReentrant {
        address owner = lots[lot].owner;
        require(owner != address(0), NoLot(lot));
        (uint256 paid, uint256 went) = _settle(lot, slashesMax);
        require(went > 0, NothingDue(lot));
        uint256 reward = msg.sender == owner ? 0 : paid / TOUCH_PARTS;
        _toSlashing(paid - reward);
        _pay(msg.sender, reward);
    }

    /// @notice Pays out a lot whose time is over.
    function withdraw(uint256 lot) external nonReentrant {
        Lot storage l = lots[lot];
        require(l.owner == msg.sender, NotYours(lot, l.owner));
        require(l.left > 0, StillCounted(0, 0));
        _requireTime(l.left);
        _requireUnlocked(l.pool, l.left);
        if (l.source != address(0)) {
            _requireUnlocked(l.source, l.sourceLeft);
        }
        _settleAll(lot);
        uint256 amount = l.amount;
        delete lots[lot];
        emit Withdrawn(msg.sender, lot, amount);
        _pay(msg.sender, amount);
    }

    /// @dev Puts an amount into a pool.
    function _enter(address pool, uint256 amount) internal returns (uint128 shares) {
        Pool storage p = pools[pool];
        require(amount > 0, ZeroAmount());
        require(amount <= type(uint96).max, TooMuch(amount, type(uint96).max));
        if (p.shares == 0) {
            require(p.tokens == 0, PoolTakesNothingIn(pool));
            shares = uint128(amount);
        } else {
            require(p.tokens > 0, PoolTakesNothingIn(pool));
            shares = uint128(Math.mulDiv(amount, p.shares, p.tokens));
            require(shares > 0, ZeroAmount());
        }
        p.shares += shares;
        _setTokens(pool, p.tokens + uint128(amount));
    }

    /// @dev Takes shares out of a pool. The caller keeps who holds how many.
    function _exit(address pool, uint128 shares) internal returns (uint128 amount) {
        Pool storage p = pools[pool];
        require(shares > 0, ZeroAmount());
        amount = _value(pool, shares);
        p.shares -= shares;
        _setTokens(pool, p.tokens - amount);
    }

    /// @dev What shares are worth, wei.
    function _value(address pool, uint128 shares) internal view returns (uint128) {
        Pool storage p = pools[pool];
        return p.shares == 0 ? 0 : uint128(Math.mulDiv(shares, p.tokens, p.shares));
    }

    /// @dev A lot of what just left a pool.
    function _newLot(address pool, address owner, uint128 amount) internal returns (uint256 lot) {
        lot = ++lotCount;
        Lot storage l = lots[lot];
        l.owner = owner;
        l.pool = pool;
        l.left = _snapshots() + 1;
        l.cursor = uint32(slashes[pool].length);
        l.amount = amount;
        emit Left(pool, owner, lot, amount);
    }

    /// @dev Lets a lot pay for everything; reverts if that is too much for one call.
    function _settleAll(uint256 lot) internal {
        (uint256 paid,) = _settle(lot, SLASHES_AT_ONCE);
        Lot storage l = lots[lot];
        uint256 rest = l.left > 0 ? slashes[l.pool].length - l.cursor : 0;
        if (l.source != address(0)) {
            rest += slashes[l.source].length - l.sourceCursor;
        }
        require(rest == 0, TouchFirst(lot, rest));
        _toSlashing(paid);
    }

    /// @dev Lets a lot go through penalties of the pools it was in.
    function _settle(uint256 lot, uint256 slashesMax) private returns (uint256 paid, uint256 went) {
        Lot storage l = lots[lot];
        if (l.source != address(0)) {
            Slash[] storage list = slashes[l.source];
            uint256 index = l.sourceCursor;
            for (; index < list.length && went < slashesMax; index++) {
                if (list[index].drawn < l.sourceLeft) {
                    paid += _take(lot, l, l.source, list[index].millionths);
                }
                went++;
            }
            l.sourceCursor = uint32(index);
        }
        if (l.left > 0) {
            Slash[] storage list = slashes[l.pool];
            uint256 index = l.cursor;
            for (; index < list.length && went < slashesMax; index++) {
                if (list[index].drawn < l.left) {
                    paid += _take(lot, l, l.pool, list[index].millionths);
                }
                went++;
            }
            l.cursor = uint32(index);
        }
    }

    function _take(uint256 lot, Lot storage l, address offender, uint256 millionths) private returns (uint256 part) {
        if (l.shares > 0) {
            uint128 gone = uint128(Math.ceilDiv(uint256(l.shares) * millionths, Economy.MILLIONTHS));
            _beforeSharesChange(l.pool, l.owner);
            part = gone == 0 ? 0 : _exit(l.pool, gone);
            l.shares -= gone;
            _sharesLeft(l.pool, l.owner, gone);
        } else {
            part = uint256(l.amount) * millionths / Economy.MILLIONTHS;
            l.amount -= uint128(part);
        }
        emit LotSlashed(lot, offender, part);
    }

    function _toSlashing(uint256 amount) internal {
        if (amount > 0) {
            ISlashing(Economy.SLASHING).take{value: amount}();
        }
    }

    /// @dev What left is free an unbonding time after the first epoch whose set did not count it began. The set of an epoch
    /// is drawn from the snapshot two before; so that epoch began at the earliest with the snapshot after `left`.
    function _requireTime(uint64 left) internal view {
        uint64 start = _snapshotTime(left + 1);
        require(start > 0, StillCounted(_snapshots(), left + 1));
        uint64 from = start + uint64(_parameter(Parameter.UNBONDING));
        require(_now() >= from, TooEarly(_now(), from));
    }

    /// @dev The first epoch of whose set, and of the next one's, somebody is no member who goes to jail at the end of this
    /// one. Who comes back then is drawn only if it says that it is ready. Protocol §2.2
    function _outsideFrom() internal view returns (uint64) {
        return _epoch() + 2;
    }

    function _requireOutside(uint64 from) internal view {
        require(_epoch() >= from, StillInSet(_epoch(), from));
    }

    function _requireUnlocked(address pool, uint64 left) internal view {
        require(!pools[pool].open || left <= pools[pool].openDrawn, Locked(pool));
    }

    function _setTokens(address pool, uint128 tokens) internal virtual {
        pools[pool].tokens = tokens;
    }

    function _beforeValueChanges(address pool) internal virtual {}

    function _beforeSharesChange(address pool, address owner) internal virtual {}

    function _sharesLeft(address pool, address owner, uint128 shares) internal virtual {}

    function _snapshots() internal view virtual returns (uint64) {
        return IStakeManager(Economy.STAKE_MANAGER).snapshots();
    }

    function _snapshotTime(uint64 number) internal view virtual returns (uint64) {
        return IStakeManager(Economy.STAKE_MANAGER).snapshotTime(number);
    }
}
