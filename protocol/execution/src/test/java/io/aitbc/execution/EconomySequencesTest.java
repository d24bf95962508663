// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Random sequences of everything that people, validators and the chain do with the economy's
/// contracts. A sequence that fails is made as short as it can be and printed.
class EconomySequencesTest { // Protocol §16.4, §16.6, §16.7, §16.8
  /// The build's share; thousands by a command (docs/testing.md).
  private static final int SEQUENCES = Integer.getInteger("aitbc.economy.sequences", 1_000);

  /// Seed of the first one.
  private static final long FIRST = Long.getLong("aitbc.economy.first", 1);

  private static final int STEPS = 50;

  @Test
  void whateverHappensEveryWeiIsWhereItBelongs() {
    EnumMap<SequenceStep.Kind, Integer> done = new EnumMap<>(SequenceStep.Kind.class);
    AtomicInteger executed = new AtomicInteger();
    Seed.forAll(
        FIRST,
        SEQUENCES,
        seed -> {
          List<SequenceStep> steps = new ArrayList<>();
          for (int i = 0; i < STEPS; i++) {
            steps.add(SequenceStep.random(seed));
          }
          EconomySequence sequence = new EconomySequence();
          if (failure(sequence, steps) != null) {
            List<SequenceStep> least = shortest(steps);
            throw new AssertionError("fails: " + least, failure(new EconomySequence(), least));
          }
          sequence.done().forEach((kind, count) -> done.merge(kind, count, Integer::sum));
          executed.addAndGet(sequence.executed());
        });
    System.out.println(
        SEQUENCES + " sequences from " + FIRST + ": " + done + ", executed: " + executed);
    // Nothing was shown about what never succeeded.
    if (Long.getLong("aitbc.seed") == null) {
      for (SequenceStep.Kind kind : SequenceStep.Kind.values()) {
        boolean counted = !SequenceStep.Kind.ALWAYS.contains(kind);
        assertTrue(!counted || done.getOrDefault(kind, 0) > 0, "never done: " + kind);
      }
      assertTrue(executed.get() > 0, "nothing was ever decided");
    }
  }

  /// Leaves out every step without which it fails all the same.
  private static List<SequenceStep> shortest(List<SequenceStep> steps) {
    List<SequenceStep> least = new ArrayList<>(steps);
    for (int i = least.size() - 1; i >= 0; i--) {
      List<SequenceStep> without = new ArrayList<>(least);
      without.remove(i);
      if (failure(new EconomySequence(), without) != null) {
        least = without;
      }
    }
    return least;
  }

  private static @org.jspecify.annotations.Nullable Throwable failure(
      EconomySequence sequence, List<SequenceStep> steps) {
    try {
      sequence.run(steps);
      return null;
    } catch (AssertionError | RuntimeException failed) {
      return failed;
    }
  }
}
