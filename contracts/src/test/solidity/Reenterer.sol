// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

/// @notice Calls what it was told to as soon as somebody pays it.
contract Reenterer {
    address private target;
    bytes private data;

    /// @notice Whether the call from within succeeded, and what it answered.
    bool public succeeded;
    bytes public answer;
    uint256 public entered;

    receive() external payable {
        if (target != address(0)) {
            entered++;
            (succeeded, answer) = target.call(data);
        }
    }

    /// @notice What to call when paid.
    function arm(address target_, bytes calldata data_) external {
        (target, data) = (target_, data_);
    }

    /// @notice Calls for its owner.
    function run(address to, uint256 value, bytes calldata call_) external returns (bytes memory) {
        (bool done, bytes memory result) = to.call{value: value}(call_);
        if (!done) {
            assembly ("memory-safe") {
                revert(add(result, 32), mload(result))
            }
        }
        return result;
    }
}
