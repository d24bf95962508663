// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

/// @title What validators and their delegators earn. Protocol §16.8
interface IRewards {
    error NothingToClaim(address pool, address owner);

    event Settled(uint64 indexed epoch, uint256 toPools, uint256 toBonds);
    event Claimed(address indexed pool, address indexed owner, uint256 amount);

    /// @notice Books what an owner earned in a pool with the shares it had until now. Only the StakeManager, before the
    /// shares change.
    function checkpoint(address pool, address owner, uint128 shares) external;
}
