// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {ChainPrecompiles} from "../../main/solidity/interfaces/ChainPrecompiles.sol";

/// @title Answers what the chain's own precompiles answer
contract PrecompileUser {
    function vrfOutput(bytes calldata key, bytes calldata proof, bytes calldata fields) external view returns (bytes32) {
        return ChainPrecompiles.vrfOutput(key, proof, fields);
    }

    function certified(bytes calldata statement) external view returns (bytes32, bytes32, uint256) {
        return ChainPrecompiles.certified(statement);
    }

    function convicted(bytes calldata statement) external view returns (ChainPrecompiles.Verdict memory) {
        return ChainPrecompiles.convicted(statement);
    }

    function possesses(address account, bytes calldata key, bytes calldata proof) external view returns (bool) {
        return ChainPrecompiles.possesses(account, key, proof);
    }

    function isLeaf(bytes32 root, uint256 leaves, uint256 index, bytes32 leaf, bytes32[] calldata siblings)
        external
        view
        returns (bool)
    {
        return ChainPrecompiles.isLeaf(root, leaves, index, leaf, siblings);
    }
}
