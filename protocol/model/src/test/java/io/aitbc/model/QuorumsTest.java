// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Protocol §4.
class QuorumsTest {
  private static final VotingPower STAKE = new VotingPower(300);

  private static Quorums quorums(int authorities, long stake, Fallback fallback) {
    return new Quorums(authorities, new VotingPower(stake), fallback);
  }

  private static Weight weight(int authorities, long stake) {
    return new Weight(authorities, new VotingPower(stake));
  }

  @ParameterizedTest // Protocol §4: f, q, qF, t.
  @CsvSource({"21,6,15,18,10", "7,2,5,6,4", "4,1,3,3,3", "1,0,1,1,1", "5,1,4,4,3", "10,3,7,9,5"})
  void theArithmeticIsThatOfTheTable(int n, int f, int q, int fast, int recovery) {
    Quorums quorums = quorums(n, 300, Fallback.ON);
    assertEquals(f, quorums.faultyAuthorities());
    assertEquals(q, quorums.authorityQuorum());
    assertEquals(fast, quorums.fastQuorum());
    assertEquals(recovery, quorums.recoveryQuorum());
    assertEquals(f + 1, quorums.oversightQuorum());
  }

  @Test // Protocol §4.
  void theBoundsHoldForEveryCountOfAuthorities() {
    for (int n = 1; n <= 1_000; n++) {
      Quorums quorums = quorums(n, 300, Fallback.ON);
      int f = quorums.faultyAuthorities();
      assertEquals(n - f, quorums.authorityQuorum());
      assertTrue(quorums.fastQuorum() <= n);
      assertTrue(f + 1 <= quorums.recoveryQuorum() && quorums.recoveryQuorum() <= n);
      assertEquals(n + f + 1, quorums.fastQuorum() + quorums.recoveryQuorum());
      assertTrue(n < 4 || quorums.fastQuorum() < n, "FAST survives the loss of one of " + n);
    }
  }

  @Test // Protocol §4: without stakers or with FALLBACK off, qF is q.
  void withoutFallbackRoundsFastNeedsLess() {
    assertEquals(15, quorums(21, 0, Fallback.ON).fastQuorum());
    assertEquals(15, quorums(21, 300, Fallback.OFF).fastQuorum());
  }

  @Test // Protocol §4.
  void fallbackRoundsHaveRulesOfTheirOwn() {
    Quorums on = quorums(21, 300, Fallback.ON);
    assertEquals(QuorumRule.FAST, on.rule(Mode.FAST, new Round(2)));
    assertEquals(QuorumRule.RECOVERY, on.rule(Mode.FAST, new Round(3)));
    assertEquals(QuorumRule.FAST, on.rule(Mode.FAST, new Round(4)));
    assertEquals(QuorumRule.RECOVERY, on.rule(Mode.FAST, new Round(5)));
    assertEquals(QuorumRule.BALANCED, on.rule(Mode.BALANCED, new Round(1)));
    assertEquals(QuorumRule.SECURE, on.rule(Mode.BALANCED, new Round(7)));
    assertEquals(QuorumRule.SECURE, on.rule(Mode.SECURE, new Round(0)));
  }

  @Test // Protocol §4.
  void withFallbackOffARoundIsLikeTheOther() {
    Quorums off = quorums(21, 300, Fallback.OFF);
    assertEquals(QuorumRule.FAST, off.rule(Mode.FAST, new Round(3)));
    assertEquals(QuorumRule.BALANCED, off.rule(Mode.BALANCED, new Round(3)));
  }

  @Test // Protocol §4: no stakers = pure PoA.
  void withoutStakersFallbackRoundsAreFast() {
    Quorums quorums = quorums(4, 0, Fallback.ON);
    assertEquals(QuorumRule.FAST, quorums.rule(Mode.FAST, new Round(3)));
    assertTrue(quorums.carries(Mode.FAST));
    assertFalse(quorums.carries(Mode.BALANCED));
    assertFalse(quorums.carries(Mode.SECURE));
  }

  @Test // Protocol §4: no authorities = pure PoS, no oversight.
  void withoutAuthoritiesStakeDecidesAlone() {
    Quorums quorums = quorums(0, 300, Fallback.ON);
    assertFalse(quorums.carries(Mode.FAST));
    assertFalse(quorums.carries(Mode.BALANCED));
    assertTrue(quorums.isQuorum(QuorumRule.SECURE, Round.ZERO, Oversight.REQUIRED, weight(0, 201)));
    assertFalse(
        quorums.isQuorum(QuorumRule.SECURE, Round.ZERO, Oversight.REQUIRED, weight(0, 200)));
  }

  @Test // Protocol §4: authority oversight.
  void secureNeedsOneHonestAuthorityBelowRoundThree() {
    Quorums quorums = new Quorums(21, STAKE, Fallback.ON);
    Weight unseen = weight(6, 300);
    assertFalse(quorums.isQuorum(QuorumRule.SECURE, Round.ZERO, Oversight.REQUIRED, unseen));
    assertTrue(quorums.isQuorum(QuorumRule.SECURE, Round.ZERO, Oversight.REQUIRED, weight(7, 300)));
    assertTrue(quorums.isQuorum(QuorumRule.SECURE, Round.ZERO, Oversight.WAIVED, unseen));
    assertFalse(quorums.isQuorum(QuorumRule.SECURE, new Round(2), Oversight.REQUIRED, unseen));
    assertTrue(quorums.isQuorum(QuorumRule.SECURE, new Round(3), Oversight.REQUIRED, unseen));
    assertTrue(quorums.isQuorum(QuorumRule.SECURE, new Round(4), Oversight.REQUIRED, unseen));
  }

  @Test // Protocol §4.
  void balancedNeedsBothGroups() {
    Quorums quorums = new Quorums(21, STAKE, Fallback.ON);
    Round round = Round.ZERO;
    Oversight required = Oversight.REQUIRED;
    assertTrue(quorums.isQuorum(QuorumRule.BALANCED, round, required, weight(15, 201)));
    assertFalse(quorums.isQuorum(QuorumRule.BALANCED, round, required, weight(14, 300)));
    assertFalse(quorums.isQuorum(QuorumRule.BALANCED, round, required, weight(21, 200)));
  }

  @Test // Protocol §5.6: far stakers must not hurry FAST, nor lying authorities the others.
  void onlyTheClassThatDecidesHurriesAHeight() {
    Quorums quorums = new Quorums(21, STAKE, Fallback.ON);
    assertTrue(quorums.containsHonest(Mode.FAST, weight(7, 0)));
    assertFalse(quorums.containsHonest(Mode.FAST, weight(6, 300)));
    assertTrue(quorums.containsHonest(Mode.BALANCED, weight(0, 101)));
    assertFalse(quorums.containsHonest(Mode.BALANCED, weight(21, 100)));
    assertTrue(quorums.containsHonest(Mode.SECURE, weight(0, 101)));
    assertFalse(quorums.containsHonest(Mode.SECURE, weight(21, 100)));
  }

  @Test // Protocol §5.6: what is honest of such a group is more than a third of its class.
  void aQuorumOfTheClassThatDecidesBringsTheOthers() {
    Quorums quorums = new Quorums(21, STAKE, Fallback.ON);
    assertTrue(quorums.bringsOthers(Mode.FAST, weight(15, 0)));
    assertFalse(quorums.bringsOthers(Mode.FAST, weight(14, 200)));
    assertTrue(quorums.bringsOthers(Mode.FAST, weight(quorums.recoveryQuorum(), 201)));
    assertFalse(quorums.bringsOthers(Mode.FAST, weight(quorums.recoveryQuorum() - 1, 300)));
    Quorums strict = new Quorums(21, STAKE, Fallback.OFF);
    assertFalse(strict.bringsOthers(Mode.FAST, weight(14, 300)));
    assertTrue(quorums.bringsOthers(Mode.BALANCED, weight(0, 201)));
    assertFalse(quorums.bringsOthers(Mode.SECURE, weight(21, 200)));
  }

  @Test // Protocol §4: a single validator finalizes alone.
  void oneValidatorIsAQuorum() {
    Quorums alone = quorums(1, 1, Fallback.ON);
    for (Mode mode : Mode.values()) {
      for (int round = 0; round < 6; round++) {
        QuorumRule rule = alone.rule(mode, new Round(round));
        assertTrue(alone.isQuorum(rule, new Round(round), Oversight.REQUIRED, weight(1, 1)));
        assertFalse(alone.isQuorum(rule, new Round(round), Oversight.REQUIRED, Weight.NONE));
      }
    }
  }
}
