// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.compute.ItemFile;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.WorkCall.Score;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Layers;
import io.aitbc.referee.Model;
import io.aitbc.referee.Optimizer;
import io.aitbc.referee.PlanBuilder;
import io.aitbc.referee.RandomNumbers;
import io.aitbc.referee.Tape;
import io.aitbc.referee.Tensor;
import io.aitbc.referee.TrainingPlan;
import io.aitbc.referee.TrainingState;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScoringTest { // Protocol §17.15
  private static Bytes floats(float... values) {
    return Bytes.wrap(Elements.of(values).encoded());
  }

  private static ServedClaim served(Model model, Bytes... outputs) {
    List<Bytes> inputs = List.of(Bytes.EMPTY);
    return new ServedClaim(
        new JobWork(model, inputs, ItemFile.inputTree(model, inputs), List.of()), List.of(outputs));
  }

  private static Score scoreOf(ServedClaim claim) {
    return Scoring.ofInference(claim.work().model(), claim.outputs());
  }

  private static ServedClaim inference(Bytes... outputs) throws Exception {
    PlanBuilder plan = new PlanBuilder();
    Tensor x = plan.input(ElementType.FLOAT32, 1, 2);
    Tensor w = plan.constant(Elements.of(new float[] {1, 2, 3, 4}), 2, 2);
    Tensor bias = plan.constant(Elements.of(new float[2]), 1, 2);
    return served(plan.inference(plan.sumProducts(x, w, 1, List.of(bias))), outputs);
  }

  @Test
  void anItemIsUsableIfItsOutputIsThereAndFinite() throws Exception {
    assertEquals(new Score(1_000_000, 1_000_000), scoreOf(inference(floats(1, 2), floats(2, 1))));
    assertEquals(
        new Score(333_333, 333_333),
        scoreOf(inference(floats(-Float.MAX_VALUE, 0), Bytes.EMPTY, Bytes.EMPTY)));
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      assertEquals(new Score(500_000, 500_000), scoreOf(inference(floats(1, 2), floats(1, bad))));
    }
  }

  @Test
  void anOutputIsNewOnce() throws Exception {
    assertEquals(
        new Score(1_000_000, 500_000),
        scoreOf(inference(floats(1, 2), floats(1, 2), floats(3, 4), floats(3, 4))));
  }

  @Test
  void aTrainedStateIsOfUseIfItIsTheClaimsAndFinite() throws Exception {
    TrainingPlan training = new TrainingPlan(new RandomNumbers.Seed(5), 2, 1);
    Tape tape = training.tape();
    Tensor rows = tape.plan().input(ElementType.FLOAT32, 2, 3);
    Tensor labels = tape.plan().input(ElementType.INT32, 2, 1);
    Tensor weights = training.parameter(Elements.of(new float[6]), 2, 3);
    Tensor bias = training.parameter(Elements.of(new float[2]), 1, 2);
    Layers layers = new Layers(tape);
    TrainingPlan.Prepared prepared =
        training.finish(
            layers.crossEntropy(
                layers.dense(training.batch(rows), weights, bias), training.batch(labels)),
            new Optimizer.Sgd(0.1f, 0.9f));
    Model model = prepared.model();
    List<Elements> state = prepared.initial();
    Hash root = TrainingState.tree(model, state).root();
    Bytes other = Hash.ZERO.toBytes();

    assertEquals(
        new Score(1_000_000, 1_000_000),
        Scoring.ofTraining(served(model, other, root.toBytes()), state));
    assertEquals(
        new Score(1_000_000, 500_000),
        Scoring.ofTraining(served(model, root.toBytes(), root.toBytes()), state));
    assertEquals(
        Scoring.NOTHING,
        Scoring.ofTraining(served(model, root.toBytes(), other), state),
        "the last segment's output is another");
    int floats = 0;
    while (state.get(floats).type() != ElementType.FLOAT32) {
      floats++;
    }
    state.get(floats).setBits(0, Elements.NAN_BITS);
    Hash broken = TrainingState.tree(model, state).root();
    assertEquals(Scoring.NOTHING, Scoring.ofTraining(served(model, broken.toBytes()), state));
  }
}
