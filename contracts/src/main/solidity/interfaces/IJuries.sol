// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

/// @title Objections to outputs of class TOLERANCE, decided by opinions of others. Protocol §17.17
interface IJuries {
    /// @notice Whose opinions are awaited.
    enum Stage {
        NONE,
        AUDITORS,
        JURY,
        OVER
    }

    enum Said {
        NONE,
        RIGHT,
        WRONG
    }

    /// @notice How an objection ended: for the worker, against it, without two thirds, or because the claim was over.
    enum Verdict {
        NONE,
        RIGHT,
        WRONG,
        SPLIT,
        DISMISSED
    }

    /// @param since the block of what caused the draw of the stage's members
    /// @param commitBlock until when opinions are sealed, block; it has passed when both have
    /// @param commitSeconds the same in active seconds
    /// @param revealBlock until when they are opened, block
    /// @param revealSeconds the same in active seconds
    /// @param seatCount seats of the stage; of auditors 0 before they are drawn
    /// @param committed seats whose opinions are sealed
    /// @param revealed seats whose opinions are opened
    /// @param rights those of them that say that the output is right
    /// @param drawn whether the seats are stored
    /// @param jurySeats seats of the jury, if one is called
    /// @param drawAt the block whose beacon draws the stage's members
    /// @param deposit of the objector, wei
    /// @param fee of an opinion, wei
    /// @param auditors two more auditors, once they are stored
    /// @param seats places of the seats, 32 bits each from the lowest
    struct Objection {
        address objector;
        Stage stage;
        Verdict verdict;
        uint32 claim;
        uint32 leaf;
        uint64 job;
        uint48 since;
        uint48 commitBlock;
        uint48 commitSeconds;
        uint48 revealBlock;
        uint48 revealSeconds;
        uint8 seatCount;
        uint8 committed;
        uint8 revealed;
        uint8 rights;
        bool drawn;
        uint8 jurySeats;
        uint48 drawAt;
        uint128 deposit;
        uint128 fee;
        address[2] auditors;
        uint256[3] seats;
    }

    /// @param commitment Protocol §17.17; 0 before
    /// @param said once opened
    struct Opinion {
        bytes32 commitment;
        Said said;
    }

    error WrongClass(uint256 job);
    error NoLeaf(uint256 leaf, uint256 leaves);
    error AlreadyCleared(uint256 job, uint256 claim, uint256 leaf);
    error OwnClaim(uint256 job, uint256 claim);
    error NoJury(uint256 job, uint256 claim);
    error DepositTooLow(uint256 deposit, uint256 min);
    error WrongStage(uint256 objection, Stage stage);
    error DrawNotThere(uint256 height);
    error NoSeat(address account);
    error EmptyCommitment();
    error AlreadyCommitted(address account);
    error NotCommitted(address account);
    error AlreadyOpened(address account);
    error NoOpinion();
    error OpinionsTooLate(uint256 objection);
    error OpinionsTooEarly(uint256 objection);
    error OpinionsOpen(uint256 objection);
    error WrongOpinion(bytes32 expected, bytes32 given);

    event Objected(
        uint256 indexed objection, uint256 indexed job, uint256 indexed claim, uint256 leaf, address objector
    );
    event MembersDrawn(uint256 indexed objection, address[] members);
    event OpinionCommitted(uint256 indexed objection, address indexed account, bytes32 commitment);
    event OpinionRevealed(uint256 indexed objection, address indexed account, Said said);
    event JuryCalled(uint256 indexed objection, uint256 seats, uint256 commitBlock, uint256 revealBlock);
    event Decided(uint256 indexed objection, Verdict verdict, uint256 paid);
}
