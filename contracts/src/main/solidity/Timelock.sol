// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ITimelock} from "./interfaces/ITimelock.sol";
import {Economy} from "./Economy.sol";
import {Parameter} from "./Parameter.sol";
import {SystemContract} from "./SystemContract.sol";

/// @title What was decided waits here, and acts from here. Protocol §16.12
/// @notice The only account that changes parameters, admits and removes authorities, spends the treasury and upgrades. It
/// obeys the Governor alone, holds no money and sends none.
contract Timelock is ITimelock, SystemContract {
    /// @dev How long what waited may be executed, active seconds: 14 days.
    uint48 private constant GRACE_SECONDS = 14 days;

    /// @param actions hash of targets and data
    /// @param from when it may be executed, active seconds; 0 for none
    struct Operation {
        bytes32 actions;
        uint48 from;
    }

    mapping(uint256 id => Operation) private operations;

    /// @inheritdoc ITimelock
    function schedule(uint256 id, bytes32 actions) external onlyContract(Economy.GOVERNOR) {
        uint48 from = _seconds() + uint48(_parameter(Parameter.TIMELOCK_DELAY) / 1_000);
        operations[id] = Operation(actions, from);
        emit Scheduled(id, from, from + GRACE_SECONDS);
    }

    /// @inheritdoc ITimelock
    function cancel(uint256 id) external onlyContract(Economy.GOVERNOR) {
        if (operations[id].from > 0) {
            delete operations[id];
            emit Cancelled(id);
        }
    }

    /// @inheritdoc ITimelock
    function execute(uint256 id, address[] calldata targets, bytes[] calldata datas)
        external
        onlyContract(Economy.GOVERNOR)
        nonReentrant
    {
        Operation memory operation = operations[id];
        require(operation.from > 0, NotScheduled(id));
        require(operation.actions == keccak256(abi.encode(targets, datas)), OtherActions(id));
        require(_seconds() >= operation.from, TooEarly(_seconds(), operation.from));
        uint48 until = operation.from + GRACE_SECONDS;
        require(_seconds() <= until, TooLate(_seconds(), until));
        delete operations[id];
        _act(id, targets, datas);
    }

    /// @inheritdoc ITimelock
    function executeNow(uint256 id, address[] calldata targets, bytes[] calldata datas)
        external
        onlyContract(Economy.GOVERNOR)
        nonReentrant
    {
        delete operations[id];
        _act(id, targets, datas);
    }

    /// @inheritdoc ITimelock
    function window(uint256 id) external view returns (uint48 from, uint48 until) {
        from = operations[id].from;
        until = from == 0 ? 0 : from + GRACE_SECONDS;
    }

    /// @dev All of them or none; a reason is passed on.
    function _act(uint256 id, address[] calldata targets, bytes[] calldata datas) private {
        for (uint256 i = 0; i < targets.length; i++) {
            require(targets[i].code.length > 0, NoCode(targets[i]));
            Address.functionCall(targets[i], datas[i]);
            emit Acted(id, targets[i], datas[i]);
        }
    }
}
