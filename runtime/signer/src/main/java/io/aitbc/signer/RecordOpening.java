// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.Hash;

/// What came of opening a signing record. Only {@link Ready} signs; everything else waits for an
/// operator to choose a {@link SigningStart}. Protocol §8.3, §8.4.
public sealed interface RecordOpening {
  /// The record is whole, the latest, and this place's.
  ///
  /// @param signer signs under it
  /// @param tail how the last write ended
  record Ready(LocalValidatorSigner signer, Tail tail) implements RecordOpening {}

  /// How the last write before the record was opened ended.
  enum Tail {
    /// Whole.
    WHOLE,
    /// Torn: the slot was being written when the process or the machine stopped. Its signature
    /// never left.
    TORN
  }

  /// Nothing was ever recorded here.
  record Absent() implements RecordOpening {}

  /// There are records here, and {@link SigningStart.NeverSigned} is not true.
  record Present() implements RecordOpening {}

  /// What was signed last is not known.
  record Lost(RecordLoss loss) implements RecordOpening {}

  /// It is the record of another key.
  record OtherKey(BlsPublicKey recorded, BlsPublicKey actual) implements RecordOpening {}

  /// It is a record of another network.
  record OtherNetwork(Hash recorded, Hash actual) implements RecordOpening {}

  /// It was written at another place.
  record OtherHost(HostMark recorded, HostMark actual) implements RecordOpening {}
}
