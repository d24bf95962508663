// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {ChainPrecompiles} from "../interfaces/ChainPrecompiles.sol";
import {IBeaconHistory} from "../interfaces/IBeaconHistory.sol";
import {ICollateralRegistry} from "../interfaces/ICollateralRegistry.sol";
import {IRuntimeRegistry} from "../interfaces/IRuntimeRegistry.sol";
import {Economy} from "../Economy.sol";
import {SystemContract} from "../SystemContract.sol";

/// @title Code that may run where hardware vouches for it, and machines whose keys are lost. Protocol §18.9
/// @notice Governance adds and strikes off.
contract RuntimeRegistry is IRuntimeRegistry, SystemContract {
    /// @dev Approvals of one code hash: several builds and platforms; an inquiry carries all of them.
    uint256 private constant APPROVALS_MAX = 16;

    /// @dev Bytes of a measurement: three registers of a trust domain take 144, a token's components may be a dozen.
    uint256 private constant MEASUREMENT_BYTES_MAX = 1_024;

    /// @dev SGX to CCA (§18.1); a GPU's code is the policy's.
    uint8 private constant PLATFORM_MAX = 5;

    /// @dev Where a policy says which platforms are enabled (§18.6).
    uint256 private constant POLICY_PLATFORMS_AT = 15;

    mapping(bytes32 code => bytes[]) private approved;
    mapping(bytes32 hardware => bool) private denied;

    /// @notice Lets code run that a platform measures so.
    /// @param code what claims name it by: the hash of the runtime's manifest
    /// @param versionMin least security version that the code gives itself
    /// @param measurement Protocol §18.2
    function approve(bytes32 code, uint8 platform, uint32 versionMin, bytes calldata measurement)
        external
        onlyTimelock
    {
        require(platform >= 1 && platform <= PLATFORM_MAX, NotAPlatform(platform));
        uint256 length = measurement.length;
        require(length > 0 && length <= MEASUREMENT_BYTES_MAX, WrongMeasurement(length, MEASUREMENT_BYTES_MAX));
        bytes[] storage list = approved[code];
        require(list.length < APPROVALS_MAX, TooManyApprovals(code, APPROVALS_MAX));
        list.push(abi.encodePacked(platform, versionMin, uint16(length), measurement));
        emit Approved(code, platform, versionMin, measurement);
    }

    /// @notice Strikes an approval off; the last one takes its place.
    function strikeOff(bytes32 code, uint256 index) external onlyTimelock {
        bytes[] storage list = approved[code];
        require(index < list.length, NotApproved(code, index));
        emit StruckOff(code, list[index]);
        list[index] = list[list.length - 1];
        list.pop();
    }

    /// @notice Denies a machine, or lets it be used again.
    function setDenied(bytes32 hardware, bool isDenied_) external onlyTimelock {
        denied[hardware] = isDenied_;
        emit HardwareDenied(hardware, isDenied_);
    }

    /// @inheritdoc IRuntimeRegistry
    function approvals(bytes32 code) public view returns (bytes memory all) {
        bytes[] storage list = approved[code];
        uint256 count = list.length;
        for (uint256 i = 0; i < count; i++) {
            all = bytes.concat(all, list[i]);
        }
    }

    /// @inheritdoc IRuntimeRegistry
    function isDenied(bytes32 hardware) external view returns (bool) {
        return denied[hardware];
    }

    /// @inheritdoc IRuntimeRegistry
    function isTrusted(bytes32 code, uint8 platform, bytes32 hardware) external view returns (bool) {
        uint8 enabled = uint8(ICollateralRegistry(Economy.COLLATERAL_REGISTRY).policy()[POLICY_PLATFORMS_AT]);
        if (denied[hardware] || enabled >> platform & 1 == 0) {
            return false;
        }
        bytes[] storage list = approved[code];
        uint256 count = list.length;
        for (uint256 i = 0; i < count; i++) {
            if (uint8(list[i][0]) == platform) {
                return true;
            }
        }
        return false;
    }

    /// @inheritdoc IRuntimeRegistry
    function judge(
        uint8 platform,
        uint8 gpuReports,
        Binding calldata binding,
        bytes calldata claim,
        bytes32[] calldata subjects
    ) external view returns (ChainPrecompiles.Attested memory verdict) {
        bytes memory asked = bytes.concat(
            abi.encodePacked(uint8(1), platform, gpuReports, uint64(block.timestamp), uint64(block.number)),
            _bound(binding),
            abi.encodePacked(uint32(claim.length), claim),
            _surroundings(binding.code, subjects)
        );
        verdict = ChainPrecompiles.attested(asked);
        require(verdict.reason != 0 || !denied[verdict.hardware], MachineDenied(verdict.hardware));
    }

    /// @dev The binding's fields from chain to worker (§18.2).
    function _bound(Binding calldata b) private view returns (bytes memory) {
        bytes32 anchor = blockhash(b.anchorHeight);
        require(anchor != 0, AnchorNotKept(b.anchorHeight));
        return abi.encodePacked(
            IBeaconHistory(Economy.BEACON_HISTORY).genesisHash(),
            b.task,
            anchor,
            b.anchorHeight,
            b.code,
            b.inputs,
            b.outputs,
            b.worker
        );
    }

    /// @dev Policy, approved code and collateral, as an inquiry carries them (§18.8).
    function _surroundings(bytes32 code, bytes32[] calldata subjects) private view returns (bytes memory) {
        ICollateralRegistry registry = ICollateralRegistry(Economy.COLLATERAL_REGISTRY);
        bytes memory policy = registry.policy();
        bytes memory approved_ = approvals(code);
        return abi.encodePacked(
            uint32(policy.length), policy, uint32(approved_.length), approved_, registry.collateral(subjects)
        );
    }
}
