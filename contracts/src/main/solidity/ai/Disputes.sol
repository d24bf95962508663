// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {ChainPrecompiles} from "../interfaces/ChainPrecompiles.sol";
import {IJobMarket} from "../interfaces/IJobMarket.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {ISlashing} from "../interfaces/ISlashing.sol";
import {IWorkLedger} from "../interfaces/IWorkLedger.sol";
import {Economy} from "../Economy.sol";
import {Parameter} from "../Parameter.sol";
import {DisputeLines} from "./DisputeLines.sol";
import {DisputeTrees} from "./DisputeTrees.sol";

/// @title Demands for leaves, and challenges of them, up to one element that the chain repeats. Protocol §17.14
/// @notice The balance is the deposits of disputes that are not over.
contract Disputes is DisputeLines {
    /// @dev Items of a claim. Protocol §17.12.
    uint256 private constant CLAIM_ITEMS = 4_096;

    /// @dev Levels of the trace's tree in an answer: 256 hashes.
    uint256 private constant ANSWER_LEVELS = 8;

    /// @dev Bytes of an output that is put on the chain, and of a part of an input but for its last tile.
    uint256 private constant DATA_BYTES_MAX = 32_768;

    /// @dev Tiles of a part of an input: with as many a transaction still holds them, each in words of its own.
    uint256 private constant PART_TILES_MAX = 512;

    /// @dev Bytes of a tile: 1,024 elements of at most four (§17.3). A longer one that a root holds could not be laid open in a proof.
    uint256 private constant TILE_BYTES_MAX = 4_096;

    /// @dev A deposit covers the gas of the answers this many times, and one in this many parts of the reward.
    uint256 private constant DEPOSIT_GAS_TIMES = 2;
    uint256 private constant DEPOSIT_REWARD_PARTS = 100;

    /// @dev A challenge of a report brings this many times what the report set aside. Half of a lost deposit is burned: with less, who
    /// guessed would challenge itself and lose that, before anybody else takes its one challenge to prove it.
    uint256 private constant REPORT_STAKES = 2;

    /// @dev The kind of proofs about an output's length, and verdicts. Protocol §17.5.
    uint8 private constant PROOF_LENGTH = 2;
    uint256 private constant VERDICT_FRAUD = 1;
    uint256 private constant VERDICT_MALFORMED = 2;
    uint256 private constant VERDICT_RIGHTLY_EMPTY = 4;

    /// @dev Leaves that were demanded without a deposit: each once. How many of them an account demanded.
    mapping(uint256 job => mapping(uint256 claim => mapping(uint256 leaf => bool))) private demandedFree;
    mapping(uint256 job => mapping(uint256 claim => mapping(address account => uint256))) private freeDemandsOf;

    /// @notice Disputes so far; the first has number 1.
    uint256 public disputeCount;

    /// @notice Demands a leaf that the worker does not serve: its output and the first part of its input. An auditor needs no deposit
    /// for as many leaves as its seats of the claim have, each of which nobody else demanded so, in the time that it has for its report.
    function demand(uint64 job, uint32 claim, uint32 leaf) external payable nonReentrant returns (uint256) {
        return _new(job, claim, leaf, true, 0);
    }

    /// @notice Demands a leaf's output with a part of its input: the tiles from one on, with a deposit unless that is the first. Of a
    /// job that trains a part is one tile, of the data set or, counted on behind those, of the first state.
    function demandPart(uint64 job, uint32 claim, uint32 leaf, uint32 tile) external payable nonReentrant returns (uint256) {
        IModelRegistry.Model memory m = _model(job);
        uint256 tiles = uint256(m.inputTiles) + m.stateTiles;
        require(tile < tiles, NoTile(tile, tiles));
        return _new(job, claim, leaf, true, tile);
    }

    /// @notice Challenges a leaf with a deposit.
    function challenge(uint64 job, uint32 claim, uint32 leaf) external payable nonReentrant returns (uint256) {
        return _new(job, claim, leaf, false, 0);
    }

    /// @notice Challenges what an auditor reported of a leaf, with a deposit: that of a leaf and twice what the report set aside. The
    /// auditor stands in the worker's place: it lays open the trace that it reported.
    /// @param seat 16 for the second auditor
    /// @param number of the leaf in the report
    /// @param hashes all of the report
    function challengeReport(uint64 job, uint32 claim, uint8 seat, uint8 number, bytes32[] calldata hashes)
        external
        payable
        nonReentrant
        returns (uint256 dispute)
    {
        IWorkLedger ledger = IWorkLedger(Economy.WORK_LEDGER);
        _requireBits(job);
        (address auditor, uint32 leaf) = ledger.challengeReport(job, claim, seat, number, hashes);
        uint128 stake = ledger.claimAt(job, claim).stake;
        _requireDeposit(depositOf(job, claim) + REPORT_STAKES * stake);
        dispute = ++disputeCount;
        Dispute storage d = disputes[dispute];
        (d.reported, d.stake, d.seat, d.number) = (hashes[number], stake, seat, number);
        (d.worker, d.bySeat, d.isReport) = (auditor, ledger.hasSeat(job, claim, msg.sender), true);
        _open(dispute, d, job, claim, leaf);
        emit ReportOpened(dispute, seat, number);
    }

    /// @notice Answers a demand with the part of the input that was demanded, tile by tile, and the output; of an input that does not
    /// fit the model, of whatever length, with its leaf and the output alone. The worker gets the deposit.
    /// @param length of the input, bytes
    /// @param root over the input's tiles
    /// @param inputPath from the input's leaf up
    /// @param tiles of the part; of an input that does not fit none
    /// @param tilesPath beside the part, from the tiles up, of each level left before right
    function serve(
        uint256 dispute,
        uint64 length,
        bytes32 root,
        bytes32[] calldata inputPath,
        bytes[] calldata tiles,
        bytes32[] calldata tilesPath,
        bytes calldata output,
        bytes32[] calldata outputPath
    ) external nonReentrant {
        Dispute storage d = _workersMove(dispute, Stage.SERVE);
        _requireInput(dispute, d, length, root, inputPath);
        IModelRegistry.Model memory m = _model(d.job);
        if (length == m.inputBytes) {
            _requirePart(root, m.inputTiles, d.index, tiles, tilesPath);
        } else {
            require(tiles.length == 0, WrongCount(tiles.length, 0));
        }
        require(output.length <= DATA_BYTES_MAX, TooMuchData(output.length, DATA_BYTES_MAX));
        _requireOutput(d, d.leaf, output, outputPath);
        emit Served(dispute, d.index, length, root, tiles, inputPath, output, outputPath);
        _served(dispute, d);
    }

    /// @notice Answers a demand about training with the tile and the segment's output. The worker gets the deposit.
    /// @param tiles root over the data set's tiles
    function serveTile(
        uint256 dispute,
        bytes32 tiles,
        bytes calldata tile,
        bytes32[] calldata tilePath,
        bytes32 output,
        bytes32[] calldata outputPath
    ) external nonReentrant {
        Dispute storage d = _workersMove(dispute, Stage.SERVE);
        IJobMarket.Job memory j = _job(d.job);
        require(j.steps > 0, WrongTask(dispute));
        IModelRegistry.Model memory m = _model(d.job);
        bytes32 leaf = sha256(abi.encodePacked(uint8(0), tile));
        if (d.index < m.inputTiles) {
            require(
                sha256(abi.encodePacked(uint8(0), uint32(0), m.inputBytes, tiles)) == j.inputs, NotUnderRoot()
            );
            require(ChainPrecompiles.isLeaf(tiles, m.inputTiles, d.index, leaf, tilePath), NotUnderRoot());
        } else {
            require(
                ChainPrecompiles.isLeaf(j.initialState, m.stateTiles, d.index - m.inputTiles, leaf, tilePath),
                NotUnderRoot()
            );
        }
        _requireOutput(d, d.leaf, abi.encodePacked(output), outputPath);
        emit TileServed(dispute, tile, output);
        _served(dispute, d);
    }

    /// @notice Answers a challenge of a segment with the roots of the states after its steps, the last of which is its output.
    /// @param before root of the state before it: the output of the segment before, or the first state
    function answerStates(
        uint256 dispute,
        bytes32 before,
        bytes32[] calldata beforePath,
        bytes32[] calldata states,
        bytes32[] calldata outputPath
    ) external {
        Dispute storage d = _workersMove(dispute, Stage.STATES);
        IJobMarket.Job memory j = _job(d.job);
        require(states.length == j.steps, WrongCount(states.length, j.steps));
        if (d.leaf == 0) {
            require(before == j.initialState, NotUnderRoot());
        } else {
            _requireOutput(d, d.leaf - 1, abi.encodePacked(before), beforePath);
        }
        // An auditor answers for its own states, whatever the worker's output is.
        if (!d.isReport) {
            _requireOutput(d, d.leaf, abi.encodePacked(states[states.length - 1]), outputPath);
        }
        bytes32[] memory all = new bytes32[](states.length + 1);
        all[0] = before;
        for (uint256 i = 0; i < states.length; i++) {
            all[i + 1] = states[i];
        }
        d.node = DisputeTrees.root(all);
        _requireReported(dispute, d, d.node);
        emit StatesAnswered(dispute, before, states);
        _turn(d, Stage.STEP);
    }

    /// @notice Goes into a step of the segment: the first whose state is not the challenger's own.
    /// @param step its number in the segment, from 0 on
    /// @param before root of the state before it, and its path among the state before the segment and those after its steps
    /// @param afterwards the same of the state after it
    function nameStep(
        uint256 dispute,
        uint32 step,
        bytes32 before,
        bytes32[] calldata beforePath,
        bytes32 afterwards,
        bytes32[] calldata afterPath
    ) external {
        Dispute storage d = _challengersMove(dispute, Stage.STEP);
        uint256 count = uint256(_job(d.job).steps) + 1;
        require(ChainPrecompiles.isLeaf(d.node, count, step, before, beforePath), NotUnderRoot());
        require(ChainPrecompiles.isLeaf(d.node, count, uint256(step) + 1, afterwards, afterPath), NotUnderRoot());
        (d.stateBefore, d.stateAfter) = (before, afterwards);
        emit StepNamed(dispute, step);
        _turn(d, Stage.TRACE_ROOT);
    }

    /// @notice Answers a challenge with the root over the trace's tiles and the hashes below it.
    function answerRoot(uint256 dispute, bytes32 trace, bytes32[] calldata hashes) external {
        Dispute storage d = _workersMove(dispute, Stage.TRACE_ROOT);
        if (_job(d.job).steps == 0) {
            _requireReported(dispute, d, trace);
        }
        (d.trace, d.node, d.index) = (trace, trace, 0);
        d.level = DisputeTrees.height(_tiles(d));
        _answer(dispute, d, hashes);
    }

    /// @notice Answers with the hashes below the node that the challenger went to.
    function answerNodes(uint256 dispute, bytes32[] calldata hashes) external {
        _answer(dispute, _workersMove(dispute, Stage.NODES), hashes);
    }

    /// @notice Goes into a hash of the worker's last answer: the first that is not the challenger's own.
    /// @param child its number in the answer
    /// @param siblings from it up to the node
    function descend(uint256 dispute, uint32 child, bytes32 hash, bytes32[] calldata siblings) external {
        Dispute storage d = _challengersMove(dispute, Stage.DESCEND);
        (uint256 level, uint256 from, uint256 count) = _below(d);
        require(ChainPrecompiles.isLeaf(d.node, count, child, hash, siblings), NotUnderRoot());
        (d.node, d.level, d.index) = (hash, uint8(level), uint32(from + child));
        emit Descended(dispute, level, from + child);
        if (level > 0) {
            _turn(d, Stage.NODES);
        } else {
            _turn(d, d.inState ? Stage.PROVE : Stage.TILE);
        }
    }

    /// @notice Leaves a trace that is right for the state after the step, which is not what the trace ends with.
    function descendState(uint256 dispute) external {
        Dispute storage d = _challengersMove(dispute, Stage.DESCEND);
        require(_job(d.job).steps > 0 && !d.inState, WrongTask(dispute));
        (d.inState, d.node, d.index) = (true, d.stateAfter, 0);
        d.level = DisputeTrees.height(_tiles(d));
        emit StateEntered(dispute);
        _turn(d, Stage.NODES);
    }

    /// @notice Answers with the tile that the challenger went to.
    function openTile(uint256 dispute, bytes calldata tile) external {
        Dispute storage d = _workersMove(dispute, Stage.TILE);
        require(tile.length <= TILE_BYTES_MAX, TooMuchData(tile.length, TILE_BYTES_MAX));
        require(sha256(abi.encodePacked(uint8(0), tile)) == d.node, NotUnderRoot());
        emit TileOpened(dispute, tile);
        _turn(d, Stage.PROVE);
    }

    /// @notice Proves that the leaf is false, or the model malformed. A proof of anything else changes nothing.
    function prove(uint256 dispute, bytes calldata proof) external nonReentrant {
        Dispute storage d = disputes[dispute];
        require(d.stage == Stage.DESCEND || d.stage == Stage.PROVE, WrongStage(dispute, d.stage));
        require(d.challenger == msg.sender, NotChallenger(dispute, d.challenger));
        require(!_passed(d), TooLate(dispute));
        uint256 verdict = _judge(d, proof);
        emit Judged(dispute, verdict);
        // Who reported a trace of what has none reported what is false; what the output is the worker said, not the auditor.
        bool isFalse = verdict == VERDICT_FRAUD;
        if (d.isReport) {
            isFalse = verdict == VERDICT_RIGHTLY_EMPTY || isFalse && uint8(proof[0]) != PROOF_LENGTH;
        }
        if (isFalse) {
            _fraud(dispute, d);
        } else if (verdict == VERDICT_MALFORMED) {
            _end(dispute, d, false);
            _return(d);
            IWorkLedger ledger = IWorkLedger(Economy.WORK_LEDGER);
            if (ledger.claimAt(d.job, d.claim).state == IWorkLedger.State.REVEALED) {
                ledger.annul(d.job, d.claim);
            }
            IModelRegistry(Economy.MODEL_REGISTRY).condemn(_job(d.job).model);
        }
    }

    /// @notice Answers a challenge with the proof that the item does not fit the model and its output is rightly empty.
    function proveEmpty(uint256 dispute, bytes calldata proof) external nonReentrant {
        Dispute storage d = _workersMove(dispute, Stage.TRACE_ROOT);
        uint256 verdict = _judge(d, proof);
        require(verdict == VERDICT_RIGHTLY_EMPTY, NotRightlyEmpty(verdict));
        _requireReported(dispute, d, 0);
        emit Judged(dispute, verdict);
        _lost(dispute, d);
    }

    /// @notice Ends a dispute whose next move did not come in time: without the worker's it is fraud, without the
    /// challenger's the deposit is lost. Anybody may ask for it.
    function timeOut(uint256 dispute) external nonReentrant {
        Dispute storage d = disputes[dispute];
        Stage stage = d.stage;
        require(stage != Stage.NONE && stage != Stage.WAITING && stage != Stage.OVER, WrongStage(dispute, stage));
        require(_passed(d), NotLate(dispute));
        if (stage == Stage.STEP || stage == Stage.DESCEND || stage == Stage.PROVE) {
            _lost(dispute, d);
        } else {
            _fraud(dispute, d);
        }
    }

    /// @notice Ends a dispute about a claim that another one, or a conviction, ended: the deposit goes back.
    function dismiss(uint256 dispute) external nonReentrant {
        Dispute storage d = disputes[dispute];
        require(d.stage != Stage.NONE && d.stage != Stage.OVER, WrongStage(dispute, d.stage));
        IWorkLedger.State state = IWorkLedger(Economy.WORK_LEDGER).claimAt(d.job, d.claim).state;
        // What an auditor reported is false or not, whatever became of the claim.
        require(state != IWorkLedger.State.REVEALED && !d.isReport, ClaimOpen(dispute));
        _end(dispute, d, false);
        _return(d);
    }

    /// @notice A dispute.
    function disputeOf(uint256 dispute) external view returns (Dispute memory) {
        return disputes[dispute];
    }

    /// @notice What a challenge costs as a deposit, wei: twice the gas of the answers and 1 % of the reward.
    function depositOf(uint256 job, uint256 claim) public view returns (uint256) {
        (, uint256 fee) = IJobMarket(payable(Economy.JOB_MARKET)).claimOf(job, claim);
        uint256 reward = fee * _parameter(Parameter.WORKER_SHARE) / Economy.MILLIONTHS;
        return DEPOSIT_GAS_TIMES * _parameter(Parameter.ANSWER_GAS) * block.basefee + reward / DEPOSIT_REWARD_PARTS;
    }

    function _new(uint64 job, uint32 claim, uint32 leaf, bool isDemand, uint32 tile)
        private
        returns (uint256 dispute)
    {
        IWorkLedger ledger = IWorkLedger(Economy.WORK_LEDGER);
        if (!isDemand) {
            _requireBits(job);
        }
        ledger.hold(job, claim);
        (uint32 items,) = IJobMarket(payable(Economy.JOB_MARKET)).claimOf(job, claim);
        require(leaf < items, NoLeaf(leaf, items));
        bool bySeat = ledger.hasSeat(job, claim, msg.sender);
        uint256 min = depositOf(job, claim);
        // Else who is in league with the worker would use up the demands that bring an output and the beginning of its input.
        if (isDemand && msg.value == 0 && bySeat && tile == 0) {
            _useFree(job, claim, leaf, min);
        } else {
            _requireDeposit(min);
        }
        dispute = ++disputeCount;
        Dispute storage d = disputes[dispute];
        (d.bySeat, d.demand) = (bySeat, isDemand);
        (d.worker, d.index) = (ledger.claimAt(job, claim).worker, tile);
        _open(dispute, d, job, claim, leaf);
    }

    /// @dev Demands a leaf without a deposit.
    function _useFree(uint64 job, uint32 claim, uint32 leaf, uint256 min) private {
        uint256 used = freeDemandsOf[job][claim][msg.sender];
        require(
            !demandedFree[job][claim][leaf]
                && used < IWorkLedger(Economy.WORK_LEDGER).freeDemands(job, claim, msg.sender),
            DepositTooLow(msg.value, min)
        );
        demandedFree[job][claim][leaf] = true;
        freeDemandsOf[job][claim][msg.sender] = used + 1;
    }

    /// @dev Outputs of class TOLERANCE are no referee's: a right one could be disproved. Those are for Juries.
    function _requireBits(uint64 job) private view {
        require(_job(job).profile == 0, NoBits(job));
    }

    function _requireDeposit(uint256 min) private view {
        require(msg.value >= min && msg.value <= type(uint128).max, DepositTooLow(msg.value, min));
    }

    /// @dev It waits for a place, and begins if there is one.
    function _open(uint256 dispute, Dispute storage d, uint64 job, uint32 claim, uint32 leaf) private {
        (d.challenger, d.job, d.claim, d.leaf, d.deposit) = (msg.sender, job, claim, leaf, uint128(msg.value));
        emit Opened(dispute, job, claim, leaf, d.demand, d.index);
        _wait(dispute, d);
    }

    function _served(uint256 dispute, Dispute storage d) private {
        _end(dispute, d, false);
        IWorkLedger(Economy.WORK_LEDGER).laidOpen(d.job, d.claim);
        IJobMarket(payable(Economy.JOB_MARKET)).credit{value: d.deposit}(d.worker);
    }

    /// @dev If a report is disputed, this is the root that it says. Protocol §17.13.
    function _requireReported(uint256 dispute, Dispute storage d, bytes32 root) private view {
        bytes32 said = keccak256(
            abi.encode(
                "aitbc.work.report.v1", block.chainid, d.worker, d.job, d.claim, d.seat, d.number, d.leaf, root
            )
        );
        require(!d.isReport || d.reported == said, NotReported(dispute));
    }

    /// @dev The job has this input of the leaf, which does not train.
    function _requireInput(uint256 dispute, Dispute storage d, uint64 length, bytes32 root, bytes32[] calldata path)
        private
        view
    {
        IJobMarket.Job memory j = _job(d.job);
        require(j.steps == 0, WrongTask(dispute));
        uint256 item = d.claim * CLAIM_ITEMS + d.leaf;
        bytes32 leaf = sha256(abi.encodePacked(uint8(0), uint32(item), length, root));
        require(ChainPrecompiles.isLeaf(j.inputs, j.count, item, leaf, path), NotUnderRoot());
    }

    /// @dev These are tiles under the root, from one on: as many as it takes to hold 32 KiB, or all that there are, or 512. So a part is
    /// the same whoever answers, and no tile between two parts can be kept back.
    /// @param count of all tiles
    /// @param path beside them, from the tiles up, of each level left before right
    function _requirePart(
        bytes32 root,
        uint256 count,
        uint256 first,
        bytes[] calldata tiles,
        bytes32[] calldata path
    ) private pure {
        uint256 size = tiles.length;
        require(size <= PART_TILES_MAX, TooMuchData(size, PART_TILES_MAX));
        require(first + size <= count, NotUnderRoot());
        bytes32[] memory nodes = new bytes32[](size);
        uint256 length = 0;
        for (uint256 i = 0; i < size; i++) {
            bytes calldata tile = tiles[i];
            require(length < DATA_BYTES_MAX, TooMuchData(length, DATA_BYTES_MAX));
            require(tile.length <= TILE_BYTES_MAX, TooMuchData(tile.length, TILE_BYTES_MAX));
            length += tile.length;
            nodes[i] = sha256(abi.encodePacked(uint8(0), tile));
        }
        require(
            length >= DATA_BYTES_MAX || size == PART_TILES_MAX || first + size == count,
            TooLittleData(length, DATA_BYTES_MAX)
        );
        require(DisputeTrees.over(nodes, first, count, path) == root, NotUnderRoot());
    }

    /// @dev The claim has this output of this leaf.
    function _requireOutput(Dispute storage d, uint32 leaf, bytes memory output, bytes32[] calldata path)
        private
        view
    {
        (uint32 items,) = IJobMarket(payable(Economy.JOB_MARKET)).claimOf(d.job, d.claim);
        bytes32 outputs = IWorkLedger(Economy.WORK_LEDGER).claimAt(d.job, d.claim).outputs;
        bytes32 hash = sha256(abi.encodePacked(uint8(0), leaf, output));
        require(ChainPrecompiles.isLeaf(outputs, items, leaf, hash, path), NotUnderRoot());
    }

    /// @dev Takes hashes that lead to the node: the children of it.
    function _answer(uint256 dispute, Dispute storage d, bytes32[] calldata hashes) private {
        (,, uint256 count) = _below(d);
        require(hashes.length == count, WrongCount(hashes.length, count));
        require(DisputeTrees.root(hashes) == d.node, NotUnderRoot());
        emit Answered(dispute, hashes);
        _turn(d, Stage.DESCEND);
    }

    /// @dev Which level an answer about the node shows, and which of its nodes.
    function _below(Dispute storage d) private view returns (uint256 level, uint256 from, uint256 count) {
        uint256 down = d.level < ANSWER_LEVELS ? d.level : ANSWER_LEVELS;
        level = d.level - down;
        uint256 width = (_tiles(d) + (1 << level) - 1) >> level;
        from = uint256(d.index) << down;
        uint256 end = from + (1 << down);
        count = (end < width ? end : width) - from;
    }

    function _judge(Dispute storage d, bytes calldata proof) private view returns (uint256) {
        IJobMarket.Job memory j = _job(d.job);
        (bytes32 outputs, uint32 items, uint32 leaf) = _outputs(d);
        // In training the data set is the one input.
        uint32 inputs = j.steps > 0 ? 1 : j.count;
        uint32 item = j.steps > 0 ? 0 : uint32(d.claim * CLAIM_ITEMS + d.leaf);
        bytes memory task = abi.encodePacked(j.model, j.inputs, inputs, item, outputs, items, leaf);
        return
            ChainPrecompiles.refereeVerdict(abi.encodePacked(task, d.trace, d.stateBefore, d.stateAfter, proof));
    }

    /// @dev What the referee takes for the claim's outputs: where a report is disputed one that is empty, as an auditor says nothing
    /// about the worker's.
    function _outputs(Dispute storage d) private view returns (bytes32 root, uint32 items, uint32 leaf) {
        if (d.isReport) {
            return (sha256(abi.encodePacked(uint8(0), uint32(0))), 1, 0);
        }
        (items,) = IJobMarket(payable(Economy.JOB_MARKET)).claimOf(d.job, d.claim);
        return (IWorkLedger(Economy.WORK_LEDGER).claimAt(d.job, d.claim).outputs, items, d.leaf);
    }

    function _fraud(uint256 dispute, Dispute storage d) private {
        IWorkLedger ledger = IWorkLedger(Economy.WORK_LEDGER);
        _end(dispute, d, true);
        _return(d);
        if (d.isReport) {
            return;
        }
        // Another dispute may have ended the claim already.
        if (ledger.claimAt(d.job, d.claim).state == IWorkLedger.State.REVEALED) {
            ledger.convict(d.job, d.claim, d.challenger, 0);
        }
    }

    /// @dev Half of the deposit goes to the worker, half is burned.
    function _lost(uint256 dispute, Dispute storage d) private {
        _end(dispute, d, false);
        uint256 half = d.deposit / 2;
        IJobMarket(payable(Economy.JOB_MARKET)).credit{value: half}(d.worker);
        ISlashing(Economy.SLASHING).burn{value: d.deposit - half}();
    }

    function _return(Dispute storage d) private {
        IJobMarket(payable(Economy.JOB_MARKET)).credit{value: d.deposit}(d.challenger);
    }

    function _end(uint256 dispute, Dispute storage d, bool fraud) private {
        if (d.stage == Stage.WAITING) {
            _leave(dispute, d);
        } else {
            running[d.worker]--;
        }
        d.stage = Stage.OVER;
        emit Ended(dispute, fraud);
        IWorkLedger ledger = IWorkLedger(Economy.WORK_LEDGER);
        if (!d.isReport) {
            ledger.unhold(d.job, d.claim);
        } else {
            ledger.endReport(d.job, d.claim, d.seat, d.worker, fraud, d.challenger);
        }
        _fill(d.worker);
    }

    /// @dev Tiles of what the challenger goes down.
    function _tiles(Dispute storage d) private view returns (uint256) {
        IModelRegistry.Model memory m = _model(d.job);
        return d.inState ? m.stateTiles : m.traceTiles;
    }

    function _workersMove(uint256 dispute, Stage stage) private view returns (Dispute storage d) {
        d = _at(dispute, stage);
        require(d.worker == msg.sender, NotWorker(dispute, d.worker));
        require(!_passed(d), TooLate(dispute));
    }

    function _challengersMove(uint256 dispute, Stage stage) private view returns (Dispute storage d) {
        d = _at(dispute, stage);
        require(d.challenger == msg.sender, NotChallenger(dispute, d.challenger));
        require(!_passed(d), TooLate(dispute));
    }
}
