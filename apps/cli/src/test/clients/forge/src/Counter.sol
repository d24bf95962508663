// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity ^0.8.30;

/// @title What forge deploys: it counts, and says so.
contract Counter {
    event Counted(address indexed by, uint256 count);

    uint256 public count;

    constructor(uint256 first) {
        count = first;
    }

    function add(uint256 much) external {
        require(much != 0, "nothing to add");
        count += much;
        emit Counted(msg.sender, count);
    }
}
