// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.crypto.Workers;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Inference;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Layers;
import io.aitbc.referee.MalformedModelException;
import io.aitbc.referee.Model;
import io.aitbc.referee.Operator;
import io.aitbc.referee.Optimizer;
import io.aitbc.referee.PlanBuilder;
import io.aitbc.referee.RandomNumbers;
import io.aitbc.referee.Tape;
import io.aitbc.referee.Tensor;
import io.aitbc.referee.Trace;
import io.aitbc.referee.Training;
import io.aitbc.referee.TrainingPlan;
import io.aitbc.referee.glyphs.GlyphTraining;
import java.util.Arrays;
import java.util.List;

/// Models of every kind that the referee judges, with weights from a seed, carried out once.
final class RefereeModels {
  /// Side of the square product that kernels are measured by.
  static final int SIDE = 512;

  /// Products of it in one plan, so that reading the input is lost among them.
  static final int PRODUCTS = 8;

  private static final int ROWS = 23;
  private static final RandomNumbers.Seed SEED = new RandomNumbers.Seed(2_026);
  private static final int PICTURES = 4_096;

  private final RandomNumbers random = new RandomNumbers(SEED, 5);

  /// A model that was carried out.
  record Traced(String name, Trace trace) {}

  /// Where the right factor of a product comes from.
  enum Right {
    /// A constant, which the engine lays out once.
    CONSTANT,
    /// What was computed before, which it lays out each time.
    COMPUTED
  }

  private Elements weights(int count, float bound) {
    return Elements.of(random.symmetric(count, bound));
  }

  private Elements weights(int count) {
    return weights(count, 0.5f);
  }

  /// Square products of binary32, one after another.
  Model products(Right right) throws MalformedModelException {
    // Uniform numbers whose products neither grow nor vanish.
    float bound = (float) Math.sqrt(3.0 / SIDE);
    PlanBuilder plan = new PlanBuilder();
    Tensor w = plan.constant(weights(SIDE * SIDE, bound), SIDE, SIDE);
    Tensor x = plan.input(ElementType.FLOAT32, SIDE, SIDE);
    Tensor factor = right == Right.CONSTANT ? w : plan.transpose(w, 1);
    for (int i = 0; i < PRODUCTS; i++) {
      x = plan.sumProducts(x, factor, 1, List.of());
    }
    // An output may be 32 KiB.
    return plan.inference(plan.reduce(Operator.ROW_MAX, x));
  }

  /// An input for {@link #products}.
  byte[] square() {
    return weights(SIDE * SIDE).encoded();
  }

  /// All models whose proofs are measured.
  List<Traced> all() throws MalformedModelException {
    Model small = AiModels.dense(AiModels.SMALL);
    byte[] picture = AiModels.inputs(small, 0, 0, 1).getFirst().toArray();
    return List.of(
        new Traced("784-256-10 int8", trace(small, picture)),
        new Traced("dense layer, 1,024 wide, fp32", layer(1_024)),
        new Traced("dense layer, 4,096 wide, fp32", layer(4_096)),
        new Traced("step: two convolutions, two dense layers, SGD", images()),
        new Traced("step: embedding, attention, layer norm, Adam", sequences()),
        new Traced("step: 784-256-10, batch 64, SGD", glyphs()));
  }

  private static Trace trace(Model model, byte[] input) {
    return new Inference(model, Kernel.fastest(), Workers.NONE).trace(input);
  }

  private Trace layer(int wide) throws MalformedModelException {
    PlanBuilder plan = new PlanBuilder();
    Tensor x = plan.input(ElementType.FLOAT32, 1, wide);
    Tensor w = plan.constant(weights(wide * wide), wide, wide);
    Tensor bias = plan.constant(weights(wide), 1, wide);
    Tensor y = plan.sumProducts(x, w, 1, List.of(bias));
    return trace(plan.inference(y), weights(wide).encoded());
  }

  /// The second step of a training.
  private static Trace step(TrainingPlan.Prepared prepared, byte[] data) {
    Training training =
        new Training(prepared.model(), data, prepared.initial(), Kernel.fastest(), Workers.NONE);
    training.step();
    return training.tracedStep();
  }

  private static byte[] joined(Elements first, Elements second) {
    byte[] a = first.encoded();
    byte[] b = second.encoded();
    byte[] joined = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, joined, a.length, b.length);
    return joined;
  }

  private Elements labels(int count, int bound) {
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = random.below(bound);
    }
    return Elements.of(labels);
  }

  private Tensor parameter(TrainingPlan training, int rows, int columns) {
    return training.parameter(weights(rows * columns), rows, columns);
  }

  private Trace images() throws MalformedModelException {
    TrainingPlan training = new TrainingPlan(SEED, ROWS, 3);
    Tape tape = training.tape();
    Layers layers = new Layers(tape);
    Tensor images = tape.plan().input(ElementType.FLOAT32, ROWS, 60);
    Tensor labels = tape.plan().input(ElementType.INT32, ROWS, 1);
    Tensor hidden =
        tape.tanh(
            layers.convolution(
                tape.reshape(training.batch(images), 3 * 30, 2),
                parameter(training, 4, 18),
                parameter(training, 1, 4),
                new Layers.ConvolutionShape(3, 6, 5, 3, 2, 1)));
    hidden =
        tape.relu(
            layers.convolution(
                hidden,
                parameter(training, 3, 16),
                parameter(training, 1, 3),
                new Layers.ConvolutionShape(3, 3, 3, 2, 1, 0)));
    Tensor flat =
        layers.dense(
            tape.reshape(hidden, 3, 12), parameter(training, 18, 12), parameter(training, 1, 18));
    Tensor logits = layers.dense(flat, parameter(training, 4, 18), parameter(training, 1, 4));
    Tensor loss = layers.crossEntropy(logits, training.batch(labels));
    return step(
        training.finish(loss, new Optimizer.Sgd(0.1f, 0.9f)),
        joined(weights(ROWS * 60), labels(ROWS, 4)));
  }

  private Trace sequences() throws MalformedModelException {
    TrainingPlan training = new TrainingPlan(SEED, ROWS, 2);
    Tape tape = training.tape();
    Layers layers = new Layers(tape);
    Tensor words = tape.plan().input(ElementType.INT32, ROWS, 5);
    Tensor following = tape.plan().input(ElementType.INT32, ROWS, 5);
    Tensor x = tape.lookup(tape.reshape(training.batch(words), 10, 1), parameter(training, 7, 8));
    x = tape.add(x, parameter(training, 5, 8));
    Tensor[] projections = new Tensor[3];
    for (int i = 0; i < projections.length; i++) {
      projections[i] = layers.dense(x, parameter(training, 8, 8), parameter(training, 1, 8));
    }
    Tensor mixed =
        layers.attention(
            projections[0],
            projections[1],
            projections[2],
            new Layers.AttentionShape(2, 5, 2, Layers.Mask.CAUSAL));
    Tensor normal =
        layers.layerNorm(
            tape.add(x, mixed), parameter(training, 1, 8), parameter(training, 1, 8), 1e-5f);
    Tensor logits = layers.dense(normal, parameter(training, 7, 8), parameter(training, 1, 7));
    Tensor loss = layers.crossEntropy(logits, tape.reshape(training.batch(following), 10, 1));
    return step(
        training.finish(loss, new Optimizer.Adam(0.01f, 0.9f, 0.999f, 1e-8f)),
        joined(labels(ROWS * 5, 7), labels(ROWS * 5, 7)));
  }

  private static Trace glyphs() {
    GlyphTraining job = GlyphTraining.prepare(SEED, PICTURES);
    return step(job.prepared(), job.data());
  }

  /// The training of the reader of digits.
  static Training glyphTraining() {
    return GlyphTraining.prepare(SEED, PICTURES).start(Kernel.fastest(), Workers.NONE);
  }

  /// Steps of it: each picture four times.
  static int glyphSteps() {
    return 4 * PICTURES / GlyphTraining.BATCH;
  }
}
