// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Hash;
import java.util.Optional;

/// How the evaluation of a claim stands, from its reveal on. Protocol §17.15.
///
/// @param since height of the reveal; the beacon of the next block draws the committee
/// @param commitHeight until when scores are sealed; it has passed when both have
/// @param commitSeconds the same in active time
/// @param revealHeight until when they are opened
/// @param revealSeconds the same in active time
/// @param seats of the committee
/// @param committed seats whose scores are sealed
/// @param revealed seats whose scores are opened
/// @param drawn whether the draw is stored
/// @param closed whether the claim was settled
public record WorkEvaluation(
    long since,
    long commitHeight,
    long commitSeconds,
    long revealHeight,
    long revealSeconds,
    long seats,
    long committed,
    long revealed,
    boolean drawn,
    boolean closed) {
  /// What an evaluator did in a committee.
  ///
  /// @param commitment what it sealed
  /// @param revealed whether it opened it
  /// @param utility millionths, once opened
  /// @param novelty millionths, once opened
  public record Score(Hash commitment, boolean revealed, long utility, long novelty) {
    /// Empty if it sealed nothing.
    static Optional<Score> of(ReturnWords words) {
      return words.has(3) && !words.hash(0).equals(Hash.ZERO)
          ? Optional.of(
              new Score(words.hash(0), words.number(1) == 1, words.number(2), words.number(3)))
          : Optional.empty();
    }
  }

  /// Whether scores can be opened at this height and time: all are sealed, or both clocks have run
  /// out.
  public boolean opens(long height, long activeSeconds) {
    return committed == seats || (height > commitHeight && activeSeconds > commitSeconds);
  }

  /// Whether scores can still be sealed.
  public boolean seals(long height, long activeSeconds) {
    return !closed && (height <= commitHeight || activeSeconds <= commitSeconds);
  }

  /// Whether scores can still be opened.
  public boolean isOpen(long height, long activeSeconds) {
    return !closed && (height <= revealHeight || activeSeconds <= revealSeconds);
  }

  /// Empty if the claim was not revealed.
  static Optional<WorkEvaluation> of(ReturnWords words) {
    return words.has(9) && words.number(0) > 0
        ? Optional.of(
            new WorkEvaluation(
                words.number(0),
                words.number(1),
                words.number(2),
                words.number(3),
                words.number(4),
                words.number(5),
                words.number(6),
                words.number(7),
                words.number(8) == 1,
                words.number(9) == 1))
        : Optional.empty();
  }
}
