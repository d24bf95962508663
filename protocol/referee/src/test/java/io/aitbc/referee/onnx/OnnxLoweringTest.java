// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Workers;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Inference;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.MalformedModelException;
import io.aitbc.testkit.DecoderTorture;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/// Every operator of the subset, from a file to a result, beside the formula of ONNX; and what is
/// not of the subset, refused by its name.
class OnnxLoweringTest { // Protocol §17.7
  private static final float TOLERANCE = 2e-6f;

  private static float[] numbers(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = ((i * 37 + 11) % 29 - 14) / 8f;
    }
    return values;
  }

  private static OnnxTensor constant(String name, Integer... sizes) {
    int count = 1;
    for (int size : sizes) {
      count *= size;
    }
    return OnnxTensor.of(name, Elements.of(numbers(count)), sizes);
  }

  private static OnnxTensor shape(String name, long... sizes) {
    byte[] raw = new byte[8 * sizes.length];
    for (int i = 0; i < raw.length; i++) {
      raw[i] = (byte) (sizes[i / 8] >> (8 * (i % 8)));
    }
    return new OnnxTensor(name, OnnxTensor.INT64, List.of(sizes.length), Bytes.wrap(raw));
  }

  private static OnnxNode node(String operator, String... inputs) {
    return new OnnxNode(operator, List.of(inputs), "y");
  }

  private static OnnxGraph graph(OnnxNode node, List<OnnxTensor> constants, Integer... sizes) {
    return new OnnxGraph(
        List.of(node),
        constants,
        OnnxTensor.value("x", ElementType.FLOAT32, sizes),
        OnnxTensor.value("y", ElementType.FLOAT32, 1));
  }

  /// What a graph makes of an input, by way of its file.
  private static float[] run(OnnxGraph graph, Elements input)
      throws OnnxRefusalException, MalformedModelException {
    OnnxGraph read = OnnxFile.read(OnnxFile.write(graph));
    assertEquals(graph, read);
    byte[] output =
        new Inference(OnnxLowering.model(read), Kernel.plain(), Workers.NONE)
            .run(List.of(input.encoded()))
            .getFirst();
    return Elements.read(ElementType.FLOAT32, output, 0, output.length / Float.BYTES).floats();
  }

  private static void assertMakes(
      IntToDoubleFunction expected, OnnxNode node, List<OnnxTensor> constants, Integer... sizes)
      throws OnnxRefusalException, MalformedModelException {
    int count = 1;
    for (int size : sizes) {
      count *= size;
    }
    float[] output = run(graph(node, constants, sizes), Elements.of(numbers(count)));
    float[] right = new float[output.length];
    for (int i = 0; i < right.length; i++) {
      right[i] = (float) expected.applyAsDouble(i);
      assertEquals(
          right[i], output[i], TOLERANCE * Math.max(1, Math.abs(right[i])), node.operator());
    }
  }

  @Test
  void operatorsOfOneOperandFollowTheirFormula() throws Exception {
    assertUnary("Relu", x -> Math.max(0, x), 0);
    assertUnary("Exp", Math::exp, 0);
    assertUnary("Tanh", Math::tanh, 0);
    assertUnary("Log", Math::log, 2);
    assertUnary("Sqrt", Math::sqrt, 2);
    assertUnary("Identity", x -> x, 0);
  }

  /// @param raised added to the numbers, which begin at -14 / 8
  private static void assertUnary(String operator, DoubleUnaryOperator formula, float raised)
      throws OnnxRefusalException, MalformedModelException {
    float[] input = numbers(24);
    for (int i = 0; i < input.length; i++) {
      input[i] += raised;
    }
    float[] output = run(graph(node(operator, "x"), List.of(), 2, 3, 4), Elements.of(input));
    for (int i = 0; i < input.length; i++) {
      double right = formula.applyAsDouble(input[i]);
      assertEquals(right, output[i], TOLERANCE * Math.max(1, Math.abs(right)), operator);
    }
  }

  @Test
  void operatorsOfTwoOperandsSpreadRowsAndColumns() throws Exception {
    float[] x = numbers(12);
    float[] row = numbers(4);
    float[] column = numbers(3);
    List<OnnxTensor> rows = List.of(constant("c", 4));
    List<OnnxTensor> columns = List.of(constant("c", 3, 1));
    assertMakes(i -> x[i] + row[i % 4], node("Add", "x", "c"), rows, 3, 4);
    assertMakes(i -> x[i] - column[i / 4], node("Sub", "x", "c"), columns, 3, 4);
    assertMakes(i -> row[i % 4] - x[i], node("Sub", "c", "x"), rows, 3, 4);
    assertMakes(i -> x[i] * column[i / 4], node("Mul", "x", "c"), columns, 3, 4);
    assertMakes(i -> x[i] / row[i % 4], node("Div", "x", "c"), rows, 3, 4);
  }

  @Test
  void productsAreThoseOfMatrices() throws Exception {
    float[] x = numbers(6);
    float[] w = numbers(12);
    float[] bias = numbers(4);
    IntToDoubleFunction product =
        i -> {
          double sum = 0;
          for (int k = 0; k < 3; k++) {
            sum += x[i / 4 * 3 + k] * w[k * 4 + i % 4];
          }
          return sum;
        };
    List<OnnxTensor> constants = List.of(constant("w", 3, 4), constant("b", 4));
    assertMakes(product, node("MatMul", "x", "w"), constants, 2, 3);
    assertMakes(
        i -> product.applyAsDouble(i) + bias[i % 4], node("Gemm", "x", "w", "b"), constants, 2, 3);
    assertMakes(
        i -> {
          double sum = bias[i % 4];
          for (int k = 0; k < 3; k++) {
            sum += x[i / 4 * 3 + k] * w[i % 4 * 3 + k];
          }
          return sum;
        },
        node("Gemm", "x", "w", "b").with("transB", 1),
        List.of(constant("w", 4, 3), constant("b", 4)),
        2,
        3);
  }

  @Test
  void aSoftmaxIsOfEachRow() throws Exception {
    float[] x = numbers(15);
    assertMakes(
        i -> {
          double sum = 0;
          for (int k = 0; k < 5; k++) {
            sum += Math.exp(x[i / 5 * 5 + k]);
          }
          return Math.exp(x[i]) / sum;
        },
        node("Softmax", "x").with("axis", -1),
        List.of(),
        3,
        5);
  }

  @Test
  void layerNormalizationIsOfEachRow() throws Exception {
    float[] x = numbers(14);
    float[] scale = numbers(7);
    assertMakes(
        i -> {
          double mean = 0;
          double square = 0;
          for (int k = 0; k < 7; k++) {
            mean += x[i / 7 * 7 + k] / 7.0;
          }
          for (int k = 0; k < 7; k++) {
            square += Math.pow(x[i / 7 * 7 + k] - mean, 2) / 7;
          }
          return (x[i] - mean) / Math.sqrt(square + 1e-5) * scale[i % 7] + scale[i % 7];
        },
        node("LayerNormalization", "x", "g", "b"),
        List.of(constant("g", 7), constant("b", 7)),
        2,
        7);
  }

  /// A convolution as ONNX defines it, channels before rows and columns.
  private static double convolved(
      float[] x, float[] kernel, float[] bias, int at, int height, int width, int[] form) {
    int channels = form[0];
    int side = form[1];
    int step = form[2];
    int padding = form[3];
    int outHeight = (height + 2 * padding - side) / step + 1;
    int outWidth = (width + 2 * padding - side) / step + 1;
    int column = at % outWidth;
    int row = at / outWidth % outHeight;
    int made = at / (outWidth * outHeight) % bias.length;
    int item = at / (outWidth * outHeight * bias.length);
    double sum = bias[made];
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < side; i++) {
        for (int j = 0; j < side; j++) {
          int y = row * step - padding + i;
          int z = column * step - padding + j;
          if (y >= 0 && y < height && z >= 0 && z < width) {
            sum +=
                (double) x[((item * channels + c) * height + y) * width + z]
                    * kernel[((made * channels + c) * side + i) * side + j];
          }
        }
      }
    }
    return sum;
  }

  @Test
  void aConvolutionTakesStridesAndPads() throws Exception {
    float[] x = numbers(2 * 3 * 6 * 5);
    float[] kernel = numbers(4 * 3 * 3 * 3);
    float[] bias = numbers(4);
    List<OnnxTensor> constants = List.of(constant("k", 4, 3, 3, 3), constant("b", 4));
    OnnxNode convolution = node("Conv", "x", "k", "b");
    assertMakes(
        i -> convolved(x, kernel, bias, i, 6, 5, new int[] {3, 3, 1, 0}),
        convolution,
        constants,
        2,
        3,
        6,
        5);
    assertMakes(
        i -> convolved(x, kernel, bias, i, 6, 5, new int[] {3, 3, 2, 1}),
        convolution.with("strides", 2, 2).with("pads", 1, 1, 1, 1),
        constants,
        2,
        3,
        6,
        5);
  }

  @Test
  void rowsAreGatheredByNumbers() throws Exception {
    OnnxGraph graph =
        new OnnxGraph(
            List.of(node("Gather", "table", "x")),
            List.of(constant("table", 5, 3)),
            OnnxTensor.value("x", ElementType.INT32, 2, 2),
            OnnxTensor.value("y", ElementType.FLOAT32, 2, 2, 3));
    float[] table = numbers(15);
    float[] output = run(graph, Elements.of(new int[] {4, 0, 2, 4}));
    int[] rows = {4, 0, 2, 4};
    for (int i = 0; i < 12; i++) {
      assertEquals(table[rows[i / 3] * 3 + i % 3], output[i]);
    }
  }

  @Test
  void dimensionsAreTransposedFlattenedAndReshaped() throws Exception {
    float[] x = numbers(24);
    assertMakes(
        i -> x[i / 6 % 4 + i / 3 % 2 * 12 + i % 3 * 4],
        node("Transpose", "x").with("perm", 2, 0, 1),
        List.of(),
        2,
        3,
        4);
    assertMakes(
        i -> x[i / 6 + i / 2 % 3 * 4 + i % 2 * 12], node("Transpose", "x"), List.of(), 2, 3, 4);
    assertMakes(i -> x[i], node("Flatten", "x"), List.of(), 2, 3, 4);
    assertMakes(i -> x[i], node("Reshape", "x", "s"), List.of(shape("s", 0, -1)), 2, 3, 4);
    assertMakes(i -> x[i], node("Reshape", "x", "s"), List.of(shape("s", 4, 3, 2)), 2, 3, 4);
  }

  @Test
  void integersBecomeFloats() throws Exception {
    OnnxGraph graph =
        new OnnxGraph(
            List.of(node("Cast", "x").with("to", OnnxTensor.FLOAT)),
            List.of(),
            OnnxTensor.value("x", ElementType.INT8, 4),
            OnnxTensor.value("y", ElementType.FLOAT32, 4));
    byte[] values = {-128, -1, 0, 127};
    assertArrayEquals(new float[] {-128, -1, 0, 127}, run(graph, Elements.of(values)));
  }

  @Test
  void aGraphMayAnswerWhatItIsGivenButNoConstant() throws Exception {
    OnnxValue x = OnnxTensor.value("x", ElementType.FLOAT32, 3);
    float[] input = numbers(3);
    OnnxGraph given = new OnnxGraph(List.of(), List.of(), x, x);
    assertArrayEquals(input, run(given, Elements.of(input)));
    OnnxGraph same =
        new OnnxGraph(
            List.of(), List.of(constant("c", 2)), x, OnnxTensor.value("c", ElementType.FLOAT32, 2));
    // Nothing would read the input.
    var _ = assertThrows(MalformedModelException.class, () -> OnnxLowering.model(same));
  }

  private static void assertRefused(OnnxRefusal refusal, OnnxGraph graph) {
    assertEquals(
        refusal,
        assertThrows(OnnxRefusalException.class, () -> OnnxLowering.model(graph)).refusal());
  }

  private static void assertRefused(
      String what, OnnxNode node, List<OnnxTensor> constants, Integer... sizes) {
    assertRefused(
        new OnnxRefusal.Unsupported(node.operator(), what), graph(node, constants, sizes));
  }

  @Test
  void whatTheSubsetDoesNotHaveIsRefusedByItsName() {
    List<OnnxTensor> square = List.of(constant("c", 3, 3), constant("b", 3));
    assertRefused("the operator", node("Sigmoid", "x"), List.of(), 3, 3);
    assertRefused("the operator", node("If", "x"), List.of(), 3, 3);
    assertRefused("a missing operand", node("Add", "x"), List.of(), 3, 3);
    assertRefused("transA", node("Gemm", "x", "c").with("transA", 1), square, 3, 3);
    assertRefused("its operands", node("Gemm", "x"), square, 3, 3);
    assertRefused("zero points", node("MatMulInteger", "x", "c", "b", "b"), square, 3, 3);
    assertRefused(
        "a right factor of this rank",
        node("MatMul", "x", "c"),
        List.of(constant("c", 2, 3, 3)),
        3,
        3);
    assertRefused("these shapes", node("Add", "x", "c"), List.of(constant("c", 2, 1, 3)), 3, 2, 3);
    assertRefused("axis 0", node("Softmax", "x").with("axis", 0), List.of(), 3, 3);
    assertRefused("no bias", node("LayerNormalization", "x", "b"), square, 3, 3);
    assertRefused("axis", node("Flatten", "x").with("axis", 2), List.of(), 3, 3);
    assertRefused("no shape", node("Reshape", "x"), List.of(), 3, 3);
    assertRefused("a shape of this type", node("Reshape", "x", "c"), square, 3, 3);
    assertRefused("this shape", node("Reshape", "x", "s"), List.of(shape("s", 2, 4)), 3, 3);
    assertRefused("this shape", node("Reshape", "x", "s"), List.of(shape("s", -1, -1)), 3, 3);
    assertRefused("perm", node("Transpose", "x").with("perm", 0, 0), List.of(), 3, 3);
    assertRefused("perm", node("Transpose", "x").with("perm", 0, 2), List.of(), 3, 3);
    assertRefused("indices of this type", node("Gather", "c", "x"), square, 3, 3);
    assertRefused("axis", node("Gather", "c", "x").with("axis", 1), square, 3, 3);
    assertRefused("to 3", node("Cast", "x").with("to", OnnxTensor.INT8), List.of(), 3, 3);
    assertRefused(
        "its size", node("Reshape", "x", "s"), List.of(shape("s", 1 << 28, 1 << 28)), 3, 3);
  }

  @Test
  void convolutionsBeyondTheSubsetAreRefused() {
    List<OnnxTensor> constants =
        List.of(constant("k", 2, 1, 3, 3), constant("b", 2), constant("wide", 2, 1, 3, 2));
    String uneven = "uneven kernels, strides, pads or dilations";
    OnnxNode convolution = node("Conv", "x", "k", "b");
    assertRefused("its operands", node("Conv", "x", "k"), constants, 1, 1, 5, 5);
    assertRefused("groups", convolution.with("group", 2), constants, 1, 1, 5, 5);
    assertRefused(uneven, node("Conv", "x", "wide", "b"), constants, 1, 1, 5, 5);
    assertRefused(uneven, convolution.with("strides", 1, 2), constants, 1, 1, 5, 5);
    assertRefused(uneven, convolution.with("pads", 0, 1, 0, 1), constants, 1, 1, 5, 5);
    assertRefused(uneven, convolution.with("dilations", 2, 2), constants, 1, 1, 5, 5);
    assertRefused("an image this small", convolution, constants, 1, 1, 2, 2);
    assertRefused("auto_pad", convolution.with("auto_pad"), constants, 1, 1, 5, 5);
  }

  @Test
  void valuesBeyondTheBoundsAreRefused() {
    OnnxNode relu = node("Relu", "x");
    OnnxValue y = OnnxTensor.value("y", ElementType.FLOAT32, 1);
    for (List<Integer> sizes :
        List.of(List.of(0), List.of(1 << 28, 2), List.of(1 << 28, 1 << 28, 1))) {
      OnnxValue x = new OnnxValue("x", OnnxTensor.FLOAT, sizes);
      assertRefused(
          new OnnxRefusal.UnsupportedValue("x", OnnxTensor.FLOAT, sizes),
          new OnnxGraph(List.of(relu), List.of(), x, y));
    }
    OnnxValue text = new OnnxValue("x", 8, List.of(1));
    assertRefused(
        new OnnxRefusal.UnsupportedValue("x", 8, List.of(1)),
        new OnnxGraph(List.of(relu), List.of(), text, y));
    OnnxValue x = OnnxTensor.value("x", ElementType.FLOAT32, 3);
    assertRefused(
        new OnnxRefusal.Unknown("z"), new OnnxGraph(List.of(node("Relu", "z")), List.of(), x, y));
    assertRefused(new OnnxRefusal.Unknown("y"), new OnnxGraph(List.of(), List.of(), x, y));
  }

  private static List<byte[]> files() {
    List<OnnxTensor> constants =
        List.of(
            constant("k", 2, 1, 3, 3), constant("b", 2), constant("w", 8, 3), shape("s", 0, -1));
    List<OnnxNode> nodes = new ArrayList<>();
    nodes.add(new OnnxNode("Conv", List.of("x", "k", "b"), "a").with("strides", 2, 2));
    nodes.add(new OnnxNode("Reshape", List.of("a", "s"), "r"));
    nodes.add(new OnnxNode("MatMul", List.of("r", "w"), "m"));
    nodes.add(new OnnxNode("Softmax", List.of("m"), "y").with("axis", -1));
    OnnxGraph network =
        new OnnxGraph(
            nodes,
            constants,
            OnnxTensor.value("x", ElementType.FLOAT32, 1, 1, 5, 5),
            OnnxTensor.value("y", ElementType.FLOAT32, 1, 3));
    OnnxGraph turned = graph(node("Transpose", "x").with("perm", 1, 0), List.of(), 3, 2);
    return List.of(OnnxFile.write(network), OnnxFile.write(turned));
  }

  @Test
  void aFileFromAStrangerIsReadOrRefused() {
    new DecoderTorture(OnnxFile::read, OnnxRefusalException.class::isInstance)
        .run(1, 20_000, files());
  }

  @Test
  void aGraphFromAStrangerIsLoweredOrRefused() {
    List<byte[]> files = files();
    Seed.forAll(
        2,
        20_000,
        seed -> {
          byte[] damaged = seed.pick(files).clone();
          for (int i = seed.between(1, 4); i > 0; i--) {
            damaged[seed.below(damaged.length)] = (byte) seed.nextLong();
          }
          try {
            var _ = OnnxLowering.model(OnnxFile.read(damaged));
          } catch (OnnxRefusalException | MalformedModelException refused) {
            // One of both, and nothing else.
          }
        });
  }
}
