// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

/// @title Jobs, their escrow, and who takes them. Protocol §17.12
interface IJobMarket {
    /// @param model its id
    /// @param inputs root of the input tree; of a job that trains the leaf of its data set
    /// @param task hash of everything else that the task fixes
    /// @param count items; of a job that trains its segments, at most 4,096
    /// @param workSeconds what a worker has from acceptance to its commitment, active seconds
    /// @param workBlocks the same in blocks; late is who has passed both
    /// @param valueAtRisk what a wrong result could cost, wei; 0 for the fee alone
    /// @param readers who may read inputs and outputs: 0 for the parties alone, all bits set for everybody
    /// @param initialState root of the state that training begins with; 0 unless the model trains
    /// @param steps of each segment, at most 256; 0 unless the model trains
    /// @param code that trusted hardware must say to have run, as approved in the RuntimeRegistry: the job is of class ATTESTED;
    /// 0 otherwise
    /// @param profile under which engines run the model, as its registrant measured it: the job is of class TOLERANCE; 0 otherwise
    struct Request {
        bytes32 model;
        bytes32 inputs;
        bytes32 task;
        uint32 count;
        uint32 workSeconds;
        uint32 workBlocks;
        uint128 valueAtRisk;
        bytes32 readers;
        bytes32 initialState;
        uint32 steps;
        bytes32 code;
        bytes32 profile;
    }

    /// @param feePerItem wei; the fee of a claim is this times its items
    /// @param openClaims claims that are not over
    /// @param steps of a segment; 0 unless it trains
    /// @param initialState root of the state that training begins with
    /// @param code that trusted hardware must vouch for; 0 unless it is of class ATTESTED
    /// @param readers who may read inputs and outputs
    /// @param profile under which engines run the model; 0 unless it is of class TOLERANCE
    /// @param tolerance relative L2 by which outputs may differ then, billionths
    struct Job {
        address client;
        uint96 feePerItem;
        bytes32 model;
        bytes32 inputs;
        bytes32 task;
        uint32 count;
        uint32 workSeconds;
        uint32 workBlocks;
        uint32 openClaims;
        uint128 valueAtRisk;
        uint32 steps;
        bytes32 initialState;
        bytes32 code;
        bytes32 readers;
        bytes32 profile;
        uint256 tolerance;
    }

    enum Place {
        NONE,
        OPEN,
        TAKEN,
        OVER
    }

    /// @param since the block of what caused the draw of three workers
    /// @param turnBlock where the turn `turn` begins, block
    /// @param turnSeconds the same in active seconds
    /// @param round draws before this one
    struct Assignment {
        Place place;
        uint8 round;
        uint8 turn;
        uint48 since;
        uint48 turnBlock;
        uint48 turnSeconds;
    }

    error NoItems();
    error WrongReaders(bytes32 readers);
    error FeeNotPerItem(uint256 fee, uint256 items);
    error FeeTooHigh(uint256 perItem, uint256 max);
    error NoTime();
    error WrongSteps(bytes32 model, uint256 steps);
    error TooManySegments(uint256 segments, uint256 max);
    error CodeNotApproved(bytes32 code);
    error TwoClasses(bytes32 code, bytes32 profile);
    error NotCalibrated(bytes32 model, bytes32 profile, uint256 tolerance);
    error NotServed(address worker, uint256 class);
    error NotClient(uint256 job, address client);
    error NotOpen(uint256 job, uint256 claim, Place place);
    error NotYourTurn(uint256 job, uint256 claim, uint256 turn, address whose);
    error BeaconNotThere(uint256 height);
    error TurnsNotOver(uint256 turn);
    error DrawsLeft(uint256 round);
    error NoDrawsLeft(uint256 round);
    error NothingToWithdraw(address account);
    error OverFee(uint256 sum, uint256 fee);

    event Submitted(uint256 indexed job, address indexed client, bytes32 indexed model, uint256 fee, Request request);
    event Declined(uint256 indexed job, uint256 indexed claim, address worker);
    event Accepted(uint256 indexed job, uint256 indexed claim, address indexed worker, uint256 reserved);
    event DrawnAgain(uint256 indexed job, uint256 indexed claim, uint256 round);
    event Cancelled(uint256 indexed job, uint256 indexed claim, uint256 refunded);
    event Credited(address indexed account, uint256 amount);
    event Burned(uint256 amount);

    /// @notice A job.
    function jobOf(uint256 job) external view returns (Job memory);

    /// @notice Items and fee of a claim.
    function claimOf(uint256 job, uint256 claim) external view returns (uint32 items, uint256 fee);

    /// @notice Opens a claim for other workers. Only the WorkLedger.
    function reassign(uint256 job, uint256 claim) external;

    /// @notice Ends a claim: pays parts of its fee and burns the rest. Only the WorkLedger.
    function payOut(uint256 job, uint256 claim, address[] calldata accounts, uint256[] calldata amounts) external;

    /// @notice Ends a claim: its fee goes back to the client. Only the WorkLedger.
    function refund(uint256 job, uint256 claim) external;

    /// @notice Takes money of a service's bond: at most `toAccount` of it for an account, the rest for the slashing pool. Only
    /// the WorkLedger.
    function penalize(uint8 role, address service, uint256 amount, address account, uint256 toAccount) external;

    /// @notice Takes what is sent along for an account. Only the contracts of work.
    function credit(address account) external payable;
}
