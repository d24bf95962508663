// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Any two certificates that one height can have share an honest validator, as long as fewer than a
/// third of the authorities and less than a third of the stake are Byzantine. A complete search.
/// Protocol §4.
class QuorumIntersectionTest {
  private static final int AUTHORITIES_MAX = 30;

  /// A rule as one round of a height has it.
  private record RuleInRound(QuorumRule rule, Round round, Oversight oversight) {}

  private static List<RuleInRound> rulesOf(Quorums quorums, Mode mode, Oversight oversight) {
    List<RuleInRound> rules = new ArrayList<>();
    for (int round = 0; round < 6; round++) {
      Round at = new Round(round);
      rules.add(new RuleInRound(quorums.rule(mode, at), at, oversight));
    }
    return rules;
  }

  /// Least overlap in authorities of two groups of these sizes.
  private static int overlap(int first, int second, int all) {
    return Math.max(0, first + second - all);
  }

  @Test // Protocol §4: by counting, for every n up to 30.
  void anyTwoRulesOfOneHeightShareAnHonestValidator() {
    for (int n = 0; n <= AUTHORITIES_MAX; n++) {
      for (int stake : List.of(0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 100)) {
        if (n + stake > 0) {
          for (Fallback fallback : Fallback.values()) {
            checkModes(new Quorums(n, new VotingPower(stake), fallback));
          }
        }
      }
    }
  }

  private static void checkModes(Quorums quorums) {
    for (Mode mode : Mode.values()) {
      for (Oversight oversight : Oversight.values()) {
        if (quorums.carries(mode)) {
          List<RuleInRound> rules = rulesOf(quorums, mode, oversight);
          for (RuleInRound first : rules) {
            for (RuleInRound second : rules) {
              assertTrue(
                  shareAnHonestOne(quorums, first, second),
                  () -> quorums + " " + mode + ": " + first + " and " + second);
            }
          }
        }
      }
    }
  }

  private static boolean shareAnHonestOne(Quorums quorums, RuleInRound first, RuleInRound second) {
    int inBoth = overlap(least(quorums, first), least(quorums, second), quorums.authorities());
    if (inBoth > quorums.faultyAuthorities()) {
      return true;
    }
    if (!Quorums.needsStake(first.rule) || !Quorums.needsStake(second.rule)) {
      return false;
    }
    long total = quorums.totalStake().units();
    long leastStake = 0;
    while (!new VotingPower(leastStake).isQuorumOf(quorums.totalStake())) {
      leastStake++;
    }
    long shared = 2 * leastStake - total;
    // Less than a third is Byzantine, so a third or more holds an honest unit.
    return 3 * shared >= total;
  }

  private static int least(Quorums quorums, RuleInRound rule) {
    return quorums.authoritiesNeeded(rule.rule, rule.round, rule.oversight);
  }

  @Test // Protocol §4: by enumerating every pair of groups and every set of liars.
  void noTwoCertificatesOfASmallSetAreSignedByLiarsAlone() {
    long[][] splits = {
      {}, {1}, {1, 1}, {2, 1}, {1, 1, 1}, {3, 1, 1}, {1, 1, 1, 1}, {4, 2, 1}, {2, 2, 1, 1}
    };
    for (int n = 0; n <= 4; n++) {
      for (long[] stakes : splits) {
        if (n + stakes.length > 0) {
          ValidatorSet set = TestValidators.set(n, stakes);
          for (Mode mode : Mode.values()) {
            for (Oversight oversight : Oversight.values()) {
              searchFork(set, mode, oversight);
            }
          }
        }
      }
    }
  }

  private static void searchFork(ValidatorSet set, Mode mode, Oversight oversight) {
    Quorums quorums = Quorums.of(set, Fallback.ON);
    if (!quorums.carries(mode)) {
      return;
    }
    int members = set.validators().size();
    List<Integer> certificates = new ArrayList<>();
    for (int group = 0; group < 1 << members; group++) {
      for (RuleInRound rule : rulesOf(quorums, mode, oversight)) {
        if (quorums.isQuorum(rule.rule, rule.round, rule.oversight, weight(set, group))) {
          certificates.add(group);
          break;
        }
      }
    }
    for (int first : certificates) {
      for (int second : certificates) {
        Weight both = weight(set, first & second);
        boolean fewAuthorities = both.authorities() <= quorums.faultyAuthorities();
        boolean littleStake =
            3 * both.stake().units() < set.totalStake().units() || both.stake().isZero();
        boolean liarsAlone = fewAuthorities && littleStake;
        assertTrue(
            !liarsAlone,
            () ->
                set
                    + " "
                    + mode
                    + ": "
                    + Integer.toBinaryString(first)
                    + " and "
                    + Integer.toBinaryString(second));
      }
    }
  }

  private static Weight weight(ValidatorSet set, int group) {
    Weight weight = Weight.NONE;
    for (int i = 0; i < set.validators().size(); i++) {
      if ((group >> i & 1) == 1) {
        weight = weight.plus(set.weightOf(set.validators().get(i).account()));
      }
    }
    return weight;
  }

  @Test // Protocol §4: the sum is tight, so a shorter RECOVERY would fork.
  void oneAuthorityLessInRecoveryWouldFork() {
    Quorums quorums = new Quorums(21, new VotingPower(300), Fallback.ON);
    int shared = overlap(quorums.fastQuorum(), quorums.recoveryQuorum() - 1, quorums.authorities());
    assertTrue(shared <= quorums.faultyAuthorities());
  }
}
