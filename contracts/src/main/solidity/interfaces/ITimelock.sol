// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

/// @title What was decided waits here, and acts from here. Protocol §16.12
interface ITimelock {
    error NotScheduled(uint256 id);
    error OtherActions(uint256 id);
    error TooEarly(uint48 now, uint48 from);
    error TooLate(uint48 now, uint48 until);
    error NoCode(address target);

    event Scheduled(uint256 indexed id, uint48 from, uint48 until);
    event Cancelled(uint256 indexed id);
    event Acted(uint256 indexed id, address indexed target, bytes data);

    /// @notice Lets actions wait for the delay. Only the Governor.
    function schedule(uint256 id, bytes32 actions) external;

    /// @notice Takes back what was scheduled, if it was. Only the Governor.
    function cancel(uint256 id) external;

    /// @notice Takes actions that were scheduled and waited. Only the Governor.
    function execute(uint256 id, address[] calldata targets, bytes[] calldata datas) external;

    /// @notice Takes actions at once. Only the Governor.
    function executeNow(uint256 id, address[] calldata targets, bytes[] calldata datas) external;

    /// @notice From when to when, in active seconds, actions may be taken; zeros for what is not scheduled.
    function window(uint256 id) external view returns (uint48 from, uint48 until);
}
