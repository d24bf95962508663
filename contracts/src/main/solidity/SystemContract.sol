// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {IERC1822Proxiable} from "@openzeppelin/contracts/interfaces/draft-IERC1822.sol";
import {ERC1967Utils} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Utils.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IBeaconHistory} from "./interfaces/IBeaconHistory.sol";
import {IParams} from "./interfaces/IParams.sol";
import {Economy} from "./Economy.sol";

/// @title What the upgradeable contracts of the chain have in common. Protocol §16.1
/// @notice A genesis places each behind a {SystemProxy}. It has no constructor and no immutable variables, and finds the
/// others at fixed addresses. Only the Timelock upgrades it.
abstract contract SystemContract is IERC1822Proxiable, ReentrancyGuardTransient {
    error OnlySystem(address caller);
    error OnlyTimelock(address caller);
    error OnlyEconomy(address caller);
    error AlreadyInitialized();
    error NotBehindProxy();
    error OtherStorageSlot(bytes32 slot);
    error NoImplementation(address implementation);
    error PaymentFailed(address recipient, uint256 amount);

    /// @dev Whether the genesis values are in. Slot 0 of every such contract.
    bool private initialized;

    modifier onlySystem() {
        require(msg.sender == Economy.SYSTEM, OnlySystem(msg.sender));
        _;
    }

    modifier onlyTimelock() {
        require(msg.sender == Economy.TIMELOCK, OnlyTimelock(msg.sender));
        _;
    }

    modifier onlyContract(address other) {
        require(msg.sender == other, OnlyEconomy(msg.sender));
        _;
    }

    /// @dev Once, by the chain, before the first block.
    modifier genesis() {
        require(msg.sender == Economy.SYSTEM, OnlySystem(msg.sender));
        require(!initialized, AlreadyInitialized());
        initialized = true;
        _;
    }

    /// @notice Puts another implementation behind this address, and calls it with `data` unless that is empty.
    function upgradeToAndCall(address implementation, bytes calldata data) external payable onlyTimelock {
        require(ERC1967Utils.getImplementation() != address(0), NotBehindProxy());
        require(implementation.code.length > 0, NoImplementation(implementation));
        bytes32 slot = IERC1822Proxiable(implementation).proxiableUUID();
        require(slot == ERC1967Utils.IMPLEMENTATION_SLOT, OtherStorageSlot(slot));
        ERC1967Utils.upgradeToAndCall(implementation, data);
    }

    /// @inheritdoc IERC1822Proxiable
    function proxiableUUID() external pure returns (bytes32) {
        return ERC1967Utils.IMPLEMENTATION_SLOT;
    }

    function _parameter(uint256 id) internal view returns (uint256) {
        return IParams(Economy.PARAMS).get(id);
    }

    /// @dev Active time of the chain, milliseconds.
    function _now() internal view returns (uint64) {
        return IBeaconHistory(Economy.BEACON_HISTORY).activeMillis();
    }

    /// @dev The same in seconds.
    function _seconds() internal view returns (uint48) {
        return IBeaconHistory(Economy.BEACON_HISTORY).activeSeconds();
    }

    /// @dev The epoch of this block.
    function _epoch() internal view returns (uint64) {
        return block.number == 0 ? 0 : uint64((block.number - 1) / Economy.EPOCH_BLOCKS);
    }

    /// @dev Last in a function that is guarded against reentrance.
    function _pay(address recipient, uint256 amount) internal {
        if (amount > 0) {
            (bool paid,) = recipient.call{value: amount}("");
            require(paid, PaymentFailed(recipient, amount));
        }
    }
}
