// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {ChainPrecompiles} from "./ChainPrecompiles.sol";

/// @title Code that may run where hardware vouches for it. Protocol §18.9
interface IRuntimeRegistry {
    /// @notice What evidence is bound to beside this chain and the anchor's hash (§18.2).
    /// @param task which claim of which job
    /// @param anchorHeight of a block among the last 256
    /// @param code as approved here
    /// @param inputs root
    /// @param outputs root
    /// @param worker hash of the key that signs the claim
    struct Binding {
        bytes32 task;
        uint64 anchorHeight;
        bytes32 code;
        bytes32 inputs;
        bytes32 outputs;
        bytes32 worker;
    }

    error NotAPlatform(uint8 platform);
    error WrongMeasurement(uint256 length, uint256 max);
    error TooManyApprovals(bytes32 code, uint256 max);
    error NotApproved(bytes32 code, uint256 index);

    error AnchorNotKept(uint256 height);
    error MachineDenied(bytes32 hardware);

    event Approved(bytes32 indexed code, uint8 platform, uint32 versionMin, bytes measurement);
    event StruckOff(bytes32 indexed code, bytes approval);
    event HardwareDenied(bytes32 indexed hardware, bool denied);

    /// @notice What may run under a code hash, as an inquiry carries it (§18.8).
    function approvals(bytes32 code) external view returns (bytes memory);

    /// @notice Whether the keys of a machine are known to be lost.
    function isDenied(bytes32 hardware) external view returns (bool);

    /// @notice Whether evidence that was judged before would still count: the platform is enabled, some approval of the code is of
    /// it, and the machine is not denied.
    function isTrusted(bytes32 code, uint8 platform, bytes32 hardware) external view returns (bool);

    /// @notice What evidence is worth in this block, of this chain and no other: by the policy, the collateral and the approved
    /// code of the registries.
    /// @param platform Protocol §18.1
    /// @param gpuReports how many the claim has
    /// @param claim Protocol §18.2
    /// @param subjects of the collateral that it needs
    function judge(
        uint8 platform,
        uint8 gpuReports,
        Binding calldata binding,
        bytes calldata claim,
        bytes32[] calldata subjects
    ) external view returns (ChainPrecompiles.Attested memory);
}
