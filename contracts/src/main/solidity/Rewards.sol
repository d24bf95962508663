// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {IAuthorityRegistry} from "./interfaces/IAuthorityRegistry.sol";
import {IBeaconHistory} from "./interfaces/IBeaconHistory.sol";
import {IRewards} from "./interfaces/IRewards.sol";
import {IStakeManager} from "./interfaces/IStakeManager.sol";
import {Economy} from "./Economy.sol";
import {Parameter} from "./Parameter.sol";
import {SystemContract} from "./SystemContract.sol";

/// @title What validators and their delegators earn. Protocol §16.8
/// @notice Once per epoch the chain tells how everybody fared. Authorities' rewards join their bonds; stakers' rewards, after
/// commission, raise what a share of their pool has earned, and owners claim. What nobody earned is not minted.
contract Rewards is IRewards, SystemContract {
    /// @dev Active time that one base reward is for, milliseconds.
    uint256 private constant REWARD_MILLIS = 2_000;

    /// @dev Parts of a commission.
    uint256 private constant COMMISSION_PARTS = 10_000;

    /// @dev Scale of what one chance earns: 2^32, as a unit of stake earns no more than some wei.
    uint256 private constant VALUE_SCALE = 1 << 32;

    /// @dev Scale of what a share earned: 2^96, so that a wei in a pool of 10^12 AITBC still counts.
    uint256 private constant SCALE = 1 << 96;

    /// @param paidUpTo what a share of the pool had earned when `owed` was booked
    /// @param owed wei to claim
    struct Account {
        uint256 paidUpTo;
        uint256 owed;
    }

    /// @param activeMillis active time that was settled
    /// @param burned base fees burned that were settled
    struct SettledUpTo {
        uint64 activeMillis;
        uint128 burned;
    }

    /// @dev One settlement's working values. Chances are expected signatures; a staker's weigh by its stake. A value is what
    /// one chance earns, times {VALUE_SCALE}.
    struct Work {
        uint256 authorityPart;
        uint256 stakerPart;
        uint256 authorityChances;
        uint256 authorityCredits;
        uint256 authorityValue;
        uint256 stakerChances;
        uint256 stakerCredits;
        uint256 stakerValue;
        uint256 brought;
        uint256 carrierShare;
        uint256 carrierPart;
        uint256 toPools;
        uint256 toBonds;
    }

    /// @param perShare what a share of the pool earned so far, wei times {SCALE}
    /// @param commission what its candidate earned of it beside its shares, wei
    /// @param commissionPaid how much of that was booked
    struct Pool {
        uint256 perShare;
        uint128 commission;
        uint128 commissionPaid;
    }

    /// @dev Both sums begin at 1, so that no settlement writes where nothing was: it would cost four times as much.
    mapping(address pool => Pool) private pools;
    mapping(address pool => mapping(address owner => Account)) private accounts;
    SettledUpTo private settled;

    /// @notice Settles an epoch. Each validator has two words: account (160 bits), class (8), reputation (16), expected,
    /// credited and missed (24 each); stake in units (64), blocks of authorities brought (32), role (8), and from bit 128 blocks
    /// of stakers brought, times their stake (64). Protocol §16.8.
    /// @param epoch the epoch that ends
    /// @param authorityPerMille authorities' part of the rewards in the mode in force
    /// @param validators who was expected, two words each
    /// @return toPools what the chain is to mint into this contract, wei
    /// @return toBonds what it is to mint into the AuthorityRegistry, wei
    function settle(uint64 epoch, uint256 authorityPerMille, uint256[] calldata validators)
        external
        onlySystem
        returns (uint256 toPools, uint256 toBonds)
    {
        Work memory w;
        uint256 total = _total();
        w.authorityPart = total * authorityPerMille / 1_000;
        w.stakerPart = total - w.authorityPart;
        w.carrierShare = _parameter(Parameter.CARRIER_SHARE);
        _measure(validators, w);
        _book(validators, w);
        IStakeManager(Economy.STAKE_MANAGER).report(epoch, validators);
        emit Settled(epoch, w.toPools, w.toBonds);
        return (w.toPools, w.toBonds);
    }

    /// @notice Pays what the caller earned in a pool.
    function claim(address pool) external nonReentrant returns (uint256 amount) {
        _checkpoint(pool, msg.sender, IStakeManager(Economy.STAKE_MANAGER).sharesOf(pool, msg.sender));
        amount = accounts[pool][msg.sender].owed;
        require(amount > 0, NothingToClaim(pool, msg.sender));
        accounts[pool][msg.sender].owed = 0;
        emit Claimed(pool, msg.sender, amount);
        _pay(msg.sender, amount);
    }

    /// @inheritdoc IRewards
    function checkpoint(address pool, address owner, uint128 shares) external onlyContract(Economy.STAKE_MANAGER) {
        _checkpoint(pool, owner, shares);
    }

    /// @notice What an owner could claim now.
    function earned(address pool, address owner) external view returns (uint256) {
        Account storage a = accounts[pool][owner];
        uint128 shares = IStakeManager(Economy.STAKE_MANAGER).sharesOf(pool, owner);
        Pool storage p = pools[pool];
        uint256 commission = owner == pool ? p.commission - p.commissionPaid : 0;
        return a.owed + commission + shares * (p.perShare - a.paidUpTo) / SCALE;
    }

    /// @dev Base reward of the active time since the last settlement, and the base fees burned since, up to a part of it: who
    /// fills blocks with its own transactions never mints more than it burns.
    function _total() private returns (uint256) {
        uint64 active = _now();
        uint128 burned = IBeaconHistory(Economy.BEACON_HISTORY).burned();
        uint256 base = _parameter(Parameter.BASE_REWARD) * (active - settled.activeMillis) / REWARD_MILLIS;
        uint256 load = burned - settled.burned;
        uint256 loadMax = base * (_parameter(Parameter.LOAD_MAX) - Economy.MILLIONTHS) / Economy.MILLIONTHS;
        settled = SettledUpTo(active, burned);
        return base + (load < loadMax ? load : loadMax);
    }

    /// @dev Sums over all validators.
    function _measure(uint256[] calldata validators, Work memory w) private pure {
        for (uint256 i = 0; i < validators.length; i += 2) {
            uint256 word = validators[i];
            uint256 second = validators[i + 1];
            uint256 expected = uint24(word >> 184);
            uint256 credited = uint24(word >> 208);
            if (word >> 160 & Economy.AUTHORITY != 0) {
                w.authorityChances += expected;
                w.authorityCredits += credited;
            }
            if (word >> 160 & Economy.STAKER != 0) {
                w.stakerChances += uint64(second) * expected;
                w.stakerCredits += uint64(second) * credited;
            }
        }
        w.authorityValue = _part(w.authorityPart, VALUE_SCALE, w.authorityChances);
        w.stakerValue = _part(w.stakerPart, VALUE_SCALE, w.stakerChances);
        for (uint256 i = 1; i < validators.length; i += 2) {
            w.brought += _brought(validators[i], w);
        }
        uint256 all = _part(w.authorityPart, w.authorityCredits, w.authorityChances)
            + _part(w.stakerPart, w.stakerCredits, w.stakerChances);
        w.carrierPart = all * w.carrierShare / Economy.MILLIONTHS;
    }

    function _book(uint256[] calldata validators, Work memory w) private {
        uint256 kept = Economy.MILLIONTHS - w.carrierShare;
        for (uint256 i = 0; i < validators.length; i += 2) {
            uint256 word = validators[i];
            uint256 second = validators[i + 1];
            uint256 credited = uint24(word >> 208);
            uint256 carried = _part(w.carrierPart, _brought(second, w), w.brought);
            bool authority = word >> 160 & Economy.AUTHORITY != 0;
            if (authority) {
                uint256 own = _part(w.authorityPart, credited, w.authorityChances) * kept / Economy.MILLIONTHS;
                w.toBonds +=
                    IAuthorityRegistry(Economy.AUTHORITY_REGISTRY).addRewards(address(uint160(word)), own + carried);
            }
            if (word >> 160 & Economy.STAKER != 0) {
                uint256 own = _part(w.stakerPart, uint64(second) * credited, w.stakerChances) * kept / Economy.MILLIONTHS;
                w.toPools += _addToPool(address(uint160(word)), authority ? own : own + carried);
            }
        }
    }

    /// @dev What the signatures that a validator brought are worth beside others: by what each of them earns, or many small
    /// names that let only their own blocks carry their votes would take the others' part.
    function _brought(uint256 second, Work memory w) private pure returns (uint256) {
        return uint32(second >> 64) * w.authorityValue + uint64(second >> 128) * w.stakerValue;
    }

    function _addToPool(address pool, uint256 amount) private returns (uint256) {
        (uint128 shares, uint16 commission) = IStakeManager(Economy.STAKE_MANAGER).earningOf(pool);
        if (shares == 0 || amount == 0) {
            return 0;
        }
        uint256 own = amount * commission / COMMISSION_PARTS;
        Pool storage p = pools[pool];
        if (own > 0) {
            p.commission += uint128(own);
        }
        p.perShare += (amount - own) * SCALE / shares;
        return amount;
    }

    function _checkpoint(address pool, address owner, uint128 shares) private {
        Account storage a = accounts[pool][owner];
        Pool storage p = pools[pool];
        if (p.perShare == 0) {
            (p.perShare, p.commission, p.commissionPaid) = (1, 1, 1);
        }
        if (owner == pool && p.commission > p.commissionPaid) {
            a.owed += p.commission - p.commissionPaid;
            p.commissionPaid = p.commission;
        }
        if (p.perShare != a.paidUpTo) {
            a.owed += shares * (p.perShare - a.paidUpTo) / SCALE;
            a.paidUpTo = p.perShare;
        }
    }

    /// @dev whole * numerator / denominator, rounded down; 0 of none.
    function _part(uint256 whole, uint256 numerator, uint256 denominator) private pure returns (uint256) {
        return denominator == 0 ? 0 : whole * numerator / denominator;
    }
}
