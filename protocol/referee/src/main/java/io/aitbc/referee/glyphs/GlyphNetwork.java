// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee.glyphs;

import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import io.aitbc.referee.MalformedModelException;
import io.aitbc.referee.Model;
import io.aitbc.referee.onnx.OnnxGraph;
import io.aitbc.referee.onnx.OnnxLowering;
import io.aitbc.referee.onnx.OnnxNode;
import io.aitbc.referee.onnx.OnnxRefusalException;
import io.aitbc.referee.onnx.OnnxTensor;
import java.util.List;

/// A trained network of 784, 256 and 10 units, and its forms: ONNX with floats, ONNX with int8
/// weights, and the models of both. Protocol §17.7.
///
/// @param hiddenWeights 256 rows of 784
/// @param hiddenBias 256
/// @param weights 10 rows of 256
/// @param bias 10
public record GlyphNetwork(
    Elements hiddenWeights, Elements hiddenBias, Elements weights, Elements bias) {
  private static final int HIDDEN = GlyphTraining.HIDDEN;

  /// Bits by which int8 pictures are scaled: 128 is full ink.
  private static final int INK_BITS = 7;

  /// Bits by which the hidden units' int8 values are scaled: 16 is 1, so they reach almost 8.
  private static final int HIDDEN_BITS = 4;

  /// The network over float pictures of 784 values from 0 to 1.
  public OnnxGraph floats() {
    return new OnnxGraph(
        List.of(
            new OnnxNode("Gemm", List.of("picture", "w1", "b1"), "sum1").with("transB", 1),
            new OnnxNode("Relu", List.of("sum1"), "hidden"),
            new OnnxNode("Gemm", List.of("hidden", "w2", "b2"), "scores").with("transB", 1)),
        List.of(
            OnnxTensor.of("w1", hiddenWeights, HIDDEN, Glyphs.PIXELS),
            OnnxTensor.of("b1", hiddenBias, HIDDEN),
            OnnxTensor.of("w2", weights, Glyphs.CLASSES, HIDDEN),
            OnnxTensor.of("b2", bias, Glyphs.CLASSES)),
        OnnxTensor.value("picture", ElementType.FLOAT32, 1, Glyphs.PIXELS),
        OnnxTensor.value("scores", ElementType.FLOAT32, 1, Glyphs.CLASSES));
  }

  /// The network over int8 pictures: weights rounded to int8 by powers of two, sums in int32.
  public OnnxGraph integers() {
    int bits1 = weightBits(hiddenWeights);
    int bits2 = weightBits(weights);
    int shift = INK_BITS + bits1 - HIDDEN_BITS;
    return new OnnxGraph(
        List.of(
            new OnnxNode("MatMulInteger", List.of("picture", "w1"), "product1"),
            new OnnxNode("Add", List.of("product1", "b1"), "sum1"),
            new OnnxNode("Cast", List.of("sum1"), "wide").with("to", OnnxTensor.DOUBLE),
            new OnnxNode("Mul", List.of("wide", "scale"), "scaled"),
            new OnnxNode("Add", List.of("scaled", "half"), "raised"),
            new OnnxNode("Floor", List.of("raised"), "rounded"),
            new OnnxNode("Clip", List.of("rounded", "low", "high"), "clipped"),
            new OnnxNode("Cast", List.of("clipped"), "hidden").with("to", OnnxTensor.INT8),
            new OnnxNode("MatMulInteger", List.of("hidden", "w2"), "product2"),
            new OnnxNode("Add", List.of("product2", "b2"), "scores")),
        List.of(
            OnnxTensor.of(
                "w1", turned(rounded(hiddenWeights, bits1), HIDDEN), Glyphs.PIXELS, HIDDEN),
            OnnxTensor.of("b1", scaled(hiddenBias, bits1 + INK_BITS), HIDDEN),
            OnnxTensor.of(
                "w2", turned(rounded(weights, bits2), Glyphs.CLASSES), HIDDEN, Glyphs.CLASSES),
            OnnxTensor.of("b2", scaled(bias, bits2 + HIDDEN_BITS), Glyphs.CLASSES),
            OnnxTensor.ofDouble("scale", 1.0 / (1L << shift)),
            OnnxTensor.ofDouble("half", 0.5),
            OnnxTensor.ofDouble("low", 0),
            OnnxTensor.ofDouble("high", 127)),
        OnnxTensor.value("picture", ElementType.INT8, 1, Glyphs.PIXELS),
        OnnxTensor.value("scores", ElementType.INT32, 1, Glyphs.CLASSES));
  }

  /// The model of {@link #floats}.
  public Model floatModel() {
    return lowered(floats());
  }

  /// The model of {@link #integers}.
  public Model integerModel() {
    return lowered(integers());
  }

  private static Model lowered(OnnxGraph graph) {
    try {
      return OnnxLowering.model(graph);
    } catch (OnnxRefusalException | MalformedModelException impossible) {
      throw new IllegalStateException("the demonstration's own graph is refused", impossible);
    }
  }

  /// The greatest power of two by which all weights stay within int8.
  private static int weightBits(Elements weights) {
    float greatest = 0;
    for (float weight : weights.floats()) {
      greatest = Math.max(greatest, Math.abs(weight));
    }
    int bits = 0;
    while (greatest * (2L << bits) <= Byte.MAX_VALUE && bits < 14) {
      bits++;
    }
    return bits;
  }

  private static Elements rounded(Elements weights, int bits) {
    float[] values = weights.floats();
    byte[] rounded = new byte[values.length];
    for (int i = 0; i < rounded.length; i++) {
      double scaled = Math.floor(values[i] * (double) (1L << bits) + 0.5);
      rounded[i] = (byte) Math.clamp((long) scaled, Byte.MIN_VALUE, Byte.MAX_VALUE);
    }
    return Elements.of(rounded);
  }

  private static Elements scaled(Elements bias, int bits) {
    float[] values = bias.floats();
    int[] scaled = new int[values.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (int) Math.floor(values[i] * (double) (1L << bits) + 0.5);
    }
    return Elements.of(scaled);
  }

  /// ONNX's products of integers take the right factor with a column per result column.
  private static Elements turned(Elements matrix, int rows) {
    byte[] values = matrix.bytes();
    byte[] turned = new byte[values.length];
    int columns = values.length / rows;
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        turned[column * rows + row] = values[row * columns + column];
      }
    }
    return Elements.of(turned);
  }
}
