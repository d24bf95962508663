// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

// Protocol §2: the set grows as stake joins; `./aitbc simulate --profile growth` from 100 to 1,000.
class GrowthTest {
  @Test
  void fromTwoValidatorsToElevenOverEpochs() {
    Outcome outcome = Simulation.run(OptionsDraw.growth(1, 11));
    assertEquals(Optional.empty(), outcome.violation(), () -> String.valueOf(outcome.lines()));
    assertEquals(
        List.of(
            "epoch 0: 2 validators, 1000 units of stake, from block 1 on",
            "epoch 1: 2 validators, 1000 units of stake, from block 101 on",
            "epoch 2: 5 validators, 4000 units of stake, from block 201 on",
            "epoch 3: 8 validators, 7000 units of stake, from block 301 on",
            "epoch 4: 11 validators, 10000 units of stake, from block 401 on"),
        outcome.story());
    assertTrue(outcome.height() >= 420);
    System.out.println("%d ms of a processor".formatted(outcome.cpuMicros() / 1_000));
  }
}
