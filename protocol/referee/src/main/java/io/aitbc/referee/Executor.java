// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import io.aitbc.crypto.Workers;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// Carries out a plan with fast loops, for many items at once, to the same bits as {@link
/// ElementRule}. Belongs to one thread; hands rows of large products to its workers. Protocol
/// §17.2.
final class Executor {
  private final Model model;
  private final Products products;
  private final List<Optional<Elementwise>> elementwise;

  /// An executor for one model.
  Executor(Model model, Kernel kernel, Workers workers) {
    this.model = model;
    this.products = new Products(kernel, workers);
    this.elementwise = model.entries().stream().map(Elementwise::of).toList();
  }

  /// Fills the trace from input, constants and state.
  void run(Memory memory) {
    List<Entry> entries = model.entries();
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      if (elementwise.get(i).isPresent()) {
        elementwise.get(i).get().run(memory);
      } else if (entry.operator() == Operator.SUM_PRODUCTS) {
        products.run(entry, i, memory);
      } else {
        for (int item = 0; item < memory.items(); item++) {
          new Rows(entry, memory, item).run();
        }
      }
    }
  }

  /// Products of matrices, by the kernel. Panels of constants are laid out once.
  private static final class Products {
    /// Terms of an int8 product whose float sums are exact: 2^10 products of at most 2^14 in 24
    /// bits of precision.
    private static final int EXACT_TERMS = 1024;

    /// Rows that a task takes at least, so that handing it over pays.
    private static final int TASK_ROWS = 16;

    private final Kernel kernel;
    private final Workers workers;
    private final TreeMap<Integer, Panels[]> ofConstants = new TreeMap<>();

    Products(Kernel kernel, Workers workers) {
      this.kernel = kernel;
      this.workers = workers;
    }

    void run(Entry entry, int index, Memory memory) {
      Tensor output = entry.output();
      Tensor right = entry.operand(1);
      int batch = entry.immediate(0);
      int rows = output.rows() / batch;
      start(entry, memory);
      if (batch == 1 && !memory.isPerItem(right)) {
        Panels[] panels =
            right.space() == Space.CONSTANT
                ? ofConstants.computeIfAbsent(index, _ -> panels(entry, memory.of(right), 0))
                : panels(entry, memory.of(right), 0);
        // A shared left factor is repeated for each item, so only one item's rows are neighbours.
        if (memory.isPerItem(entry.operand(0)) || memory.items() == 1) {
          multiply(entry, memory, panels, 0, 0, memory.items() * rows);
        } else {
          for (int item = 0; item < memory.items(); item++) {
            multiply(entry, memory, panels, 0, item * rows, rows);
          }
        }
        return;
      }
      for (int item = 0; item < memory.items(); item++) {
        for (int group = 0; group < batch; group++) {
          int firstRow = memory.base(right, item) / right.columns() + group * output.columns();
          Panels[] panels = panels(entry, memory.of(right), firstRow);
          int left =
              memory.base(entry.operand(0), item) / entry.operand(0).columns() + group * rows;
          multiply(entry, memory, panels, left, item * output.rows() + group * rows, rows);
        }
      }
    }

    /// Sets the sums to what they go on from.
    private static void start(Entry entry, Memory memory) {
      Tensor output = entry.output();
      Elements target = memory.of(output);
      if (entry.operands().size() < 3) {
        target.clear(0, target.count());
        return;
      }
      Tensor start = entry.operand(2);
      Elements source = memory.of(start);
      int columns = output.columns();
      for (int item = 0; item < memory.items(); item++) {
        int base = memory.base(start, item);
        for (int row = 0; row < output.rows(); row++) {
          int to = (item * output.rows() + row) * columns;
          int from = base + row % start.rows() * start.columns();
          if (start.columns() == columns) {
            target.copyFrom(source, from, to, columns);
          } else {
            target.fillFrom(source, from, to, columns);
          }
        }
      }
    }

    private static Panels[] panels(Entry entry, Elements right, int firstRow) {
      int from = entry.immediate(1);
      int terms = entry.immediate(2);
      int part = right.type() == ElementType.INT8 ? EXACT_TERMS : terms;
      Panels[] panels = new Panels[(terms + part - 1) / part];
      for (int i = 0; i < panels.length; i++) {
        panels[i] =
            Panels.of(
                right,
                entry.operand(1).columns(),
                firstRow,
                entry.output().columns(),
                from + i * part,
                Math.min(part, terms - i * part));
      }
      return panels;
    }

    private void multiply(
        Entry entry, Memory memory, Panels[] panels, int leftRow, int row, int rows) {
      int tasks = Math.clamp(rows / TASK_ROWS, 1, workers.width());
      if (tasks == 1) {
        multiplyRows(entry, memory, panels, leftRow, row, rows);
        return;
      }
      workers.forEach(
          tasks,
          task -> {
            int first = (int) ((long) rows * task / tasks); // rounded down
            int end = (int) ((long) rows * (task + 1) / tasks);
            multiplyRows(entry, memory, panels, leftRow + first, row + first, end - first);
          });
    }

    private void multiplyRows(
        Entry entry, Memory memory, Panels[] panels, int leftRow, int row, int rows) {
      int stride = entry.operand(0).columns();
      int columns = entry.output().columns();
      int from = leftRow * stride + entry.immediate(1);
      Elements left = memory.of(entry.operand(0));
      Elements output = memory.of(entry.output());
      if (left.type() == ElementType.FLOAT32) {
        kernel.multiplyAdd(
            left.floats(), from, stride, panels[0], output.floats(), row * columns, columns, rows);
        return;
      }
      // Integers below 2^24 are exact in a float, whatever the order: the same kernel serves.
      float[] factors = new float[Math.min(rows, TASK_ROWS) * panels[0].terms()];
      float[] sums = new float[Math.min(rows, TASK_ROWS) * columns];
      int[] totals = output.ints();
      for (int first = 0; first < rows; first += TASK_ROWS) {
        int count = Math.min(TASK_ROWS, rows - first);
        for (int part = 0; part < panels.length; part++) {
          int terms = panels[part].terms();
          for (int i = 0; i < count; i++) {
            widen(
                left.bytes(),
                from + (first + i) * stride + part * EXACT_TERMS,
                factors,
                i * terms,
                terms);
          }
          Arrays.fill(sums, 0, count * columns, 0f);
          kernel.multiplyAdd(factors, 0, terms, panels[part], sums, 0, columns, count);
          accumulate(sums, totals, (row + first) * columns, count * columns);
        }
      }
    }

    private static void widen(byte[] source, int from, float[] target, int to, int count) {
      for (int i = 0; i < count; i++) {
        target[to + i] = source[from + i];
      }
    }

    private static void accumulate(float[] sums, int[] totals, int from, int count) {
      for (int i = 0; i < count; i++) {
        totals[from + i] += (int) sums[i];
      }
    }
  }
}
