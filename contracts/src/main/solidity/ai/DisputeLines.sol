// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {IDisputes} from "../interfaces/IDisputes.sol";
import {IJobMarket} from "../interfaces/IJobMarket.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {Economy} from "../Economy.sol";
import {Parameter} from "../Parameter.sol";
import {SystemContract} from "../SystemContract.sol";

/// @title Disputes that wait for a place, those that have one, and their clocks. Protocol §17.14
abstract contract DisputeLines is IDisputes, SystemContract {
    /// @dev Disputes that one call lets begin at most. One ends with a call; there are more free places where `DISPUTES_MAX` rose.
    uint256 private constant BEGIN_MAX = 2;

    /// @dev Disputes that wait, in the order in which they were opened. 0 is none.
    struct Line {
        uint128 first;
        uint128 last;
    }

    /// @dev Who waits before a dispute and behind it.
    struct Neighbours {
        uint128 before;
        uint128 behind;
    }

    mapping(uint256 dispute => Dispute) internal disputes;

    /// @notice Disputes of a worker whose clocks run.
    mapping(address worker => uint256) public running;

    /// @dev Those by auditors with a seat that wait, and all others. Whose turn it is where both do.
    mapping(address worker => mapping(bool bySeat => Line)) private lines;
    mapping(uint256 dispute => Neighbours) private neighbours;
    mapping(address worker => bool) private othersNext;

    /// @dev It waits for a place, and begins if there is one.
    function _wait(uint256 dispute, Dispute storage d) internal {
        d.stage = Stage.WAITING;
        Line storage line = lines[d.worker][d.bySeat];
        uint128 last = line.last;
        if (last == 0) {
            line.first = uint128(dispute);
        } else {
            neighbours[dispute].before = last;
            neighbours[last].behind = uint128(dispute);
        }
        line.last = uint128(dispute);
        _fill(d.worker);
    }

    /// @dev Who waits has the free places: the first of a line, and where both lines wait, of each in turn.
    function _fill(address worker) internal {
        uint256 max = _parameter(Parameter.DISPUTES_MAX);
        for (uint256 i = 0; i < BEGIN_MAX && running[worker] < max; i++) {
            uint256 seats = lines[worker][true].first;
            uint256 others = lines[worker][false].first;
            if (seats == 0 && others == 0) {
                return;
            }
            bool bySeat = others == 0 || seats != 0 && !othersNext[worker];
            if (seats != 0 && others != 0) {
                othersNext[worker] = bySeat;
            }
            uint256 dispute = bySeat ? seats : others;
            _leave(dispute, disputes[dispute]);
            running[worker]++;
            _first(dispute, disputes[dispute]);
        }
    }

    /// @dev It waits no more.
    function _leave(uint256 dispute, Dispute storage d) internal {
        Line storage line = lines[d.worker][d.bySeat];
        (uint128 before, uint128 behind) = (neighbours[dispute].before, neighbours[dispute].behind);
        delete neighbours[dispute];
        if (before == 0) {
            line.first = behind;
        } else {
            neighbours[before].behind = behind;
        }
        if (behind == 0) {
            line.last = before;
        } else {
            neighbours[behind].before = before;
        }
    }

    /// @dev The worker's first move.
    function _first(uint256 dispute, Dispute storage d) private {
        if (d.demand) {
            _turn(d, Stage.SERVE);
        } else {
            _turn(d, _job(d.job).steps > 0 ? Stage.STATES : Stage.TRACE_ROOT);
        }
        emit Begun(dispute);
    }

    function _job(uint64 job) internal view returns (IJobMarket.Job memory) {
        return IJobMarket(payable(Economy.JOB_MARKET)).jobOf(job);
    }

    function _model(uint64 job) internal view returns (IModelRegistry.Model memory) {
        return IModelRegistry(Economy.MODEL_REGISTRY).modelOf(_job(job).model);
    }

    function _turn(Dispute storage d, Stage stage) internal {
        d.stage = stage;
        d.untilBlock = uint48(block.number + _parameter(Parameter.MOVE_BLOCKS));
        d.untilSeconds = uint48(_seconds() + _parameter(Parameter.MOVE_SECONDS));
    }

    /// @dev Both clocks have run out.
    function _passed(Dispute storage d) internal view returns (bool) {
        return _seconds() > d.untilSeconds && block.number > d.untilBlock;
    }

    function _at(uint256 dispute, Stage stage) internal view returns (Dispute storage d) {
        d = disputes[dispute];
        require(d.stage == stage, WrongStage(dispute, d.stage));
    }
}
