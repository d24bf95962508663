// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.crypto.Bytes;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import io.aitbc.referee.MalformedModelException;
import io.aitbc.referee.Model;
import io.aitbc.referee.onnx.OnnxGraph;
import io.aitbc.referee.onnx.OnnxLowering;
import io.aitbc.referee.onnx.OnnxNode;
import io.aitbc.referee.onnx.OnnxRefusalException;
import io.aitbc.referee.onnx.OnnxTensor;
import io.aitbc.referee.onnx.OnnxValue;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Models with weights from a seed, and inputs for them.
final class AiModels {
  /// Units of the small one: as many weights as the trained reader of digits.
  static final List<Integer> SMALL = List.of(784, 256, 10);

  /// Units of the large one: some ten million multiply-adds an item.
  static final List<Integer> LARGE = List.of(784, 2_048, 2_048, 2_048, 10);

  private static final long SEED = 2_026;

  /// Sums of 784 to 2,048 products of int8 values come back to int8 by some 2^-10.
  private static final double SCALE = 1.0 / 1_024;

  private AiModels() {}

  /// Dense layers of int8 weights with sums in int32; all but the last are cut back to 0 to 127.
  ///
  /// @param units of the input and of each layer
  static Model dense(List<Integer> units) {
    SplittableRandom random = new SplittableRandom(SEED);
    List<OnnxNode> nodes = new ArrayList<>();
    List<OnnxTensor> constants = new ArrayList<>();
    constants.add(OnnxTensor.ofDouble("scale", SCALE));
    constants.add(OnnxTensor.ofDouble("half", 0.5));
    constants.add(OnnxTensor.ofDouble("low", 0));
    constants.add(OnnxTensor.ofDouble("high", 127));
    String from = "input";
    for (int layer = 1; layer < units.size(); layer++) {
      int rows = units.get(layer - 1);
      int columns = units.get(layer);
      byte[] weights = new byte[rows * columns];
      random.nextBytes(weights);
      constants.add(OnnxTensor.of("w" + layer, Elements.of(weights), rows, columns));
      constants.add(OnnxTensor.of("b" + layer, Elements.of(new int[columns]), columns));
      nodes.add(new OnnxNode("MatMulInteger", List.of(from, "w" + layer), "product" + layer));
      nodes.add(new OnnxNode("Add", List.of("product" + layer, "b" + layer), "sum" + layer));
      from = "sum" + layer;
      if (layer < units.size() - 1) {
        nodes.addAll(
            List.of(
                new OnnxNode("Cast", List.of(from), "wide" + layer).with("to", OnnxTensor.DOUBLE),
                new OnnxNode("Mul", List.of("wide" + layer, "scale"), "scaled" + layer),
                new OnnxNode("Add", List.of("scaled" + layer, "half"), "raised" + layer),
                new OnnxNode("Floor", List.of("raised" + layer), "floor" + layer),
                new OnnxNode("Clip", List.of("floor" + layer, "low", "high"), "cut" + layer),
                new OnnxNode("Cast", List.of("cut" + layer), "layer" + layer)
                    .with("to", OnnxTensor.INT8)));
        from = "layer" + layer;
      }
    }
    OnnxValue input = OnnxTensor.value("input", ElementType.INT8, 1, units.getFirst());
    OnnxValue output = OnnxTensor.value(from, ElementType.INT32, 1, units.getLast());
    try {
      return OnnxLowering.model(new OnnxGraph(nodes, constants, input, output));
    } catch (OnnxRefusalException | MalformedModelException impossible) {
      throw new IllegalStateException("a graph of dense layers is refused", impossible);
    }
  }

  /// Items that no other job has.
  ///
  /// @param job whose they are
  /// @param batch which part of it
  static List<Bytes> inputs(Model model, long job, int batch, int count) {
    SplittableRandom random = new SplittableRandom(SEED + 31 * job + 7_919L * batch);
    List<Bytes> inputs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] input = new byte[Math.toIntExact(model.header().inputBytes())];
      random.nextBytes(input);
      inputs.add(Bytes.wrap(input));
    }
    return inputs;
  }
}
