// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {IDisputes} from "../interfaces/IDisputes.sol";

/// @title Trees of hashes that are laid open in disputes. Protocol §17.4
library DisputeTrees {
    /// @dev Level of the root over this many leaves.
    function height(uint256 leaves) internal pure returns (uint8 level) {
        for (uint256 width = leaves; width > 1; width = (width + 1) / 2) {
            level++;
        }
    }

    /// @dev The root over leaves: a node without a neighbour moves up alone; zeros over none. Protocol §17.4.
    function root(bytes32[] memory nodes) internal pure returns (bytes32) {
        if (nodes.length == 0) {
            return 0;
        }
        for (uint256 width = nodes.length; width > 1; width = (width + 1) / 2) {
            for (uint256 i = 0; i < width; i += 2) {
                nodes[i / 2] =
                    i + 1 < width ? sha256(abi.encodePacked(uint8(1), nodes[i], nodes[i + 1])) : nodes[i];
            }
        }
        return nodes[0];
    }

    /// @dev The root that neighbouring leaves and what is beside them lead to; zeros over none.
    function over(bytes32[] memory nodes, uint256 first, uint256 width, bytes32[] calldata path)
        internal
        pure
        returns (bytes32)
    {
        uint256 size = nodes.length;
        uint256 used = 0;
        // No sum here is above the number of tiles, which is below 2^32.
        unchecked {
            for (; width > 1 && size > 0; width = (width + 1) / 2) {
                uint256 end = first + size;
                uint256 start = first & ~uint256(1);
                for (uint256 i = start; i < end; i += 2) {
                    bytes32 left = i < first ? _sibling(path, used++) : nodes[i - first];
                    if (i + 1 < width) {
                        bytes32 right = i + 1 < end ? nodes[i + 1 - first] : _sibling(path, used++);
                        left = sha256(abi.encodePacked(uint8(1), left, right));
                    }
                    nodes[(i - start) / 2] = left;
                }
                first = start / 2;
                size = (end - start + 1) / 2;
            }
        }
        require(used == path.length, IDisputes.NotUnderRoot());
        return size > 0 ? nodes[0] : bytes32(0);
    }

    function _sibling(bytes32[] calldata path, uint256 index) private pure returns (bytes32) {
        require(index < path.length, IDisputes.NotUnderRoot());
        return path[index];
    }
}
