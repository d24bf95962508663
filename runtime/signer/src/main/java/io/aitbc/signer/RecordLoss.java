// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import io.aitbc.consensus.SignedMark;
import io.aitbc.model.Ballot;
import java.util.Optional;

/// Why what a signing record says cannot be trusted to be all that was signed. Protocol §8.3.
public sealed interface RecordLoss {
  /// Neither slot is whole.
  record NoWholeSlot() implements RecordLoss {}

  /// The slots do not follow one another: a write that was reported durable is gone.
  ///
  /// @param first sequence of slot 0
  /// @param second sequence of slot 1
  record WriteMissing(long first, long second) implements RecordLoss {}

  /// A later signature, or another one for the same place, was found elsewhere: the record is an
  /// old copy, or a damaged slot was no torn write.
  ///
  /// @param recorded the last one in the record
  /// @param witnessed what was found
  record Surpassed(Optional<SignedMark> recorded, SignedMark witnessed) implements RecordLoss {}

  /// Consensus's log lacks the lock of a COMMIT that the record knows, at a height that is not
  /// final here: log and record are not of one time.
  ///
  /// @param commit the last COMMIT in the record
  record LockMissing(Ballot.Commit commit) implements RecordLoss {}
}
