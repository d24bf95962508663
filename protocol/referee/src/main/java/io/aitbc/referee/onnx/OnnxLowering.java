// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee.onnx;

import io.aitbc.crypto.Bytes;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Layers;
import io.aitbc.referee.MalformedModelException;
import io.aitbc.referee.Model;
import io.aitbc.referee.Operator;
import io.aitbc.referee.PlanBuilder;
import io.aitbc.referee.Tape;
import io.aitbc.referee.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Lowers a graph of the subset to a model that infers one item. A value of any rank is a matrix
/// whose columns are its last dimension; weights are turned so that each result column has a row.
/// Protocol §17.7.
public final class OnnxLowering {
  /// A value in the plan, and its dimensions in the graph.
  private record Placed(Tensor tensor, List<Integer> sizes) {}

  /// A sum on its way to int8: Cast to binary64, Mul by a power of two, Add a half, Floor, Clip.
  ///
  /// @param sum the sum
  /// @param stages how many of these were seen
  /// @param shift the power
  /// @param low least value
  /// @param high greatest value
  private record Rounding(Placed sum, int stages, int shift, int low, int high) {}

  private final PlanBuilder plan = new PlanBuilder();
  private final Tape tape = new Tape(plan);
  private final Layers layers = new Layers(tape);
  private final Map<String, OnnxTensor> initializers = new TreeMap<>();
  private final Map<String, Placed> values = new TreeMap<>();
  private final Map<String, Rounding> roundings = new TreeMap<>();

  private OnnxLowering() {}

  /// The model of a graph.
  ///
  /// @throws OnnxRefusalException if the subset does not have an operator, attribute or shape
  /// @throws MalformedModelException if shapes do not fit each other
  public static Model model(OnnxGraph graph) throws OnnxRefusalException, MalformedModelException {
    return new OnnxLowering().lower(graph);
  }

  private Model lower(OnnxGraph graph) throws OnnxRefusalException, MalformedModelException {
    graph.initializers().forEach(tensor -> initializers.put(tensor.name(), tensor));
    input(graph.input());
    for (OnnxNode node : graph.nodes()) {
      try {
        node(node);
      } catch (IllegalArgumentException | ArithmeticException outOfBounds) {
        throw new OnnxRefusalException(new OnnxRefusal.Unsupported(node.operator(), "its size"));
      }
    }
    OnnxValue output = graph.output();
    try {
      return plan.inference(value(output.name()).tensor());
    } catch (IllegalArgumentException | ArithmeticException outOfBounds) {
      throw unsupported(output);
    }
  }

  private void input(OnnxValue input) throws OnnxRefusalException {
    List<Integer> sizes = input.sizes();
    ElementType type = type(input.name(), input.type(), sizes);
    try {
      values.put(input.name(), new Placed(plan.input(type, rows(sizes), columns(sizes)), sizes));
    } catch (IllegalArgumentException | ArithmeticException outOfBounds) {
      throw unsupported(input);
    }
  }

  private static OnnxRefusalException unsupported(OnnxValue value) {
    return new OnnxRefusalException(
        new OnnxRefusal.UnsupportedValue(value.name(), value.type(), value.sizes()));
  }

  private static ElementType type(String name, int type, List<Integer> sizes)
      throws OnnxRefusalException {
    return switch (type) {
      case OnnxTensor.FLOAT -> ElementType.FLOAT32;
      case OnnxTensor.INT8 -> ElementType.INT8;
      case OnnxTensor.INT32 -> ElementType.INT32;
      default ->
          throw new OnnxRefusalException(new OnnxRefusal.UnsupportedValue(name, type, sizes));
    };
  }

  private static int columns(List<Integer> sizes) {
    return sizes.isEmpty() ? 1 : sizes.getLast();
  }

  private static int rows(List<Integer> sizes) {
    int rows = 1;
    for (int i = 0; i + 1 < sizes.size(); i++) {
      rows = Math.multiplyExact(rows, sizes.get(i));
    }
    return rows;
  }

  private static OnnxRefusalException unsupported(OnnxNode node, String what) {
    return new OnnxRefusalException(new OnnxRefusal.Unsupported(node.operator(), what));
  }

  private static void require(boolean holds, OnnxNode node, String what)
      throws OnnxRefusalException {
    if (!holds) {
      throw unsupported(node, what);
    }
  }

  private Placed value(String name) throws OnnxRefusalException {
    Placed known = values.get(name);
    if (known == null) {
      OnnxTensor initializer = initializer(name);
      List<Integer> sizes = initializer.sizes();
      known = new Placed(constant(initializer, rows(sizes), columns(sizes)), sizes);
      values.put(name, known);
    }
    return known;
  }

  private OnnxTensor initializer(String name) throws OnnxRefusalException {
    OnnxTensor tensor = initializers.get(name);
    if (tensor == null) {
      throw new OnnxRefusalException(new OnnxRefusal.Unknown(name));
    }
    return tensor;
  }

  private Tensor constant(OnnxTensor tensor, int rows, int columns) throws OnnxRefusalException {
    ElementType type = type(tensor.name(), tensor.type(), tensor.sizes());
    return plan.constant(
        Elements.read(type, tensor.raw().toArray(), 0, tensor.count()), rows, columns);
  }

  private void put(OnnxNode node, Tensor tensor, List<Integer> sizes) {
    values.put(node.output(), new Placed(tensor, sizes));
  }

  private Placed operand(OnnxNode node, int index) throws OnnxRefusalException {
    require(index < node.inputs().size(), node, "a missing operand");
    return value(node.inputs().get(index));
  }

  private static boolean has(OnnxNode node, int index) {
    return index < node.inputs().size() && !node.inputs().get(index).isEmpty();
  }

  private void node(OnnxNode node) throws OnnxRefusalException {
    if (!node.inputs().isEmpty() && roundings.containsKey(node.inputs().getFirst())) {
      rounding(node, roundings.get(node.inputs().getFirst()));
      return;
    }
    switch (node.operator()) {
      case "Gemm" -> gemm(node);
      case "MatMul", "MatMulInteger" -> product(node);
      case "Add" -> binary(node, Operator.ADD);
      case "Sub" -> binary(node, Operator.SUBTRACT);
      case "Mul" -> binary(node, Operator.MULTIPLY);
      case "Div" -> binary(node, Operator.DIVIDE);
      case "Relu" -> unary(node, Operator.RELU);
      case "Exp" -> unary(node, Operator.EXP);
      case "Log" -> unary(node, Operator.LOG);
      case "Sqrt" -> unary(node, Operator.SQRT);
      case "Tanh" -> unary(node, Operator.TANH);
      case "Softmax" -> {
        Placed x = operand(node, 0);
        lastAxis(node, x);
        put(node, layers.softmax(x.tensor()), x.sizes());
      }
      case "LayerNormalization" -> layerNorm(node);
      case "Flatten" -> flatten(node);
      case "Reshape" -> reshape(node);
      case "Transpose" -> transpose(node);
      case "Gather" -> gather(node);
      case "Conv" -> convolution(node);
      case "Identity" -> values.put(node.output(), operand(node, 0));
      case "Cast" -> cast(node);
      default -> throw unsupported(node, "the operator");
    }
  }

  private static void lastAxis(OnnxNode node, Placed x) throws OnnxRefusalException {
    long axis = node.number("axis", -1);
    require(axis == -1 || axis == x.sizes().size() - 1, node, "axis " + axis);
  }

  private void gemm(OnnxNode node) throws OnnxRefusalException {
    Placed a = operand(node, 0);
    require(node.number("transA", 0) == 0, node, "transA");
    require(node.fractions().getOrDefault("alpha", 1f) == 1f, node, "alpha");
    require(node.fractions().getOrDefault("beta", 1f) == 1f, node, "beta");
    require(has(node, 1) && a.sizes().size() == 2, node, "its operands");
    String right = node.inputs().get(1);
    Tensor b = node.number("transB", 0) == 1 ? value(right).tensor() : turned(node, right);
    List<Tensor> bias = has(node, 2) ? List.of(value(node.inputs().get(2)).tensor()) : List.of();
    put(node, tape.product(a.tensor(), b, 1, bias), List.of(a.tensor().rows(), b.rows()));
  }

  private void product(OnnxNode node) throws OnnxRefusalException {
    require(node.inputs().size() == 2, node, "zero points");
    Placed a = operand(node, 0);
    Tensor b = turned(node, node.inputs().get(1));
    List<Integer> sizes = new ArrayList<>(a.sizes());
    require(!sizes.isEmpty(), node, "a scalar");
    sizes.set(sizes.size() - 1, b.rows());
    put(node, tape.product(a.tensor(), b, 1, List.of()), sizes);
  }

  /// The right factor with a row for each of its columns.
  private Tensor turned(OnnxNode node, String name) throws OnnxRefusalException {
    if (values.containsKey(name)) {
      require(values.get(name).sizes().size() == 2, node, "a right factor of this rank");
      return plan.transpose(values.get(name).tensor(), 1);
    }
    OnnxTensor tensor = initializer(name);
    require(tensor.sizes().size() == 2, node, "a right factor of this rank");
    int terms = tensor.sizes().get(0);
    int results = tensor.sizes().get(1);
    return constant(permuted(tensor, new int[] {terms, results}, new int[] {1, 0}), results, terms);
  }

  /// The initializer with its dimensions in another order.
  private static OnnxTensor permuted(OnnxTensor tensor, int[] sizes, int[] order) {
    int width = OnnxTensor.elementBytes(tensor.type());
    byte[] from = tensor.raw().toArray();
    byte[] to = new byte[from.length];
    int[] strides = new int[sizes.length];
    int stride = 1;
    for (int i = sizes.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= sizes[i];
    }
    int count = from.length / width;
    for (int i = 0; i < count; i++) {
      int rest = i;
      int at = 0;
      for (int d = order.length - 1; d >= 0; d--) {
        at += rest % sizes[order[d]] * strides[order[d]];
        rest /= sizes[order[d]];
      }
      System.arraycopy(from, at * width, to, i * width, width);
    }
    return new OnnxTensor(tensor.name(), tensor.type(), tensor.sizes(), Bytes.wrap(to));
  }

  private void binary(OnnxNode node, Operator operator) throws OnnxRefusalException {
    Placed a = operand(node, 0);
    Placed b = operand(node, 1);
    List<Integer> sizes = a.tensor().elements() >= b.tensor().elements() ? a.sizes() : b.sizes();
    require(spreads(a.sizes(), sizes) && spreads(b.sizes(), sizes), node, "these shapes");
    put(node, plan.binary(operator, a.tensor(), b.tensor()), sizes);
  }

  /// Whether the plan's repeated rows and spread columns are ONNX's broadcast.
  private static boolean spreads(List<Integer> sizes, List<Integer> result) {
    int ones = 0;
    while (ones < sizes.size() && sizes.get(ones) == 1) {
      ones++;
    }
    List<Integer> own = sizes.subList(ones, sizes.size());
    if (own.size() > result.size()) {
      return false;
    }
    List<Integer> end = result.subList(result.size() - own.size(), result.size());
    boolean column = !own.isEmpty() && own.getLast() == 1;
    return own.equals(end)
        || (column && own.subList(0, own.size() - 1).equals(end.subList(0, own.size() - 1)));
  }

  private void unary(OnnxNode node, Operator operator) throws OnnxRefusalException {
    Placed x = operand(node, 0);
    put(node, plan.unary(operator, x.tensor()), x.sizes());
  }

  private void layerNorm(OnnxNode node) throws OnnxRefusalException {
    Placed x = operand(node, 0);
    lastAxis(node, x);
    require(has(node, 2), node, "no bias");
    float epsilon = node.fractions().getOrDefault("epsilon", 1e-5f);
    Tensor normal =
        layers.layerNorm(x.tensor(), operand(node, 1).tensor(), operand(node, 2).tensor(), epsilon);
    put(node, normal, x.sizes());
  }

  private void flatten(OnnxNode node) throws OnnxRefusalException {
    Placed x = operand(node, 0);
    require(node.number("axis", 1) == 1 && !x.sizes().isEmpty(), node, "axis");
    int first = x.sizes().getFirst();
    reshaped(node, x, List.of(first, x.tensor().elements() / Math.max(1, first)));
  }

  private void reshape(OnnxNode node) throws OnnxRefusalException {
    Placed x = operand(node, 0);
    require(has(node, 1), node, "no shape");
    OnnxTensor shape = initializer(node.inputs().get(1));
    require(shape.type() == OnnxTensor.INT64, node, "a shape of this type");
    List<Integer> sizes = new ArrayList<>();
    int known = 1;
    int free = -1;
    for (long size : shape.longs()) {
      int i = sizes.size();
      require(size >= -1 && size <= Tensor.ELEMENTS_MAX, node, "this shape");
      require(size != 0 || i < x.sizes().size(), node, "this shape");
      int actual = size == 0 ? x.sizes().get(i) : (int) size;
      free = actual == -1 ? i : free;
      known = Math.multiplyExact(known, Math.max(1, actual));
      sizes.add(actual);
    }
    if (free >= 0) {
      sizes.set(free, x.tensor().elements() / known);
    }
    reshaped(node, x, sizes);
  }

  private void reshaped(OnnxNode node, Placed x, List<Integer> sizes) throws OnnxRefusalException {
    int rows = rows(sizes);
    int columns = columns(sizes);
    require(
        sizes.stream().allMatch(size -> size > 0) && (long) rows * columns == x.tensor().elements(),
        node,
        "this shape");
    put(node, plan.reshape(x.tensor(), rows, columns), sizes);
  }

  private void transpose(OnnxNode node) throws OnnxRefusalException {
    Placed x = operand(node, 0);
    int[] sizes = x.sizes().stream().mapToInt(Integer::intValue).toArray();
    int[] order = new int[sizes.length];
    List<Long> asked = node.numbers("perm");
    require(asked.isEmpty() || asked.size() == sizes.length, node, "perm");
    List<Integer> result = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      long from = asked.isEmpty() ? sizes.length - 1 - i : asked.get(i);
      require(from >= 0 && from < sizes.length, node, "perm");
      order[i] = (int) from;
      result.add(sizes[order[i]]);
    }
    require(Arrays.stream(order).distinct().count() == order.length, node, "perm");
    put(node, tape.permute(x.tensor(), sizes, order, rows(result)), result);
  }

  private void gather(OnnxNode node) throws OnnxRefusalException {
    Placed table = operand(node, 0);
    Placed numbers = operand(node, 1);
    require(node.number("axis", 0) == 0 && table.sizes().size() == 2, node, "axis");
    require(numbers.tensor().type() == ElementType.INT32, node, "indices of this type");
    Tensor column = plan.reshape(numbers.tensor(), numbers.tensor().elements(), 1);
    List<Integer> sizes = new ArrayList<>(numbers.sizes());
    sizes.add(table.sizes().get(1));
    put(node, tape.lookup(column, table.tensor()), sizes);
  }

  private void convolution(OnnxNode node) throws OnnxRefusalException {
    Placed x = operand(node, 0);
    require(has(node, 1) && has(node, 2) && x.sizes().size() == 4, node, "its operands");
    OnnxTensor kernel = initializer(node.inputs().get(1));
    require(kernel.sizes().size() == 4 && node.number("group", 1) == 1, node, "groups");
    require(!node.numbers().containsKey("auto_pad"), node, "auto_pad");
    int[] kernelSizes = kernel.sizes().stream().mapToInt(Integer::intValue).toArray();
    int items = x.sizes().get(0);
    int channels = x.sizes().get(1);
    int height = x.sizes().get(2);
    int width = x.sizes().get(3);
    long step = node.number("strides", 1);
    long padding = node.number("pads", 0);
    boolean even =
        kernelSizes[2] == kernelSizes[3]
            && kernelSizes[1] == channels
            && node.numbers("strides").stream().allMatch(each -> each == step)
            && node.numbers("pads").stream().allMatch(each -> each == padding)
            && node.numbers("dilations").stream().allMatch(each -> each == 1);
    require(
        even && step > 0 && step <= height && padding >= 0 && padding < kernelSizes[2],
        node,
        "uneven kernels, strides, pads or dilations");
    Layers.ConvolutionShape shape =
        new Layers.ConvolutionShape(
            items, height, width, kernelSizes[2], (int) step, (int) padding);
    require(shape.outHeight() > 0 && shape.outWidth() > 0, node, "an image this small");
    int[] sizes = {items, channels, height, width};
    Tensor pixels = tape.permute(x.tensor(), sizes, new int[] {0, 2, 3, 1}, items * height * width);
    Tensor weights =
        constant(
            permuted(kernel, kernelSizes, new int[] {0, 2, 3, 1}),
            kernelSizes[0],
            kernelSizes[1] * kernelSizes[2] * kernelSizes[3]);
    Tensor result =
        layers.convolution(pixels, weights, value(node.inputs().get(2)).tensor(), shape);
    int[] resultSizes = {items, shape.outHeight(), shape.outWidth(), kernelSizes[0]};
    put(
        node,
        tape.permute(
            result,
            resultSizes,
            new int[] {0, 3, 1, 2},
            items * kernelSizes[0] * shape.outHeight()),
        List.of(items, kernelSizes[0], shape.outHeight(), shape.outWidth()));
  }

  private void cast(OnnxNode node) throws OnnxRefusalException {
    Placed x = operand(node, 0);
    long to = node.number("to", 0);
    boolean isFloat = x.tensor().type() == ElementType.FLOAT32;
    if (to == OnnxTensor.DOUBLE && x.tensor().type() == ElementType.INT32) {
      roundings.put(node.output(), new Rounding(x, 1, 0, 0, 0));
    } else {
      require(to == OnnxTensor.FLOAT && !isFloat, node, "to " + to);
      put(node, plan.convert(x.tensor(), ElementType.FLOAT32), x.sizes());
    }
  }

  /// One more stage on the way to int8.
  private void rounding(OnnxNode node, Rounding before) throws OnnxRefusalException {
    int stage = before.stages();
    int shift = before.shift();
    int low = before.low();
    int high = before.high();
    if (stage == 1 && node.operator().equals("Mul")) {
      double scale = scalar(node, 1);
      shift = -Math.getExponent(scale);
      require(scale == Math.scalb(1.0, -shift) && Math.abs(shift) < 32, node, "this scale");
    } else if (stage == 2 && node.operator().equals("Add")) {
      require(scalar(node, 1) == 0.5, node, "another summand than 0.5");
    } else if (stage == 4 && node.operator().equals("Clip")) {
      double least = scalar(node, 1);
      double greatest = scalar(node, 2);
      low = (int) least;
      high = (int) greatest;
      require(low == least && high == greatest, node, "these bounds");
    } else if (stage == 5 && node.operator().equals("Cast")) {
      require(node.number("to", 0) == OnnxTensor.INT8, node, "to");
      Tensor sum = before.sum().tensor();
      Tensor result =
          plan.emit(
              Operator.REQUANTIZE,
              ElementType.INT8,
              sum.rows(),
              sum.columns(),
              List.of(sum),
              List.of(shift, low, high));
      put(node, result, before.sum().sizes());
      return;
    } else {
      require(stage == 3 && node.operator().equals("Floor"), node, "arithmetic of binary64");
    }
    roundings.put(node.output(), new Rounding(before.sum(), stage + 1, shift, low, high));
  }

  private double scalar(OnnxNode node, int index) throws OnnxRefusalException {
    require(has(node, index), node, "a missing operand");
    OnnxTensor tensor = initializer(node.inputs().get(index));
    require(
        tensor.type() == OnnxTensor.DOUBLE && tensor.count() == 1,
        node,
        "another number than one of binary64");
    return tensor.doubleValue();
  }
}
