// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

/// Everything that decides whether a certificate of one height holds. The same on every node: a
/// function of what the finalized ancestors contain. Protocol §3, §4.
///
/// @param height the height
/// @param mode the mode for quorums ({@link ModeSetting#quorumMode}), the one that votes name
/// @param fallback whether fallback rounds have rules of their own
/// @param oversight whether SECURE rounds below 3 need authorities
/// @param set the validators of the height's epoch
public record HeightRules(
    Height height, Mode mode, Fallback fallback, Oversight oversight, ValidatorSet set) {
  /// @throws IllegalArgumentException if no quorum of the mode can exist in the set
  public HeightRules {
    if (!Quorums.of(set, fallback).carries(mode)) {
      throw new IllegalArgumentException(mode + " with " + set);
    }
  }

  /// The arithmetic of the set.
  public Quorums quorums() {
    return Quorums.of(set, fallback);
  }

  /// The rule of `round`.
  public QuorumRule rule(Round round) {
    return quorums().rule(mode, round);
  }

  /// Whether `weight` decides in `round`.
  public boolean isQuorum(Round round, Weight weight) {
    return quorums().isQuorum(rule(round), round, oversight, weight);
  }

  /// What is missing in `round` for a quorum.
  public Missing missing(Round round, Weight weight) {
    int needed = quorums().authoritiesNeeded(rule(round), round, oversight);
    long stakeNeeded = Quorums.needsStake(rule(round)) ? 2 * set.totalStake().units() / 3 + 1 : 0;
    return new Missing(
        Math.max(0, needed - weight.authorities()),
        new VotingPower(Math.max(0, stakeNeeded - weight.stake().units())));
  }

  /// Whether a group of this weight must contain an honest validator of the class that decides.
  /// Protocol §5.6.
  public boolean containsHonest(Weight weight) {
    return quorums().containsHonest(mode, weight);
  }

  /// Whether a group of this weight brings all honest validators to its round. Protocol §5.6.
  public boolean bringsOthers(Weight weight) {
    return quorums().bringsOthers(mode, weight);
  }

  /// What is missing for a quorum.
  ///
  /// @param authorities how many authorities
  /// @param stake how much stake
  public record Missing(int authorities, VotingPower stake) {}
}
