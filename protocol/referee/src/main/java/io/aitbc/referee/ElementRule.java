// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

/// One element of one entry: the definition of every operator, and all that the chain computes. The
/// fast loops of {@link Executor} must give the same bits. Protocol §17.2.
final class ElementRule {
  private final Entry entry;
  private final OperandReader reader;

  private ElementRule(Entry entry, OperandReader reader) {
    this.entry = entry;
    this.reader = reader;
  }

  /// The bits of an element of the output. The entry has no fault.
  static int bits(Entry entry, int row, int column, OperandReader reader) {
    return new ElementRule(entry, reader).bits(row, column);
  }

  private int bits(int row, int column) {
    return switch (entry.operator()) {
      case ADD -> add(row, column);
      case SUBTRACT -> bits(value(0, row, column) - value(1, row, column));
      case MULTIPLY -> bits(value(0, row, column) * value(1, row, column));
      case DIVIDE -> bits(value(0, row, column) / value(1, row, column));
      case MAXIMUM -> bits(Arithmetic.maximum(value(0, row, column), value(1, row, column)));
      case RELU ->
          entry.output().type() == ElementType.INT8
              ? Math.max(0, operand(0, row, column))
              : bits(Arithmetic.relu(value(0, row, column)));
      case GATE -> bits(Arithmetic.gate(value(0, row, column), value(1, row, column)));
      case EXP -> bits(Arithmetic.exp(value(0, row, column)));
      case LOG -> bits(Arithmetic.log(value(0, row, column)));
      case SQRT -> bits(Arithmetic.sqrt(value(0, row, column)));
      case TANH -> bits(Arithmetic.tanh(value(0, row, column)));
      case CONVERT ->
          entry.output().type() == ElementType.INT8
              ? Arithmetic.toInt8(value(0, row, column))
              : bits((float) operand(0, row, column));
      case REQUANTIZE ->
          Arithmetic.requantized(
              operand(0, row, column), entry.immediate(0), entry.immediate(1), entry.immediate(2));
      case TABLE -> reader.bits(entry.operand(1), 0, operand(0, row, column) - Byte.MIN_VALUE);
      case SUM_PRODUCTS -> sumProducts(row, column);
      case ROW_SUM -> rowSum(row, column);
      case ROW_MAX -> rowMax(row, column);
      case COPY -> copy(row * entry.output().columns() + column);
      case WINDOWS -> windows(row, column);
      case LOOKUP -> lookup(row, column);
      case ONE_HOT -> bits(reader.bits(entry.operand(0), row, 0) == column ? 1f : 0f);
      case BATCH_INDEX -> batchIndex(row);
    };
  }

  /// The form of NaN is the canonical one.
  private static int bits(float value) {
    return Float.floatToIntBits(value);
  }

  /// An operand's element where the operand's rows repeat and its single column spreads.
  private int operand(int index, int row, int column) {
    Tensor tensor = entry.operand(index);
    return reader.bits(tensor, row % tensor.rows(), tensor.columns() == 1 ? 0 : column);
  }

  private float value(int index, int row, int column) {
    return Float.intBitsToFloat(operand(index, row, column));
  }

  private int add(int row, int column) {
    return switch (entry.output().type()) {
      case INT8 -> Arithmetic.saturated((long) operand(0, row, column) + operand(1, row, column));
      case INT32 -> operand(0, row, column) + operand(1, row, column);
      case FLOAT32 -> bits(value(0, row, column) + value(1, row, column));
    };
  }

  private int sumProducts(int row, int column) {
    Tensor output = entry.output();
    int from = entry.immediate(1);
    int terms = entry.immediate(2);
    int group = row / (output.rows() / entry.immediate(0));
    int start = entry.operands().size() > 2 ? operand(2, row, column) : 0;
    int[] a = reader.bits(entry.operand(0), row, from, terms);
    int[] b = reader.bits(entry.operand(1), group * output.columns() + column, from, terms);
    if (output.type() == ElementType.INT32) {
      int sum = start;
      for (int k = 0; k < terms; k++) {
        sum += a[k] * b[k];
      }
      return sum;
    }
    float sum = Float.intBitsToFloat(start);
    for (int k = 0; k < terms; k++) {
      sum += Float.intBitsToFloat(a[k]) * Float.intBitsToFloat(b[k]);
    }
    return bits(sum);
  }

  private int rowSum(int row, int column) {
    float sum = entry.operands().size() > 1 ? value(1, row, column) : 0f;
    for (int bits : reader.bits(entry.operand(0), row, entry.immediate(0), entry.immediate(1))) {
      sum += Float.intBitsToFloat(bits);
    }
    return bits(sum);
  }

  private int rowMax(int row, int column) {
    float greatest = entry.operands().size() > 1 ? value(1, row, column) : Float.NEGATIVE_INFINITY;
    for (int bits : reader.bits(entry.operand(0), row, entry.immediate(0), entry.immediate(1))) {
      greatest = Arithmetic.maximum(Float.intBitsToFloat(bits), greatest);
    }
    return bits(greatest);
  }

  private int copy(int index) {
    int rest = index;
    int from = entry.immediate(0);
    for (int i = entry.immediates().size() - 2; i > 0; i -= 2) {
      from += rest % entry.immediate(i) * entry.immediate(i + 1);
      rest /= entry.immediate(i);
    }
    Tensor source = entry.operand(0);
    return canonical(reader.bits(source, from / source.columns(), from % source.columns()));
  }

  private int windows(int row, int column) {
    Windows windows = Windows.of(entry);
    int position = column / windows.channels();
    int kernelY = position / windows.kernelWidth();
    int kernelX = position % windows.kernelWidth();
    int imageRow = windows.imageRow(row, kernelY, kernelX);
    return imageRow < 0
        ? 0
        : canonical(reader.bits(entry.operand(0), imageRow, column % windows.channels()));
  }

  private int lookup(int row, int column) {
    int number = reader.bits(entry.operand(0), row, 0);
    Tensor table = entry.operand(1);
    return number < 0 || number >= table.rows() ? 0 : canonical(reader.bits(table, number, column));
  }

  private int canonical(int bits) {
    return entry.output().type() == ElementType.FLOAT32
        ? Float.floatToIntBits(Float.intBitsToFloat(bits))
        : bits;
  }

  private int batchIndex(int row) {
    int[] seed = reader.bits(entry.operand(0), 0, 0, 2);
    int step = reader.bits(entry.operand(1), 0, 0);
    long seedBits = Integer.toUnsignedLong(seed[0]) | (long) seed[1] << 32;
    return BatchOrder.index(seedBits, step, entry.output().rows(), row, entry.immediate(0));
  }
}
