// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Ballot;
import io.aitbc.model.Height;

/// Why a validator's key may not sign. Protocol §8.3.
public sealed interface SigningRefusal {
  /// The record belongs to another network.
  ///
  /// @param recorded genesis hash of the record
  /// @param asked genesis hash of what was to be signed
  record OtherNetwork(Hash recorded, Hash asked) implements SigningRefusal {}

  /// The record was lost, and the height is below the first one that is safe to sign for.
  ///
  /// @param first the first height that may be signed for
  /// @param asked the height that was to be signed for
  record RecordLost(Height first, Height asked) implements SigningRefusal {}

  /// Something later was signed already.
  ///
  /// @param last what was signed last
  /// @param asked what was to be signed
  record Behind(SignedMark last, SignedMark asked) implements SigningRefusal {}

  /// Something else was signed for the same height, round and step.
  ///
  /// @param last what was signed
  /// @param asked what was to be signed
  record Contradiction(SignedMark last, SignedMark asked) implements SigningRefusal {}

  /// A COMMIT was signed before in this height, and the prepare certificate that justifies this
  /// vote does not lift that lock.
  ///
  /// @param commit the height's last COMMIT
  /// @param asked what was to be signed
  record ForgottenLock(Ballot.Commit commit, Ballot.Prepare asked) implements SigningRefusal {}

  /// A COMMIT for the same proposal named another block.
  ///
  /// @param commit the height's last COMMIT
  /// @param asked what was to be signed
  record OtherResult(Ballot.Commit commit, Ballot.Commit asked) implements SigningRefusal {}
}
