// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {IBeaconHistory} from "../interfaces/IBeaconHistory.sol";
import {IJobMarket} from "../interfaces/IJobMarket.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {IRuntimeRegistry} from "../interfaces/IRuntimeRegistry.sol";
import {IServiceRegistry} from "../interfaces/IServiceRegistry.sol";
import {ISlashing} from "../interfaces/ISlashing.sol";
import {IWorkLedger} from "../interfaces/IWorkLedger.sol";
import {Economy} from "../Economy.sol";
import {Parameter} from "../Parameter.sol";
import {SystemContract} from "../SystemContract.sol";

/// @title Jobs, their escrow, and who takes them. Protocol §17.12
/// @notice Whatever work pays is credited here, and drawn by its owner. The balance is the fees of claims that are not over
/// and the credits.
contract JobMarket is IJobMarket, SystemContract {
    /// @dev Items of a claim.
    uint256 private constant CLAIM_ITEMS = 4_096;

    /// @dev Most steps of a segment. Protocol §17.6.
    uint256 private constant SEGMENT_STEPS = 256;

    /// @dev Classes of verification, as services register them.
    uint256 private constant EXACT = 0;
    uint256 private constant TOLERANCE = 1;
    uint256 private constant ATTESTED = 2;

    /// @dev Readers of a job that is public. Protocol §17.12.
    bytes32 private constant EVERYBODY = bytes32(type(uint256).max);

    /// @dev Workers of a draw, and draws of a claim.
    uint256 private constant WORKERS = 3;
    uint256 private constant DRAWS = 3;

    mapping(uint256 job => Job) private jobs;
    mapping(uint256 job => mapping(uint256 claim => Assignment)) private assignments;

    /// @notice What an account may withdraw, wei.
    mapping(address account => uint256) public credits;

    /// @notice Jobs so far; the first has number 1.
    uint256 public jobCount;

    /// @notice Asks for work and puts its fee in escrow. Every 4,096 items are a claim.
    function submit(Request calldata r) external payable nonReentrant returns (uint256 job) {
        require(r.count > 0, NoItems());
        require(r.workSeconds > 0 && r.workBlocks > 0, NoTime());
        require(r.readers == 0 || r.readers == EVERYBODY, WrongReaders(r.readers));
        uint256 perItem = msg.value / r.count;
        require(perItem > 0 && perItem * r.count == msg.value, FeeNotPerItem(msg.value, r.count));
        require(perItem <= type(uint80).max, FeeTooHigh(perItem, type(uint80).max));
        if (IModelRegistry(Economy.MODEL_REGISTRY).modelOf(r.model).stateTiles > 0) {
            require(r.steps > 0 && r.steps <= SEGMENT_STEPS, WrongSteps(r.model, r.steps));
            require(r.count <= CLAIM_ITEMS, TooManySegments(r.count, CLAIM_ITEMS));
        } else {
            require(r.steps == 0 && r.initialState == 0, WrongSteps(r.model, r.steps));
        }
        require(
            r.code == 0 || IRuntimeRegistry(Economy.RUNTIME_REGISTRY).approvals(r.code).length > 0,
            CodeNotApproved(r.code)
        );
        uint256 tolerance = _toleranceOf(r);
        job = ++jobCount;
        Job storage j = jobs[job];
        (j.client, j.feePerItem, j.model, j.inputs) = (msg.sender, uint96(perItem), r.model, r.inputs);
        (j.task, j.count, j.workSeconds, j.workBlocks) = (r.task, r.count, r.workSeconds, r.workBlocks);
        (j.valueAtRisk, j.steps, j.initialState, j.code) = (r.valueAtRisk, r.steps, r.initialState, r.code);
        (j.readers, j.profile, j.tolerance) = (r.readers, r.profile, tolerance);
        uint256 claims = (r.count - 1) / CLAIM_ITEMS + 1;
        j.openClaims = uint32(claims);
        for (uint256 claim = 0; claim < claims; claim++) {
            _open(job, claim, 0);
        }
        IModelRegistry(Economy.MODEL_REGISTRY).openJob(r.model);
        emit Submitted(job, msg.sender, r.model, msg.value, r);
    }

    /// @notice Takes a claim. It says: input and model are here, whole and checked, and served until settlement.
    function accept(uint256 job, uint256 claim) external nonReentrant {
        _requireTurn(job, claim);
        Job storage j = jobs[job];
        uint256 class = j.code != 0 ? ATTESTED : j.profile != 0 ? TOLERANCE : EXACT;
        require(
            IServiceRegistry(Economy.SERVICE_REGISTRY).serviceOf(IServiceRegistry.Role.WORKER, msg.sender).classes
                >> class & 1 == 1,
            NotServed(msg.sender, class)
        );
        assignments[job][claim].place = Place.TAKEN;
        (, uint256 fee) = claimOf(job, claim);
        uint256 reward = fee * _parameter(Parameter.WORKER_SHARE) / Economy.MILLIONTHS;
        uint256 reserved = reward * _parameter(Parameter.WORK_SLASH);
        reserved = reserved < j.valueAtRisk ? j.valueAtRisk : reserved;
        IServiceRegistry(Economy.SERVICE_REGISTRY).reserve(
            IServiceRegistry.Role.WORKER, msg.sender, uint128(reserved)
        );
        IWorkLedger(Economy.WORK_LEDGER).begin(
            job, claim, msg.sender, uint128(reserved), j.workSeconds, j.workBlocks
        );
        emit Accepted(job, claim, msg.sender, reserved);
    }

    /// @notice Passes the caller's turn on.
    function decline(uint256 job, uint256 claim) external {
        uint256 turn = _requireTurn(job, claim);
        Assignment storage a = assignments[job][claim];
        (a.turn, a.turnBlock, a.turnSeconds) = (uint8(turn + 1), uint48(block.number), _seconds());
        emit Declined(job, claim, msg.sender);
    }

    /// @notice Draws workers anew when the three before let their turns pass. Anybody may ask for it.
    function drawAgain(uint256 job, uint256 claim) external {
        uint256 round = _requireTurnsOver(job, claim);
        require(round + 1 < DRAWS, NoDrawsLeft(round));
        _open(job, claim, uint8(round + 1));
        emit DrawnAgain(job, claim, round + 1);
    }

    /// @notice Gives a claim up that nobody took in all draws: its fee goes back, less a small part that is burned. Anybody may
    /// ask for it.
    function giveUp(uint256 job, uint256 claim) external nonReentrant {
        uint256 round = _requireTurnsOver(job, claim);
        require(round + 1 == DRAWS, DrawsLeft(round));
        (, uint256 fee) = claimOf(job, claim);
        uint256 burned = fee * _parameter(Parameter.UNTAKEN_BURN) / Economy.MILLIONTHS;
        _over(job, claim);
        _credit(jobs[job].client, fee - burned);
        _burn(burned);
        emit Cancelled(job, claim, fee - burned);
    }

    /// @notice Takes a claim back that nobody accepted yet. Only the client.
    function cancel(uint256 job, uint256 claim) external nonReentrant {
        require(jobs[job].client == msg.sender, NotClient(job, jobs[job].client));
        Assignment storage a = assignments[job][claim];
        require(a.place == Place.OPEN, NotOpen(job, claim, a.place));
        (, uint256 fee) = claimOf(job, claim);
        _over(job, claim);
        _credit(msg.sender, fee);
        emit Cancelled(job, claim, fee);
    }

    /// @notice Pays the caller's credit.
    function withdraw() external nonReentrant {
        uint256 amount = credits[msg.sender];
        require(amount > 0, NothingToWithdraw(msg.sender));
        credits[msg.sender] = 0;
        _pay(msg.sender, amount);
    }

    /// @notice What is taken of bonds comes in here.
    receive() external payable onlyContract(Economy.SERVICE_REGISTRY) {}

    /// @inheritdoc IJobMarket
    function reassign(uint256 job, uint256 claim) external onlyContract(Economy.WORK_LEDGER) {
        _open(job, claim, 0);
    }

    /// @inheritdoc IJobMarket
    function payOut(uint256 job, uint256 claim, address[] calldata accounts, uint256[] calldata amounts)
        external
        onlyContract(Economy.WORK_LEDGER)
    {
        (, uint256 fee) = claimOf(job, claim);
        _over(job, claim);
        uint256 sum = 0;
        for (uint256 i = 0; i < accounts.length; i++) {
            sum += amounts[i];
            _credit(accounts[i], amounts[i]);
        }
        require(sum <= fee, OverFee(sum, fee));
        _burn(fee - sum);
    }

    /// @inheritdoc IJobMarket
    function refund(uint256 job, uint256 claim) external onlyContract(Economy.WORK_LEDGER) {
        (, uint256 fee) = claimOf(job, claim);
        _over(job, claim);
        _credit(jobs[job].client, fee);
    }

    /// @inheritdoc IJobMarket
    function penalize(uint8 role, address service, uint256 amount, address account, uint256 toAccount)
        external
        onlyContract(Economy.WORK_LEDGER)
    {
        uint256 taken =
            IServiceRegistry(Economy.SERVICE_REGISTRY).take(IServiceRegistry.Role(role), service, amount);
        uint256 part = toAccount < taken ? toAccount : taken;
        _credit(account, part);
        if (taken > part) {
            ISlashing(Economy.SLASHING).take{value: taken - part}();
        }
    }

    /// @inheritdoc IJobMarket
    function credit(address account) external payable {
        require(msg.sender == Economy.DISPUTES || msg.sender == Economy.JURIES, OnlyEconomy(msg.sender));
        _credit(account, msg.value);
    }

    /// @inheritdoc IJobMarket
    function jobOf(uint256 job) external view returns (Job memory) {
        return jobs[job];
    }

    /// @inheritdoc IJobMarket
    function claimOf(uint256 job, uint256 claim) public view returns (uint32 items, uint256 fee) {
        uint256 before = claim * CLAIM_ITEMS;
        uint256 count = jobs[job].count;
        uint256 rest = count > before ? count - before : 0;
        items = uint32(rest < CLAIM_ITEMS ? rest : CLAIM_ITEMS);
        fee = uint256(items) * jobs[job].feePerItem;
    }

    /// @notice How a claim stands before it is accepted.
    function assignmentOf(uint256 job, uint256 claim) external view returns (Assignment memory) {
        return assignments[job][claim];
    }

    /// @notice The turn of a claim that nobody took: 0 to 2, or 3 when all are over.
    function turnOf(uint256 job, uint256 claim) public view returns (uint256 turn) {
        Assignment storage a = assignments[job][claim];
        if (block.number <= a.turnBlock) {
            return a.turn;
        }
        // Closes when both clocks have run out.
        uint256 bySeconds = (_seconds() - a.turnSeconds) / _parameter(Parameter.TURN_SECONDS);
        uint256 byBlocks = (block.number - a.turnBlock) / _parameter(Parameter.TURN_BLOCKS);
        turn = a.turn + (bySeconds < byBlocks ? bySeconds : byBlocks);
        turn = turn < WORKERS ? turn : WORKERS;
    }

    /// @notice The workers that were drawn for a claim, in the order of their turns. Reverts before the beacon is there, and
    /// when there was nobody.
    function workersOf(uint256 job, uint256 claim) public view returns (address[] memory workers) {
        Assignment storage a = assignments[job][claim];
        require(a.place == Place.OPEN, NotOpen(job, claim, a.place));
        require(block.number > a.since, BeaconNotThere(a.since + 1));
        bytes32 beacon = IBeaconHistory(Economy.BEACON_HISTORY).beacon(a.since + 1);
        address[] memory excluded = new address[](1);
        excluded[0] = jobs[job].client;
        uint32[] memory places = IServiceRegistry(Economy.SERVICE_REGISTRY).draw(
            IServiceRegistry.Role.WORKER,
            a.since,
            keccak256(abi.encode("workers", beacon, job, claim)),
            WORKERS,
            excluded
        );
        workers = new address[](WORKERS);
        for (uint256 i = 0; i < WORKERS; i++) {
            workers[i] =
                IServiceRegistry(Economy.SERVICE_REGISTRY).accountAt(IServiceRegistry.Role.WORKER, places[i]);
        }
    }

    /// @dev What the model's registrant measured, if the job is of class TOLERANCE.
    function _toleranceOf(Request calldata r) private view returns (uint256 tolerance) {
        if (r.profile == 0) {
            return 0;
        }
        require(r.code == 0, TwoClasses(r.code, r.profile));
        tolerance = IModelRegistry(Economy.MODEL_REGISTRY).toleranceOf(r.model, r.profile);
        require(
            tolerance > 0 && tolerance <= _parameter(Parameter.TOLERANCE_MAX),
            NotCalibrated(r.model, r.profile, tolerance)
        );
    }

    function _requireTurn(uint256 job, uint256 claim) private view returns (uint256 turn) {
        address[] memory workers = workersOf(job, claim);
        turn = turnOf(job, claim);
        address whose = turn < WORKERS ? workers[turn] : address(0);
        require(whose == msg.sender, NotYourTurn(job, claim, turn, whose));
    }

    function _requireTurnsOver(uint256 job, uint256 claim) private view returns (uint256 round) {
        Assignment storage a = assignments[job][claim];
        require(a.place == Place.OPEN, NotOpen(job, claim, a.place));
        uint256 turn = turnOf(job, claim);
        require(turn == WORKERS, TurnsNotOver(turn));
        return a.round;
    }

    /// @dev The turns begin with the block whose beacon draws.
    function _open(uint256 job, uint256 claim, uint8 round) private {
        assignments[job][claim] =
            Assignment(Place.OPEN, round, 0, uint48(block.number), uint48(block.number + 1), _seconds());
    }

    function _over(uint256 job, uint256 claim) private {
        assignments[job][claim].place = Place.OVER;
        Job storage j = jobs[job];
        j.openClaims--;
        if (j.openClaims == 0) {
            IModelRegistry(Economy.MODEL_REGISTRY).closeJob(j.model);
        }
    }

    function _credit(address account, uint256 amount) private {
        if (amount > 0) {
            credits[account] += amount;
            emit Credited(account, amount);
        }
    }

    function _burn(uint256 amount) private {
        if (amount > 0) {
            ISlashing(Economy.SLASHING).burn{value: amount}();
            emit Burned(amount);
        }
    }
}
