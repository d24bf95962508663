// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.consensus.LockModel.Answer;
import io.aitbc.consensus.LockModel.Question;
import io.aitbc.consensus.LockModel.Without;
import io.aitbc.model.Fallback;
import io.aitbc.model.Mode;
import io.aitbc.model.Quorums;
import io.aitbc.model.VotingPower;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Complete searches of one height with locks, over the quorum rules and the lock rule of the
/// protocol: where it claims to be safe it is, and each rule or assumption that is taken away lets
/// two values be decided. Protocol §4, §5.5, §5.10.
class LockModelTest {
  private static final int STAKERS = 4;

  /// Whether to search six rounds instead of four; takes minutes.
  private static final boolean ALL = Boolean.getBoolean("aitbc.models.all");

  private static int searches;
  private static long states;

  private static Quorums quorums(int authorities) {
    return new Quorums(authorities, new VotingPower(STAKERS * LockModel.STAKE), Fallback.ON);
  }

  private static Answer search(
      int n, Mode mode, int from, int rounds, int lying, int stakersLying, Without without) {
    Question question = new Question(quorums(n), mode, from, rounds, lying, stakersLying, without);
    Answer answer = LockModel.search(question);
    System.out.printf(
        "locks: %s, rounds %d to %d, %d authorities (%d lie), %d stakers (%d lie), without"
            + " %s: %s, %d states%n",
        mode,
        from,
        from + rounds - 1,
        n,
        lying,
        STAKERS,
        stakersLying,
        without,
        answer.fork() ? "forks" : "safe",
        answer.states());
    searches++;
    states += answer.states();
    return answer;
  }

  @AfterAll
  static void sayHowMuchWasSearched() {
    System.out.printf("[notice] locks: %d complete searches, %d states%n", searches, states);
  }

  @ParameterizedTest // Protocol §5.10: own rounds and fallback rounds, with as many liars as may
  // be.
  @CsvSource({
    "FAST, 0, 3",
    "FAST, 2, 3",
    "FAST, 3, 3",
    "BALANCED, 0, 3",
    "BALANCED, 2, 3",
    "BALANCED, 3, 3",
    "SECURE, 1, 3",
    "SECURE, 2, 3"
  })
  void noSequenceOfRoundsForksWithFewLiars(Mode mode, int from, int rounds) {
    for (int n = 4; n <= 7; n++) {
      int f = quorums(n).faultyAuthorities();
      assertFalse(search(n, mode, from, rounds, f, 1, Without.NOTHING).fork(), mode + " " + n);
    }
  }

  @ParameterizedTest // Protocol §5.10
  @CsvSource({"FAST, 4", "FAST, 5", "BALANCED, 4"})
  void moreRoundsAreAsSafeAsThree(Mode mode, int n) {
    assertFalse(search(n, mode, ALL ? 0 : 2, ALL ? 6 : 4, 1, 1, Without.NOTHING).fork());
  }

  @ParameterizedTest // Protocol §4: what the modes rest on.
  @CsvSource({
    "FAST, 0, 7, 2, 4", // Own rounds of FAST do not ask the stake.
    "BALANCED, 0, 7, 2, 2", // BALANCED before its fallback: one honest group is enough.
    "BALANCED, 0, 7, 6, 1",
    "SECURE, 3, 7, 7, 1" // SECURE does not ask the authorities.
  })
  void oneHonestGroupIsEnoughWhereTheTableSaysSo(
      Mode mode, int from, int n, int lying, int stakersLying) {
    assertFalse(search(n, mode, from, 3, lying, stakersLying, Without.NOTHING).fork());
  }

  @ParameterizedTest // Protocol §4: what a fork needs.
  @CsvSource({
    "FAST, 2, 4, 2, 0", // f + 1 authorities.
    "FAST, 2, 5, 2, 0",
    "FAST, 0, 7, 5, 0",
    "FAST, 3, 5, 1, 2", // A third of the stake and 2t - n authorities, in fallback rounds.
    "BALANCED, 2, 7, 0, 2", // A third of the stake, once fallback rounds are reached.
    "BALANCED, 0, 4, 2, 2", // Both groups.
    "SECURE, 3, 7, 0, 2"
  })
  void moreLiarsFork(Mode mode, int from, int n, int lying, int stakersLying) {
    assertTrue(search(n, mode, from, 3, lying, stakersLying, Without.NOTHING).fork());
  }

  @ParameterizedTest // Protocol §4: qF + t one short.
  @ValueSource(ints = {4, 5, 7})
  void aShorterRecoveryForks(int n) {
    int f = quorums(n).faultyAuthorities();
    assertTrue(search(n, Mode.FAST, 2, 3, f, 1, Without.RECOVERY_OF_T).fork());
  }

  @ParameterizedTest // Protocol §5.5: with no liar at all.
  @CsvSource({"FAST, 0", "FAST, 2", "BALANCED, 0", "BALANCED, 2", "SECURE, 2"})
  void forgottenLocksFork(Mode mode, int from) {
    assertTrue(search(4, mode, from, 3, 0, 0, Without.LOCKS).fork());
  }

  @ParameterizedTest // Protocol §5.5: with no liar at all.
  @CsvSource({"FAST, 0", "FAST, 2", "BALANCED, 0", "BALANCED, 2", "SECURE, 2"})
  void votesForOldRoundsFork(Mode mode, int from) {
    assertTrue(search(4, mode, from, 3, 0, 0, Without.VOTES_NEVER_GO_BACK).fork());
  }

  @ParameterizedTest // Protocol §3.1: the mode of h + 1 is no local opinion.
  @ValueSource(ints = {4, 5, 7})
  void aModeTakenFromTheCertificateThatANodeHoldsForksWithoutALiar(int n) {
    assertEquals(true, LockModel.nextMode(quorums(n), false).fork());
    assertEquals(false, LockModel.nextMode(quorums(n), true).fork());
  }
}
