// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee.glyphs;

import io.aitbc.crypto.Workers;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Layers;
import io.aitbc.referee.MalformedModelException;
import io.aitbc.referee.Optimizer;
import io.aitbc.referee.RandomNumbers;
import io.aitbc.referee.Tape;
import io.aitbc.referee.Tensor;
import io.aitbc.referee.Training;
import io.aitbc.referee.TrainingPlan;
import java.util.ArrayList;
import java.util.List;

/// The training job of the demonstration: a network of 784, 256 and 10 units learns to read {@link
/// Glyphs}. Everything follows from one seed. Protocol §17.7.
public final class GlyphTraining {
  /// Units of the hidden layer.
  public static final int HIDDEN = 256;

  /// Pictures of a batch.
  public static final int BATCH = 64;

  /// Ink is divided by this before the first layer.
  static final float INK_SCALE = 1f / 128;

  private final TrainingPlan.Prepared prepared;
  private final byte[] data;

  private GlyphTraining(TrainingPlan.Prepared prepared, byte[] data) {
    this.prepared = prepared;
    this.data = data;
  }

  /// The job over `pictures` pictures.
  public static GlyphTraining prepare(RandomNumbers.Seed seed, int pictures) {
    try {
      TrainingPlan training = new TrainingPlan(seed, pictures, BATCH);
      Tape tape = training.tape();
      Layers layers = new Layers(tape);
      Tensor pixels = tape.plan().input(ElementType.INT8, pictures, Glyphs.PIXELS);
      Tensor digits = tape.plan().input(ElementType.INT32, pictures, 1);
      Tensor x = tape.plan().convert(training.batch(pixels), ElementType.FLOAT32);
      x = tape.multiply(x, INK_SCALE);
      x = tape.relu(dense(training, layers, x, HIDDEN, new RandomNumbers(seed, 2)));
      x = dense(training, layers, x, Glyphs.CLASSES, new RandomNumbers(seed, 3));
      Tensor loss = layers.crossEntropy(x, training.batch(digits));
      return new GlyphTraining(
          training.finish(loss, new Optimizer.Sgd(0.05f, 0.9f)),
          Glyphs.draw(seed, pictures).dataSet());
    } catch (MalformedModelException impossible) {
      throw new IllegalStateException("the plan of the demonstration is malformed", impossible);
    }
  }

  /// Weights between -1 / sqrt(inputs) and 1 / sqrt(inputs), bias 0.
  private static Tensor dense(
      TrainingPlan training, Layers layers, Tensor x, int units, RandomNumbers random) {
    int inputs = x.columns();
    float bound = (float) (1 / Math.sqrt(inputs));
    Elements weights = Elements.of(random.symmetric(units * inputs, bound));
    return layers.dense(
        x,
        training.parameter(weights, units, inputs),
        training.parameter(Elements.zeros(ElementType.FLOAT32, units), 1, units));
  }

  /// The plan of a step and the first state.
  public TrainingPlan.Prepared prepared() {
    return prepared;
  }

  /// The data set: the plan's input.
  public byte[] data() {
    return data.clone();
  }

  /// A run from the first state on.
  public Training start(Kernel kernel, Workers workers) {
    return new Training(prepared.model(), data, prepared.initial(), kernel, workers);
  }

  /// The network that a state holds.
  public GlyphNetwork network(List<Elements> state) {
    List<Elements> parameters = new ArrayList<>();
    for (Tensor parameter : prepared.parameters()) {
      parameters.add(state.get(prepared.model().states().indexOf(parameter)));
    }
    return new GlyphNetwork(
        parameters.get(0), parameters.get(1), parameters.get(2), parameters.get(3));
  }
}
