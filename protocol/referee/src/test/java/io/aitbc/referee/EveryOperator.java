// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import io.aitbc.testkit.Seed;
import java.util.List;

/// A model with every operator, in shapes that repeat rows, spread columns, leave column tails and
/// cross tiles.
public final class EveryOperator {
  static final int ROWS = 6;
  static final int COLUMNS = 37;

  private EveryOperator() {}

  public static Model model(Seed seed) throws MalformedModelException {
    PlanBuilder plan = new PlanBuilder();
    Tensor x = plan.input(ElementType.FLOAT32, ROWS, COLUMNS);
    Tensor pixels = plan.input(ElementType.INT8, ROWS, 1100);
    Tensor numbers = plan.input(ElementType.INT32, ROWS, 1);
    Tensor row = plan.constant(floats(seed, COLUMNS), 1, COLUMNS);
    Tensor column = plan.constant(floats(seed, ROWS), ROWS, 1);
    Tensor cycle = plan.constant(floats(seed, 2 * COLUMNS), 2, COLUMNS);
    Tensor sum = plan.binary(Operator.ADD, x, row);
    Tensor difference = plan.binary(Operator.SUBTRACT, sum, column);
    Tensor product = plan.binary(Operator.MULTIPLY, difference, cycle);
    Tensor quotient = plan.binary(Operator.DIVIDE, product, x);
    Tensor greater = plan.binary(Operator.MAXIMUM, quotient, x);
    Tensor rectified = plan.unary(Operator.RELU, greater);
    Tensor gated = plan.binary(Operator.GATE, x, rectified);
    Tensor exponential = plan.unary(Operator.EXP, x);
    Tensor _ = plan.unary(Operator.LOG, exponential);
    Tensor _ = plan.unary(Operator.SQRT, gated);
    Tensor squashed = plan.unary(Operator.TANH, gated);
    Tensor bytes = plan.convert(squashed, ElementType.INT8);
    Tensor _ = plan.convert(bytes, ElementType.FLOAT32);
    Tensor weights = plan.constant(Elements.of(seed.bytes(41 * 1100)), 41, 1100);
    Tensor bias = plan.constant(Elements.of(ints(seed, 41)), 1, 41);
    Tensor sums = plan.sumProducts(pixels, weights, 1, List.of(bias));
    Tensor _ = plan.convert(sums, ElementType.FLOAT32);
    Tensor small = requantized(plan, sums, 9, -128, 127);
    Tensor smaller = requantized(plan, sums, 14, 0, 100);
    Tensor _ = requantized(plan, sums, -2, -128, 127);
    Tensor saturated = plan.binary(Operator.ADD, small, smaller);
    Tensor _ = plan.unary(Operator.RELU, saturated);
    Tensor table = plan.constant(Elements.of(seed.bytes(256)), 1, 256);
    Tensor _ =
        plan.emit(Operator.TABLE, ElementType.INT8, ROWS, 41, List.of(saturated, table), List.of());
    Tensor square = plan.sumProducts(x, gated, 1, List.of());
    Tensor grouped = plan.sumProducts(x, rectified, 3, List.of());
    Tensor _ = plan.reduce(Operator.ROW_SUM, square);
    Tensor _ = plan.reduce(Operator.ROW_MAX, grouped);
    Tensor turned = plan.transpose(x, 3);
    Tensor _ = plan.copy(turned, 5, 4, 40, new int[] {5, 2, 2}, new int[] {-7, 3, 0});
    Tensor image = plan.reshape(x, 2 * 3 * 37, 1);
    Tensor _ = plan.windows(image, new Windows(2, 3, 37, 2, 12, 2, 3, 3, 1, 1, 1, 1));
    Tensor _ = plan.windows(image, new Windows(2, 3, 37, 6, 74, 2, 2, 1, 2, 1, 0, 1));
    Tensor looked =
        plan.emit(
            Operator.LOOKUP, ElementType.FLOAT32, ROWS, COLUMNS, List.of(numbers, x), List.of());
    Tensor _ =
        plan.emit(Operator.ONE_HOT, ElementType.FLOAT32, ROWS, 9, List.of(numbers), List.of());
    Tensor order = plan.constant(Elements.of(ints(seed, 2)), 1, 2);
    Tensor step = plan.constant(Elements.of(new int[] {7}), 1, 1);
    Tensor _ =
        plan.emit(
            Operator.BATCH_INDEX, ElementType.INT32, 11, 1, List.of(order, step), List.of(1000));
    Tensor counted = plan.binary(Operator.ADD, numbers, numbers);
    Tensor _ = plan.convert(counted, ElementType.FLOAT32);
    Tensor long1 = plan.reshape(plan.constant(floats(seed, 2 * 5000), 2, 5000), 2, 5000);
    Tensor long2 = plan.constant(floats(seed, 3 * 5000), 3, 5000);
    Tensor _ = plan.sumProducts(long1, long2, 1, List.of());
    Tensor _ = plan.reduce(Operator.ROW_SUM, long1);
    Tensor _ = plan.reduce(Operator.ROW_MAX, long1);
    return plan.inference(plan.binary(Operator.ADD, looked, x));
  }

  private static Tensor requantized(PlanBuilder plan, Tensor sums, int shift, int low, int high) {
    return plan.emit(
        Operator.REQUANTIZE,
        ElementType.INT8,
        sums.rows(),
        sums.columns(),
        List.of(sums),
        List.of(shift, low, high));
  }

  /// An input for it, with numbers in and out of range.
  public static byte[] input(Seed seed) {
    byte[] x = floats(seed, ROWS * COLUMNS).encoded();
    byte[] pixels = seed.bytes(ROWS * 1100);
    int[] numbers = new int[ROWS];
    for (int i = 0; i < ROWS; i++) {
      numbers[i] = seed.between(-2, ROWS + 2);
    }
    byte[] input = new byte[x.length + pixels.length + 4 * ROWS];
    System.arraycopy(x, 0, input, 0, x.length);
    System.arraycopy(pixels, 0, input, x.length, pixels.length);
    System.arraycopy(Elements.of(numbers).encoded(), 0, input, x.length + pixels.length, 4 * ROWS);
    return input;
  }

  /// Floats of which some are special: zeros of both signs, subnormals, infinities, NaN.
  static Elements floats(Seed seed, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] =
          seed.chance(1, 12)
              ? seed.pick(
                  0f,
                  -0f,
                  Float.MIN_VALUE,
                  -1e-40f,
                  Float.MAX_VALUE,
                  Float.POSITIVE_INFINITY,
                  Float.NEGATIVE_INFINITY,
                  Float.NaN)
              : (seed.nextLong() >> 40) * 0x1p-21f;
    }
    return Elements.of(values);
  }

  static int[] ints(Seed seed, int count) {
    int[] values = new int[count];
    for (int i = 0; i < count; i++) {
      values[i] = (int) seed.nextLong() >> 8;
    }
    return values;
  }
}
