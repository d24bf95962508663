// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

/// @title Claims of workers from acceptance to settlement. Protocol §17.13
interface IWorkLedger {
    enum State {
        NONE,
        ACCEPTED,
        COMMITTED,
        REVEALED,
        SETTLED,
        VOID,
        FRAUD
    }

    /// @param reserved of the worker's bond, wei
    /// @param convictions of the worker when it accepted
    /// @param disputes that are open or wait
    /// @param untilBlock of the state's deadline; it has passed when both have
    /// @param untilSeconds of it, active seconds
    /// @param committedAt block
    /// @param auditAt block whose beacon draws the seats, as the parameters said at the commitment; where evidence counts, at the
    /// reveal
    /// @param stake what each report sets aside of its auditor's bond, wei, as the parameters said when the seats were drawn
    /// @param commitment Protocol §17.13
    /// @param outputs root of the output tree
    /// @param auditBeacon the beacon that drew the seats; 0 before
    /// @param seats places of the seats, 32 bits each from the lowest
    struct Claim {
        State state;
        address worker;
        uint32 convictions;
        uint32 disputes;
        uint128 reserved;
        uint48 untilBlock;
        uint48 untilSeconds;
        uint8 seatCount;
        uint48 committedAt;
        uint48 auditAt;
        uint128 stake;
        bytes32 commitment;
        bytes32 outputs;
        bytes32 auditBeacon;
        uint256[2] seats;
    }

    /// @notice Evidence of trusted hardware for a claim.
    /// @param platform Protocol §18.1
    /// @param gpuReports how many the evidence has
    /// @param anchorHeight of the block that it is bound to
    /// @param evidence the claim of §18.2
    /// @param subjects of the collateral that it needs
    struct Evidence {
        uint8 platform;
        uint8 gpuReports;
        uint64 anchorHeight;
        bytes evidence;
        bytes32[] subjects;
    }

    /// @notice What the evidence of a claim was worth at its reveal.
    /// @param hardware id of the machine
    /// @param platform Protocol §18.1; 0 without evidence
    /// @param level Protocol §18.1
    /// @param fewerSeats whether fewer auditors are drawn for it
    struct Attestation {
        bytes32 hardware;
        uint8 platform;
        uint8 level;
        bool fewerSeats;
    }

    /// @notice The reports of a claim. Bit i of a set is seat i, bit 16 is the second auditor.
    /// @param reported who did
    /// @param disputed whose report was challenged
    /// @param counted seats whose secret was shown when the reports were closed
    /// @param second place of the second auditor, once it reported
    /// @param closedAt block; 0 before
    /// @param untilBlock of the second auditor's time, and after its report of the time to challenge it
    /// @param untilSeconds of it, active seconds
    /// @param beacon that drew the second auditor and the leaves that it is given, once it reported
    /// @param unserved seats that said that they were not served; a report takes it back
    struct Audit {
        uint24 reported;
        uint24 disputed;
        uint24 counted;
        uint32 second;
        uint48 closedAt;
        uint48 untilBlock;
        uint48 untilSeconds;
        bytes32 beacon;
        uint24 unserved;
    }

    error WrongState(uint256 job, uint256 claim, State state);
    error NotWorker(uint256 job, uint256 claim, address worker);
    error TooLate(uint256 job, uint256 claim);
    error NotLate(uint256 job, uint256 claim);
    error SameBlock(uint256 height);
    error WrongReveal(bytes32 expected, bytes32 given);
    error AlreadyDrawn(uint256 job, uint256 claim);
    error NotYet(uint256 height, uint256 from);
    error NotSeat(uint256 seat, address auditor);
    error AlreadyReported(uint256 seat);
    error AlreadySaid(uint256 seat);
    error WindowOpen(uint256 job, uint256 claim);
    error DisputesOpen(uint256 disputes);
    error SeatsNotDrawn(uint256 job, uint256 claim);
    error SecretsOpen(uint256 seats, uint256 untilBlock);
    error NotVoid(uint256 job, uint256 claim);
    error WrongHashes(uint256 given, uint256 expected);
    error AlreadyClosed(uint256 job, uint256 claim);
    error SecondOpen(uint256 untilBlock, uint256 untilSeconds);
    error NotToBeChallenged(uint256 seat, uint256 number);
    error EvidenceMissing(uint256 job, uint256 claim);
    error EvidenceNotAsked(uint256 job, uint256 claim);
    error EvidenceRefused(uint256 reason);
    error NoLongerTrusted(uint256 job, uint256 claim);
    error StillTrusted(uint256 job, uint256 claim);

    event Committed(uint256 indexed job, uint256 indexed claim, bytes32 commitment);
    event Revealed(uint256 indexed job, uint256 indexed claim, bytes32 outputs);
    event Attested(uint256 indexed job, uint256 indexed claim, bytes32 hardware, uint8 platform, uint8 level, bool fewerSeats);
    event Late(uint256 indexed job, uint256 indexed claim, address worker, uint256 penalty);
    event SeatsDrawn(uint256 indexed job, uint256 indexed claim, bytes32 beacon, uint32[] places);
    event Reported(uint256 indexed job, uint256 indexed claim, uint256 seat, bytes32[] hashes);
    event NotServed(uint256 indexed job, uint256 indexed claim, uint256 seat);
    event ReportsClosed(uint256 indexed job, uint256 indexed claim, uint256 seats);
    event FalseReport(uint256 indexed job, uint256 indexed claim, uint256 seat, address auditor, address challenger);
    event Settled(uint256 indexed job, uint256 indexed claim, address worker, uint256 reward, uint256 seatsPaid);
    event Voided(uint256 indexed job, uint256 indexed claim, address worker);
    event Fraud(uint256 indexed job, uint256 indexed claim, address worker, address challenger);

    /// @notice A claim.
    function claimAt(uint256 job, uint256 claim) external view returns (Claim memory);

    /// @notice What hardware vouches for a claim.
    function attestationOf(uint256 job, uint256 claim) external view returns (Attestation memory);

    /// @notice Who accepted a claim.
    function workerOf(uint256 job, uint256 claim) external view returns (address);

    /// @notice Whether an account has one of the claim's seats, or is its second auditor.
    function hasSeat(uint256 job, uint256 claim, address auditor) external view returns (bool);

    /// @notice How many leaves an account may have demanded without a deposit by now: those of its seats while they may report, and
    /// those that the second auditor is given in its time; none at other times.
    function freeDemands(uint256 job, uint256 claim, address auditor) external view returns (uint256 leaves);

    /// @notice A worker accepted. Only the JobMarket.
    function begin(
        uint256 job,
        uint256 claim,
        address worker,
        uint128 reserved,
        uint32 workSeconds,
        uint32 workBlocks
    ) external;

    /// @notice A dispute or objection about a revealed claim is open or waits: it is not settled. Only Disputes and Juries.
    function hold(uint256 job, uint256 claim) external;

    /// @notice That is over. Only Disputes and Juries.
    function unhold(uint256 job, uint256 claim) external;

    /// @notice A leaf was laid open on a demand: there is time to judge it before the claim is settled. Only Disputes.
    function laidOpen(uint256 job, uint256 claim) external;

    /// @notice A part of a report is challenged: seat and number must be such that it can be. Only Disputes.
    /// @param seat 16 for the second auditor
    /// @param number of the leaf among those of the seat; of the second auditor, the seat whose leaf it was given
    /// @param hashes all of the report
    /// @return auditor whose report it is
    /// @return leaf that it is about
    function challengeReport(uint256 job, uint256 claim, uint256 seat, uint256 number, bytes32[] calldata hashes)
        external
        returns (address auditor, uint32 leaf);

    /// @notice Such a challenge is over: what the report had set aside is free again, and taken if it was false. Only Disputes.
    function endReport(uint256 job, uint256 claim, uint256 seat, address auditor, bool isFalse, address challenger) external;

    /// @notice Fraud is proven. Only Disputes and Juries.
    /// @param costs of the challenger that it gets of the worker's bond beside its part, wei
    function convict(uint256 job, uint256 claim, address challenger, uint256 costs) external;

    /// @notice The model is malformed, or a jury could not decide: the claim is void. Only Disputes and Juries.
    function annul(uint256 job, uint256 claim) external;
}
