// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

/// @title The chain's beacon values, its active time, and its rules of gas and fees. Protocol §16.2
interface IBeaconHistory {
    /// @notice What the blocks of an epoch follow. Protocol §14.2, §14.4
    /// @param fastGas gas of a block in FAST
    /// @param balancedGas gas of a block in BALANCED
    /// @param secureGas gas of a block in SECURE
    /// @param treasuryFees the treasury's part of the base fees, millionths
    /// @param makerFees the maker's part of them, millionths
    /// @param baseFeeMin least base fee, wei
    /// @param baseFeeMax greatest base fee, wei
    /// @param inertiaGas gas in which the base fee would change by its own size
    struct BlockRules {
        uint64 fastGas;
        uint64 balancedGas;
        uint64 secureGas;
        uint32 treasuryFees;
        uint32 makerFees;
        uint96 baseFeeMin;
        uint96 baseFeeMax;
        uint64 inertiaGas;
    }

    error OnlySystem(address caller);
    error NotKept(uint256 height);

    /// @notice The beacon of a block among the last 65,536 and not above this one.
    function beacon(uint256 height) external view returns (bytes32);

    /// @notice Active time up to this block, milliseconds: block time, of which one block counts for at most 4 s.
    function activeMillis() external view returns (uint64);

    /// @notice The same in seconds.
    function activeSeconds() external view returns (uint48);

    /// @notice Hash of the genesis block; zeros in the first block, before it is kept.
    function genesisHash() external view returns (bytes32);

    /// @notice Base fees burned up to the parent block, wei.
    function burned() external view returns (uint128);

    /// @notice The rules of this epoch's blocks and of the next one's.
    function rules() external view returns (BlockRules memory current, BlockRules memory next);

    /// @notice Epoch calls that failed: how many, the last of them, and the contract that failed.
    function failures() external view returns (uint64 count, uint64 epoch, address target);
}
