// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.compute.ItemFile;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.WorkJob;
import io.aitbc.model.Amount;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Layers;
import io.aitbc.referee.Optimizer;
import io.aitbc.referee.RandomNumbers;
import io.aitbc.referee.Tape;
import io.aitbc.referee.Tensor;
import io.aitbc.referee.TrainingPlan;
import io.aitbc.referee.TrainingState;
import java.io.ByteArrayOutputStream;
import java.util.List;

/// A small job that trains: a dense layer over rows of three numbers.
final class TrainingJob {
  private static final int ROWS = 24;

  private TrainingJob() {}

  /// The plan and its first state.
  static TrainingPlan.Prepared prepare() throws Exception {
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

  /// Its data set.
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

  /// The items of its file of inputs.
  static List<Bytes> items() throws Exception {
    return List.of(data(), Bytes.wrap(TrainingState.encoded(prepare().initial())));
  }

  /// What its client asks for.
  ///
  /// @param task hash of the task
  /// @param steps of a segment
  static WorkJob.Request request(Hash task, int segments, int steps) throws Exception {
    JobWork work = work();
    return new WorkJob.Request(
        work.model().id(),
        work.tree().root(),
        task,
        segments,
        60,
        60,
        Amount.ZERO,
        Hash.ZERO,
        TrainingState.tree(work.model(), work.firstState()).root(),
        steps);
  }

  /// As who runs it has it.
  static JobWork work() throws Exception {
    TrainingPlan.Prepared prepared = prepare();
    List<Bytes> inputs = List.of(data());
    return new JobWork(
        prepared.model(), inputs, ItemFile.inputTree(prepared.model(), inputs), prepared.initial());
  }
}
