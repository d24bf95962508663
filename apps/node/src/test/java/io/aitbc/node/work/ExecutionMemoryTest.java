// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import io.aitbc.referee.MalformedModelException;
import io.aitbc.referee.Model;
import io.aitbc.referee.PlanBuilder;
import io.aitbc.referee.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a model takes of memory: a small file may take much of it.
class ExecutionMemoryTest { // Protocol §17.4
  private static final int TERMS = 4_096;

  /// An input times the same weights, again and again.
  private static Model model(int columns, int products) throws MalformedModelException {
    PlanBuilder plan = new PlanBuilder();
    Tensor input = plan.input(ElementType.INT8, 1, TERMS);
    Tensor weights = plan.constant(Elements.of(new byte[columns * TERMS]), columns, TERMS);
    Tensor sums = plan.constant(Elements.of(new int[1]), 1, 1);
    Tensor last = input;
    for (int i = 0; i < products; i++) {
      last = plan.sumProducts(input, weights, 1, List.of(sums));
    }
    return plan.inference(last);
  }

  @Test
  void everyProductHasItsWeightsLaidOut() throws Exception {
    assertEquals(64L * TERMS, model(64, 1).laidOutBytes());
    assertEquals(3 * 64L * TERMS, model(64, 3).laidOutBytes());
    assertEquals(64L * TERMS + Integer.BYTES, model(64, 3).constantBytes());
  }

  @Test // The kernel works on 32 columns at a time, be there as many or not.
  void oneColumnTakesTheRoomOfAPanel() throws Exception {
    assertEquals(32L * TERMS, model(1, 1).laidOutBytes());
  }

  @Test
  void aFileOfFewWeightsMayTakeMoreThanThereIs() throws Exception {
    int most = (int) (ExecutionMemory.traceBytesMax() / (256L * TERMS));
    assertTrue(ExecutionMemory.suffices(model(256, most - 1)));
    assertFalse(ExecutionMemory.suffices(model(256, most + 1)));
  }

  @Test // A plan of many small entries takes several times its file.
  void entriesTakeMemoryThemselves() throws Exception {
    Model one = model(1, 1);
    Model many = model(1, 1_001);
    assertEquals(320_000, ExecutionMemory.modelBytes(many) - ExecutionMemory.modelBytes(one));
    assertEquals(
        320_000 + 1_000 * 32L * TERMS,
        ExecutionMemory.laidOutBytes(many) - ExecutionMemory.laidOutBytes(one));
  }
}
