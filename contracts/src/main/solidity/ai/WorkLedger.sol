// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {ChainPrecompiles} from "../interfaces/ChainPrecompiles.sol";
import {IBeaconHistory} from "../interfaces/IBeaconHistory.sol";
import {IEvaluatorCommittee} from "../interfaces/IEvaluatorCommittee.sol";
import {IJobMarket} from "../interfaces/IJobMarket.sol";
import {IRuntimeRegistry} from "../interfaces/IRuntimeRegistry.sol";
import {IServiceRegistry} from "../interfaces/IServiceRegistry.sol";
import {IWorkLedger} from "../interfaces/IWorkLedger.sol";
import {Economy} from "../Economy.sol";
import {Parameter} from "../Parameter.sol";
import {WorkAudits} from "./WorkAudits.sol";
import {WorkWeight} from "./WorkWeight.sol";

/// @title Claims of workers from acceptance to settlement. Protocol §17.13
/// @notice Holds no money.
contract WorkLedger is WorkWeight, WorkAudits {
    /// @dev Levels of evidence for which fewer seats are drawn (§18.1).
    uint256 private constant LEVEL_CPU = 1;
    uint256 private constant LEVEL_GPU = 2;

    /// @dev Claims that a machine vouched for in an epoch.
    struct MachineUse {
        uint64 epoch;
        uint64 claims;
    }

    mapping(uint256 job => mapping(uint256 claim => Attestation)) private attestations;
    mapping(bytes32 hardware => MachineUse) private machineUses;

    /// @dev Disputes and Juries.
    modifier onlyJudges() {
        _requireJudge();
        _;
    }

    /// @inheritdoc IWorkLedger
    function begin(
        uint256 job,
        uint256 claim,
        address worker,
        uint128 reserved,
        uint32 workSeconds,
        uint32 workBlocks
    ) external onlyContract(Economy.JOB_MARKET) {
        Claim storage c = claims[job][claim];
        delete c.commitment;
        delete c.auditBeacon;
        delete attestations[job][claim];
        (c.state, c.worker, c.reserved, c.committedAt, c.seatCount) = (State.ACCEPTED, worker, reserved, 0, 0);
        c.convictions = _convictions(worker);
        _deadline(c, workSeconds, workBlocks);
    }

    /// @notice Commits to an output root: H(domain, chain, job, claim, worker, root, salt).
    function commit(uint256 job, uint256 claim, bytes32 commitment) external {
        Claim storage c = _of(job, claim, State.ACCEPTED);
        require(c.worker == msg.sender, NotWorker(job, claim, c.worker));
        require(!_passed(c), TooLate(job, claim));
        (c.state, c.commitment, c.committedAt) = (State.COMMITTED, commitment, uint48(block.number));
        c.auditAt = uint48(block.number + _parameter(Parameter.AUDIT_DELAY));
        _deadline(c, _parameter(Parameter.REVEAL_SECONDS), _parameter(Parameter.REVEAL_BLOCKS));
        emit Committed(job, claim, commitment);
    }

    /// @notice Reveals the output root, in a later block than the commitment.
    function reveal(uint256 job, uint256 claim, bytes32 outputs, bytes32 salt) external {
        require(_job(job).code == 0, EvidenceMissing(job, claim));
        _reveal(job, claim, outputs, salt);
    }

    /// @notice Reveals the output root of a job that trusted hardware must vouch for, with the evidence.
    function revealAttested(uint256 job, uint256 claim, bytes32 outputs, bytes32 salt, Evidence calldata e) external {
        IJobMarket.Job memory j = _job(job);
        require(j.code != 0, EvidenceNotAsked(job, claim));
        _reveal(job, claim, outputs, salt);
        // Who does not reveal pays little here, so nobody knows the seats before.
        claims[job][claim].auditAt = uint48(block.number + _parameter(Parameter.AUDIT_DELAY));
        IRuntimeRegistry.Binding memory binding = IRuntimeRegistry.Binding(
            keccak256(abi.encode("aitbc.work.task.v1", j.task, job, claim)),
            e.anchorHeight,
            j.code,
            j.inputs,
            outputs,
            keccak256(abi.encodePacked(msg.sender))
        );
        ChainPrecompiles.Attested memory v = IRuntimeRegistry(Economy.RUNTIME_REGISTRY).judge(
            e.platform, e.gpuReports, binding, e.evidence, e.subjects
        );
        require(v.reason == 0, EvidenceRefused(v.reason));
        bool fewer = (v.level == LEVEL_CPU || v.level == LEVEL_GPU) && _useMachine(v.hardware);
        attestations[job][claim] = Attestation(v.hardware, uint8(v.platform), uint8(v.level), fewer);
        emit Attested(job, claim, v.hardware, uint8(v.platform), uint8(v.level), fewer);
    }

    /// @notice Gives a claim to other workers whose worker was late: with its commitment, for a part of the fee, or with its
    /// reveal, for the fee; its bond pays that to the client. Evidence may come to be refused by no fault of the worker's: without
    /// it the reveal is late for a part of the fee too. Anybody may ask for it.
    function late(uint256 job, uint256 claim) external nonReentrant {
        Claim storage c = claims[job][claim];
        State state = c.state;
        require(state == State.ACCEPTED || state == State.COMMITTED, WrongState(job, claim, state));
        require(_passed(c), NotLate(job, claim));
        c.state = State.NONE;
        IJobMarket market = IJobMarket(payable(Economy.JOB_MARKET));
        (, uint256 fee) = market.claimOf(job, claim);
        uint256 penalty = fee;
        if (state == State.ACCEPTED || _job(job).code != 0) {
            penalty = fee * _parameter(Parameter.LATE_SHARE) / Economy.MILLIONTHS;
        }
        _release(c);
        emit Late(job, claim, c.worker, penalty);
        market.penalize(uint8(IServiceRegistry.Role.WORKER), c.worker, penalty, market.jobOf(job).client, penalty);
        market.reassign(job, claim);
    }

    /// @notice Draws the claim's seats with the beacon of a fixed number of blocks after the commitment, where evidence decides how
    /// many after the reveal, by bonds as of the commitment. Anybody may ask for it, as long as the beacon is kept.
    function drawSeats(uint256 job, uint256 claim) external {
        Claim storage c = claims[job][claim];
        require(
            c.state == State.COMMITTED || c.state == State.REVEALED, WrongState(job, claim, c.state)
        );
        require(c.state == State.REVEALED || _job(job).code == 0, WrongState(job, claim, c.state));
        require(c.auditBeacon == 0, AlreadyDrawn(job, claim));
        uint256 from = c.auditAt;
        require(block.number >= from, NotYet(block.number, from));
        c.auditBeacon = IBeaconHistory(Economy.BEACON_HISTORY).beacon(from);
        Attestation storage a = attestations[job][claim];
        if (a.fewerSeats && !_isTrusted(job, a)) {
            a.fewerSeats = false;
        }
        uint256 count = _parameter(a.fewerSeats ? Parameter.ATTESTED_SEATS : Parameter.AUDIT_SEATS);
        _seat(job, claim, c, count);
        (, uint256 fee) = IJobMarket(payable(Economy.JOB_MARKET)).claimOf(job, claim);
        c.stake = uint128(_parameter(Parameter.SEAT_PENALTY) * _part(fee, count));
    }

    /// @notice Draws the rest of a claim's seats, with the same beacon, whose evidence would not count any more: the code, the
    /// platform or the machine was struck off before it was settled. Its window begins anew. Anybody may ask for it.
    function drawRest(uint256 job, uint256 claim) external {
        Claim storage c = _of(job, claim, State.REVEALED);
        Attestation storage a = attestations[job][claim];
        require(a.fewerSeats && c.auditBeacon != 0 && !_isTrusted(job, a), StillTrusted(job, claim));
        a.fewerSeats = false;
        uint256 count = _parameter(Parameter.AUDIT_SEATS);
        _seat(job, claim, c, count < c.seatCount ? c.seatCount : count);
        _reopen(c, audits[job][claim]);
        _deadline(c, _parameter(Parameter.WINDOW_SECONDS), _parameter(Parameter.WINDOW_BLOCKS));
    }

    /// @notice Pays for a claim whose challenge window and second audit are over without a dispute that is open. A seat is paid
    /// if it counts and its report was not challenged, and so is the second auditor. A claim of which more than half of the seats
    /// were not served, or whose worker was convicted of another since it accepted, is void: unpaid, unslashed, its fee goes
    /// back. Anybody may ask for it.
    function settle(uint256 job, uint256 claim) external nonReentrant {
        Claim storage c = _of(job, claim, State.REVEALED);
        Audit storage audit = audits[job][claim];
        require(_passed(c), WindowOpen(job, claim));
        require(c.disputes == 0, DisputesOpen(c.disputes));
        require(c.auditBeacon != 0, SeatsNotDrawn(job, claim));
        Attestation storage a = attestations[job][claim];
        require(!a.fewerSeats || _isTrusted(job, a), NoLongerTrusted(job, claim));
        if (audit.closedAt == 0) {
            closeReports(job, claim); // Nothing is left to wait for unless a seat reported.
        }
        require(_over(audit.untilSeconds, audit.untilBlock), SecondOpen(audit.untilBlock, audit.untilSeconds));
        // Not before: a conviction stops a payment, it frees no bond from what may be proven yet.
        if (_isUnserved(c, audit) || c.convictions != _convictions(c.worker)) {
            _void(job, claim, c);
            return;
        }
        c.state = State.SETTLED;
        _release(c);
        IJobMarket market = IJobMarket(payable(Economy.JOB_MARKET));
        (uint256 items, uint256 fee) = market.claimOf(job, claim);
        (uint256 quality, address[] memory accounts, uint256[] memory amounts) = _evaluated(job, claim, fee);
        accounts[0] = c.worker;
        amounts[0] = _rewarded(fee, quality);
        uint256 paid = _payAuditors(c, audit, _part(fee, c.seatCount), accounts, amounts);
        _freeReports(c, audit);
        emit Settled(job, claim, c.worker, amounts[0], paid);
        IJobMarket.Job memory j = _job(job);
        uint256 share = a.fewerSeats ? _parameter(Parameter.ATTESTED_WEIGHT) : Economy.MILLIONTHS;
        _count(j.model, j.client, c.worker, items, fee, share);
        market.payOut(job, claim, accounts, amounts);
    }

    /// @notice Ends a claim unpaid and unslashed, and gives its fee back: nobody drew the seats while their beacon was kept, or
    /// there was nobody to draw. Anybody may ask for it.
    function voidClaim(uint256 job, uint256 claim) external nonReentrant {
        Claim storage c = _of(job, claim, State.REVEALED);
        require(c.disputes == 0, DisputesOpen(c.disputes));
        require(_undrawn(job, c), NotVoid(job, claim));
        _void(job, claim, c);
    }

    /// @inheritdoc IWorkLedger
    function hold(uint256 job, uint256 claim) external onlyJudges {
        _of(job, claim, State.REVEALED).disputes++;
    }

    /// @inheritdoc IWorkLedger
    function unhold(uint256 job, uint256 claim) external onlyJudges {
        claims[job][claim].disputes--;
    }

    /// @inheritdoc IWorkLedger
    function laidOpen(uint256 job, uint256 claim) external onlyContract(Economy.DISPUTES) {
        Claim storage c = claims[job][claim];
        uint48 secs = uint48(_seconds() + _parameter(Parameter.CHECK_SECONDS));
        uint48 blocks = uint48(block.number + _parameter(Parameter.CHECK_BLOCKS));
        // A move has longer than the window: else all answers would come in the block of the settlement.
        c.untilSeconds = c.untilSeconds < secs ? secs : c.untilSeconds;
        c.untilBlock = c.untilBlock < blocks ? blocks : c.untilBlock;
    }

    /// @inheritdoc IWorkLedger
    function convict(uint256 job, uint256 claim, address challenger, uint256 costs) external onlyJudges {
        Claim storage c = _of(job, claim, State.REVEALED);
        c.state = State.FRAUD;
        uint256 amount = c.reserved;
        _release(c);
        _freeReports(c, audits[job][claim]);
        IServiceRegistry(Economy.SERVICE_REGISTRY).convict(c.worker);
        emit Fraud(job, claim, c.worker, challenger);
        IJobMarket market = IJobMarket(payable(Economy.JOB_MARKET));
        market.refund(job, claim);
        uint256 part = costs + amount * _parameter(Parameter.CHALLENGER_SHARE) / Economy.MILLIONTHS;
        market.penalize(uint8(IServiceRegistry.Role.WORKER), c.worker, amount, challenger, part);
    }

    /// @inheritdoc IWorkLedger
    function annul(uint256 job, uint256 claim) external onlyJudges {
        _void(job, claim, _of(job, claim, State.REVEALED));
    }

    /// @inheritdoc IWorkLedger
    function claimAt(uint256 job, uint256 claim) external view returns (Claim memory) {
        return claims[job][claim];
    }

    /// @inheritdoc IWorkLedger
    function attestationOf(uint256 job, uint256 claim) external view returns (Attestation memory) {
        return attestations[job][claim];
    }

    /// @inheritdoc IWorkLedger
    function workerOf(uint256 job, uint256 claim) external view returns (address) {
        return claims[job][claim].worker;
    }

    function _requireJudge() private view {
        require(msg.sender == Economy.DISPUTES || msg.sender == Economy.JURIES, OnlyEconomy(msg.sender));
    }

    function _reveal(uint256 job, uint256 claim, bytes32 outputs, bytes32 salt) private {
        Claim storage c = _of(job, claim, State.COMMITTED);
        require(c.worker == msg.sender, NotWorker(job, claim, c.worker));
        require(block.number > c.committedAt, SameBlock(block.number));
        require(!_passed(c), TooLate(job, claim));
        bytes32 expected = keccak256(
            abi.encode("aitbc.work.commitment.v1", block.chainid, job, claim, msg.sender, outputs, salt)
        );
        require(expected == c.commitment, WrongReveal(expected, c.commitment));
        (c.state, c.outputs) = (State.REVEALED, outputs);
        _deadline(c, _parameter(Parameter.WINDOW_SECONDS), _parameter(Parameter.WINDOW_BLOCKS));
        emit Revealed(job, claim, outputs);
        IEvaluatorCommittee(Economy.EVALUATOR_COMMITTEE).open(job, claim);
    }

    /// @dev Draws so many seats; the first of more are those of fewer.
    function _seat(uint256 job, uint256 claim, Claim storage c, uint256 count) private {
        address[] memory excluded = new address[](2);
        (excluded[0], excluded[1]) = (c.worker, _job(job).client);
        uint32[] memory places = IServiceRegistry(Economy.SERVICE_REGISTRY).draw(
            IServiceRegistry.Role.AUDITOR,
            c.committedAt,
            keccak256(abi.encode("seats", c.auditBeacon, job, claim)),
            count,
            excluded
        );
        uint256[2] memory words;
        for (uint256 i = 0; i < count; i++) {
            words[i / SEATS_IN_WORD] |= uint256(places[i]) << (32 * (i % SEATS_IN_WORD));
        }
        (c.seats, c.seatCount) = (words, uint8(count));
        emit SeatsDrawn(job, claim, c.auditBeacon, places);
    }

    /// @dev Whether a machine may still vouch for a claim in this epoch; notes that it does.
    function _useMachine(bytes32 hardware) private returns (bool) {
        MachineUse storage use = machineUses[hardware];
        uint64 epoch = _epoch();
        if (use.epoch != epoch) {
            (use.epoch, use.claims) = (epoch, 0);
        }
        if (use.claims >= _parameter(Parameter.MACHINE_CLAIMS)) {
            return false;
        }
        use.claims++;
        return true;
    }

    function _isTrusted(uint256 job, Attestation storage a) private view returns (bool) {
        return IRuntimeRegistry(Economy.RUNTIME_REGISTRY).isTrusted(_job(job).code, a.platform, a.hardware);
    }

    /// @dev Quality and who is paid what: a free place for the worker, then the evaluators, then a free place for each seat of
    /// an auditor and for the second auditor. That nobody proved fraud is the audit's word: correct.
    function _evaluated(uint256 job, uint256 claim, uint256 fee)
        private
        returns (uint256 quality, address[] memory accounts, uint256[] memory amounts)
    {
        address[] memory evaluators;
        uint256[] memory parts;
        (quality, evaluators, parts) = IEvaluatorCommittee(Economy.EVALUATOR_COMMITTEE).close(
            job,
            claim,
            fee * _parameter(Parameter.EVALUATORS_SHARE) / Economy.MILLIONTHS,
            Economy.MILLIONTHS
        );
        uint256 count = 2 + evaluators.length + claims[job][claim].seatCount;
        (accounts, amounts) = (new address[](count), new uint256[](count));
        for (uint256 i = 0; i < evaluators.length; i++) {
            (accounts[1 + i], amounts[1 + i]) = (evaluators[i], parts[i]);
        }
    }

    /// @dev The worker's part; what missing quality withholds is burned.
    function _rewarded(uint256 fee, uint256 quality) private view returns (uint256 reward) {
        reward = fee * _parameter(Parameter.WORKER_SHARE) / Economy.MILLIONTHS;
        uint256 withheld = _parameter(Parameter.QUALITY_SHARE) * (Economy.MILLIONTHS - quality);
        reward -= reward * withheld / (Economy.MILLIONTHS * Economy.MILLIONTHS);
    }

    /// @dev The seats were not drawn, and cannot be any more.
    function _undrawn(uint256 job, Claim storage c) private view returns (bool) {
        if (c.auditBeacon != 0) {
            return false;
        }
        uint256 from = c.auditAt;
        if (block.number < from) {
            return false;
        }
        try IBeaconHistory(Economy.BEACON_HISTORY).beacon(from) returns (bytes32) {
            address[] memory excluded = new address[](2);
            (excluded[0], excluded[1]) = (c.worker, IJobMarket(payable(Economy.JOB_MARKET)).jobOf(job).client);
            return IServiceRegistry(Economy.SERVICE_REGISTRY).weightAt(
                IServiceRegistry.Role.AUDITOR, c.committedAt, excluded
            ) == 0;
        } catch {
            return true;
        }
    }

    function _void(uint256 job, uint256 claim, Claim storage c) private {
        c.state = State.VOID;
        _release(c);
        _freeReports(c, audits[job][claim]);
        emit Voided(job, claim, c.worker);
        IJobMarket(payable(Economy.JOB_MARKET)).refund(job, claim);
    }

    function _release(Claim storage c) private {
        uint128 reserved = c.reserved;
        c.reserved = 0;
        IServiceRegistry(Economy.SERVICE_REGISTRY).release(IServiceRegistry.Role.WORKER, c.worker, reserved);
    }

    function _convictions(address worker) private view returns (uint32) {
        return IServiceRegistry(Economy.SERVICE_REGISTRY).serviceOf(IServiceRegistry.Role.WORKER, worker).convictions;
    }

    function _deadline(Claim storage c, uint256 secs, uint256 blocks) private {
        c.untilSeconds = uint48(_seconds() + secs);
        c.untilBlock = uint48(block.number + blocks);
    }
}
