// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Malformed;

/// Why nodes are no proof under a root. Protocol §13.3.
public sealed interface ProofRejection {
  /// The path goes on below the last node given.
  ///
  /// @param nodes how many were given
  record NodeMissing(int nodes) implements ProofRejection {}

  /// A node is not the one that its parent, or the root, names.
  ///
  /// @param index which, from 0 on
  /// @param expected the hash named
  /// @param actual the node's hash
  record WrongHash(int index, Hash expected, Hash actual) implements ProofRejection {}

  /// Bytes that are no node.
  ///
  /// @param index which, from 0 on
  /// @param reason what is wrong
  record MalformedNode(int index, Malformed reason) implements ProofRejection {}

  /// More nodes were given than the path has.
  ///
  /// @param used how many the path has
  /// @param given how many were given
  record NodesLeft(int used, int given) implements ProofRejection {}

  /// The nodes prove another value than is claimed; the empty string stands for none.
  ///
  /// @param claimed encoding of what is claimed
  /// @param proven encoding of what is so
  record WrongClaim(Bytes claimed, Bytes proven) implements ProofRejection {}

  /// Nothing is at a position of a block.
  ///
  /// @param position from 0 on
  record NothingThere(int position) implements ProofRejection {}

  /// The position in the block has another transaction than is asked about.
  ///
  /// @param claimed hash of the transaction that is asked about
  /// @param proven hash of the one that is there
  record OtherTransaction(Hash claimed, Hash proven) implements ProofRejection {}

  /// What is proven to be a receipt is none.
  ///
  /// @param reason what is wrong
  record MalformedReceipt(Malformed reason) implements ProofRejection {}
}
