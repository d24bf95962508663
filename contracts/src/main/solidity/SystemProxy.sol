// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";

/// @title What stands at the fixed address of a contract that governance may upgrade
/// @notice OpenZeppelin's ERC-1967 proxy. It has no administrator: the implementation decides about its own successor
/// (ERC-1822, "UUPS"). A genesis places its code and the slot of the implementation.
contract SystemProxy is ERC1967Proxy {
    constructor(address implementation, bytes memory data) ERC1967Proxy(implementation, data) {}
}
