// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Writes a plan's entries and remembers how each is differentiated, so that the entries of all
/// gradients can be written behind them, from the last back to the first (reverse mode). Belongs to
/// one thread. Protocol §17.3.
public final class Tape {
  /// How one result is differentiated: given its gradient, adds to those of its operands.
  private record Step(Tensor output, Consumer<Tensor> backward) {}

  private final PlanBuilder plan;
  private final List<Step> steps = new ArrayList<>();
  private final Set<Tensor> variable = new LinkedHashSet<>();
  private final Map<Tensor, Tensor> gradients = new LinkedHashMap<>();

  /// A tape over a plan.
  public Tape(PlanBuilder plan) {
    this.plan = plan;
  }

  /// Where entries go that are not differentiated.
  public PlanBuilder plan() {
    return plan;
  }

  /// From here on, gradients with respect to this tensor are wanted.
  public Tensor parameter(Tensor tensor) {
    variable.add(tensor);
    return tensor;
  }

  private Tensor record(Tensor output, List<Tensor> operands, Consumer<Tensor> backward) {
    if (operands.stream().anyMatch(variable::contains)) {
      variable.add(output);
      steps.add(new Step(output, backward));
    }
    return output;
  }

  /// Writes the gradients of a loss of one element; afterwards {@link #gradient} has them.
  public void differentiate(Tensor loss) {
    gradients.put(loss, plan.constant(1f));
    for (Step step : steps.reversed()) {
      Tensor gradient = gradients.get(step.output());
      if (gradient != null) {
        step.backward().accept(gradient);
      }
    }
  }

  /// The gradient of the loss with respect to a parameter; empty if the loss does not depend on it.
  public Optional<Tensor> gradient(Tensor parameter) {
    return Optional.ofNullable(gradients.get(parameter));
  }

  private void contribute(Tensor operand, Supplier<Tensor> part) {
    if (variable.contains(operand)) {
      Tensor known = gradients.get(operand);
      Tensor more = part.get();
      gradients.put(operand, known == null ? more : plan.binary(Operator.ADD, known, more));
    }
  }

  /// The gradient of an operand that was repeated or spread: the sum over where it went.
  private Tensor fitted(Tensor gradient, Tensor operand) {
    Tensor fitted = gradient;
    if (operand.columns() == 1 && fitted.columns() > 1) {
      fitted = plan.reduce(Operator.ROW_SUM, fitted);
    }
    if (operand.rows() < fitted.rows()) {
      // Rows r, r + n, r + 2 n, ... of the gradient belong to row r.
      int rows = operand.rows();
      int columns = fitted.columns();
      int repeats = fitted.rows() / rows;
      Tensor together =
          plan.copy(
              fitted,
              rows * columns,
              repeats,
              0,
              new int[] {rows * columns, repeats},
              new int[] {1, rows * columns});
      fitted = plan.reshape(plan.reduce(Operator.ROW_SUM, together), rows, columns);
    }
    return fitted;
  }

  private Tensor scaled(Tensor tensor, float factor) {
    return plan.binary(Operator.MULTIPLY, tensor, plan.constant(factor));
  }

  /// a + b.
  public Tensor add(Tensor a, Tensor b) {
    return record(
        plan.binary(Operator.ADD, a, b),
        List.of(a, b),
        g -> {
          contribute(a, () -> fitted(g, a));
          contribute(b, () -> fitted(g, b));
        });
  }

  /// a - b.
  public Tensor subtract(Tensor a, Tensor b) {
    return record(
        plan.binary(Operator.SUBTRACT, a, b),
        List.of(a, b),
        g -> {
          contribute(a, () -> fitted(g, a));
          contribute(b, () -> fitted(scaled(g, -1), b));
        });
  }

  /// a * b, element by element.
  public Tensor multiply(Tensor a, Tensor b) {
    return record(
        plan.binary(Operator.MULTIPLY, a, b),
        List.of(a, b),
        g -> {
          contribute(a, () -> fitted(plan.binary(Operator.MULTIPLY, g, b), a));
          contribute(b, () -> fitted(plan.binary(Operator.MULTIPLY, g, a), b));
        });
  }

  /// a times a number.
  public Tensor multiply(Tensor a, float factor) {
    return multiply(a, plan.constant(factor));
  }

  /// a / b.
  public Tensor divide(Tensor a, Tensor b) {
    Tensor quotient = plan.binary(Operator.DIVIDE, a, b);
    return record(
        quotient,
        List.of(a, b),
        g -> {
          contribute(a, () -> fitted(plan.binary(Operator.DIVIDE, g, b), a));
          contribute(
              b,
              () -> {
                Tensor product = plan.binary(Operator.MULTIPLY, g, quotient);
                return fitted(scaled(plan.binary(Operator.DIVIDE, product, b), -1), b);
              });
        });
  }

  /// a > 0 ? a : 0; the derivative at 0 is 0.
  public Tensor relu(Tensor a) {
    return record(
        plan.unary(Operator.RELU, a),
        List.of(a),
        g -> contribute(a, () -> plan.binary(Operator.GATE, a, g)));
  }

  /// e^a.
  public Tensor exp(Tensor a) {
    Tensor result = plan.unary(Operator.EXP, a);
    return record(
        result, List.of(a), g -> contribute(a, () -> plan.binary(Operator.MULTIPLY, g, result)));
  }

  /// ln a.
  public Tensor log(Tensor a) {
    return record(
        plan.unary(Operator.LOG, a),
        List.of(a),
        g -> contribute(a, () -> plan.binary(Operator.DIVIDE, g, a)));
  }

  /// The square root.
  public Tensor sqrt(Tensor a) {
    Tensor result = plan.unary(Operator.SQRT, a);
    return record(
        result,
        List.of(a),
        g -> contribute(a, () -> plan.binary(Operator.DIVIDE, scaled(g, 0.5f), result)));
  }

  /// The hyperbolic tangent.
  public Tensor tanh(Tensor a) {
    Tensor result = plan.unary(Operator.TANH, a);
    return record(
        result,
        List.of(a),
        g ->
            contribute(
                a,
                () -> {
                  Tensor square = plan.binary(Operator.MULTIPLY, result, result);
                  Tensor slope = plan.binary(Operator.SUBTRACT, plan.constant(1f), square);
                  return plan.binary(Operator.MULTIPLY, g, slope);
                }));
  }

  /// Rows of `a` times rows of `b`, in `batch` groups, on top of nothing or one bias.
  public Tensor product(Tensor a, Tensor b, int batch, List<Tensor> bias) {
    List<Tensor> operands = new ArrayList<>(List.of(a, b));
    operands.addAll(bias);
    return record(
        plan.sumProducts(a, b, batch, bias),
        operands,
        g -> {
          contribute(a, () -> plan.sumProducts(g, plan.transpose(b, batch), batch, List.of()));
          contribute(
              b,
              () ->
                  plan.sumProducts(
                      plan.transpose(g, batch), plan.transpose(a, batch), batch, List.of()));
          bias.forEach(start -> contribute(start, () -> fitted(g, start)));
        });
  }

  /// The sum of each row.
  public Tensor rowSum(Tensor a) {
    return record(
        plan.reduce(Operator.ROW_SUM, a), List.of(a), g -> contribute(a, () -> spread(g, a)));
  }

  private Tensor spread(Tensor column, Tensor shape) {
    return plan.copy(
        column,
        shape.rows(),
        shape.columns(),
        0,
        new int[] {shape.rows(), shape.columns()},
        new int[] {1, 0});
  }

  /// The greatest of each row; differentiated as a constant, which is right where it only shifts,
  /// as in a softmax.
  public Tensor rowMax(Tensor a) {
    return plan.reduce(Operator.ROW_MAX, a);
  }

  /// The same elements in rows of another length.
  public Tensor reshape(Tensor a, int rows, int columns) {
    return record(
        plan.reshape(a, rows, columns),
        List.of(a),
        g -> contribute(a, () -> plan.reshape(g, a.rows(), a.columns())));
  }

  /// The dimensions of `a` in another order.
  ///
  /// @param sizes the dimensions of `a`, outermost first; their product is its elements
  /// @param order for each dimension of the result, which of those it is
  /// @param rows rows of the result
  public Tensor permute(Tensor a, int[] sizes, int[] order, int rows) {
    int[] strides = new int[sizes.length];
    int stride = 1;
    for (int i = sizes.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= sizes[i];
    }
    int[] resultSizes = new int[sizes.length];
    int[] resultStrides = new int[sizes.length];
    int[] inverse = new int[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      resultSizes[i] = sizes[order[i]];
      resultStrides[i] = strides[order[i]];
      inverse[order[i]] = i;
    }
    return record(
        plan.copy(a, rows, a.elements() / rows, 0, resultSizes, resultStrides),
        List.of(a),
        g -> contribute(a, () -> new Tape(plan).permute(g, resultSizes, inverse, a.rows())));
  }

  /// Rows of a table by numbers: an embedding.
  public Tensor lookup(Tensor numbers, Tensor table) {
    Tensor result =
        plan.emit(
            Operator.LOOKUP,
            table.type(),
            numbers.rows(),
            table.columns(),
            List.of(numbers, table),
            List.of());
    return record(
        result,
        List.of(table),
        g ->
            contribute(
                table,
                () ->
                    plan.sumProducts(
                        plan.transpose(oneHot(numbers, table.rows()), 1),
                        plan.transpose(g, 1),
                        1,
                        List.of())));
  }

  /// 1 in the column that each number names.
  public Tensor oneHot(Tensor numbers, int columns) {
    return plan.emit(
        Operator.ONE_HOT,
        ElementType.FLOAT32,
        numbers.rows(),
        columns,
        List.of(numbers),
        List.of());
  }

  /// A convolution over images whose rows are pixels.
  ///
  /// @param image pixels of all images, a channel per column
  /// @param kernel a row per result channel, columns by kernel row, kernel column, channel
  /// @param bias one row, a column per result channel
  Tensor convolution(Tensor image, Tensor kernel, Tensor bias, Windows windows) {
    Tensor columns = plan.windows(image, windows);
    return record(
        plan.sumProducts(columns, kernel, 1, List.of(bias)),
        List.of(image, kernel, bias),
        g -> {
          contribute(
              kernel,
              () ->
                  plan.sumProducts(plan.transpose(g, 1), plan.transpose(columns, 1), 1, List.of()));
          contribute(bias, () -> fitted(g, bias));
          contribute(image, () -> imageGradient(g, kernel, windows));
        });
  }

  /// The windows of the gradient, spread by the step, times the kernel turned by half a turn.
  private Tensor imageGradient(Tensor gradient, Tensor kernel, Windows windows) {
    int height = windows.kernelHeight();
    int width = windows.kernelWidth();
    int channels = windows.channels();
    Windows back =
        new Windows(
            windows.items(),
            windows.outHeight(),
            windows.outWidth(),
            windows.height(),
            windows.width(),
            height,
            width,
            1,
            windows.step(),
            height - 1 - windows.padTop(),
            width - 1 - windows.padLeft(),
            kernel.rows());
    Tensor turned =
        plan.copy(
            kernel,
            channels,
            height * width * kernel.rows(),
            (height * width - 1) * channels,
            new int[] {channels, height, width, kernel.rows()},
            new int[] {1, -width * channels, -channels, height * width * channels});
    return plan.sumProducts(plan.windows(gradient, back), turned, 1, List.of());
  }
}
