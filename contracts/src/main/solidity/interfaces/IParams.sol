// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

/// @title The parameters that governance may change. Protocol §16.3
interface IParams {
    error UnknownParameter(uint256 id);
    error OutOfBounds(uint256 id, uint256 value, uint256 min, uint256 max);
    error Contradiction(uint256 id, uint256 other);
    error DifferentLengths(uint256 ids, uint256 values);

    event Changed(uint256 indexed id, uint256 before, uint256 value);

    /// @notice The value of one parameter.
    function get(uint256 id) external view returns (uint256);

    /// @notice All values, in the order of their numbers.
    function all() external view returns (uint256[] memory);

    /// @notice The bounds of one parameter, both included.
    function bounds(uint256 id) external view returns (uint256 min, uint256 max);

    /// @notice Changes parameters together; all relations hold afterwards, or nothing changes. Only the Timelock.
    function set(uint256[] calldata ids, uint256[] calldata values) external;
}
