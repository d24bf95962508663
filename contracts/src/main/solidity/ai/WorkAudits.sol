// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {IBeaconHistory} from "../interfaces/IBeaconHistory.sol";
import {IJobMarket} from "../interfaces/IJobMarket.sol";
import {IServiceRegistry} from "../interfaces/IServiceRegistry.sol";
import {IWorkLedger} from "../interfaces/IWorkLedger.sol";
import {Economy} from "../Economy.sol";
import {Parameter} from "../Parameter.sol";
import {SystemContract} from "../SystemContract.sol";

/// @title What auditors report of a claim, and the second auditor of one leaf in ten. Protocol §17.13
/// @notice Who guesses, or copies, loses more by what is found than it is paid (ADR 0025).
abstract contract WorkAudits is IWorkLedger, SystemContract {
    /// @dev Places of seats in a word.
    uint256 internal constant SEATS_IN_WORD = 8;

    /// @dev Leaves of a seat, and of one of a claim that trains.
    uint256 private constant LEAVES = 7;
    uint256 private constant TRAINING_LEAVES = 2;

    /// @dev Number of the second auditor's report, behind those of all seats that there may be, and its bit.
    uint256 private constant SECOND = 16;
    uint256 private constant SECOND_BIT = 1 << SECOND;

    /// @dev One audited leaf in so many is given to a second auditor.
    uint256 private constant SECOND_ONE_IN = 10;

    mapping(uint256 job => mapping(uint256 claim => Claim)) internal claims;
    mapping(uint256 job => mapping(uint256 claim => Audit)) internal audits;
    mapping(uint256 job => mapping(uint256 claim => mapping(uint256 seat => bytes32))) private reports;

    /// @notice Reports that leaves were run again: those of a seat, or, of a claim whose reports are closed, those that the second
    /// auditor was given, one of each seat in their order and 0 where it was given none. A part of the auditor's bond is set
    /// aside for it.
    /// @param seat 16 for the second auditor
    /// @param hashes of each leaf H(auditor, job, claim, seat, number, leaf, trace root)
    function report(uint256 job, uint256 claim, uint256 seat, bytes32[] calldata hashes) external {
        Claim storage c = _of(job, claim, State.REVEALED);
        Audit storage a = audits[job][claim];
        uint256 count;
        if (seat == SECOND) {
            (bytes32 beacon, uint32 place) = _second(job, claim);
            require(!_over(a.untilSeconds, a.untilBlock), TooLate(job, claim));
            (a.beacon, a.second, count) = (beacon, place, c.seatCount);
            _check(a);
        } else {
            require(!_passed(c) && a.closedAt == 0, TooLate(job, claim));
            count = _leaves(job);
        }
        address auditor = _reporter(c, a, seat);
        require(auditor == msg.sender, NotSeat(seat, auditor));
        require(uint256(a.reported) >> seat & 1 == 0, AlreadyReported(seat));
        require(hashes.length == count, WrongHashes(hashes.length, count));
        a.reported |= uint24(1 << seat);
        reports[job][claim][seat] = keccak256(abi.encodePacked(hashes));
        IServiceRegistry(Economy.SERVICE_REGISTRY).reserve(IServiceRegistry.Role.AUDITOR, auditor, c.stake);
        emit Reported(job, claim, seat, hashes);
    }

    /// @notice Says that the worker serves a seat not what it needs to run its leaves again. Of a claim of which more than half of
    /// the seats say so, and do not report, nothing is paid: hardly anybody ran it again.
    function notServed(uint256 job, uint256 claim, uint256 seat) external {
        Claim storage c = _of(job, claim, State.REVEALED);
        Audit storage a = audits[job][claim];
        require(!_passed(c) && a.closedAt == 0, TooLate(job, claim));
        address auditor = _auditor(c, seat);
        require(auditor == msg.sender, NotSeat(seat, auditor));
        require(uint256(a.reported) >> seat & 1 == 0, AlreadyReported(seat));
        require(uint256(a.unserved) >> seat & 1 == 0, AlreadySaid(seat));
        a.unserved |= uint24(1 << seat);
        emit NotServed(job, claim, seat);
    }

    /// @notice Closes the reports of seats: all are there, or the challenge window is over. Those count whose secret was shown,
    /// for which they have the whole epoch after that of the beacon. The next block's beacon draws a second auditor for one
    /// leaf in ten. Anybody may ask for it.
    function closeReports(uint256 job, uint256 claim) public {
        Claim storage c = _of(job, claim, State.REVEALED);
        Audit storage a = audits[job][claim];
        require(c.auditBeacon != 0, SeatsNotDrawn(job, claim));
        require(a.closedAt == 0, AlreadyClosed(job, claim));
        uint256 seats = c.seatCount;
        require(a.reported == (1 << seats) - 1 || _passed(c), WindowOpen(job, claim));
        uint64 epoch = _auditEpoch(c);
        uint256 counted = 0;
        uint256 unshown = 0;
        for (uint256 seat = 0; seat < seats; seat++) {
            if (uint256(a.reported) >> seat & 1 == 0) {
                continue;
            }
            if (_secret(_reporter(c, a, seat), epoch) != 0) {
                counted |= 1 << seat;
            } else {
                unshown++;
            }
        }
        uint256 until = (epoch + 2) * Economy.EPOCH_BLOCKS;
        require(unshown == 0 || block.number > until, SecretsOpen(unshown, until));
        (a.counted, a.closedAt) = (uint24(counted), uint48(block.number));
        // Of class TOLERANCE no two auditors find the same bits: there is nothing to compare (ADR 0026).
        if (counted != 0 && _job(job).profile == 0) {
            _check(a);
        }
        emit ReportsClosed(job, claim, counted);
    }

    /// @inheritdoc IWorkLedger
    function challengeReport(uint256 job, uint256 claim, uint256 seat, uint256 number, bytes32[] calldata hashes)
        external
        onlyContract(Economy.DISPUTES)
        returns (address auditor, uint32 leaf)
    {
        Claim storage c = _of(job, claim, State.REVEALED);
        Audit storage a = audits[job][claim];
        uint256 subject = seat == SECOND ? number : seat;
        uint256 order = seat == SECOND ? _given(a.beacon, job, claim, number) : number;
        address drawn = _reporter(c, a, subject);
        auditor = _reporter(c, a, seat);
        // A secret is known of a seat that counts, and nothing is said of a leaf that nobody was given.
        require(
            a.closedAt != 0 && subject < c.seatCount && uint256(a.counted) >> subject & 1 != 0
                && order < _leaves(job) && uint256(a.reported) >> seat & 1 != 0
                && uint256(a.disputed) >> seat & 1 == 0 && (seat != SECOND || drawn != auditor)
                && reports[job][claim][seat] == keccak256(abi.encodePacked(hashes)),
            NotToBeChallenged(seat, number)
        );
        a.disputed |= uint24(1 << seat);
        (uint32 items,) = IJobMarket(payable(Economy.JOB_MARKET)).claimOf(job, claim);
        bytes32 secret = _secret(drawn, _auditEpoch(c));
        leaf = uint32(_drawn(c.auditBeacon, secret, job, claim, subject, order) % items);
    }

    /// @inheritdoc IWorkLedger
    function endReport(uint256 job, uint256 claim, uint256 seat, address auditor, bool isFalse, address challenger)
        external
        onlyContract(Economy.DISPUTES)
    {
        uint128 stake = claims[job][claim].stake;
        IServiceRegistry(Economy.SERVICE_REGISTRY).release(IServiceRegistry.Role.AUDITOR, auditor, stake);
        if (isFalse) {
            emit FalseReport(job, claim, seat, auditor, challenger);
            uint256 part = stake * _parameter(Parameter.CHALLENGER_SHARE) / Economy.MILLIONTHS;
            IJobMarket(payable(Economy.JOB_MARKET)).penalize(
                uint8(IServiceRegistry.Role.AUDITOR), auditor, stake, challenger, part
            );
        }
    }

    /// @inheritdoc IWorkLedger
    function hasSeat(uint256 job, uint256 claim, address auditor) external view returns (bool) {
        Claim storage c = claims[job][claim];
        for (uint256 seat = 0; seat < c.seatCount; seat++) {
            if (_auditor(c, seat) == auditor) {
                return true;
            }
        }
        if (audits[job][claim].closedAt == 0) {
            return false;
        }
        try this.givenOf(job, claim) returns (address second, uint256[] memory) {
            return second == auditor;
        } catch {
            return false; // Not drawn yet, or nobody is there to be drawn.
        }
    }

    /// @inheritdoc IWorkLedger
    function freeDemands(uint256 job, uint256 claim, address auditor) external view returns (uint256 leaves) {
        Claim storage c = claims[job][claim];
        Audit storage a = audits[job][claim];
        uint256 each = _leaves(job);
        if (a.closedAt == 0) {
            if (_passed(c)) {
                return 0;
            }
        } else {
            if (_over(a.untilSeconds, a.untilBlock)) {
                return 0;
            }
            try this.givenOf(job, claim) returns (address second, uint256[] memory numbers) {
                if (second != auditor) {
                    return 0;
                }
                for (uint256 seat = 0; seat < numbers.length; seat++) {
                    leaves += numbers[seat] < each ? 1 : 0;
                }
            } catch {
                return 0; // Not drawn yet, or nobody is there to be drawn.
            }
        }
        for (uint256 seat = 0; seat < c.seatCount; seat++) {
            leaves += _auditor(c, seat) == auditor ? each : 0;
        }
    }

    /// @notice How the reports of a claim stand.
    function auditOf(uint256 job, uint256 claim) external view returns (Audit memory) {
        return audits[job][claim];
    }

    /// @notice The second auditor of a claim, and of each seat the number of the leaf that it is given: none if it is not below
    /// the number of leaves of a seat. Reverts before the beacon is there, and if there is nobody.
    function givenOf(uint256 job, uint256 claim) external view returns (address second, uint256[] memory numbers) {
        (bytes32 beacon, uint32 place) = _second(job, claim);
        second = _account(place);
        Claim storage c = claims[job][claim];
        uint256 counted = audits[job][claim].counted;
        numbers = new uint256[](c.seatCount);
        for (uint256 seat = 0; seat < numbers.length; seat++) {
            bool counts = counted >> seat & 1 != 0 && _auditor(c, seat) != second;
            numbers[seat] = counts ? _given(beacon, job, claim, seat) : SECOND_ONE_IN;
        }
    }

    /// @notice The leaves of a seat, once its secret is shown: H(secret, beacon, job, claim, seat, i) modulo the items.
    function leavesOf(uint256 job, uint256 claim, uint256 seat, bytes32 secret, uint256 count)
        external
        view
        returns (uint256[] memory leaves)
    {
        (uint32 items,) = IJobMarket(payable(Economy.JOB_MARKET)).claimOf(job, claim);
        leaves = new uint256[](count);
        for (uint256 i = 0; i < count; i++) {
            leaves[i] = _drawn(claims[job][claim].auditBeacon, secret, job, claim, seat, i) % items;
        }
    }

    /// @dev The seats are others now: reports are taken again, and another second auditor is drawn.
    function _reopen(Claim storage c, Audit storage a) internal {
        if (a.reported & SECOND_BIT != 0 && a.disputed & SECOND_BIT == 0) {
            a.reported &= ~uint24(SECOND_BIT);
            _freeReport(c, _account(a.second));
        }
        (a.closedAt, a.counted, a.beacon) = (0, 0, 0);
    }

    /// @dev The beacon of the block after the reports were closed, and whom it draws as the second auditor, by bonds as of that
    /// block.
    function _second(uint256 job, uint256 claim) private view returns (bytes32 beacon, uint32 place) {
        Claim storage c = claims[job][claim];
        Audit storage a = audits[job][claim];
        if (a.beacon != 0) {
            return (a.beacon, a.second);
        }
        uint48 from = a.closedAt;
        require(from != 0 && block.number > from, NotYet(block.number, uint256(from) + 1));
        beacon = IBeaconHistory(Economy.BEACON_HISTORY).beacon(uint256(from) + 1);
        address[] memory excluded = new address[](2);
        (excluded[0], excluded[1]) = (c.worker, _job(job).client);
        place = IServiceRegistry(Economy.SERVICE_REGISTRY).draw(
            IServiceRegistry.Role.AUDITOR, from, keccak256(abi.encode("second", beacon, job, claim)), 1, excluded
        )[0];
    }

    /// @dev Which leaf of a seat the second auditor is given, if it is below the number of the seat's leaves.
    function _given(bytes32 beacon, uint256 job, uint256 claim, uint256 seat) private pure returns (uint256) {
        return uint256(keccak256(abi.encode("given", beacon, job, claim, seat))) % SECOND_ONE_IN;
    }

    function _drawn(bytes32 beacon, bytes32 secret, uint256 job, uint256 claim, uint256 seat, uint256 number)
        private
        pure
        returns (uint256)
    {
        return uint256(keccak256(abi.encode(secret, beacon, job, claim, seat, number)));
    }

    function _leaves(uint256 job) private view returns (uint256) {
        return _job(job).steps > 0 ? TRAINING_LEAVES : LEAVES;
    }

    /// @dev What a seat is paid, and the second auditor.
    function _part(uint256 fee, uint256 seats) internal view returns (uint256) {
        return fee * _parameter(Parameter.AUDITORS_SHARE) / Economy.MILLIONTHS / (seats + 1);
    }

    /// @dev Fills the last places: of the seats that count and of the second auditor if it reported, unless they were challenged.
    function _payAuditors(
        Claim storage c,
        Audit storage a,
        uint256 each,
        address[] memory accounts,
        uint256[] memory amounts
    ) internal view returns (uint256 paid) {
        uint256 due = (uint256(a.counted) | a.reported & SECOND_BIT) & ~uint256(a.disputed);
        for (uint256 seat = 0; due >> seat != 0; seat++) {
            if (due >> seat & 1 != 0) {
                paid++;
                (accounts[accounts.length - paid], amounts[accounts.length - paid]) = (_reporter(c, a, seat), each);
            }
        }
    }

    /// @dev More than half of all seats say that they were not served, and did not report.
    function _isUnserved(Claim storage c, Audit storage a) internal view returns (bool) {
        return 2 * _members(a.unserved & ~a.reported) > c.seatCount;
    }

    function _members(uint256 set) private pure returns (uint256 count) {
        for (; set != 0; set &= set - 1) {
            count++;
        }
    }

    /// @dev The time of the second auditor begins, or that of who challenges it.
    function _check(Audit storage a) private {
        a.untilSeconds = uint48(_seconds() + _parameter(Parameter.CHECK_SECONDS));
        a.untilBlock = uint48(block.number + _parameter(Parameter.CHECK_BLOCKS));
    }

    /// @dev Frees what reports set aside; those that were challenged wait for the verdict.
    function _freeReports(Claim storage c, Audit storage a) internal {
        uint256 free = uint256(a.reported) & ~uint256(a.disputed);
        for (uint256 seat = 0; free >> seat != 0; seat++) {
            if (free >> seat & 1 != 0) {
                _freeReport(c, _reporter(c, a, seat));
            }
        }
    }

    function _freeReport(Claim storage c, address auditor) private {
        IServiceRegistry(Economy.SERVICE_REGISTRY).release(IServiceRegistry.Role.AUDITOR, auditor, c.stake);
    }

    /// @dev Whose report it is.
    function _reporter(Claim storage c, Audit storage a, uint256 seat) private view returns (address) {
        return seat == SECOND ? _account(a.second) : _auditor(c, seat);
    }

    /// @dev The epoch of the beacon that drew the seats.
    function _auditEpoch(Claim storage c) internal view returns (uint64) {
        return uint64((c.auditAt - 1) / Economy.EPOCH_BLOCKS);
    }

    function _secret(address auditor, uint64 epoch) private view returns (bytes32) {
        return IServiceRegistry(Economy.SERVICE_REGISTRY).secretOf(auditor, epoch);
    }

    function _job(uint256 job) internal view returns (IJobMarket.Job memory) {
        return IJobMarket(payable(Economy.JOB_MARKET)).jobOf(job);
    }

    function _auditor(Claim storage c, uint256 seat) internal view returns (address) {
        if (seat >= c.seatCount) {
            return address(0);
        }
        return _account(uint32(c.seats[seat / SEATS_IN_WORD] >> (32 * (seat % SEATS_IN_WORD))));
    }

    function _account(uint32 place) internal view returns (address) {
        return IServiceRegistry(Economy.SERVICE_REGISTRY).accountAt(IServiceRegistry.Role.AUDITOR, place);
    }

    function _of(uint256 job, uint256 claim, State state) internal view returns (Claim storage c) {
        c = claims[job][claim];
        require(c.state == state, WrongState(job, claim, c.state));
    }

    /// @dev Both clocks have run out.
    function _passed(Claim storage c) internal view returns (bool) {
        return _over(c.untilSeconds, c.untilBlock);
    }

    function _over(uint256 untilSeconds, uint256 untilBlock) internal view returns (bool) {
        return _seconds() > untilSeconds && block.number > untilBlock;
    }
}
