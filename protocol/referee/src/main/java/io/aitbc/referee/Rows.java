// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import java.util.Arrays;

/// Operators that look along rows or move elements, for one item. Protocol §17.2.
final class Rows {
  private final Entry entry;
  private final Memory memory;
  private final int item;
  private final Tensor output;
  private final Elements target;
  private final int targetBase;

  Rows(Entry entry, Memory memory, int item) {
    this.entry = entry;
    this.memory = memory;
    this.item = item;
    this.output = entry.output();
    this.target = memory.of(output);
    this.targetBase = memory.base(output, item);
  }

  void run() {
    switch (entry.operator()) {
      case ROW_SUM -> rowSum();
      case ROW_MAX -> rowMax();
      case COPY -> copy();
      case WINDOWS -> windows();
      case LOOKUP -> lookup();
      case ONE_HOT -> oneHot();
      case BATCH_INDEX -> batchIndex();
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
          TABLE,
          SUM_PRODUCTS ->
          throw new IllegalStateException("no loop over rows: " + entry.operator());
    }
  }

  private float start(int row, float without) {
    if (entry.operands().size() < 2) {
      return without;
    }
    Tensor start = entry.operand(1);
    int at = memory.base(start, item) + row % start.rows() * start.columns();
    return memory.of(start).floats()[at];
  }

  private void rowSum() {
    Tensor source = entry.operand(0);
    float[] values = memory.of(source).floats();
    float[] sums = target.floats();
    int terms = entry.immediate(1);
    for (int row = 0; row < output.rows(); row++) {
      int from = memory.base(source, item) + row * source.columns() + entry.immediate(0);
      float sum = start(row, 0f);
      for (int k = 0; k < terms; k++) {
        sum += values[from + k];
      }
      sums[targetBase + row] = sum;
    }
  }

  private void rowMax() {
    Tensor source = entry.operand(0);
    float[] values = memory.of(source).floats();
    float[] greatest = target.floats();
    int terms = entry.immediate(1);
    for (int row = 0; row < output.rows(); row++) {
      int from = memory.base(source, item) + row * source.columns() + entry.immediate(0);
      float max = start(row, Float.NEGATIVE_INFINITY);
      for (int k = 0; k < terms; k++) {
        max = Arithmetic.maximum(values[from + k], max);
      }
      greatest[targetBase + row] = max;
    }
  }

  /// Counts through the dimensions, the last one in a loop of its own.
  private void copy() {
    Elements source = memory.of(entry.operand(0));
    int dimensions = entry.immediates().size() / 2;
    int[] counter = new int[dimensions];
    int innerSize = entry.immediate(2 * dimensions - 1);
    int innerStride = entry.immediate(2 * dimensions);
    int from = memory.base(entry.operand(0), item) + entry.immediate(0);
    for (int to = 0; to < output.elements(); to += innerSize) {
      if (innerStride == 1) {
        target.copyFrom(source, from, targetBase + to, innerSize);
      } else {
        stride(source, from, innerStride, targetBase + to, innerSize);
      }
      for (int d = dimensions - 2; d >= 0; d--) {
        int size = entry.immediate(2 * d + 1);
        int stride = entry.immediate(2 * d + 2);
        from += stride;
        if (++counter[d] < size) {
          break;
        }
        counter[d] = 0;
        from -= size * stride;
      }
    }
  }

  private void stride(Elements source, int from, int stride, int to, int count) {
    switch (output.type()) {
      case INT8 -> {
        for (int i = 0; i < count; i++) {
          target.bytes()[to + i] = source.bytes()[from + i * stride];
        }
      }
      case INT32 -> {
        for (int i = 0; i < count; i++) {
          target.ints()[to + i] = source.ints()[from + i * stride];
        }
      }
      case FLOAT32 -> {
        float[] values = source.floats();
        float[] copies = target.floats();
        for (int i = 0; i < count; i++) {
          copies[to + i] = values[from + i * stride];
        }
      }
    }
  }

  private void windows() {
    Windows windows = Windows.of(entry);
    Elements source = memory.of(entry.operand(0));
    int base = memory.base(entry.operand(0), item);
    int channels = windows.channels();
    int to = targetBase;
    for (int row = 0; row < output.rows(); row++) {
      for (int y = 0; y < windows.kernelHeight(); y++) {
        for (int x = 0; x < windows.kernelWidth(); x++) {
          int imageRow = windows.imageRow(row, y, x);
          if (imageRow < 0) {
            target.clear(to, channels);
          } else {
            target.copyFrom(source, base + imageRow * channels, to, channels);
          }
          to += channels;
        }
      }
    }
  }

  private void lookup() {
    int[] numbers = memory.of(entry.operand(0)).ints();
    int numbersBase = memory.base(entry.operand(0), item);
    Tensor table = entry.operand(1);
    Elements source = memory.of(table);
    int columns = output.columns();
    for (int row = 0; row < output.rows(); row++) {
      int number = numbers[numbersBase + row];
      int to = targetBase + row * columns;
      if (number < 0 || number >= table.rows()) {
        target.clear(to, columns);
      } else {
        target.copyFrom(source, memory.base(table, item) + number * columns, to, columns);
      }
    }
  }

  private void oneHot() {
    int[] numbers = memory.of(entry.operand(0)).ints();
    int numbersBase = memory.base(entry.operand(0), item);
    float[] values = target.floats();
    Arrays.fill(values, targetBase, targetBase + output.elements(), 0f);
    for (int row = 0; row < output.rows(); row++) {
      int number = numbers[numbersBase + row];
      if (number >= 0 && number < output.columns()) {
        values[targetBase + row * output.columns() + number] = 1f;
      }
    }
  }

  private void batchIndex() {
    Elements seed = memory.of(entry.operand(0));
    int seedBase = memory.base(entry.operand(0), item);
    int step = memory.of(entry.operand(1)).ints()[memory.base(entry.operand(1), item)];
    long seedBits =
        Integer.toUnsignedLong(seed.ints()[seedBase]) | (long) seed.ints()[seedBase + 1] << 32;
    for (int row = 0; row < output.rows(); row++) {
      target.ints()[targetBase + row] =
          BatchOrder.index(seedBits, step, output.rows(), row, entry.immediate(0));
    }
  }
}
