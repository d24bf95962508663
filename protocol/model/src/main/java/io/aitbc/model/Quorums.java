// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

/// The arithmetic of quorums for one validator set. Always the epoch's whole set: suspicion of a
/// partition never shrinks a denominator. Protocol §4.
///
/// @param authorities n, the number of authorities in the set
/// @param totalStake S, the stake in the set; zero if it has no stakers
/// @param fallback whether fallback rounds have rules of their own
public record Quorums(int authorities, VotingPower totalStake, Fallback fallback) {
  /// @throws IllegalArgumentException if the count is negative or the set is empty
  public Quorums {
    if (authorities < 0 || (authorities == 0 && totalStake.isZero())) {
      throw new IllegalArgumentException(authorities + " authorities and a stake of " + totalStake);
    }
  }

  /// The arithmetic for `set`.
  public static Quorums of(ValidatorSet set, Fallback fallback) {
    return new Quorums(set.authorities().size(), set.totalStake(), fallback);
  }

  /// f: how many authorities may lie, floor((n - 1) / 3); 0 if there are none.
  public int faultyAuthorities() {
    return authorities == 0 ? 0 : (authorities - 1) / 3;
  }

  /// q = floor(2n / 3) + 1, which is n - f; 0 if there are none.
  public int authorityQuorum() {
    return authorities == 0 ? 0 : 2 * authorities / 3 + 1;
  }

  /// qF: authorities that a FAST certificate needs. Above q when fallback rounds exist, so that
  /// RECOVERY can ask for fewer.
  public int fastQuorum() {
    if (totalStake.isZero() || fallback == Fallback.OFF) {
      return authorityQuorum();
    }
    int sixSevenths = (6 * authorities + 6) / 7;
    return Math.max(authorityQuorum(), Math.min(authorities - 1, sixSevenths));
  }

  /// t = n - qF + f + 1: authorities that a RECOVERY certificate needs, so that it shares f + 1
  /// with every FAST certificate.
  public int recoveryQuorum() {
    return authorities == 0 ? 0 : authorities - fastQuorum() + faultyAuthorities() + 1;
  }

  /// f + 1: authorities of which at least one is honest; 0 if there are none.
  public int oversightQuorum() {
    return authorities == 0 ? 0 : faultyAuthorities() + 1;
  }

  /// The rule by which round `round` of a height is decided.
  ///
  /// @param mode the height's mode for quorums ({@link ModeSetting#quorumMode}), one that the set
  ///   can carry ({@link #carries})
  public QuorumRule rule(Mode mode, Round round) {
    boolean falls = round.isFallback() && fallback == Fallback.ON && !totalStake.isZero();
    return switch (mode) {
      case FAST -> falls ? QuorumRule.RECOVERY : QuorumRule.FAST;
      case BALANCED -> falls ? QuorumRule.SECURE : QuorumRule.BALANCED;
      case SECURE -> QuorumRule.SECURE;
    };
  }

  /// Whether a quorum of `mode` can exist in this set: FAST needs authorities, SECURE stakers,
  /// BALANCED both.
  public boolean carries(Mode mode) {
    return switch (mode) {
      case FAST -> authorities > 0;
      case BALANCED -> authorities > 0 && !totalStake.isZero();
      case SECURE -> !totalStake.isZero();
    };
  }

  /// Authorities that a certificate of `rule` needs.
  ///
  /// @param round the round it is of: from the first fallback round on, SECURE needs none
  /// @param oversight whether SECURE needs some before that
  public int authoritiesNeeded(QuorumRule rule, Round round, Oversight oversight) {
    return switch (rule) {
      case FAST -> fastQuorum();
      case RECOVERY -> recoveryQuorum();
      case BALANCED -> authorityQuorum();
      case SECURE ->
          oversight == Oversight.WAIVED || round.number() >= Round.FALLBACK_FIRST
              ? 0
              : oversightQuorum();
    };
  }

  /// Whether a certificate of `rule` needs more than two thirds of the stake.
  public static boolean needsStake(QuorumRule rule) {
    return rule != QuorumRule.FAST;
  }

  /// Whether `weight` is a quorum by `rule`.
  public boolean isQuorum(QuorumRule rule, Round round, Oversight oversight, Weight weight) {
    return weight.authorities() >= authoritiesNeeded(rule, round, oversight)
        && (!needsStake(rule) || weight.stake().isQuorumOf(totalStake));
  }

  /// Whether a group of this weight must contain an honest validator of the class that every quorum
  /// of the height needs: more than f authorities in FAST, more than a third of the stake in all
  /// others. The other class may not hurry the height, however many of it lie. Protocol §5.6.
  public boolean containsHonest(Mode mode, Weight weight) {
    return switch (mode) {
      case FAST -> weight.authorities() > faultyAuthorities();
      case BALANCED, SECURE -> weight.stake().isOverThirdOf(totalStake);
    };
  }

  /// Whether a group of this weight brings all honest validators to its round: what of it is honest
  /// is a group by {@link #containsHonest} for all others. No quorum is smaller: in FAST q
  /// authorities or a RECOVERY quorum, in all others two thirds of the stake. Protocol §5.6.
  public boolean bringsOthers(Mode mode, Weight weight) {
    return switch (mode) {
      case FAST ->
          weight.authorities() >= authorityQuorum()
              || isQuorum(
                  rule(mode, new Round(Round.FALLBACK_FIRST)),
                  new Round(Round.FALLBACK_FIRST),
                  Oversight.REQUIRED,
                  weight);
      case BALANCED, SECURE -> weight.stake().isQuorumOf(totalStake);
    };
  }
}
