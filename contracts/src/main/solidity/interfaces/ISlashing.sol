// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

/// @title Evidence and penalties. Protocol §16.7
interface ISlashing {
    error NoEvidence();
    error UnknownSet(uint64 epoch, bytes32 setHash);
    error TooOld(uint64 now, uint64 until);
    error NobodyConvicted();
    error AlreadyFinished(address account);
    error NotConvicted(address account);
    error TooEarlyToFinish(uint64 now, uint64 from);
    error KeyTaken(bytes32 keyHash, address holder);
    error NotPossessed(address account);
    error WrongKeyLength(uint256 length);

    /// @notice An account was convicted; consensus reads this log. Protocol §14.8.
    event Convicted(address indexed account, uint64 height, uint256 class);
    event Finished(address indexed account, uint256 millionths);
    event Absent(address indexed account, uint256 millionths);

    /// @notice Notes that a key is an account's, for good. Only the registries.
    function claimKey(address account, bytes calldata key, bytes calldata proof) external;

    /// @notice Takes slashed money. Only the registries and the JobMarket.
    function take() external payable;

    /// @notice Takes money that the end of the epoch burns.
    function burn() external payable;
}
