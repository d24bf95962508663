// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

/// @title Committees that score claims. Protocol §17.15
interface IEvaluatorCommittee {
    /// @param since the block of the claim's reveal, which causes the draw
    /// @param commitBlock until when scores are sealed, block; it has passed when both have
    /// @param commitSeconds the same in active seconds
    /// @param revealBlock until when they are opened, block
    /// @param revealSeconds the same in active seconds
    /// @param seatCount seats, an odd number
    /// @param committed seats whose scores are sealed
    /// @param revealed seats whose scores are opened
    /// @param drawn whether the seats are stored
    /// @param closed whether the claim was settled
    /// @param seats places of the seats, 32 bits each from the lowest
    struct Evaluation {
        uint48 since;
        uint48 commitBlock;
        uint48 commitSeconds;
        uint48 revealBlock;
        uint48 revealSeconds;
        uint8 seatCount;
        uint8 committed;
        uint8 revealed;
        bool drawn;
        bool closed;
        uint256[3] seats;
    }

    /// @param commitment Protocol §17.15; 0 before
    /// @param utility millionths, once opened
    /// @param novelty millionths, once opened
    struct Score {
        bytes32 commitment;
        bool revealed;
        uint32 utility;
        uint32 novelty;
    }

    error NoEvaluation(uint256 job, uint256 claim);
    error EvaluationClosed(uint256 job, uint256 claim);
    error EvaluationOpen(uint256 job, uint256 claim);
    error DrawNotThere(uint256 height);
    error NoSeat(address evaluator);
    error EmptyCommitment();
    error AlreadyCommitted(address evaluator);
    error NotCommitted(address evaluator);
    error AlreadyOpened(address evaluator);
    error ScoresTooLate(uint256 job, uint256 claim);
    error ScoresTooEarly(uint256 job, uint256 claim);
    error ScoreTooHigh(uint256 score, uint256 max);
    error WrongScore(bytes32 expected, bytes32 given);

    event EvaluationBegun(
        uint256 indexed job, uint256 indexed claim, uint256 seats, uint256 commitBlock, uint256 revealBlock
    );
    event CommitteeDrawn(uint256 indexed job, uint256 indexed claim, uint32[] places);
    event ScoreCommitted(uint256 indexed job, uint256 indexed claim, address indexed evaluator, bytes32 commitment);
    event ScoreRevealed(
        uint256 indexed job, uint256 indexed claim, address indexed evaluator, uint256 utility, uint256 novelty
    );
    event Scored(uint256 indexed job, uint256 indexed claim, uint256 quality, uint256 seatsRevealed);

    /// @notice A claim is revealed. Only the WorkLedger.
    function open(uint256 job, uint256 claim) external;

    /// @notice A claim is settled: its quality in millionths, and who gets what of the evaluators' part. Only the WorkLedger.
    /// @param share the evaluators' part of the claim's fee, wei
    /// @param correctness what the audit found, millionths
    function close(uint256 job, uint256 claim, uint256 share, uint256 correctness)
        external
        returns (uint256 quality, address[] memory accounts, uint256[] memory amounts);
}
