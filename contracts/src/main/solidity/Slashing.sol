// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {IAuthorityRegistry} from "./interfaces/IAuthorityRegistry.sol";
import {IPools} from "./interfaces/IPools.sol";
import {ISlashing} from "./interfaces/ISlashing.sol";
import {IStakeManager} from "./interfaces/IStakeManager.sol";
import {ITreasury} from "./interfaces/ITreasury.sol";
import {Economy} from "./Economy.sol";
import {Parameter} from "./Parameter.sol";
import {SystemContract} from "./SystemContract.sol";

/// @title Evidence, penalties, and the money that they bring. Protocol §16.7
contract Slashing is ISlashing, SystemContract {
    using Checkpoints for Checkpoints.Trace208;

    /// @dev Bytes of a BLS key.
    uint256 private constant KEY_BYTES = 48;

    /// @dev Of whose absence a set that is partly away is blamed half: one in this many.
    uint256 private constant OUTAGE_PARTS = 5;

    /// @dev Gas with which one offender more is convicted in a call: enough for that, and for the reporter's pay.
    uint256 private constant CONVICTION_GAS = 500_000;

    /// @param hash of the validator set
    /// @param drawn the snapshot that it was drawn from
    /// @param notedAt about when the epoch began, active milliseconds
    struct Set {
        bytes32 hash;
        uint64 drawn;
        uint64 notedAt;
    }

    /// @param class of the account in the set of the offence
    /// @param taken what was taken at once, in millionths
    struct Conviction {
        uint64 when;
        uint64 drawn;
        uint8 class;
        bool finished;
        uint32 taken;
    }

    mapping(bytes32 keyHash => address) private holders;
    mapping(uint64 epoch => Set) private sets;
    mapping(address account => Conviction) private convictions;
    mapping(address account => uint64) private absentAt;
    /// @dev Share of a class convicted so far, in millionths, by active second.
    Checkpoints.Trace208 private convictedAuthorities;
    Checkpoints.Trace208 private convictedStakers;

    /// @notice Slashed money of which no share was fixed yet, wei.
    uint256 public pot;

    /// @notice Money that the end of the epoch burns whatever the share is: fees of work, deposits, wei.
    uint256 public burning;

    /// @notice Keys of a genesis.
    function initialize(address[] calldata accounts, bytes32[] calldata keyHashes) external genesis {
        for (uint256 i = 0; i < accounts.length; i++) {
            holders[keyHashes[i]] = accounts[i];
        }
    }

    /// @inheritdoc ISlashing
    function claimKey(address account, bytes calldata key, bytes calldata proof) external {
        require(
            msg.sender == Economy.AUTHORITY_REGISTRY || msg.sender == Economy.STAKE_MANAGER, OnlyEconomy(msg.sender)
        );
        require(key.length == KEY_BYTES, WrongKeyLength(key.length));
        bytes32 keyHash = keccak256(key);
        address holder = holders[keyHash];
        require(holder == address(0) || holder == account, KeyTaken(keyHash, holder));
        (bool done, bytes memory answer) = Economy.POSSESSION.staticcall(abi.encodePacked(account, key, proof));
        require(done && answer.length == 32 && bytes32(answer) != 0, NotPossessed(account));
        holders[keyHash] = account;
    }

    /// @notice Whose key this is; a key never passes to another account.
    function holderOf(bytes calldata key) external view returns (address) {
        return holders[keccak256(key)];
    }

    /// @notice Convicts whom the evidence proves guilty, each account once: as many as the gas of the call allows, and the
    /// next report of the same evidence goes on with the rest. The caller gets a part of what they lose.
    /// @param evidence RLP [evidence, validator set]. Protocol §14.6.
    function report(bytes calldata evidence) external nonReentrant {
        (bool done, bytes memory answer) = Economy.EVIDENCE.staticcall(evidence);
        require(done && answer.length > 5 * 32, NoEvidence());
        (bytes32 setHash, uint256 height, uint256 stake, uint256 authorities, uint256 count) =
            abi.decode(answer, (bytes32, uint256, uint256, uint256, uint256));
        require(setHash != 0 && count > 0 && height > 0, NoEvidence());
        uint64 epoch = uint64((height - 1) / Economy.EPOCH_BLOCKS);
        Set memory set = sets[epoch];
        require(set.hash == setHash, UnknownSet(epoch, setHash));
        uint64 ended = sets[epoch + 1].notedAt;
        uint64 until = ended + uint64(_parameter(Parameter.UNBONDING));
        require(ended == 0 || _now() <= until, TooOld(_now(), until));
        uint256 before = pot;
        uint256 convicted = 0;
        for (uint256 i = 0; i < count && (convicted == 0 || gasleft() >= CONVICTION_GAS); i++) {
            uint256 offset = 32 * (6 + 4 * i);
            uint256 account;
            uint256 class;
            uint256 units;
            assembly ("memory-safe") {
                account := mload(add(answer, offset))
                class := mload(add(answer, add(offset, 64)))
                units := mload(add(answer, add(offset, 96)))
            }
            if (_convict(address(uint160(account)), class, set.drawn, units, stake, authorities)) {
                convicted++;
                emit Convicted(address(uint160(account)), uint64(height), class);
            }
        }
        require(convicted > 0, NobodyConvicted());
        uint256 reward = (pot - before) * _parameter(Parameter.REPORTER_SHARE) / Economy.MILLIONTHS;
        pot -= reward;
        _pay(msg.sender, reward);
    }

    /// @notice Brings a penalty to its full size an unbonding time after the conviction: a multiple of the share of the class
    /// that was convicted within that time before and after. Anybody may ask for it.
    function finish(address account) external nonReentrant {
        Conviction storage c = convictions[account];
        require(c.when > 0, NotConvicted(account));
        require(!c.finished, AlreadyFinished(account));
        uint64 unbonding = uint64(_parameter(Parameter.UNBONDING));
        require(_now() >= c.when + unbonding, TooEarlyToFinish(_now(), c.when + unbonding));
        c.finished = true;
        uint256 share = 0;
        if (c.class & Economy.AUTHORITY != 0) {
            share = _convictedAround(convictedAuthorities, c.when, unbonding);
        }
        if (c.class & Economy.STAKER != 0) {
            uint256 stakers = _convictedAround(convictedStakers, c.when, unbonding);
            share = stakers > share ? stakers : share;
        }
        uint256 first = c.taken;
        uint256 whole = share * _parameter(Parameter.SLASH_CORRELATION);
        whole = whole > Economy.MILLIONTHS ? Economy.MILLIONTHS : whole;
        // What is there now is the rest after the first part.
        uint256 rest = whole <= first ? 0 : (whole - first) * Economy.MILLIONTHS / (Economy.MILLIONTHS - first);
        _slashEverywhere(account, rest, c.drawn);
        IPools(Economy.AUTHORITY_REGISTRY).setLiability(account, false, 0);
        IPools(Economy.STAKE_MANAGER).setLiability(account, false, 0);
        emit Finished(account, whole > first ? whole : first);
    }

    /// @notice Ends an epoch: notes the sets, jails and fines who was away, and fixes what becomes of the money.
    /// @param epoch the epoch that ends
    /// @param setHash hash of its set
    /// @param nextSetHash hash of the set of the next
    /// @param size validators of its set, 0 where no window of absences ended
    /// @param away how many of them were away, as consensus found
    /// @param absent who of those is jailed and fined
    /// @return burned what the chain is to take out of this contract and out of the world, wei
    function settle(
        uint64 epoch,
        bytes32 setHash,
        bytes32 nextSetHash,
        uint256 size,
        uint256 away,
        address[] calldata absent
    ) external onlySystem nonReentrant returns (uint256 burned) {
        if (sets[epoch].hash == 0) {
            sets[epoch] = Set(setHash, 0, _now());
        }
        Set memory set = sets[epoch];
        // The next set was drawn from the last snapshot there is.
        sets[epoch + 1] = Set(nextSetHash, IStakeManager(Economy.STAKE_MANAGER).snapshots(), _now());
        bool outage = away * OUTAGE_PARTS > size;
        for (uint256 i = 0; i < absent.length; i++) {
            _fine(absent[i], set.drawn, outage);
        }
        burned = pot * _parameter(Parameter.SLASH_BURNED) / Economy.MILLIONTHS;
        uint256 kept = pot - burned;
        burned += burning;
        (pot, burning) = (0, 0);
        if (kept > 0) {
            ITreasury(Economy.TREASURY).deposit{value: kept}();
        }
    }

    /// @inheritdoc ISlashing
    function take() external payable {
        require(
            msg.sender == Economy.AUTHORITY_REGISTRY || msg.sender == Economy.STAKE_MANAGER
                || msg.sender == Economy.JOB_MARKET,
            OnlyEconomy(msg.sender)
        );
        pot += msg.value;
    }

    /// @inheritdoc ISlashing
    function burn() external payable {
        burning += msg.value;
    }

    /// @notice The set of an epoch, as the epoch calls noted it.
    function setOf(uint64 epoch) external view returns (Set memory) {
        return sets[epoch];
    }

    /// @notice The conviction of an account.
    function convictionOf(address account) external view returns (Conviction memory) {
        return convictions[account];
    }

    function _convict(
        address account,
        uint256 class,
        uint64 drawn,
        uint256 units,
        uint256 stake,
        uint256 authorities
    ) private returns (bool) {
        Conviction storage c = convictions[account];
        if (c.when > 0) {
            return false;
        }
        uint256 part = _parameter(Parameter.SLASH_CONVICTED);
        // Never at time 0, which stands for none.
        (c.when, c.drawn, c.class, c.taken) = (_now() > 0 ? _now() : 1, drawn, uint8(class), uint32(part));
        if (class & Economy.AUTHORITY != 0) {
            _count(convictedAuthorities, Economy.MILLIONTHS / authorities);
        }
        if (class & Economy.STAKER != 0) {
            _count(convictedStakers, units * Economy.MILLIONTHS / stake);
        }
        _slashEverywhere(account, part, drawn);
        if (IAuthorityRegistry(Economy.AUTHORITY_REGISTRY).tombstone(account)) {
            IPools(Economy.AUTHORITY_REGISTRY).setLiability(account, true, drawn);
        }
        if (IStakeManager(Economy.STAKE_MANAGER).tombstone(account)) {
            IPools(Economy.STAKE_MANAGER).setLiability(account, true, drawn);
        }
        return true;
    }

    function _fine(address account, uint64 drawn, bool outage) private {
        bool jailed = IAuthorityRegistry(Economy.AUTHORITY_REGISTRY).jail(account);
        jailed = IStakeManager(Economy.STAKE_MANAGER).jail(account) || jailed;
        if (!jailed) {
            return;
        }
        uint64 last = absentAt[account];
        bool again = last > 0 && _now() - last <= _parameter(Parameter.ABSENT_AGAIN_WITHIN);
        uint256 part = _parameter(again ? Parameter.SLASH_ABSENT_AGAIN : Parameter.SLASH_ABSENT_FIRST);
        part = outage ? part / 2 : part;
        absentAt[account] = _now();
        _slashEverywhere(account, part, drawn);
        emit Absent(account, part);
    }

    function _slashEverywhere(address account, uint256 part, uint64 drawn) private {
        if (part > 0) {
            IPools(Economy.AUTHORITY_REGISTRY).slash(account, part, drawn);
            IPools(Economy.STAKE_MANAGER).slash(account, part, drawn);
        }
    }

    function _count(Checkpoints.Trace208 storage trace, uint256 share) private {
        trace.push(uint48(_now() / 1_000), trace.latest() + uint208(share));
    }

    function _convictedAround(Checkpoints.Trace208 storage trace, uint64 when, uint64 span)
        private
        view
        returns (uint256)
    {
        uint208 upTo = trace.upperLookup(uint48((when + span) / 1_000));
        uint64 from = when > span ? (when - span) / 1_000 : 0;
        return upTo - (from == 0 ? 0 : trace.upperLookup(uint48(from - 1)));
    }
}
