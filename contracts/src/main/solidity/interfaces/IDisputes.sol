// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

/// @title Demands for leaves, and challenges of them, up to one element that the chain repeats. Protocol §17.14
interface IDisputes {
    /// @notice Who has to move, and how.
    enum Stage {
        NONE,
        WAITING,
        SERVE,
        STATES,
        STEP,
        TRACE_ROOT,
        DESCEND,
        NODES,
        TILE,
        PROVE,
        OVER
    }

    /// @param bySeat whether an auditor with a seat of the claim began it
    /// @param demand whether the leaf is demanded; else it is challenged
    /// @param inState whether the challenger goes down the state after the step, not the trace
    /// @param deposit of the challenger, wei
    /// @param untilBlock until when the move of whose turn it is may come, block; it has passed when both have
    /// @param untilSeconds the same in active seconds
    /// @param trace root over the trace's tiles, as the worker gave it
    /// @param node where the challenger is below it, or below the state after; before a step is named, the root over the
    /// states of a segment's steps
    /// @param level of the node; the tiles' leaves are level 0
    /// @param index of the node in its level; of a demand, the first tile that is demanded
    /// @param stateBefore root of the state before the step that the challenger named; 0 unless the job trains
    /// @param stateAfter the same after it
    /// @param reported what an auditor, who stands in the worker's place, reported of the leaf
    /// @param stake of the auditor's bond, wei
    /// @param seat of the report
    /// @param number of the leaf in the report
    /// @param isReport whether a report is disputed; else the worker's output is
    struct Dispute {
        address challenger;
        Stage stage;
        bool bySeat;
        bool demand;
        bool inState;
        uint32 claim;
        uint32 leaf;
        address worker;
        uint8 level;
        uint32 index;
        uint48 untilBlock;
        uint64 job;
        uint48 untilSeconds;
        uint128 deposit;
        bytes32 trace;
        bytes32 node;
        bytes32 stateBefore;
        bytes32 stateAfter;
        bytes32 reported;
        uint128 stake;
        uint8 seat;
        uint8 number;
        bool isReport;
    }

    error NoLeaf(uint256 leaf, uint256 leaves);
    error DepositTooLow(uint256 deposit, uint256 min);
    error WrongStage(uint256 dispute, Stage stage);
    error NotChallenger(uint256 dispute, address challenger);
    error NotWorker(uint256 dispute, address worker);
    error TooLate(uint256 dispute);
    error NotLate(uint256 dispute);
    error TooMuchData(uint256 bytesGiven, uint256 bytesMax);
    error TooLittleData(uint256 bytesWhole, uint256 bytesMax);
    error WrongCount(uint256 given, uint256 expected);
    error NotUnderRoot();
    error NotRightlyEmpty(uint256 verdict);
    error NoTile(uint256 tile, uint256 tiles);
    error WrongTask(uint256 dispute);
    error ClaimOpen(uint256 dispute);
    error NotReported(uint256 dispute);
    error NoBits(uint256 job);

    /// @param tile of a demand, the first that is demanded
    event Opened(
        uint256 indexed dispute,
        uint256 indexed job,
        uint256 indexed claim,
        uint256 leaf,
        bool demand,
        uint256 tile
    );
    event ReportOpened(uint256 indexed dispute, uint256 indexed seat, uint256 number);
    event Begun(uint256 indexed dispute);
    /// @notice What a worker laid open of a leaf, for auditors that it serves nothing else.
    /// @param tile the first of the tiles
    /// @param length of the input, bytes
    /// @param root over all of its tiles
    event Served(
        uint256 indexed dispute,
        uint256 tile,
        uint64 length,
        bytes32 root,
        bytes[] tiles,
        bytes32[] inputPath,
        bytes output,
        bytes32[] outputPath
    );
    event TileServed(uint256 indexed dispute, bytes tile, bytes32 output);
    event StatesAnswered(uint256 indexed dispute, bytes32 before, bytes32[] states);
    event StepNamed(uint256 indexed dispute, uint256 step);
    event StateEntered(uint256 indexed dispute);
    event Answered(uint256 indexed dispute, bytes32[] hashes);
    event Descended(uint256 indexed dispute, uint256 level, uint256 index);
    event TileOpened(uint256 indexed dispute, bytes tile);
    event Judged(uint256 indexed dispute, uint256 verdict);
    event Ended(uint256 indexed dispute, bool fraud);
}
