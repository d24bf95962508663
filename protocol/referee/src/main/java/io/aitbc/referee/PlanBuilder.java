// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import java.util.ArrayList;
import java.util.List;

/// Makes plans: hands out places in the spaces and writes entries one after another. Long sums are
/// cut every 4,096 terms. Belongs to one thread. Protocol §17.3.
public final class PlanBuilder {
  private final List<Entry> entries = new ArrayList<>();
  private final List<Tensor> constantTensors = new ArrayList<>();
  private final List<Elements> constants = new ArrayList<>();
  private final List<Tensor> states = new ArrayList<>();
  private final int[] nextTile = new int[Space.values().length];
  private long inputBytes;

  private Tensor place(Space space, ElementType type, int rows, int columns) {
    Tensor tensor = new Tensor(space, type, nextTile[space.code()], rows, columns);
    nextTile[space.code()] = tensor.endTile();
    return tensor;
  }

  /// The next tensor of the input.
  public Tensor input(ElementType type, int rows, int columns) {
    Tensor tensor = place(Space.INPUT, type, rows, columns);
    inputBytes += tensor.bytes();
    return tensor;
  }

  /// A constant.
  ///
  /// @throws IllegalArgumentException if there are not rows times columns elements
  public Tensor constant(Elements elements, int rows, int columns) {
    Tensor tensor = place(Space.CONSTANT, elements.type(), rows, columns);
    if (elements.count() != tensor.elements()) {
      throw new IllegalArgumentException(
          elements.count() + " elements for " + rows + " x " + columns);
    }
    constantTensors.add(tensor);
    constants.add(elements);
    return tensor;
  }

  /// A constant of one float.
  public Tensor constant(float value) {
    return constant(Elements.of(new float[] {value}), 1, 1);
  }

  /// The next tensor of the state.
  public Tensor state(ElementType type, int rows, int columns) {
    Tensor tensor = place(Space.STATE, type, rows, columns);
    states.add(tensor);
    return tensor;
  }

  /// Writes an entry and returns what it makes.
  public Tensor emit(
      Operator operator,
      ElementType type,
      int rows,
      int columns,
      List<Tensor> operands,
      List<Integer> immediates) {
    Tensor output = place(Space.TRACE, type, rows, columns);
    entries.add(new Entry(operator, output, operands, immediates));
    return output;
  }

  /// An entry of two operands, shaped like the larger.
  public Tensor binary(Operator operator, Tensor a, Tensor b) {
    return emit(
        operator,
        a.type(),
        Math.max(a.rows(), b.rows()),
        Math.max(a.columns(), b.columns()),
        List.of(a, b),
        List.of());
  }

  /// An entry of one operand, shaped and typed like it.
  public Tensor unary(Operator operator, Tensor a) {
    return emit(operator, a.type(), a.rows(), a.columns(), List.of(a), List.of());
  }

  /// The same values in another type.
  public Tensor convert(Tensor a, ElementType type) {
    return emit(Operator.CONVERT, type, a.rows(), a.columns(), List.of(a), List.of());
  }

  /// Products of rows of `a` with rows of `b`, in `batch` groups of rows; cut every 4,096 terms.
  ///
  /// @param start what the sums go on from: nothing, or one tensor
  public Tensor sumProducts(Tensor a, Tensor b, int batch, List<Tensor> start) {
    ElementType type = a.type() == ElementType.INT8 ? ElementType.INT32 : ElementType.FLOAT32;
    List<Tensor> sum = start;
    for (int from = 0; from < a.columns(); from += Entry.TERMS_MAX) {
      List<Tensor> operands = new ArrayList<>(List.of(a, b));
      operands.addAll(sum);
      int terms = Math.min(Entry.TERMS_MAX, a.columns() - from);
      sum =
          List.of(
              emit(
                  Operator.SUM_PRODUCTS,
                  type,
                  a.rows(),
                  b.rows() / batch,
                  operands,
                  List.of(batch, from, terms)));
    }
    return sum.getFirst();
  }

  /// ROW_SUM or ROW_MAX over whole rows; cut every 4,096 terms.
  public Tensor reduce(Operator operator, Tensor a) {
    List<Tensor> sum = List.of();
    for (int from = 0; from < a.columns(); from += Entry.TERMS_MAX) {
      List<Tensor> operands = new ArrayList<>(List.of(a));
      operands.addAll(sum);
      int terms = Math.min(Entry.TERMS_MAX, a.columns() - from);
      sum = List.of(emit(operator, a.type(), a.rows(), 1, operands, List.of(from, terms)));
    }
    return sum.getFirst();
  }

  /// Elements of `a` in another order: `sizes` are the dimensions of the result from the outermost
  /// to the innermost, `strides` how far in `a` one step of each goes.
  public Tensor copy(Tensor a, int rows, int columns, int offset, int[] sizes, int[] strides) {
    List<Integer> immediates = new ArrayList<>();
    immediates.add(offset);
    for (int i = 0; i < sizes.length; i++) {
      immediates.add(sizes[i]);
      immediates.add(strides[i]);
    }
    return emit(Operator.COPY, a.type(), rows, columns, List.of(a), immediates);
  }

  /// The same elements in the same order, in rows of another length.
  public Tensor reshape(Tensor a, int rows, int columns) {
    return copy(a, rows, columns, 0, new int[] {a.elements()}, new int[] {1});
  }

  /// Each of `batch` groups of rows transposed.
  public Tensor transpose(Tensor a, int batch) {
    int rows = a.rows() / batch;
    return copy(
        a,
        batch * a.columns(),
        rows,
        0,
        new int[] {batch, a.columns(), rows},
        new int[] {a.elements() / batch, 1, a.columns()});
  }

  /// The rows of windows of an image.
  Tensor windows(Tensor image, Windows windows) {
    return emit(
        Operator.WINDOWS,
        image.type(),
        Math.toIntExact(windows.windowRows()),
        Math.toIntExact(windows.windowColumns()),
        List.of(image),
        windows.immediates());
  }

  /// The model that infers: its output is `output`.
  ///
  /// @throws MalformedModelException if an entry does not fit its operands
  public Model inference(Tensor output) throws MalformedModelException {
    // A graph may answer what it is given.
    if (entries.isEmpty() || !entries.getLast().output().equals(output)) {
      Tensor _ = reshape(output, output.rows(), output.columns());
    }
    return build(0);
  }

  /// The model of one training step: `next` are the state's tensors after it, in the order in which
  /// the state was made.
  ///
  /// @throws MalformedModelException if an entry does not fit its operands, or `next` the state
  public Model training(List<Tensor> next) throws MalformedModelException {
    for (Tensor tensor : next) {
      Tensor _ = reshape(tensor, tensor.rows(), tensor.columns());
    }
    return build(nextTile[Space.STATE.code()]);
  }

  private Model build(int stateTiles) throws MalformedModelException {
    return Model.of(
        entries, constantTensors, constants, nextTile[Space.INPUT.code()], inputBytes, stateTiles);
  }

  /// The state's tensors so far.
  public List<Tensor> states() {
    return List.copyOf(states);
  }
}
