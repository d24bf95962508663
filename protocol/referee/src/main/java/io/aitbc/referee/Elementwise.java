// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import java.util.Optional;

/// Operators whose element depends on the elements at the same place: loops over whole tensors
/// where the shapes are alike, row by row where an operand repeats or spreads. Protocol §17.2.
final class Elementwise {
  private final Entry entry;

  private Elementwise(Entry entry) {
    this.entry = entry;
  }

  /// The loops of an entry, if its operator is one of these.
  static Optional<Elementwise> of(Entry entry) {
    return switch (entry.operator()) {
      case ADD,
          SUBTRACT,
          MULTIPLY,
          DIVIDE,
          MAXIMUM,
          GATE,
          RELU,
          EXP,
          LOG,
          SQRT,
          TANH,
          CONVERT,
          REQUANTIZE,
          TABLE ->
          Optional.of(new Elementwise(entry));
      case SUM_PRODUCTS, ROW_SUM, ROW_MAX, COPY, WINDOWS, LOOKUP, ONE_HOT, BATCH_INDEX ->
          Optional.empty();
    };
  }

  void run(Memory memory) {
    Tensor output = entry.output();
    if (entry.operator() == Operator.TABLE) {
      table(memory);
      return;
    }
    boolean whole = true;
    for (Tensor operand : entry.operands()) {
      whole &= operand.isShapedLike(output) && (memory.items() == 1 || memory.isPerItem(operand));
    }
    Operands operands = new Operands(entry, memory);
    if (whole) {
      operands.loop(0, 0, 0, memory.items() * output.elements());
      return;
    }
    for (int item = 0; item < memory.items(); item++) {
      for (int row = 0; row < output.rows(); row++) {
        operands.row(item, row);
      }
    }
  }

  private void table(Memory memory) {
    byte[] table = memory.of(entry.operand(1)).bytes();
    Tensor source = entry.operand(0);
    byte[] target = memory.of(entry.output()).bytes();
    int elements = entry.output().elements();
    for (int item = 0; item < memory.items(); item++) {
      byte[] from = memory.of(source).bytes();
      int base = memory.base(source, item);
      for (int i = 0; i < elements; i++) {
        target[item * elements + i] = table[from[base + i] - Byte.MIN_VALUE];
      }
    }
  }

  /// The arrays of one run.
  private static final class Operands {
    private final Entry entry;
    private final Memory memory;
    private final Elements output;
    private final Elements[] sources;
    private final Elements[] spread;

    Operands(Entry entry, Memory memory) {
      this.entry = entry;
      this.memory = memory;
      this.output = memory.of(entry.output());
      int count = entry.operands().size();
      this.sources = new Elements[count];
      this.spread = new Elements[count];
      for (int i = 0; i < count; i++) {
        Tensor operand = entry.operand(i);
        sources[i] = memory.of(operand);
        spread[i] = Elements.zeros(operand.type(), isSpread(i) ? entry.output().columns() : 0);
      }
    }

    private boolean isSpread(int operand) {
      return entry.operand(operand).columns() == 1 && entry.output().columns() > 1;
    }

    /// One row, with its operands brought to the row's length.
    void row(int item, int row) {
      int columns = entry.output().columns();
      int[] from = new int[2];
      Elements[] used = new Elements[2];
      for (int i = 0; i < sources.length; i++) {
        Tensor operand = entry.operand(i);
        int at = memory.base(operand, item) + row % operand.rows() * operand.columns();
        if (isSpread(i)) {
          spread[i].fillFrom(sources[i], at, 0, columns);
          used[i] = spread[i];
        } else {
          used[i] = sources[i];
          from[i] = at;
        }
      }
      int target = (item * entry.output().rows() + row) * columns;
      loop(used[0], from[0], used[sources.length - 1], from[sources.length - 1], target, columns);
    }

    void loop(int from, int fromSecond, int target, int count) {
      loop(sources[0], from, sources[sources.length - 1], fromSecond, target, count);
    }

    private void loop(Elements a, int i, Elements b, int j, int o, int n) {
      switch (output.type()) {
        case FLOAT32 -> {
          if (entry.operator() == Operator.CONVERT) {
            toFloat(a, i, output.floats(), o, n);
          } else if (entry.operands().size() == 1) {
            unary(entry.operator(), a.floats(), i, output.floats(), o, n);
          } else {
            binary(entry.operator(), a.floats(), i, b.floats(), j, output.floats(), o, n);
          }
        }
        case INT32 -> {
          for (int k = 0; k < n; k++) {
            output.ints()[o + k] = a.ints()[i + k] + b.ints()[j + k];
          }
        }
        case INT8 -> integers(a, i, b, j, output.bytes(), o, n);
      }
    }

    private void integers(Elements a, int i, Elements b, int j, byte[] c, int o, int n) {
      switch (entry.operator()) {
        case REQUANTIZE -> {
          int shift = entry.immediate(0);
          int low = entry.immediate(1);
          int high = entry.immediate(2);
          int[] sums = a.ints();
          for (int k = 0; k < n; k++) {
            c[o + k] = (byte) Arithmetic.requantized(sums[i + k], shift, low, high);
          }
        }
        case CONVERT -> {
          for (int k = 0; k < n; k++) {
            c[o + k] = (byte) Arithmetic.toInt8(a.floats()[i + k]);
          }
        }
        case RELU -> {
          for (int k = 0; k < n; k++) {
            c[o + k] = (byte) Math.max(0, a.bytes()[i + k]);
          }
        }
        case ADD -> {
          for (int k = 0; k < n; k++) {
            c[o + k] = (byte) Arithmetic.saturated(a.bytes()[i + k] + b.bytes()[j + k]);
          }
        }
        default -> throw unexpected();
      }
    }

    private IllegalStateException unexpected() {
      return new IllegalStateException("no loop over these types: " + entry.operator());
    }

    private static void toFloat(Elements a, int i, float[] c, int o, int n) {
      if (a.type() == ElementType.INT8) {
        byte[] bytes = a.bytes();
        for (int k = 0; k < n; k++) {
          c[o + k] = bytes[i + k];
        }
      } else {
        int[] ints = a.ints();
        for (int k = 0; k < n; k++) {
          c[o + k] = ints[i + k];
        }
      }
    }

    private void unary(Operator operator, float[] a, int i, float[] c, int o, int n) {
      switch (operator) {
        case RELU -> {
          for (int k = 0; k < n; k++) {
            c[o + k] = Arithmetic.relu(a[i + k]);
          }
        }
        case EXP -> {
          for (int k = 0; k < n; k++) {
            c[o + k] = Arithmetic.exp(a[i + k]);
          }
        }
        case LOG -> {
          for (int k = 0; k < n; k++) {
            c[o + k] = Arithmetic.log(a[i + k]);
          }
        }
        case SQRT -> {
          for (int k = 0; k < n; k++) {
            c[o + k] = Arithmetic.sqrt(a[i + k]);
          }
        }
        case TANH -> {
          for (int k = 0; k < n; k++) {
            c[o + k] = Arithmetic.tanh(a[i + k]);
          }
        }
        default -> throw unexpected();
      }
    }

    private void binary(
        Operator operator, float[] a, int i, float[] b, int j, float[] c, int o, int n) {
      switch (operator) {
        case ADD -> {
          for (int k = 0; k < n; k++) {
            c[o + k] = a[i + k] + b[j + k];
          }
        }
        case SUBTRACT -> {
          for (int k = 0; k < n; k++) {
            c[o + k] = a[i + k] - b[j + k];
          }
        }
        case MULTIPLY -> {
          for (int k = 0; k < n; k++) {
            c[o + k] = a[i + k] * b[j + k];
          }
        }
        case DIVIDE -> {
          for (int k = 0; k < n; k++) {
            c[o + k] = a[i + k] / b[j + k];
          }
        }
        case MAXIMUM -> {
          for (int k = 0; k < n; k++) {
            c[o + k] = Arithmetic.maximum(a[i + k], b[j + k]);
          }
        }
        case GATE -> {
          for (int k = 0; k < n; k++) {
            c[o + k] = Arithmetic.gate(a[i + k], b[j + k]);
          }
        }
        default -> throw unexpected();
      }
    }
  }
}
