// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// The fast loops and both kernels give the bits of the element rule.
class ExecutorTest {
  /// Reads operands of a trace without opening anything.
  record FromTrace(Trace trace) implements OperandReader {
    @Override
    public int[] bits(Tensor tensor, int row, int column, int count) {
      int[] bits = new int[count];
      for (int i = 0; i < count; i++) {
        bits[i] = trace.elements(tensor).bits(row * tensor.columns() + column + i);
      }
      return bits;
    }
  }

  static void assertFollowsTheRule(Trace trace) {
    for (Entry entry : trace.model().entries()) {
      Tensor output = entry.output();
      Elements elements = trace.elements(output);
      for (int i = 0; i < output.elements(); i++) {
        int row = i / output.columns();
        int column = i % output.columns();
        int right = ElementRule.bits(entry, row, column, new FromTrace(trace));
        if (right != elements.bits(i)) {
          assertEquals(right, elements.bits(i), entry.operator() + " at " + row + ", " + column);
        }
      }
    }
  }

  @Test // Protocol §17.2: the scalar rule is the definition.
  void everyOperatorFollowsItsRule() {
    Seed.forAll(
        1,
        4,
        seed -> {
          Model model = EveryOperator.model(seed);
          byte[] input = EveryOperator.input(seed);
          for (Kernel kernel : List.of(Kernel.plain(), Kernel.fastest())) {
            assertFollowsTheRule(new Inference(model, kernel, Workers.NONE).trace(input));
          }
        });
  }

  @Test
  void theModelHasEveryOperator() throws Exception {
    Set<Operator> operators = EnumSet.noneOf(Operator.class);
    EveryOperator.model(Seed.of(1)).entries().forEach(entry -> operators.add(entry.operator()));
    assertEquals(EnumSet.allOf(Operator.class), operators);
  }

  @Test // Protocol §17.2: an item's output does not depend on its neighbours.
  void manyItemsAtOnceGiveTheOutputsOfEach() {
    Seed.forAll(
        1,
        2,
        seed -> {
          Inference engine =
              new Inference(EveryOperator.model(seed), Kernel.fastest(), Workers.NONE);
          List<byte[]> inputs = new ArrayList<>();
          for (int i = 0; i < 9; i++) {
            inputs.add(i == 4 ? new byte[3] : EveryOperator.input(seed));
          }
          List<byte[]> outputs = engine.run(inputs);
          assertEquals(9, outputs.size());
          for (int i = 0; i < 9; i++) {
            byte[] alone = i == 4 ? new byte[0] : engine.trace(inputs.get(i)).output();
            assertArrayEquals(alone, outputs.get(i));
          }
        });
  }

  @Test // What one lot leaves behind is not seen in the next.
  void anEngineThatRanOtherItemsGivesTheBitsOfANewOne() {
    Seed.forAll(
        1,
        4,
        seed -> {
          Model model = EveryOperator.model(seed);
          Inference engine = new Inference(model, Kernel.fastest(), Workers.NONE);
          for (int lot = 0; lot < 3; lot++) {
            List<byte[]> inputs = List.of(EveryOperator.input(seed), EveryOperator.input(seed));
            List<Hash> roots = roots(engine.traces(inputs));
            Inference fresh = new Inference(model, Kernel.fastest(), Workers.NONE);
            assertEquals(roots(fresh.traces(inputs)), roots);
            List<byte[]> outputs = engine.run(inputs);
            assertArrayEquals(fresh.trace(inputs.get(1)).output(), outputs.get(1));
          }
        });
  }

  private static List<Hash> roots(List<Trace> traces) {
    return traces.stream().map(trace -> trace.tree().root()).toList();
  }

  @Test // Protocol §17.4: auditors trace the leaves of a seat together.
  void manyItemsAtOnceGiveTheTracesOfEach() {
    Seed.forAll(
        1,
        2,
        seed -> {
          Inference engine =
              new Inference(EveryOperator.model(seed), Kernel.fastest(), Workers.NONE);
          List<byte[]> inputs = new ArrayList<>();
          for (int i = 0; i < 7; i++) {
            inputs.add(EveryOperator.input(seed));
          }
          List<Trace> traces = engine.traces(inputs);
          assertEquals(7, traces.size());
          for (int i = 0; i < 7; i++) {
            Trace alone = engine.trace(inputs.get(i));
            assertEquals(alone.tree().root(), traces.get(i).tree().root());
            assertEquals(alone.inputTree().root(), traces.get(i).inputTree().root());
            assertArrayEquals(alone.output(), traces.get(i).output());
          }
        });
  }

  @Test // Protocol §17.2: rows share loads of a panel, and nothing else.
  void anyNumberOfDifferentRowsGivesTheBitsOfThePlainKernel() {
    int columns = 3 * Panels.WIDTH + 5;
    int terms = 300;
    Seed.forAll(
        1,
        4,
        seed -> {
          SplittableRandom random = new SplittableRandom(seed.nextLong());
          Panels panels =
              Panels.of(Elements.of(floats(random, columns * terms)), terms, 0, columns, 0, terms);
          for (int rows = 1; rows <= 9; rows++) {
            float[] left = floats(random, rows * terms);
            float[] plain = floats(random, rows * columns);
            float[] fastest = plain.clone();
            Kernel.plain().multiplyAdd(left, 0, terms, panels, plain, 0, columns, rows);
            Kernel.fastest().multiplyAdd(left, 0, terms, panels, fastest, 0, columns, rows);
            assertArrayEquals(plain, fastest, rows + " rows");
          }
        });
  }

  private static float[] floats(SplittableRandom random, int count) {
    float[] floats = new float[count];
    for (int i = 0; i < count; i++) {
      floats[i] = (float) (random.nextDouble() - 0.5);
    }
    return floats;
  }
}
