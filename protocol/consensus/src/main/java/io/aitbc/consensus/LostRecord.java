// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aitbc.model.Address;
import io.aitbc.model.Height;
import io.aitbc.model.HeightRules;
import io.aitbc.model.QuorumRule;
import io.aitbc.model.Round;
import io.aitbc.model.Weight;
import java.util.Optional;
import java.util.TreeMap;

/// Finds the first height for which a key may sign again after its record was lost: high enough
/// that it cannot have voted there before. Protocol §8.4.
///
/// A vote at a height is cast only when the block before is final. So whoever has heard the latest
/// certificate of a quorum of both classes, and adds two heights for the vote that may have been
/// under way, is above everything the key has signed.
public final class LostRecord {
  /// Heights from the highest certificate to the first that is safe.
  public static final int HEIGHTS_ABOVE = 3;

  private final HeightRules rules;
  private final TreeMap<Address, Height> answers = new TreeMap<>();

  /// Begins to ask.
  ///
  /// @param rules of the height after the last block this node knows; only its set is asked
  public LostRecord(HeightRules rules) {
    this.rules = rules;
  }

  /// A validator has answered with its latest certificate, which was checked. The caller knows that
  /// it was this validator; of several answers the highest counts.
  ///
  /// @param latest height of the certificate
  @CanIgnoreReturnValue
  public LostRecord answered(Address validator, Height latest) {
    if (rules.set().contains(validator)) {
      answers.merge(validator, latest, (a, b) -> a.isAbove(b) ? a : b);
    }
    return this;
  }

  /// The first height that may be signed for; empty until q authorities and more than two thirds of
  /// the stake, where there are any, have answered.
  public Optional<Height> firstSafe() {
    Weight weight = rules.set().weightOf(answers.keySet());
    boolean authorities =
        weight.authorities()
            >= rules
                .quorums()
                .authoritiesNeeded(QuorumRule.BALANCED, Round.ZERO, rules.oversight());
    boolean stake =
        rules.set().stakers().isEmpty() || weight.stake().isQuorumOf(rules.set().totalStake());
    return authorities && stake
        ? answers.values().stream()
            .reduce((a, b) -> a.isAbove(b) ? a : b)
            .map(highest -> highest.plus(HEIGHTS_ABOVE))
        : Optional.empty();
  }
}
