// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

/// @title Models that work may be asked of. Protocol §17.11
interface IModelRegistry {
    enum State {
        NONE,
        OPEN,
        CLOSED,
        MALFORMED
    }

    /// @param registrant who registered it and gets the deposit back
    /// @param state whether jobs may name it
    /// @param openJobs jobs that are not over
    /// @param idleSince when it was closed or its last job ended, active milliseconds
    /// @param deposit wei
    /// @param traceTiles tiles of its trace
    /// @param stateTiles tiles of its state: 0 unless it trains
    /// @param inputBytes length of an input
    /// @param boundaryCount inputs of the boundary set
    /// @param inputTiles tiles of an input
    /// @param boundaryInputs root over inputs with known outputs
    /// @param boundaryOutputs root over their outputs
    struct Model {
        address registrant;
        State state;
        uint32 openJobs;
        uint48 idleSince;
        uint128 deposit;
        uint32 traceTiles;
        uint32 stateTiles;
        uint64 inputBytes;
        uint32 boundaryCount;
        uint32 inputTiles;
        bytes32 boundaryInputs;
        bytes32 boundaryOutputs;
    }

    error WrongHeader(uint256 length);
    error AlreadyRegistered(bytes32 model);
    error DepositTooLow(uint256 deposit, uint256 min);
    error NameTooLong(uint256 bytesGiven, uint256 bytesMax);
    error NotRegistrant(bytes32 model, address registrant);
    error WrongState(bytes32 model, State state);
    error JobsOpen(bytes32 model, uint256 jobs);
    error TooEarly(uint64 now, uint64 from);

    error NoProfile();
    error Trains(bytes32 model);
    error ToleranceTooHigh(uint256 tolerance, uint256 max);

    event Calibrated(bytes32 indexed model, bytes32 indexed profile, uint256 tolerance, string name);
    event Registered(bytes32 indexed model, address indexed registrant, bytes header, string name);
    event Closed(bytes32 indexed model);
    event Malformed(bytes32 indexed model, uint256 burned);
    event DepositReturned(bytes32 indexed model, uint256 amount);

    /// @notice A model.
    function modelOf(bytes32 model) external view returns (Model memory);

    /// @notice How far outputs of an execution profile may be from those of another engine: relative L2, in billionths;
    /// 0 if nobody measured it. Protocol §17.17
    function toleranceOf(bytes32 model, bytes32 profile) external view returns (uint256);

    /// @notice A job names the model, which must be open. Only the JobMarket.
    function openJob(bytes32 model) external;

    /// @notice A job is over. Only the JobMarket.
    function closeJob(bytes32 model) external;

    /// @notice Closes a model whose plan was shown not to be well-formed, and burns its deposit. Only Disputes.
    function condemn(bytes32 model) external;
}
