// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import io.aitbc.consensus.SignedMark;
import io.aitbc.consensus.SigningRecord;
import io.aitbc.model.Height;
import java.util.Optional;

/// The latest signatures of a key that are found elsewhere than in its signing record: in the
/// write-ahead log, in the chain, or told by peers. A record below them is not the last one.
/// Protocol §8.3.
///
/// @param vote the highest envelope or vote
/// @param anchor the highest anchor
public record Witnessed(Optional<SignedMark> vote, Optional<SignedMark> anchor) {
  /// Nothing was found.
  public static final Witnessed NOTHING = new Witnessed(Optional.empty(), Optional.empty());

  /// What a record itself shows, to be held against another one.
  public static Witnessed of(SigningRecord record) {
    return new Witnessed(record.last(), record.anchor());
  }

  /// What was signed that `record` would let the key contradict: a later signature, or another one
  /// for the same place. Empty if the record knows all that was witnessed.
  public Optional<RecordLoss> above(SigningRecord record) {
    return above(record.first(), record.last(), vote)
        .or(() -> above(record.first(), record.anchor(), anchor));
  }

  private static Optional<RecordLoss> above(
      Height first, Optional<SignedMark> recorded, Optional<SignedMark> witnessed) {
    return witnessed
        .filter(seen -> !first.isAbove(seen.height()))
        .filter(seen ->
            recorded.isEmpty()
                || seen.comparePlace(recorded.get()) > 0
                || (seen.comparePlace(recorded.get()) == 0
                    && !seen.hash().equals(recorded.get().hash())))
        .map(seen -> new RecordLoss.Surpassed(recorded, seen));
  }
}
