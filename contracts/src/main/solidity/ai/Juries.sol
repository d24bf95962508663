// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {IBeaconHistory} from "../interfaces/IBeaconHistory.sol";
import {IJobMarket} from "../interfaces/IJobMarket.sol";
import {IJuries} from "../interfaces/IJuries.sol";
import {IServiceRegistry} from "../interfaces/IServiceRegistry.sol";
import {ISlashing} from "../interfaces/ISlashing.sol";
import {IWorkLedger} from "../interfaces/IWorkLedger.sol";
import {Economy} from "../Economy.sol";
import {Parameter} from "../Parameter.sol";
import {SystemContract} from "../SystemContract.sol";

/// @title Objections to outputs of class TOLERANCE, decided by opinions of others. Protocol §17.17
/// @notice Two more auditors say whether an output is near enough to their own; unless both find it right, a jury decides, and
/// only two thirds of it convict (ADR 0026). The balance is the deposits of objections that are not over.
contract Juries is IJuries, SystemContract {
    /// @dev Places of seats in a word.
    uint256 private constant SEATS_IN_WORD = 8;

    /// @dev Auditors that are asked before a jury.
    uint256 private constant AUDITORS = 2;

    mapping(uint256 objection => Objection) private objections;
    mapping(uint256 objection => mapping(address account => Opinion)) private opinions;

    /// @notice Leaves that a jury found right: nobody objects to them again.
    mapping(uint256 job => mapping(uint256 claim => mapping(uint256 leaf => bool))) public cleared;

    /// @notice Objections so far; the first has number 1.
    uint256 public objectionCount;

    /// @notice Objects to a leaf of a revealed claim, with a deposit out of which the opinions are paid. The claim is not settled
    /// before that is decided.
    function object(uint64 job, uint32 claim, uint32 leaf) external payable nonReentrant returns (uint256 number) {
        IWorkLedger ledger = IWorkLedger(Economy.WORK_LEDGER);
        require(_job(job).profile != 0, WrongClass(job));
        ledger.hold(job, claim);
        (uint32 items,) = IJobMarket(payable(Economy.JOB_MARKET)).claimOf(job, claim);
        require(leaf < items, NoLeaf(leaf, items));
        require(!cleared[job][claim][leaf], AlreadyCleared(job, claim, leaf));
        require(ledger.workerOf(job, claim) != msg.sender, OwnClaim(job, claim));
        uint256 min = depositOf(job, claim);
        require(msg.value >= min && msg.value <= type(uint128).max, DepositTooLow(msg.value, min));
        number = ++objectionCount;
        Objection storage o = objections[number];
        (o.objector, o.stage, o.job, o.claim, o.leaf) = (msg.sender, Stage.AUDITORS, job, claim, leaf);
        (o.deposit, o.fee) = (uint128(msg.value), uint128(feeOf(job, claim)));
        o.jurySeats = uint8(_parameter(Parameter.JURY_SEATS));
        uint256 weight = IServiceRegistry(Economy.SERVICE_REGISTRY).weightAt(
            IServiceRegistry.Role.EVALUATOR, uint48(block.number - 1), _excluded(o)
        );
        require(weight > 0, NoJury(job, claim)); // Else whoever objects would have the work for nothing.
        _begin(o);
        emit Objected(number, job, claim, leaf, msg.sender);
    }

    /// @notice Seals the caller's opinion: H(domain, chain, objection, account, said, salt). The first call of a stage stores the
    /// draw.
    function commit(uint256 number, bytes32 commitment) external {
        Objection storage o = _running(number);
        require(!_passed(o.commitSeconds, o.commitBlock), OpinionsTooLate(number));
        if (!o.drawn) {
            _draw(number, o);
        }
        uint256 held = _held(o, msg.sender);
        require(held > 0, NoSeat(msg.sender));
        require(commitment != 0, EmptyCommitment());
        Opinion storage p = opinions[number][msg.sender];
        require(p.commitment == 0, AlreadyCommitted(msg.sender));
        p.commitment = commitment;
        o.committed += uint8(held);
        emit OpinionCommitted(number, msg.sender, commitment);
    }

    /// @notice Opens the caller's opinion, when all of the stage are sealed or the time for that is over.
    function reveal(uint256 number, Said said, bytes32 salt) external {
        Objection storage o = _running(number);
        Opinion storage p = opinions[number][msg.sender];
        uint256 held = _held(o, msg.sender);
        require(held > 0 && p.commitment != 0, NotCommitted(msg.sender));
        require(p.said == Said.NONE, AlreadyOpened(msg.sender));
        require(said != Said.NONE, NoOpinion());
        require(
            o.committed == o.seatCount || _passed(o.commitSeconds, o.commitBlock), OpinionsTooEarly(number)
        );
        require(!_passed(o.revealSeconds, o.revealBlock), OpinionsTooLate(number));
        bytes32 expected = keccak256(
            abi.encode("aitbc.work.opinion.v1", block.chainid, number, msg.sender, said, salt)
        );
        require(expected == p.commitment, WrongOpinion(expected, p.commitment));
        p.said = said;
        o.revealed += uint8(held);
        if (said == Said.RIGHT) {
            o.rights += uint8(held);
        }
        emit OpinionRevealed(number, msg.sender, said);
    }

    /// @notice Goes on when all opinions of the stage are opened or the time for that is over: two auditors for the worker end it,
    /// else a jury is called; two thirds of its seats decide, and without them the claim is void. What ended with its claim is
    /// dismissed. Anybody may ask for it.
    function decide(uint256 number) external nonReentrant {
        Objection storage o = _running(number);
        IWorkLedger ledger = IWorkLedger(Economy.WORK_LEDGER);
        if (ledger.claimAt(o.job, o.claim).state != IWorkLedger.State.REVEALED) {
            _end(number, o, Verdict.DISMISSED);
            return;
        }
        bool over = o.drawn && o.revealed == o.seatCount || _passed(o.revealSeconds, o.revealBlock)
            || o.committed == 0 && _passed(o.commitSeconds, o.commitBlock);
        require(over, OpinionsOpen(number));
        if (o.stage == Stage.JURY) {
            uint256 wrongs = o.revealed - o.rights;
            if (3 * wrongs >= 2 * uint256(o.seatCount)) {
                _end(number, o, Verdict.WRONG);
            } else {
                _end(number, o, 3 * uint256(o.rights) >= 2 * uint256(o.seatCount) ? Verdict.RIGHT : Verdict.SPLIT);
            }
        } else if (o.rights == AUDITORS) {
            _end(number, o, Verdict.RIGHT);
        } else {
            (o.stage, o.drawn, o.seatCount) = (Stage.JURY, false, o.jurySeats);
            (o.committed, o.revealed, o.rights) = (0, 0, 0);
            _begin(o);
            emit JuryCalled(number, o.seatCount, o.commitBlock, o.revealBlock);
        }
    }

    /// @notice An objection.
    function objectionOf(uint256 number) external view returns (Objection memory) {
        return objections[number];
    }

    /// @notice What an account sealed and opened.
    function opinionOf(uint256 number, address account) external view returns (Opinion memory) {
        return opinions[number][account];
    }

    /// @notice Whose opinions the stage awaits, one for each seat; a juror may hold several. Reverts before the beacon is there,
    /// and when there is nobody.
    function membersOf(uint256 number) external view returns (address[] memory) {
        Objection storage o = _running(number);
        return _accounts(o, o.drawn ? _stored(o) : _places(number, o));
    }

    /// @notice What an opinion is paid, wei: its gas at the base fee and a part of the claim's fee.
    function feeOf(uint256 job, uint256 claim) public view returns (uint256) {
        (, uint256 fee) = IJobMarket(payable(Economy.JOB_MARKET)).claimOf(job, claim);
        return _parameter(Parameter.OPINION_GAS) * block.basefee
            + fee * _parameter(Parameter.OPINION_SHARE) / Economy.MILLIONTHS;
    }

    /// @notice What an objection costs as a deposit, wei: all opinions that it may need.
    function depositOf(uint256 job, uint256 claim) public view returns (uint256) {
        return (AUDITORS + _parameter(Parameter.JURY_SEATS)) * feeOf(job, claim);
    }

    /// @dev The times of a stage begin; the beacon of a fixed number of blocks later draws its members, by bonds as of this block.
    /// With the next one, who makes both blocks would know it while it still chooses its bond (ADR 0026).
    function _begin(Objection storage o) private {
        uint48 time = _seconds();
        o.since = uint48(block.number);
        o.drawAt = uint48(block.number + _parameter(Parameter.AUDIT_DELAY));
        o.commitBlock = uint48(o.drawAt + _parameter(Parameter.OPINION_BLOCKS));
        o.commitSeconds = uint48(time + _parameter(Parameter.OPINION_SECONDS));
        o.revealBlock = uint48(o.commitBlock + _parameter(Parameter.OPINION_REVEAL_BLOCKS));
        o.revealSeconds = uint48(o.commitSeconds + _parameter(Parameter.OPINION_REVEAL_SECONDS));
    }

    /// @dev Pays the opinions that agree with the verdict, all if there is none, and what is left of the deposit: half to the
    /// worker and half burned if it was right, else to the objector, which has its costs of the worker's bond if it was wrong.
    function _end(uint256 number, Objection storage o, Verdict verdict) private {
        bool jury = o.stage == Stage.JURY;
        (uint256 job, uint256 claim) = (o.job, o.claim);
        uint256 paid = _payOpinions(number, o, verdict, jury);
        uint256 rest = o.deposit - paid;
        (o.stage, o.verdict) = (Stage.OVER, verdict);
        emit Decided(number, verdict, paid);
        IWorkLedger ledger = IWorkLedger(Economy.WORK_LEDGER);
        ledger.unhold(job, claim);
        if (verdict == Verdict.RIGHT) {
            if (jury) {
                cleared[job][claim][o.leaf] = true;
            }
            _credit(ledger.workerOf(job, claim), rest / 2);
            ISlashing(Economy.SLASHING).burn{value: rest - rest / 2}();
            return;
        }
        _credit(o.objector, rest);
        if (verdict == Verdict.WRONG) {
            ledger.convict(job, claim, o.objector, paid);
        } else if (verdict == Verdict.SPLIT) {
            ledger.annul(job, claim);
        }
    }

    function _payOpinions(uint256 number, Objection storage o, Verdict verdict, bool jury)
        private
        returns (uint256 paid)
    {
        Said due = verdict == Verdict.RIGHT ? Said.RIGHT : verdict == Verdict.WRONG ? Said.WRONG : Said.NONE;
        uint256 fee = o.fee;
        for (uint256 i = 0; i < AUDITORS; i++) {
            paid += _payOpinion(number, o.auditors[i], due, fee);
        }
        if (jury && o.drawn) {
            address[] memory members = _accounts(o, _stored(o));
            for (uint256 seat = 0; seat < members.length; seat++) {
                paid += _payOpinion(number, members[seat], due, fee);
            }
        }
    }

    /// @param due what has to be said; NONE if anything is paid that is opened
    function _payOpinion(uint256 number, address account, Said due, uint256 fee) private returns (uint256) {
        Said said = opinions[number][account].said;
        if (said == Said.NONE || due != Said.NONE && said != due) {
            return 0;
        }
        _credit(account, fee);
        return fee;
    }

    function _credit(address account, uint256 amount) private {
        IJobMarket(payable(Economy.JOB_MARKET)).credit{value: amount}(account);
    }

    function _draw(uint256 number, Objection storage o) private {
        uint32[] memory places = _places(number, o);
        uint256[3] memory words;
        for (uint256 i = 0; i < places.length; i++) {
            words[i / SEATS_IN_WORD] |= uint256(places[i]) << (32 * (i % SEATS_IN_WORD));
        }
        (o.drawn, o.seats, o.seatCount) = (true, words, uint8(places.length));
        address[] memory members = _accounts(o, places);
        if (o.stage == Stage.AUDITORS) {
            for (uint256 i = 0; i < members.length; i++) {
                o.auditors[i] = members[i];
            }
        }
        emit MembersDrawn(number, members);
    }

    /// @dev Two auditors that are not one, as many as there are; of evaluators as many seats as the jury has.
    function _places(uint256 number, Objection storage o) private view returns (uint32[] memory places) {
        uint48 from = o.since;
        require(block.number >= o.drawAt, DrawNotThere(o.drawAt));
        bytes32 beacon = IBeaconHistory(Economy.BEACON_HISTORY).beacon(o.drawAt);
        IServiceRegistry registry = IServiceRegistry(Economy.SERVICE_REGISTRY);
        address[] memory excluded = _excluded(o);
        if (o.stage == Stage.JURY) {
            bytes32 seed = keccak256(abi.encode("jury", beacon, number));
            return registry.draw(IServiceRegistry.Role.EVALUATOR, from, seed, o.seatCount, excluded);
        }
        uint32[AUDITORS] memory found;
        uint256 count = 0;
        // The places of the two are free before they are drawn.
        for (uint256 free = excluded.length - AUDITORS; count < AUDITORS; count++) {
            if (registry.weightAt(IServiceRegistry.Role.AUDITOR, from, excluded) == 0) {
                break;
            }
            bytes32 seed = keccak256(abi.encode("auditor", beacon, number, count));
            found[count] = registry.draw(IServiceRegistry.Role.AUDITOR, from, seed, 1, excluded)[0];
            excluded[free + count] = registry.accountAt(IServiceRegistry.Role.AUDITOR, found[count]);
        }
        places = new uint32[](count);
        for (uint256 i = 0; i < count; i++) {
            places[i] = found[i];
        }
    }

    /// @dev Who is drawn for nothing: worker, client, objector, and for the jury the two auditors. Each once; nobody is 0.
    function _excluded(Objection storage o) private view returns (address[] memory excluded) {
        address client = _job(o.job).client;
        excluded = new address[](3 + AUDITORS);
        excluded[0] = IWorkLedger(Economy.WORK_LEDGER).workerOf(o.job, o.claim);
        excluded[1] = o.objector;
        excluded[2] = client == o.objector ? address(0) : client;
        if (o.stage == Stage.JURY) {
            (excluded[3], excluded[4]) = (o.auditors[0], o.auditors[1]);
        }
    }

    function _stored(Objection storage o) private view returns (uint32[] memory places) {
        places = new uint32[](o.seatCount);
        for (uint256 seat = 0; seat < places.length; seat++) {
            places[seat] = uint32(o.seats[seat / SEATS_IN_WORD] >> (32 * (seat % SEATS_IN_WORD)));
        }
    }

    /// @dev Whose places these are, in the stage's role.
    function _accounts(Objection storage o, uint32[] memory places) private view returns (address[] memory accounts) {
        IServiceRegistry.Role role =
            o.stage == Stage.JURY ? IServiceRegistry.Role.EVALUATOR : IServiceRegistry.Role.AUDITOR;
        accounts = new address[](places.length);
        for (uint256 i = 0; i < places.length; i++) {
            accounts[i] = IServiceRegistry(Economy.SERVICE_REGISTRY).accountAt(role, places[i]);
        }
    }

    function _held(Objection storage o, address account) private view returns (uint256 held) {
        if (!o.drawn) {
            return 0;
        }
        address[] memory members = _accounts(o, _stored(o));
        for (uint256 seat = 0; seat < members.length; seat++) {
            if (members[seat] == account) {
                held++;
            }
        }
    }

    function _job(uint256 job) private view returns (IJobMarket.Job memory) {
        return IJobMarket(payable(Economy.JOB_MARKET)).jobOf(job);
    }

    function _running(uint256 number) private view returns (Objection storage o) {
        o = objections[number];
        require(o.stage == Stage.AUDITORS || o.stage == Stage.JURY, WrongStage(number, o.stage));
    }

    /// @dev Both clocks have run out.
    function _passed(uint48 untilSeconds, uint48 untilBlock) private view returns (bool) {
        return _seconds() > untilSeconds && block.number > untilBlock;
    }
}
