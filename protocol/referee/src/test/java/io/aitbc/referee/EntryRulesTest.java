// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import static io.aitbc.referee.ElementType.FLOAT32;
import static io.aitbc.referee.ElementType.INT32;
import static io.aitbc.referee.ElementType.INT8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.crypto.Hash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What each operator takes and what it does not, one rule after the other: a plan that two
/// implementations judge differently convicts somebody in one of them.
class EntryRulesTest { // Protocol §17.2
  private static final int TILES = 1 << 20;

  /// Neither the first nor the last entry of its plan.
  private static final ModelHeader HEADER =
      new ModelHeader(Hash.ZERO, 3, Hash.ZERO, TILES, TILES, 0, 0, 2 * TILES);

  private static Tensor of(ElementType type, int rows, int columns) {
    return new Tensor(Space.INPUT, type, 0, rows, columns);
  }

  private static Tensor made(ElementType type, int rows, int columns) {
    return new Tensor(Space.TRACE, type, TILES, rows, columns);
  }

  private static Optional<PlanFault> fault(
      Operator operator, Tensor made, List<Tensor> operands, Integer... immediates) {
    return EntryCheck.fault(HEADER, new Entry(operator, made, operands, List.of(immediates)), 1);
  }

  private static void right(
      Operator operator, Tensor made, List<Tensor> operands, Integer... immediates) {
    assertEquals(Optional.empty(), fault(operator, made, operands, immediates));
  }

  /// The fault is a tensor, which is one of them.
  private static void wrong(
      Tensor which, Operator operator, Tensor made, List<Tensor> operands, Integer... immediates) {
    assertEquals(
        Optional.of(new PlanFault.WrongTensor(operator, which)),
        fault(operator, made, operands, immediates));
  }

  /// The fault is a number.
  private static void number(
      int which, Operator operator, Tensor made, List<Tensor> operands, Integer... immediates) {
    assertEquals(
        Optional.of(new PlanFault.WrongImmediate(operator, which, immediates[which])),
        fault(operator, made, operands, immediates));
  }

  @Test
  void twoOperandsAreOfOneTypeAndRepeat() {
    for (ElementType type : ElementType.values()) {
      Tensor made = made(type, 4, 8);
      Tensor whole = of(type, 4, 8);
      for (int rows : new int[] {1, 2, 4}) {
        for (int columns : new int[] {1, 8}) {
          right(Operator.ADD, made, List.of(whole, of(type, rows, columns)));
          right(Operator.ADD, made, List.of(of(type, rows, columns), whole));
        }
      }
      for (Tensor other : List.of(of(type, 3, 8), of(type, 8, 8), of(type, 4, 2))) {
        wrong(other, Operator.ADD, made, List.of(whole, other));
        wrong(other, Operator.ADD, made, List.of(other, whole));
      }
    }
    Tensor whole = of(FLOAT32, 4, 8);
    Tensor integers = of(INT8, 4, 8);
    wrong(integers, Operator.ADD, made(FLOAT32, 4, 8), List.of(whole, integers));
    for (Operator operator :
        List.of(
            Operator.SUBTRACT,
            Operator.MULTIPLY,
            Operator.DIVIDE,
            Operator.MAXIMUM,
            Operator.GATE)) {
      right(operator, made(FLOAT32, 4, 8), List.of(whole, of(FLOAT32, 2, 1)));
      Tensor other = of(FLOAT32, 3, 8);
      wrong(other, operator, made(FLOAT32, 4, 8), List.of(whole, other));
      wrong(made(INT8, 4, 8), operator, made(INT8, 4, 8), List.of(integers, integers));
    }
  }

  @Test
  void oneOperandIsOfTheSameShape() {
    Tensor whole = of(FLOAT32, 4, 8);
    Tensor row = of(FLOAT32, 1, 8);
    right(Operator.RELU, made(INT8, 4, 8), List.of(of(INT8, 4, 8)));
    wrong(made(INT32, 4, 8), Operator.RELU, made(INT32, 4, 8), List.of(of(INT32, 4, 8)));
    for (Operator operator :
        List.of(Operator.RELU, Operator.EXP, Operator.LOG, Operator.SQRT, Operator.TANH)) {
      right(operator, made(FLOAT32, 4, 8), List.of(whole));
      wrong(row, operator, made(FLOAT32, 4, 8), List.of(row));
      if (operator != Operator.RELU) {
        wrong(made(INT8, 4, 8), operator, made(INT8, 4, 8), List.of(of(INT8, 4, 8)));
      }
    }
    for (ElementType from : ElementType.values()) {
      for (ElementType to : ElementType.values()) {
        boolean fine = to == FLOAT32 ? from != FLOAT32 : to == INT8 && from == FLOAT32;
        Optional<PlanFault> expected =
            fine
                ? Optional.empty()
                : Optional.of(new PlanFault.WrongTensor(Operator.CONVERT, made(to, 4, 8)));
        assertEquals(expected, fault(Operator.CONVERT, made(to, 4, 8), List.of(of(from, 4, 8))));
      }
    }
    wrong(of(INT8, 4, 1), Operator.CONVERT, made(FLOAT32, 4, 8), List.of(of(INT8, 4, 1)));
  }

  @Test
  void requantizationHasBoundsInOrder() {
    Tensor made = made(INT8, 4, 8);
    List<Tensor> sums = List.of(of(INT32, 4, 8));
    right(Operator.REQUANTIZE, made, sums, -31, -128, 127);
    right(Operator.REQUANTIZE, made, sums, 31, 5, 5);
    number(0, Operator.REQUANTIZE, made, sums, 32, -128, 127);
    number(0, Operator.REQUANTIZE, made, sums, -32, -128, 127);
    number(1, Operator.REQUANTIZE, made, sums, 0, -129, 127);
    number(1, Operator.REQUANTIZE, made, sums, 0, 6, 5);
    number(2, Operator.REQUANTIZE, made, sums, 0, 0, 128);
    Tensor row = of(INT32, 1, 8);
    wrong(row, Operator.REQUANTIZE, made, List.of(row), 0, 0, 1);
    Tensor floats = of(FLOAT32, 4, 8);
    wrong(floats, Operator.REQUANTIZE, made, List.of(floats), 0, 0, 1);
    wrong(made(INT32, 4, 8), Operator.REQUANTIZE, made(INT32, 4, 8), sums, 0, 0, 1);
  }

  @Test
  void tablesAndLookupsAreOfTheirShapes() {
    Tensor table = of(INT8, 1, 256);
    right(Operator.TABLE, made(INT8, 4, 8), List.of(of(INT8, 4, 8), table));
    wrong(of(INT8, 1, 8), Operator.TABLE, made(INT8, 4, 8), List.of(of(INT8, 1, 8), table));
    for (Tensor other : List.of(of(INT8, 1, 255), of(INT8, 2, 256))) {
      wrong(other, Operator.TABLE, made(INT8, 4, 8), List.of(of(INT8, 4, 8), other));
    }
    Tensor numbers = of(INT32, 4, 1);
    for (ElementType type : ElementType.values()) {
      right(Operator.LOOKUP, made(type, 4, 8), List.of(numbers, of(type, 5, 8)));
      Tensor narrow = of(type, 5, 7);
      wrong(narrow, Operator.LOOKUP, made(type, 4, 8), List.of(numbers, narrow));
    }
    Tensor rows = of(FLOAT32, 5, 8);
    wrong(rows, Operator.LOOKUP, made(INT8, 4, 8), List.of(numbers, rows));
    right(Operator.ONE_HOT, made(FLOAT32, 4, 8), List.of(numbers));
    wrong(made(INT32, 4, 8), Operator.ONE_HOT, made(INT32, 4, 8), List.of(numbers));
    for (Tensor other : List.of(of(INT32, 4, 2), of(INT32, 3, 1), of(INT8, 4, 1))) {
      wrong(other, Operator.LOOKUP, made(FLOAT32, 4, 8), List.of(other, rows));
      wrong(other, Operator.ONE_HOT, made(FLOAT32, 4, 8), List.of(other));
    }
  }

  @Test
  void productsAreSummedInBatchesWithinTheirColumns() {
    Operator sum = Operator.SUM_PRODUCTS;
    Tensor made = made(INT32, 4, 2);
    Tensor a = of(INT8, 4, 8);
    Tensor b = of(INT8, 2, 8);
    right(sum, made, List.of(a, b), 1, 0, 8);
    right(sum, made, List.of(a, b), 1, 7, 1);
    right(sum, made, List.of(a, of(INT8, 4, 8)), 2, 0, 8);
    number(0, sum, made, List.of(a, b), 0, 0, 8);
    number(0, sum, made, List.of(a, b), 5, 0, 8);
    number(1, sum, made, List.of(a, b), 1, -1, 8);
    number(1, sum, made, List.of(a, b), 1, 8, 1);
    number(2, sum, made, List.of(a, b), 1, 0, 0);
    number(2, sum, made, List.of(a, b), 1, 1, 8);
    number(2, sum, made, List.of(a, of(INT8, 2, 7)), 1, 0, 8); // The columns of b too.
    wrong(made, sum, made, List.of(a, of(INT8, 6, 8)), 3, 0, 8);
    wrong(b, sum, made, List.of(a, b), 2, 0, 8);
    Tensor two = of(INT8, 2, 8);
    wrong(two, sum, made, List.of(two, b), 1, 0, 8);
    Tensor floats = of(FLOAT32, 2, 8);
    wrong(floats, sum, made, List.of(a, floats), 1, 0, 8);
    wrong(made(INT8, 4, 2), sum, made(INT8, 4, 2), List.of(a, b), 1, 0, 8);
    right(sum, made(FLOAT32, 4, 2), List.of(of(FLOAT32, 4, 8), floats), 1, 0, 8);
    for (Tensor start : List.of(of(INT32, 1, 2), of(INT32, 2, 1), of(INT32, 4, 2))) {
      right(sum, made, List.of(a, b, start), 1, 0, 8);
    }
    for (Tensor start : List.of(of(INT32, 3, 2), of(INT32, 1, 3), of(INT8, 1, 2))) {
      wrong(start, sum, made, List.of(a, b, start), 1, 0, 8);
    }
  }

  @Test // A longer sum is several entries; one of bytes reads no more than cannot overflow.
  void termsAndColumnsAreBounded() {
    Operator sum = Operator.SUM_PRODUCTS;
    int columns = Entry.INTEGER_TERMS_MAX + 1;
    List<Tensor> bytes = List.of(of(INT8, 1, columns), of(INT8, 1, columns));
    right(sum, made(INT32, 1, 1), bytes, 1, columns - 2, 1);
    number(1, sum, made(INT32, 1, 1), bytes, 1, columns - 1, 1);
    right(sum, made(INT32, 1, 1), bytes, 1, 0, 4_096);
    number(2, sum, made(INT32, 1, 1), bytes, 1, 0, 4_097);
    List<Tensor> floats = List.of(of(FLOAT32, 1, columns), of(FLOAT32, 1, columns));
    right(sum, made(FLOAT32, 1, 1), floats, 1, columns - 1, 1);
    number(2, sum, made(FLOAT32, 1, 1), floats, 1, 0, 4_097);
  }

  @Test
  void rowsAreReducedToAColumn() {
    for (Operator operator : List.of(Operator.ROW_SUM, Operator.ROW_MAX)) {
      Tensor made = made(FLOAT32, 4, 1);
      Tensor a = of(FLOAT32, 4, 8);
      right(operator, made, List.of(a), 0, 8);
      right(operator, made, List.of(a, of(FLOAT32, 2, 1)), 7, 1);
      number(0, operator, made, List.of(a), -1, 8);
      number(0, operator, made, List.of(a), 8, 1);
      number(1, operator, made, List.of(a), 1, 8);
      number(1, operator, made, List.of(a), 0, 0);
      number(1, operator, made(FLOAT32, 4, 1), List.of(of(FLOAT32, 4, 5_000)), 0, 4_097);
      wrong(made(FLOAT32, 4, 2), operator, made(FLOAT32, 4, 2), List.of(a), 0, 8);
      wrong(of(FLOAT32, 2, 8), operator, made, List.of(of(FLOAT32, 2, 8)), 0, 8);
      wrong(of(FLOAT32, 3, 1), operator, made, List.of(a, of(FLOAT32, 3, 1)), 0, 8);
      wrong(made(INT32, 4, 1), operator, made(INT32, 4, 1), List.of(of(INT32, 4, 8)), 0, 8);
    }
  }

  @Test
  void aCopyFindsAllOfItsElements() {
    Tensor made = made(FLOAT32, 4, 8);
    Tensor a = of(FLOAT32, 4, 8);
    right(Operator.COPY, made, List.of(a), 0, 32, 1);
    right(Operator.COPY, made, List.of(a), 31, 32, -1);
    right(Operator.COPY, made, List.of(a), 5, 32, 0);
    right(Operator.COPY, made, List.of(a), 0, 8, 1, 4, 8);
    wrong(a, Operator.COPY, made, List.of(a), 1, 32, 1);
    wrong(a, Operator.COPY, made, List.of(a), 30, 32, -1);
    wrong(a, Operator.COPY, made, List.of(a), -1, 32, 0);
    wrong(a, Operator.COPY, made, List.of(a), 0, 32, Integer.MAX_VALUE);
    wrong(made, Operator.COPY, made, List.of(a), 0, 31, 1);
    wrong(made, Operator.COPY, made, List.of(a), 0, 8, 0, 8, 0);
    number(1, Operator.COPY, made, List.of(a), 0, 0, 1);
    number(3, Operator.COPY, made, List.of(a), 0, 32, 1, -1, 1);
    wrong(of(INT8, 4, 8), Operator.COPY, made, List.of(of(INT8, 4, 8)), 0, 32, 1);
    assertEquals(
        Optional.of(new PlanFault.WrongCount(Operator.COPY, 1, 2)),
        fault(Operator.COPY, made, List.of(a), 0, 32));
  }

  /// Of one image of 4 x 4 pixels of eight channels, windows of 2 x 2 at 3 x 3 places.
  private static final List<Integer> WINDOWS = List.of(1, 4, 4, 3, 3, 2, 2, 1, 1, 0, 0);

  private static Integer[] windows(int which, int value) {
    List<Integer> numbers = new ArrayList<>(WINDOWS);
    Integer _ = numbers.set(which, value);
    return numbers.toArray(Integer[]::new);
  }

  @Test
  void windowsAreOfTheirImagesAndWithinBounds() {
    Tensor made = made(INT8, 9, 32);
    Tensor image = of(INT8, 16, 8);
    right(Operator.WINDOWS, made, List.of(image), windows(0, 1));
    right(Operator.WINDOWS, made, List.of(image), windows(9, 1 << 15));
    for (int which = 0; which < WINDOWS.size(); which++) {
      int least = which >= 9 ? 0 : 1;
      int most = which == 0 ? 1 << 24 : 1 << 15;
      number(which, Operator.WINDOWS, made, List.of(image), windows(which, least - 1));
      number(which, Operator.WINDOWS, made, List.of(image), windows(which, most + 1));
    }
    wrong(of(INT8, 15, 8), Operator.WINDOWS, made, List.of(of(INT8, 15, 8)), windows(0, 1));
    for (Tensor other : Arrays.asList(made(INT8, 8, 32), made(INT8, 9, 31))) {
      wrong(other, Operator.WINDOWS, other, List.of(image), windows(0, 1));
    }
  }

  @Test
  void aBatchIsDrawnFromItsSeed() {
    Tensor made = made(INT32, 4, 1);
    Tensor seed = of(INT32, 1, 2);
    Tensor step = of(INT32, 1, 1);
    right(Operator.BATCH_INDEX, made, List.of(seed, step), 1);
    right(Operator.BATCH_INDEX, made, List.of(seed, step), 1 << 24);
    number(0, Operator.BATCH_INDEX, made, List.of(seed, step), 0);
    number(0, Operator.BATCH_INDEX, made, List.of(seed, step), (1 << 24) + 1);
    wrong(step, Operator.BATCH_INDEX, made, List.of(step, step), 1);
    wrong(seed, Operator.BATCH_INDEX, made, List.of(seed, seed), 1);
    Tensor wide = made(INT32, 4, 2);
    wrong(wide, Operator.BATCH_INDEX, wide, List.of(seed, step), 1);
  }

  @Test
  void everyOperatorHasItsNumberOfOperandsAndNumbers() {
    Tensor made = made(FLOAT32, 1, 1);
    for (Operator operator : Operator.values()) {
      assertEquals(
          Optional.of(new PlanFault.WrongCount(operator, 0, 0)),
          fault(operator, made, List.of()),
          operator.name());
      Integer[] most = new Integer[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
      assertEquals(
          Optional.of(new PlanFault.WrongCount(operator, 1, most.length)),
          fault(operator, made, List.of(of(FLOAT32, 1, 1)), most),
          operator.name());
    }
  }
}
