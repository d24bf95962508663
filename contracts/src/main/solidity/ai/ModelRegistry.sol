// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {ISlashing} from "../interfaces/ISlashing.sol";
import {Economy} from "../Economy.sol";
import {Parameter} from "../Parameter.sol";
import {SystemContract} from "../SystemContract.sol";

/// @title Models that work may be asked of. Protocol §17.11
contract ModelRegistry is IModelRegistry, SystemContract {
    /// @dev Bytes of a header and where its numbers are. Protocol §17.3.
    uint256 private constant HEADER_BYTES = 92;
    uint256 private constant INPUT_TILES_AT = 72;
    uint256 private constant INPUT_BYTES_AT = 76;
    uint256 private constant STATE_TILES_AT = 84;
    uint256 private constant TRACE_TILES_AT = 88;

    /// @dev Bytes of a name, which a log carries.
    uint256 private constant NAME_BYTES_MAX = 128;

    /// @dev What a registrant has to get of a model that was registered anew.
    struct Left {
        uint128 deposit;
        uint48 idleSince;
    }

    mapping(bytes32 model => Model) private models;

    /// @dev What a registrant measured counts while it is the model's.
    mapping(bytes32 model => mapping(address registrant => mapping(bytes32 profile => uint256))) private tolerances;
    mapping(bytes32 model => mapping(address registrant => Left)) private lefts;

    /// @notice Registers a model with the deposit that is sent along; one that was closed anew, if no job of it is open.
    /// @param header Protocol §17.3; its hash is the model's id
    /// @param boundaryInputs root over inputs with known outputs; 0 for none
    /// @param boundaryOutputs root over those outputs
    /// @param boundaryCount how many they are
    /// @param name for people
    function register(
        bytes calldata header,
        bytes32 boundaryInputs,
        bytes32 boundaryOutputs,
        uint32 boundaryCount,
        string calldata name
    ) external payable nonReentrant returns (bytes32 id) {
        require(header.length == HEADER_BYTES, WrongHeader(header.length));
        require(bytes(name).length <= NAME_BYTES_MAX, NameTooLong(bytes(name).length, NAME_BYTES_MAX));
        uint256 min = _parameter(Parameter.MODEL_DEPOSIT);
        require(msg.value >= min && msg.value <= type(uint128).max, DepositTooLow(msg.value, min));
        id = sha256(abi.encodePacked(uint8(2), header));
        Model storage m = models[id];
        require(m.state == State.NONE || m.state == State.CLOSED, AlreadyRegistered(id));
        require(m.openJobs == 0, JobsOpen(id, m.openJobs));
        if (m.deposit > 0) {
            Left storage l = lefts[id][m.registrant];
            (l.deposit, l.idleSince) = (l.deposit + m.deposit, m.idleSince);
        }
        m.registrant = msg.sender;
        m.state = State.OPEN;
        m.deposit = uint128(msg.value);
        m.inputTiles = uint32(bytes4(header[INPUT_TILES_AT:INPUT_BYTES_AT]));
        m.inputBytes = uint64(bytes8(header[INPUT_BYTES_AT:STATE_TILES_AT]));
        m.stateTiles = uint32(bytes4(header[STATE_TILES_AT:TRACE_TILES_AT]));
        m.traceTiles = uint32(bytes4(header[TRACE_TILES_AT:HEADER_BYTES]));
        (m.boundaryInputs, m.boundaryOutputs, m.boundaryCount) = (boundaryInputs, boundaryOutputs, boundaryCount);
        emit Registered(id, msg.sender, header, name);
    }

    /// @notice Closes the caller's model: no job may name it any more.
    function close(bytes32 model) external {
        Model storage m = models[model];
        require(m.registrant == msg.sender, NotRegistrant(model, m.registrant));
        require(m.state == State.OPEN, WrongState(model, m.state));
        m.state = State.CLOSED;
        m.idleSince = uint48(_now());
        emit Closed(model);
    }

    /// @notice Pays the deposit of a closed model back, a time after it was closed and its last job ended; first what the caller
    /// deposited before the model was registered anew.
    function withdraw(bytes32 model) external nonReentrant {
        Model storage m = models[model];
        Left storage l = lefts[model][msg.sender];
        uint256 amount = l.deposit;
        uint64 from = l.idleSince;
        if (amount > 0) {
            l.deposit = 0;
        } else {
            require(m.registrant == msg.sender, NotRegistrant(model, m.registrant));
            require(m.state == State.CLOSED && m.deposit > 0, WrongState(model, m.state));
            require(m.openJobs == 0, JobsOpen(model, m.openJobs));
            (amount, from) = (m.deposit, m.idleSince);
            m.deposit = 0;
        }
        from += uint64(_parameter(Parameter.SERVICE_UNBONDING));
        require(_now() >= from, TooEarly(_now(), from));
        emit DepositReturned(model, amount);
        _pay(msg.sender, amount);
    }

    /// @notice Records what the caller measured of its model under an execution profile: jobs of class TOLERANCE may name it then,
    /// and none with 0. Jobs that there are keep what they began with. Protocol §17.17
    /// @param name of the profile; its hash is the profile's id
    /// @param tolerance relative L2, billionths
    function calibrate(bytes32 model, string calldata name, uint256 tolerance) external {
        Model storage m = models[model];
        require(m.registrant == msg.sender, NotRegistrant(model, m.registrant));
        require(m.state == State.OPEN, WrongState(model, m.state));
        require(m.stateTiles == 0, Trains(model));
        require(bytes(name).length > 0, NoProfile());
        require(bytes(name).length <= NAME_BYTES_MAX, NameTooLong(bytes(name).length, NAME_BYTES_MAX));
        uint256 max = _parameter(Parameter.TOLERANCE_MAX);
        require(tolerance <= max, ToleranceTooHigh(tolerance, max));
        bytes32 profile = keccak256(bytes(name));
        tolerances[model][msg.sender][profile] = tolerance;
        emit Calibrated(model, profile, tolerance, name);
    }

    /// @inheritdoc IModelRegistry
    function toleranceOf(bytes32 model, bytes32 profile) external view returns (uint256) {
        return tolerances[model][models[model].registrant][profile];
    }

    /// @inheritdoc IModelRegistry
    function openJob(bytes32 model) external onlyContract(Economy.JOB_MARKET) {
        Model storage m = models[model];
        require(m.state == State.OPEN, WrongState(model, m.state));
        m.openJobs++;
    }

    /// @inheritdoc IModelRegistry
    function closeJob(bytes32 model) external onlyContract(Economy.JOB_MARKET) {
        Model storage m = models[model];
        m.openJobs--;
        m.idleSince = uint48(_now());
    }

    /// @inheritdoc IModelRegistry
    function condemn(bytes32 model) external onlyContract(Economy.DISPUTES) {
        Model storage m = models[model];
        uint256 amount = m.deposit;
        m.state = State.MALFORMED;
        m.deposit = 0;
        emit Malformed(model, amount);
        ISlashing(Economy.SLASHING).burn{value: amount}();
    }

    /// @inheritdoc IModelRegistry
    function modelOf(bytes32 model) external view returns (Model memory) {
        return models[model];
    }
}
