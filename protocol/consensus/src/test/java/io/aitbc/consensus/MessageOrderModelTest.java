// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.consensus.MessageOrders.Answer;
import io.aitbc.consensus.MessageOrders.Bounds;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The real core under every order of messages within stated bounds, with a validator that runs
/// twice. Protocol §5, §5.10.
class MessageOrderModelTest {
  private static final int UNBOUNDED = Byte.MAX_VALUE;

  /// Delays in two rounds: the build's, or as many as it is told.
  private static final int DELAYS_MAX = Integer.getInteger("aitbc.models.delays", 8);

  private static final int STATES_MAX = 60_000_000;

  private static Answer search(Bounds bounds) {
    Answer answer = MessageOrders.search(bounds);
    System.out.printf(
        "[notice] message orders: twins %s, %d rounds, at most %d delays%s: %d states, %d of single"
            + " replicas, %d inputs run, %d messages%n",
        bounds.twins(),
        bounds.rounds(),
        bounds.delaysMax(),
        answer.complete() ? " (every order)" : "",
        answer.states(),
        answer.localStates(),
        answer.inputsRun(),
        answer.messages());
    return answer;
  }

  private static void assertSafe(Answer answer) {
    assertEquals(0, answer.forks());
    assertEquals(0, answer.contradictions());
    assertEquals(0, answer.refusals());
    assertTrue(answer.allDecided() > 0);
  }

  @ParameterizedTest // Protocol §5.10: validator 1 proposes in round 0, 2 in round 1.
  @ValueSource(ints = {1, 2, 3})
  void oneTwinForksNoOrderOfTwoRounds(int twin) {
    Answer answer = search(new Bounds(List.of(twin), 2, DELAYS_MAX, STATES_MAX, false));
    assertSafe(answer);
    // Decided at once, decided after being proposed again, and something else decided later.
    assertEquals(
        Set.of("of round 0 by 0", "of round 0 by 1", "of round 1 by 1"), answer.decisions());
  }

  @ParameterizedTest // Protocol §5.10
  @ValueSource(ints = {1, 2, 3})
  void oneTwinForksNoOrderOfOneRound(int twin) {
    Answer answer = search(new Bounds(List.of(twin), 1, UNBOUNDED, STATES_MAX, false));
    assertTrue(answer.complete());
    assertSafe(answer);
  }

  @Test // Protocol §4: f + 1 liars fork, so the search can find a fork.
  void twoTwinsFork() {
    Answer answer = search(new Bounds(List.of(1, 2), 1, DELAYS_MAX, STATES_MAX, true));
    assertEquals(1, answer.forks());
  }
}
