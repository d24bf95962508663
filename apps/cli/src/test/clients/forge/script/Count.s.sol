// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity ^0.8.30;

import {Counter} from "../src/Counter.sol";

/// @title What forge lends a script to send by.
interface Vm {
    function startBroadcast() external;

    function stopBroadcast() external;
}

/// @title Deploys a counter and counts with it.
contract Count {
    bool public constant IS_SCRIPT = true;

    Vm private constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    function run() external {
        VM.startBroadcast();
        Counter counter = new Counter(40);
        counter.add(2);
        VM.stopBroadcast();
        require(counter.count() == 42, "miscounted");
    }
}
