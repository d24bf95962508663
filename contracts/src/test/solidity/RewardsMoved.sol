// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {SystemContract} from "../../main/solidity/SystemContract.sol";

/// @notice A contract whose variables stand where those of Rewards do, with another meaning: no successor of it.
contract RewardsMoved is SystemContract {
    mapping(address account => uint256) public balances;
    uint256 public generation;
}
