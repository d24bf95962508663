// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {Rewards} from "../../main/solidity/Rewards.sol";

/// @notice The contract Rewards with a variable and a function more, to show an upgrade.
contract RewardsNext is Rewards {
    uint256 public generation;

    /// @notice What the upgrade calls once.
    function begin(uint256 first) external onlyTimelock {
        generation = first;
    }
}
