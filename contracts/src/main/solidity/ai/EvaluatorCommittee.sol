// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {IBeaconHistory} from "../interfaces/IBeaconHistory.sol";
import {IEvaluatorCommittee} from "../interfaces/IEvaluatorCommittee.sol";
import {IJobMarket} from "../interfaces/IJobMarket.sol";
import {IServiceRegistry} from "../interfaces/IServiceRegistry.sol";
import {IWorkLedger} from "../interfaces/IWorkLedger.sol";
import {Economy} from "../Economy.sol";
import {Parameter} from "../Parameter.sol";
import {SystemContract} from "../SystemContract.sol";

/// @title Committees that score claims: drawn by bonds, sealed and then opened, trimmed, with a penalty for distance.
/// Protocol §17.15
/// @notice Holds no money.
contract EvaluatorCommittee is IEvaluatorCommittee, SystemContract {
    /// @dev Places of seats in a word.
    uint256 private constant SEATS_IN_WORD = 8;

    /// @dev Of the opened scores this part falls away at each side: the median up to nine.
    uint256 private constant TRIM_NUMERATOR = 9;
    uint256 private constant TRIM_DENOMINATOR = 20;

    mapping(uint256 job => mapping(uint256 claim => Evaluation)) private evaluations;
    mapping(uint256 job => mapping(uint256 claim => mapping(address evaluator => Score))) private scores;

    /// @dev The opened scores of a committee; equal indices belong together.
    struct Opened {
        address[] owners;
        uint256[] values;
        uint256 count;
    }

    /// @inheritdoc IEvaluatorCommittee
    function open(uint256 job, uint256 claim) external onlyContract(Economy.WORK_LEDGER) {
        Evaluation storage e = evaluations[job][claim];
        uint48 time = _seconds();
        e.since = uint48(block.number);
        e.commitBlock = uint48(block.number + _parameter(Parameter.SCORE_BLOCKS));
        e.commitSeconds = uint48(time + _parameter(Parameter.SCORE_SECONDS));
        e.revealBlock = uint48(e.commitBlock + _parameter(Parameter.SCORE_REVEAL_BLOCKS));
        e.revealSeconds = uint48(e.commitSeconds + _parameter(Parameter.SCORE_REVEAL_SECONDS));
        e.seatCount = uint8(_parameter(Parameter.EVALUATOR_SEATS));
        emit EvaluationBegun(job, claim, e.seatCount, e.commitBlock, e.revealBlock);
    }

    /// @notice Seals the caller's score of a claim: H(domain, chain, job, claim, evaluator, utility, novelty, salt). The first
    /// call stores the draw.
    function commit(uint256 job, uint256 claim, bytes32 commitment) external {
        Evaluation storage e = _of(job, claim);
        require(!_passed(e.commitSeconds, e.commitBlock), ScoresTooLate(job, claim));
        if (!e.drawn) {
            _draw(job, claim, e);
        }
        uint256 held = _held(e, msg.sender);
        require(held > 0, NoSeat(msg.sender));
        require(commitment != 0, EmptyCommitment());
        Score storage s = scores[job][claim][msg.sender];
        require(s.commitment == 0, AlreadyCommitted(msg.sender));
        s.commitment = commitment;
        e.committed += uint8(held);
        emit ScoreCommitted(job, claim, msg.sender, commitment);
    }

    /// @notice Opens the caller's score, when all are sealed or the time for that is over.
    /// @param utility millionths
    /// @param novelty millionths
    function reveal(uint256 job, uint256 claim, uint32 utility, uint32 novelty, bytes32 salt) external {
        Evaluation storage e = _of(job, claim);
        Score storage s = scores[job][claim][msg.sender];
        require(s.commitment != 0, NotCommitted(msg.sender));
        require(!s.revealed, AlreadyOpened(msg.sender));
        require(
            e.committed == e.seatCount || _passed(e.commitSeconds, e.commitBlock), ScoresTooEarly(job, claim)
        );
        require(!_passed(e.revealSeconds, e.revealBlock), ScoresTooLate(job, claim));
        require(utility <= Economy.MILLIONTHS, ScoreTooHigh(utility, Economy.MILLIONTHS));
        require(novelty <= Economy.MILLIONTHS, ScoreTooHigh(novelty, Economy.MILLIONTHS));
        bytes32 expected = keccak256(
            abi.encode("aitbc.work.score.v1", block.chainid, job, claim, msg.sender, utility, novelty, salt)
        );
        require(expected == s.commitment, WrongScore(expected, s.commitment));
        (s.revealed, s.utility, s.novelty) = (true, utility, novelty);
        e.revealed += uint8(_held(e, msg.sender));
        emit ScoreRevealed(job, claim, msg.sender, utility, novelty);
    }

    /// @inheritdoc IEvaluatorCommittee
    function close(uint256 job, uint256 claim, uint256 share, uint256 correctness)
        external
        onlyContract(Economy.WORK_LEDGER)
        returns (uint256 quality, address[] memory accounts, uint256[] memory amounts)
    {
        Evaluation storage e = _of(job, claim);
        bool over = e.revealed == e.seatCount || _passed(e.revealSeconds, e.revealBlock)
            || (e.committed == 0 && _passed(e.commitSeconds, e.commitBlock));
        require(over, EvaluationOpen(job, claim));
        e.closed = true;
        Opened memory all = _opened(job, claim, e, correctness);
        quality = Economy.MILLIONTHS;
        bool counts = 2 * all.count >= e.seatCount;
        if (counts) {
            quality = _trimmed(all, address(0));
        }
        uint256 each = share / e.seatCount;
        accounts = new address[](all.count);
        amounts = new uint256[](all.count);
        for (uint256 i = 0; i < all.count; i++) {
            accounts[i] = all.owners[i];
            amounts[i] = each - (counts ? _penalty(all, i, each) : 0);
        }
        emit Scored(job, claim, quality, all.count);
    }

    /// @notice An evaluation.
    function evaluationOf(uint256 job, uint256 claim) external view returns (Evaluation memory) {
        return evaluations[job][claim];
    }

    /// @notice What an evaluator sealed and opened.
    function scoreOf(uint256 job, uint256 claim, address evaluator) external view returns (Score memory) {
        return scores[job][claim][evaluator];
    }

    /// @notice The evaluators of a claim, one for each seat; one may hold several. Reverts before the beacon is there, and when
    /// there is nobody.
    function committeeOf(uint256 job, uint256 claim) external view returns (address[] memory accounts) {
        Evaluation storage e = evaluations[job][claim];
        require(e.since != 0, NoEvaluation(job, claim));
        uint256 count = e.seatCount;
        accounts = new address[](count);
        if (e.drawn) {
            for (uint256 seat = 0; seat < count; seat++) {
                accounts[seat] = _evaluator(e, seat);
            }
            return accounts;
        }
        uint32[] memory places = _places(job, claim, e);
        for (uint256 seat = 0; seat < count; seat++) {
            accounts[seat] = _accountAt(places[seat]);
        }
    }

    /// @dev The beacon of the block after the reveal draws, by bonds as of the reveal.
    function _places(uint256 job, uint256 claim, Evaluation storage e) private view returns (uint32[] memory) {
        require(block.number > e.since, DrawNotThere(e.since + 1));
        bytes32 beacon = IBeaconHistory(Economy.BEACON_HISTORY).beacon(e.since + 1);
        address[] memory excluded = new address[](2);
        excluded[0] = IWorkLedger(Economy.WORK_LEDGER).workerOf(job, claim);
        excluded[1] = IJobMarket(payable(Economy.JOB_MARKET)).jobOf(job).client;
        return IServiceRegistry(Economy.SERVICE_REGISTRY).draw(
            IServiceRegistry.Role.EVALUATOR,
            e.since,
            keccak256(abi.encode("committee", beacon, job, claim)),
            e.seatCount,
            excluded
        );
    }

    function _draw(uint256 job, uint256 claim, Evaluation storage e) private {
        uint32[] memory places = _places(job, claim, e);
        uint256[3] memory words;
        for (uint256 i = 0; i < places.length; i++) {
            words[i / SEATS_IN_WORD] |= uint256(places[i]) << (32 * (i % SEATS_IN_WORD));
        }
        (e.drawn, e.seats) = (true, words);
        emit CommitteeDrawn(job, claim, places);
    }

    function _evaluator(Evaluation storage e, uint256 seat) private view returns (address) {
        return _accountAt(uint32(e.seats[seat / SEATS_IN_WORD] >> (32 * (seat % SEATS_IN_WORD))));
    }

    function _accountAt(uint32 place) private view returns (address) {
        return IServiceRegistry(Economy.SERVICE_REGISTRY).accountAt(IServiceRegistry.Role.EVALUATOR, place);
    }

    function _held(Evaluation storage e, address evaluator) private view returns (uint256 held) {
        for (uint256 seat = 0; seat < e.seatCount; seat++) {
            if (_evaluator(e, seat) == evaluator) {
                held++;
            }
        }
    }

    /// @dev The score of every seat that opened one, ascending; an evaluator's counts once for each of its seats.
    function _opened(uint256 job, uint256 claim, Evaluation storage e, uint256 correctness)
        private
        view
        returns (Opened memory all)
    {
        if (e.revealed == 0) {
            return all;
        }
        uint256 seats = e.seatCount;
        all.owners = new address[](seats);
        all.values = new uint256[](seats);
        uint256 fixedPart = _parameter(Parameter.CORRECTNESS_WEIGHT) * correctness;
        uint256 utilityWeight = _parameter(Parameter.UTILITY_WEIGHT);
        uint256 noveltyWeight = _parameter(Parameter.NOVELTY_WEIGHT);
        for (uint256 seat = 0; seat < seats; seat++) {
            address owner = _evaluator(e, seat);
            Score storage s = scores[job][claim][owner];
            if (!s.revealed) {
                continue;
            }
            uint256 value = (fixedPart + utilityWeight * s.utility + noveltyWeight * s.novelty) / Economy.MILLIONTHS;
            uint256 place = all.count++;
            for (; place > 0 && all.values[place - 1] > value; place--) {
                (all.values[place], all.owners[place]) = (all.values[place - 1], all.owners[place - 1]);
            }
            (all.values[place], all.owners[place]) = (value, owner);
        }
    }

    /// @dev Mean, rounded down, of what is left of the opened scores when those of `without` and then 45 % of each side, rounded
    /// down, fell away. There must be one.
    function _trimmed(Opened memory all, address without) private pure returns (uint256) {
        uint256 count = 0;
        for (uint256 i = 0; i < all.count; i++) {
            if (all.owners[i] != without) {
                count++;
            }
        }
        uint256 cut = count * TRIM_NUMERATOR / TRIM_DENOMINATOR;
        uint256 sum = 0;
        uint256 seen = 0;
        for (uint256 i = 0; i < all.count; i++) {
            if (all.owners[i] == without) {
                continue;
            }
            if (seen >= cut && seen < count - cut) {
                sum += all.values[i];
            }
            seen++;
        }
        return sum / (count - 2 * cut);
    }

    /// @dev What a seat loses of its part: the square of its distance from the result of the others, as a part of one.
    function _penalty(Opened memory all, uint256 index, uint256 each) private pure returns (uint256) {
        address owner = all.owners[index];
        bool alone = true;
        for (uint256 i = 0; i < all.count; i++) {
            alone = alone && all.owners[i] == owner;
        }
        if (alone) {
            return 0;
        }
        uint256 others = _trimmed(all, owner);
        uint256 own = all.values[index];
        uint256 distance = own > others ? own - others : others - own;
        return each * distance * distance / (Economy.MILLIONTHS * Economy.MILLIONTHS);
    }

    function _of(uint256 job, uint256 claim) private view returns (Evaluation storage e) {
        e = evaluations[job][claim];
        require(e.since != 0, NoEvaluation(job, claim));
        require(!e.closed, EvaluationClosed(job, claim));
    }

    /// @dev Both clocks have run out.
    function _passed(uint48 untilSeconds, uint48 untilBlock) private view returns (bool) {
        return _seconds() > untilSeconds && block.number > untilBlock;
    }
}
