// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Random sequences of everything that people, validators and the chain do with the economy's
/// contracts. A sequence that fails is made as short as it can be and printed.
class EconomySequencesTest { // Protocol §16.4, §16.6, §16.7, §16.8
  private static final int SEQUENCES = 100;
  private static final int STEPS = 60;

  @Test
  void whateverHappensEveryWeiIsWhereItBelongs() {
    Seed.forAll(
        1,
        SEQUENCES,
        seed -> {
          List<EconomySequence.Step> steps = new ArrayList<>();
          for (int i = 0; i < STEPS; i++) {
            steps.add(EconomySequence.Step.random(seed));
          }
          if (failure(steps) != null) {
            List<EconomySequence.Step> least = shortest(steps);
            throw new AssertionError("fails: " + least, failure(least));
          }
        });
  }

  /// Leaves out every step without which it fails all the same.
  private static List<EconomySequence.Step> shortest(List<EconomySequence.Step> steps) {
    List<EconomySequence.Step> least = new ArrayList<>(steps);
    for (int i = least.size() - 1; i >= 0; i--) {
      List<EconomySequence.Step> without = new ArrayList<>(least);
      without.remove(i);
      if (failure(without) != null) {
        least = without;
      }
    }
    return least;
  }

  private static @org.jspecify.annotations.Nullable Throwable failure(
      List<EconomySequence.Step> steps) {
    try {
      new EconomySequence().run(steps);
      return null;
    } catch (AssertionError | RuntimeException failed) {
      return failed;
    }
  }
}
