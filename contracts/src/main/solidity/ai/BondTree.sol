// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

/// @title Weights in a row of places, and what they were at the end of any block. Protocol §17.10
/// @notice A binary indexed tree (Fenwick) whose nodes remember their past. Node i holds the sum of the places from
/// i - lowbit(i) + 1 to i; a change touches, and a search reads, at most one node for each bit of the number of places. A
/// place is never given to another account.
library BondTree {
    using Checkpoints for Checkpoints.Trace208;

    struct Tree {
        Checkpoints.Trace208 places;
        mapping(uint256 node => Checkpoints.Trace208) nodes;
        mapping(uint256 place => address) accounts;
    }

    /// @dev Gives an account the next place; the first is 1.
    function append(Tree storage tree, address account, uint208 weight) internal returns (uint32 place) {
        place = uint32(tree.places.latest() + 1);
        tree.places.push(_block(), place);
        tree.accounts[place] = account;
        uint208 sum = weight;
        for (uint256 step = 1; step < _lowBit(place); step <<= 1) {
            sum += tree.nodes[place - step].latest();
        }
        tree.nodes[place].push(_block(), sum);
    }

    /// @dev Changes the weight of a place from `before` to `afterwards`.
    function change(Tree storage tree, uint256 place, uint208 before, uint208 afterwards) internal {
        if (before == afterwards) {
            return;
        }
        uint256 count = tree.places.latest();
        for (uint256 node = place; node <= count; node += _lowBit(node)) {
            tree.nodes[node].push(_block(), tree.nodes[node].latest() + afterwards - before);
        }
    }

    /// @dev Sum of the places 1 to `place` at the end of a block that is over.
    function sumAt(Tree storage tree, uint256 place, uint48 height) internal view returns (uint256 sum) {
        uint256 count = tree.places.upperLookupRecent(height);
        for (uint256 node = place < count ? place : count; node > 0; node -= _lowBit(node)) {
            sum += tree.nodes[node].upperLookupRecent(height);
        }
    }

    /// @dev Sum of all places at the end of a block that is over.
    function totalAt(Tree storage tree, uint48 height) internal view returns (uint256) {
        return sumAt(tree, type(uint256).max, height);
    }

    /// @dev The place that holds the unit of weight number `unit`, the first is 0, at the end of a block. There must be so
    /// many.
    function find(Tree storage tree, uint256 unit, uint48 height) internal view returns (uint256 place) {
        uint256 count = tree.places.upperLookupRecent(height);
        uint256 step = 1;
        while (step <= count >> 1) {
            step <<= 1;
        }
        for (; step > 0; step >>= 1) {
            if (place + step <= count) {
                uint256 sum = tree.nodes[place + step].upperLookupRecent(height);
                if (sum <= unit) {
                    unit -= sum;
                    place += step;
                }
            }
        }
        place++;
    }

    function _lowBit(uint256 number) private pure returns (uint256) {
        unchecked {
            return number & (0 - number);
        }
    }

    function _block() private view returns (uint48) {
        return uint48(block.number);
    }
}
