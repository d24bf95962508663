// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.WorkJob;
import io.aitbc.model.Amount;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Layers;
import io.aitbc.referee.Optimizer;
import io.aitbc.referee.RandomNumbers;
import io.aitbc.referee.Tape;
import io.aitbc.referee.Tensor;
import io.aitbc.referee.Training;
import io.aitbc.referee.TrainingPlan;
import io.aitbc.referee.TrainingState;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;

/// A small training as an order, for tests: a dense layer over rows of three numbers.
final class TrainingOrders {
  static final int SEGMENTS = 3;
  static final int STEPS = 4;
  private static final int ROWS = 24;

  private TrainingOrders() {}

  static TrainingPlan.Prepared prepared() throws Exception {
    TrainingPlan training = new TrainingPlan(new RandomNumbers.Seed(5), ROWS, 4);
    Tape tape = training.tape();
    Layers layers = new Layers(tape);
    Tensor rows = tape.plan().input(ElementType.FLOAT32, ROWS, 3);
    Tensor labels = tape.plan().input(ElementType.INT32, ROWS, 1);
    RandomNumbers random = new RandomNumbers(new RandomNumbers.Seed(6), 0);
    Tensor logits =
        layers.dense(
            training.batch(rows),
            training.parameter(Elements.of(random.symmetric(6, 0.5f)), 2, 3),
            training.parameter(Elements.of(new float[2]), 1, 2));
    return training.finish(
        layers.crossEntropy(logits, training.batch(labels)), new Optimizer.Sgd(0.1f, 0.9f));
  }

  static Bytes data() {
    float[] rows = new RandomNumbers(new RandomNumbers.Seed(7), 0).symmetric(3 * ROWS, 1);
    int[] labels = new int[ROWS];
    for (int i = 0; i < ROWS; i++) {
      labels[i] = rows[3 * i] + rows[3 * i + 1] + rows[3 * i + 2] > 0 ? 1 : 0;
    }
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    data.writeBytes(Elements.of(rows).encoded());
    data.writeBytes(Elements.of(labels).encoded());
    return Bytes.wrap(data.toByteArray());
  }

  static JobOrder order() throws Exception {
    TrainingPlan.Prepared prepared = prepared();
    return order(
        List.of(data()),
        new JobOrder.Training(
            Bytes.wrap(TrainingState.encoded(prepared.initial())), SEGMENTS, STEPS));
  }

  static JobOrder order(List<Bytes> inputs, JobOrder.Training training) throws Exception {
    return new JobOrder(
        prepared().model(),
        inputs,
        Amount.wei(1_000_000_000_000_000L),
        60,
        60,
        Amount.ZERO,
        WorkJob.PARTIES,
        Optional.of(training));
  }

  /// The state that the referee has in the end.
  static Bytes trained() throws Exception {
    TrainingPlan.Prepared prepared = prepared();
    Training training =
        new Training(
            prepared.model(), data().toArray(), prepared.initial(), Kernel.plain(), Workers.NONE);
    for (int step = 0; step < SEGMENTS * STEPS; step++) {
      training.step();
    }
    return Bytes.wrap(TrainingState.encoded(training.state()));
  }
}
