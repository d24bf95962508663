// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import io.aitbc.crypto.Hash;

/// Why bytes are no proof about a claim. Closed; each carries its operands. Protocol §17.5.
public sealed interface ProofRefusal {
  /// The proof is longer than a proof may be.
  ///
  /// @param bytes its length
  record TooLong(int bytes) implements ProofRefusal {}

  /// The proof ends before what must come.
  ///
  /// @param offset where in the input, in bytes
  /// @param needed bytes needed from there on
  record Truncated(int offset, long needed) implements ProofRefusal {}

  /// Bytes are left after the proof.
  ///
  /// @param bytes how many
  record TrailingBytes(int bytes) implements ProofRefusal {}

  /// No kind of proof has this number.
  ///
  /// @param code the number
  record UnknownKind(int code) implements ProofRefusal {}

  /// A number is out of its range.
  ///
  /// @param what the field, as docs/protocol.md spells it
  /// @param value its value
  /// @param bound the first value that is too large
  record OutOfRange(String what, long value, long bound) implements ProofRefusal {}

  /// What is laid open does not stand under its root.
  ///
  /// @param what which root
  /// @param expected the root of the claim or of the header
  /// @param actual where the path leads
  record WrongRoot(String what, Hash expected, Hash actual) implements ProofRefusal {}

  /// An operand's tile has another length than the plan says.
  ///
  /// @param tensor the operand
  /// @param tile number of the tile
  /// @param bytes its length
  record WrongTile(Tensor tensor, int tile, int bytes) implements ProofRefusal {}

  /// The item does not fit the model, so it has no trace.
  ///
  /// @param bytes length of its input
  /// @param expected length by the model
  record UnfitItem(long bytes, long expected) implements ProofRefusal {}

  /// This kind of proof is about models that infer, or about those that train.
  ///
  /// @param kind the kind
  record WrongModelKind(ProofKind kind) implements ProofRefusal {}
}
