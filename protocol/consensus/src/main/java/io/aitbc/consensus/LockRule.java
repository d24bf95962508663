// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Ballot;
import io.aitbc.model.Round;
import java.util.Optional;

/// What a lock, the height's last COMMIT, allows to prepare. Protocol §5.5.
///
/// Another proposal needs a prepare certificate of a later round than the lock's. The locked
/// proposal needs one of the lock's round at least: with an older one, the PREPARE would still
/// contradict a COMMIT for a third proposal between the two, and convict an honest validator.
final class LockRule {
  private LockRule() {}

  /// Whether a PREPARE for `proposalId`, justified by a certificate of round `prepared` or by none,
  /// may follow a COMMIT for `locked` in `lockedRound`.
  static boolean allows(Round lockedRound, Hash locked, Hash proposalId, Optional<Round> prepared) {
    return prepared.isPresent()
        && (locked.equals(proposalId)
            ? !lockedRound.isAbove(prepared.get())
            : prepared.get().isAbove(lockedRound));
  }

  /// Whether a COMMIT and a PREPARE of a later round show that a lock was forgotten.
  static boolean isForgotten(Ballot.Commit commit, Ballot.Prepare prepare) {
    return prepare.round().isAbove(commit.round())
        && !prepare.proposalId().equals(commit.proposalId())
        && prepare.preparedRound().stream().noneMatch(v -> v.isAbove(commit.round()));
  }
}
