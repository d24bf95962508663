// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import java.util.List;
import java.util.Optional;

/// Whether a plan's entry can be carried out, judged from the entry and the header alone. Protocol
/// §17.3.
final class EntryCheck {
  /// Greatest side, stride or padding of an image: products of three stay in 64 bits.
  static final int IMAGE_SIDE_MAX = 1 << 15;

  /// Elements of a table.
  static final int TABLE_ELEMENTS = 256;

  /// Greatest shift of a requantization, in either direction.
  static final int SHIFT_MAX = 31;

  private final Entry entry;
  private final Tensor output;

  private EntryCheck(Entry entry) {
    this.entry = entry;
    this.output = entry.output();
  }

  /// What is wrong with an entry, if anything.
  static Optional<PlanFault> fault(ModelHeader header, Entry entry, int index) {
    EntryCheck check = new EntryCheck(entry);
    Operator operator = entry.operator();
    if (!operator.takesOperands(entry.operands().size())
        || !operator.takesImmediates(entry.immediates().size())) {
      return Optional.of(
          new PlanFault.WrongCount(operator, entry.operands().size(), entry.immediates().size()));
    }
    if (index == 0 && entry.output().firstTile() != 0) {
      return Optional.of(new PlanFault.Misplaced(index, entry.output().firstTile(), 0));
    }
    if (index == header.entries() - 1 && entry.output().endTile() != header.traceTiles()) {
      return Optional.of(
          new PlanFault.Misplaced(index, entry.output().endTile(), header.traceTiles()));
    }
    return check.place(header).or(check::operation);
  }

  private Optional<PlanFault> place(ModelHeader header) {
    if (output.endTile() > header.traceTiles()) {
      return Optional.of(new PlanFault.OutOfBounds(output, header.traceTiles()));
    }
    int state = header.traceTiles() - header.stateTiles();
    if (output.firstTile() < state && output.endTile() > state) {
      return Optional.of(new PlanFault.OutOfBounds(output, state)); // The state begins in it.
    }
    for (Tensor operand : entry.operands()) {
      int tiles = header.tiles(operand.space());
      if (operand.endTile() > tiles) {
        return Optional.of(new PlanFault.OutOfBounds(operand, tiles));
      }
      if (operand.space() == Space.TRACE && operand.endTile() > output.firstTile()) {
        return Optional.of(new PlanFault.ForwardReference(operand, output));
      }
    }
    return Optional.empty();
  }

  private Optional<PlanFault> operation() {
    return switch (entry.operator()) {
      case ADD -> first(alike(), broadcast(0), broadcast(1));
      case SUBTRACT, MULTIPLY, DIVIDE, MAXIMUM, GATE ->
          first(alike(), floats(), broadcast(0), broadcast(1));
      case RELU ->
          first(alike(), output.type() == ElementType.INT32 ? wrong(output) : ok(), same(0));
      case EXP, LOG, SQRT, TANH -> first(alike(), floats(), same(0));
      case CONVERT -> first(converts() ? ok() : wrong(output), same(0));
      case REQUANTIZE -> requantize();
      case TABLE -> table();
      case SUM_PRODUCTS -> sumProducts();
      case ROW_SUM, ROW_MAX -> reduction();
      case COPY -> first(alike(), copy());
      case WINDOWS -> first(alike(), windows());
      case LOOKUP -> lookup();
      case ONE_HOT -> first(numbers(0), type(output, ElementType.FLOAT32));
      case BATCH_INDEX -> batchIndex();
    };
  }

  /// All operands have the output's type?
  private Optional<PlanFault> alike() {
    for (Tensor operand : entry.operands()) {
      if (operand.type() != output.type()) {
        return wrong(operand);
      }
    }
    return ok();
  }

  private Optional<PlanFault> floats() {
    return type(output, ElementType.FLOAT32);
  }

  private boolean converts() {
    ElementType from = entry.operand(0).type();
    return output.type() == ElementType.FLOAT32
        ? from != ElementType.FLOAT32
        : output.type() == ElementType.INT8 && from == ElementType.FLOAT32;
  }

  private Optional<PlanFault> requantize() {
    int low = entry.immediate(1);
    int high = entry.immediate(2);
    return first(
        type(entry.operand(0), ElementType.INT32),
        type(output, ElementType.INT8),
        same(0),
        immediate(0, -SHIFT_MAX, SHIFT_MAX),
        immediate(1, Byte.MIN_VALUE, Math.min(high, Byte.MAX_VALUE)),
        immediate(2, low, Byte.MAX_VALUE));
  }

  private Optional<PlanFault> table() {
    Tensor table = entry.operand(1);
    return first(
        alike(),
        type(output, ElementType.INT8),
        same(0),
        table.rows() == 1 && table.columns() == TABLE_ELEMENTS ? ok() : wrong(table));
  }

  private Optional<PlanFault> sumProducts() {
    Tensor a = entry.operand(0);
    Tensor b = entry.operand(1);
    int batch = entry.immediate(0);
    boolean integers = output.type() == ElementType.INT32;
    ElementType factor = integers ? ElementType.INT8 : ElementType.FLOAT32;
    int termsMax = integers ? Entry.INTEGER_TERMS_MAX : Tensor.SIDE_MAX;
    return first(
        output.type() == ElementType.INT8 ? wrong(output) : ok(),
        type(a, factor),
        type(b, factor),
        immediate(0, 1, output.rows()),
        batch > 0 && output.rows() % batch == 0 ? ok() : wrong(output),
        a.rows() == output.rows() ? ok() : wrong(a),
        b.rows() == (long) batch * output.columns() ? ok() : wrong(b),
        range(1, Math.min(termsMax, Math.min(a.columns(), b.columns()))),
        start(2));
  }

  private Optional<PlanFault> reduction() {
    Tensor a = entry.operand(0);
    return first(
        alike(),
        floats(),
        output.columns() == 1 ? ok() : wrong(output),
        a.rows() == output.rows() ? ok() : wrong(a),
        range(0, a.columns()),
        start(1));
  }

  /// The value that a sum goes on from, where there is one.
  private Optional<PlanFault> start(int operand) {
    return entry.operands().size() == operand
        ? ok()
        : first(type(entry.operand(operand), output.type()), broadcast(operand));
  }

  /// First term and number of terms, which stand at `immediate` and after it.
  private Optional<PlanFault> range(int immediate, int columns) {
    int from = entry.immediate(immediate);
    return first(
        immediate(immediate, 0, columns - 1),
        immediate(immediate + 1, 1, Math.min(Entry.TERMS_MAX, columns - Math.max(0, from))));
  }

  private Optional<PlanFault> copy() {
    List<Integer> numbers = entry.immediates();
    long least = numbers.get(0);
    long greatest = least;
    long elements = 1;
    for (int i = 1; i < numbers.size(); i += 2) {
      int size = numbers.get(i);
      if (size < 1 || size > output.elements()) {
        return Optional.of(new PlanFault.WrongImmediate(Operator.COPY, i, size));
      }
      elements *= size;
      if (elements > output.elements()) {
        return wrong(output);
      }
      long reach = (size - 1L) * numbers.get(i + 1);
      least += Math.min(0, reach);
      greatest += Math.max(0, reach);
    }
    Tensor source = entry.operand(0);
    return elements != output.elements()
        ? wrong(output)
        : least < 0 || greatest >= source.elements() ? wrong(source) : ok();
  }

  private Optional<PlanFault> windows() {
    Windows windows = Windows.of(entry);
    for (int i = 0; i < entry.immediates().size(); i++) {
      boolean padding = i >= 9;
      Optional<PlanFault> fault =
          immediate(i, padding ? 0 : 1, i == 0 ? Tensor.SIDE_MAX : IMAGE_SIDE_MAX);
      if (fault.isPresent()) {
        return fault;
      }
    }
    Tensor image = entry.operand(0);
    return first(
        image.rows() == windows.imageRows() ? ok() : wrong(image),
        output.rows() == windows.windowRows() && output.columns() == windows.windowColumns()
            ? ok()
            : wrong(output));
  }

  private Optional<PlanFault> lookup() {
    Tensor table = entry.operand(1);
    return first(
        numbers(0),
        type(table, output.type()),
        table.columns() == output.columns() ? ok() : wrong(table));
  }

  private Optional<PlanFault> batchIndex() {
    Tensor seed = entry.operand(0);
    Tensor step = entry.operand(1);
    return first(
        alike(),
        type(output, ElementType.INT32),
        output.columns() == 1 ? ok() : wrong(output),
        seed.rows() == 1 && seed.columns() == 2 ? ok() : wrong(seed),
        step.rows() == 1 && step.columns() == 1 ? ok() : wrong(step),
        immediate(0, 1, Tensor.SIDE_MAX));
  }

  /// A column of numbers, one for each row of the output?
  private Optional<PlanFault> numbers(int operand) {
    Tensor numbers = entry.operand(operand);
    return numbers.type() == ElementType.INT32
            && numbers.columns() == 1
            && numbers.rows() == output.rows()
        ? ok()
        : wrong(numbers);
  }

  private Optional<PlanFault> same(int operand) {
    return entry.operand(operand).isShapedLike(output) ? ok() : wrong(entry.operand(operand));
  }

  private Optional<PlanFault> broadcast(int operand) {
    Tensor tensor = entry.operand(operand);
    return output.rows() % tensor.rows() == 0
            && (tensor.columns() == 1 || tensor.columns() == output.columns())
        ? ok()
        : wrong(tensor);
  }

  private Optional<PlanFault> type(Tensor tensor, ElementType type) {
    return tensor.type() == type ? ok() : wrong(tensor);
  }

  private Optional<PlanFault> immediate(int index, long min, long max) {
    int value = entry.immediate(index);
    return value >= min && value <= max
        ? ok()
        : Optional.of(new PlanFault.WrongImmediate(entry.operator(), index, value));
  }

  private Optional<PlanFault> wrong(Tensor tensor) {
    return Optional.of(new PlanFault.WrongTensor(entry.operator(), tensor));
  }

  private static Optional<PlanFault> ok() {
    return Optional.empty();
  }

  @SafeVarargs
  private static Optional<PlanFault> first(Optional<PlanFault>... faults) {
    for (Optional<PlanFault> fault : faults) {
      if (fault.isPresent()) {
        return fault;
      }
    }
    return Optional.empty();
  }
}
