// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.crypto.Hash;

/// Why something is not what stands at a place of a trie. Protocol §13.5.
public sealed interface PlaceRejection {
  /// It gives another node than the parent names.
  ///
  /// @param found the hash of what it gives
  record WrongContent(NodePath place, Hash found) implements PlaceRejection {}

  /// It has the right hash and is no node of such a trie: the root itself is wrong.
  record NoNode(NodePath place, String reason) implements PlaceRejection {}

  /// A leaf came as a node: nobody could tell what its key is the hash of.
  record LeafWithoutKey(NodePath place) implements PlaceRejection {}

  /// A range is empty, and something stands there.
  record NothingThere(NodePath place) implements PlaceRejection {}

  /// A key is not below the place, or not above the one before it.
  ///
  /// @param index of the key in the range
  record WrongKey(NodePath place, int index, Hash key) implements PlaceRejection {}
}
