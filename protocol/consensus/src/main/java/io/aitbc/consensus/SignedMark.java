// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.ValidatorMessage;
import io.aitbc.model.Ballot;
import io.aitbc.model.Height;
import io.aitbc.model.Round;

/// Where in the life of the chain something was signed, and what: the part of a {@link
/// SigningRecord} that later requests are compared with. Protocol §8.3.
///
/// @param height the height
/// @param round the round; 0 for an anchor
/// @param step within the round
/// @param hash Keccak-256 of the bytes signed
public record SignedMark(Height height, Round round, Step step, Hash hash) {
  /// What can be signed in a round, in the only order in which a round sees it.
  public enum Step {
    /// The envelope of the round's proposer.
    ENVELOPE(0),
    /// A PREPARE vote.
    PREPARE(1),
    /// A COMMIT vote.
    COMMIT(2),
    /// A stake anchor; compared with other anchors only.
    ANCHOR(3);

    private final int code;

    Step(int code) {
      this.code = code;
    }

    /// The number on disk; never changes.
    public int code() {
      return code;
    }

    /// The step of a number on disk.
    ///
    /// @throws IllegalArgumentException if there is none
    public static Step of(int code) {
      for (Step step : values()) {
        if (step.code == code) {
          return step;
        }
      }
      throw new IllegalArgumentException("no step " + code);
    }
  }

  /// The mark of `message`, signed at this place.
  public static SignedMark of(Height height, Round round, Step step, ValidatorMessage message) {
    return new SignedMark(height, round, step, Keccak256.hash(message.signingBytes()));
  }

  /// The mark of a vote.
  public static SignedMark of(Hash genesisHash, Ballot ballot) {
    Step step =
        switch (ballot) {
          case Ballot.Prepare _ -> Step.PREPARE;
          case Ballot.Commit _ -> Step.COMMIT;
        };
    return of(ballot.height(), ballot.round(), step, ballot.message(genesisHash));
  }

  /// Below zero, zero or above zero as this stands before, beside or after `other`, whatever was
  /// signed.
  public int comparePlace(SignedMark other) {
    int order = height.compareTo(other.height);
    order = order != 0 ? order : round.compareTo(other.round);
    return order != 0 ? order : Integer.compare(step.code, other.step.code);
  }
}
