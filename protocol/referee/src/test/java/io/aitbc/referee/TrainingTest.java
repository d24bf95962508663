// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.crypto.Workers;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Training: gradients are those of the loss, and every part of a step is provable.
class TrainingTest {
  private static final int ROWS = 23;

  /// A model in training with its data.
  record Job(TrainingPlan.Prepared prepared, Bytes data) {
    Training start(List<Elements> state) {
      return new Training(prepared.model(), data.toArray(), state, Kernel.fastest(), Workers.NONE);
    }
  }

  private static Elements weights(Seed seed, int count) {
    return Elements.of(
        new RandomNumbers(new RandomNumbers.Seed(seed.nextLong()), 0).symmetric(count, 0.5f));
  }

  private static Bytes joined(Elements first, Elements second) {
    byte[] a = first.encoded();
    byte[] b = second.encoded();
    byte[] joined = new byte[a.length + b.length];
    System.arraycopy(a, 0, joined, 0, a.length);
    System.arraycopy(b, 0, joined, a.length, b.length);
    return Bytes.wrap(joined);
  }

  private static int[] labels(Seed seed, int count, int bound) {
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = seed.below(bound);
    }
    return labels;
  }

  /// Convolutions of step 2 and 1 over images of 6 x 5 with two channels, then a dense layer.
  static Job images(Seed seed, Optimizer optimizer) throws MalformedModelException {
    TrainingPlan training = new TrainingPlan(new RandomNumbers.Seed(seed.nextLong()), ROWS, 3);
    Layers layers = new Layers(training.tape());
    Tape tape = training.tape();
    Tensor images = tape.plan().input(ElementType.FLOAT32, ROWS, 60);
    Tensor labels = tape.plan().input(ElementType.INT32, ROWS, 1);
    Tensor kernel = training.parameter(weights(seed, 4 * 18), 4, 18);
    Tensor kernelBias = training.parameter(weights(seed, 4), 1, 4);
    Tensor second = training.parameter(weights(seed, 3 * 16), 3, 16);
    Tensor secondBias = training.parameter(weights(seed, 3), 1, 3);
    Tensor weights = training.parameter(weights(seed, 4 * 18), 4, 18);
    Tensor bias = training.parameter(weights(seed, 4), 1, 4);
    Tensor pixels = tape.reshape(training.batch(images), 3 * 30, 2);
    Tensor hidden =
        tape.tanh(
            layers.convolution(
                pixels, kernel, kernelBias, new Layers.ConvolutionShape(3, 6, 5, 3, 2, 1)));
    hidden =
        tape.relu(
            layers.convolution(
                hidden, second, secondBias, new Layers.ConvolutionShape(3, 3, 3, 2, 1, 0)));
    Tensor flat = tape.reshape(hidden, 3, 12);
    flat =
        layers.dense(flat, training.parameter(weights(seed, 18 * 12), 18, 12), secondRow(training));
    Tensor logits = layers.dense(flat, weights, bias);
    Tensor loss = layers.crossEntropy(logits, training.batch(labels));
    return new Job(
        training.finish(loss, optimizer),
        joined(weights(seed, ROWS * 60), Elements.of(labels(seed, ROWS, 4))));
  }

  private static Tensor secondRow(TrainingPlan training) {
    return training.tape().plan().constant(Elements.zeros(ElementType.FLOAT32, 18), 1, 18);
  }

  /// An embedding, causal attention of two heads, layer norm, over sequences of 5.
  static Job sequences(Seed seed, Optimizer optimizer) throws MalformedModelException {
    TrainingPlan training = new TrainingPlan(new RandomNumbers.Seed(seed.nextLong()), ROWS, 2);
    Layers layers = new Layers(training.tape());
    Tape tape = training.tape();
    Tensor words = tape.plan().input(ElementType.INT32, ROWS, 5);
    Tensor following = tape.plan().input(ElementType.INT32, ROWS, 5);
    Tensor embedding = training.parameter(weights(seed, 7 * 8), 7, 8);
    Tensor positions = training.parameter(weights(seed, 5 * 8), 5, 8);
    Tensor x = tape.lookup(tape.reshape(training.batch(words), 10, 1), embedding);
    x = tape.add(x, positions);
    Tensor[] projections = new Tensor[3];
    for (int i = 0; i < 3; i++) {
      projections[i] =
          layers.dense(
              x,
              training.parameter(weights(seed, 64), 8, 8),
              training.parameter(weights(seed, 8), 1, 8));
    }
    Tensor mixed =
        layers.attention(
            projections[0],
            projections[1],
            projections[2],
            new Layers.AttentionShape(2, 5, 2, Layers.Mask.CAUSAL));
    Tensor gamma = training.parameter(weights(seed, 8), 1, 8);
    Tensor beta = training.parameter(weights(seed, 8), 1, 8);
    Tensor normal = layers.layerNorm(tape.add(x, mixed), gamma, beta, 1e-5f);
    Tensor logits =
        layers.dense(
            normal,
            training.parameter(weights(seed, 7 * 8), 7, 8),
            training.parameter(weights(seed, 7), 1, 7));
    Tensor loss = layers.crossEntropy(logits, tape.reshape(training.batch(following), 10, 1));
    return new Job(
        training.finish(loss, optimizer),
        joined(Elements.of(labels(seed, ROWS * 5, 7)), Elements.of(labels(seed, ROWS * 5, 7))));
  }

  private static float loss(Job job, List<Elements> state) {
    Training training = job.start(state);
    training.step();
    return training.elements(job.prepared().loss()).floats()[0];
  }

  private static void assertGradients(Seed seed, Job job) {
    Training training = job.start(job.prepared().initial());
    training.step();
    List<Elements> after = training.state();
    int parameters = job.prepared().parameters().size();
    for (int p = 0; p < parameters; p++) {
      int at = job.prepared().model().states().indexOf(job.prepared().parameters().get(p));
      // Without momentum the velocity is the gradient; velocities follow all parameters.
      float[] gradient = after.get(after.size() - parameters + p).floats();
      for (int check = 0; check < 4; check++) {
        int element = seed.below(gradient.length);
        float slope = (lossAt(job, at, element, 5e-3f) - lossAt(job, at, element, -5e-3f)) / 1e-2f;
        assertEquals(slope, gradient[element], 2e-3 + 2e-2 * Math.abs(slope), "parameter " + p);
      }
    }
  }

  private static float lossAt(Job job, int at, int element, float change) {
    List<Elements> state = new ArrayList<>(job.prepared().initial());
    float[] moved = state.get(at).floats().clone();
    moved[element] += change;
    state.set(at, Elements.of(moved));
    return loss(job, state);
  }

  @Test // Protocol §17.3: gradients are entries of the plan.
  void gradientsAreThoseOfTheLoss() {
    Optimizer plain = new Optimizer.Sgd(0.1f, 0);
    Seed.forAll(
        1,
        2,
        seed -> {
          assertGradients(seed, images(seed, plain));
          assertGradients(seed, sequences(seed, plain));
        });
  }

  private static List<Job> jobs(Seed seed) throws MalformedModelException {
    return List.of(
        images(seed, new Optimizer.Sgd(0.1f, 0.9f)),
        sequences(seed, new Optimizer.Adam(0.01f, 0.9f, 0.999f, 1e-8f)));
  }

  @Test // Protocol §17.2.
  void aTrainingStepFollowsTheRule() throws Exception {
    for (Job job : jobs(Seed.of(2))) {
      Training training = job.start(job.prepared().initial());
      training.step();
      ExecutorTest.assertFollowsTheRule(training.tracedStep());
    }
  }

  @Test // Protocol §17.6: weights, moments, step number and batch selection are elements like
  // others.
  void aFalseElementOfAnyEntryOfATrainingStepIsProven() throws Exception {
    Seed seed = Seed.of(3);
    for (Job job : jobs(seed)) {
      Training training = job.start(job.prepared().initial());
      training.step();
      FraudProofTest.assertEveryEntryIsProvable(seed, training.tracedStep());
    }
  }

  @Test // Protocol §17.5: a true trace beside a false state.
  void aStateThatIsNotTheTracesIsFraud() throws Exception {
    for (Job job : jobs(Seed.of(4))) {
      Training training = job.start(job.prepared().initial());
      Trace trace = training.tracedStep();
      MerkleTree next = trace.nextStateTree();
      for (int tile = 0; tile < next.width(0); tile += 3) {
        List<Hash> leaves = new ArrayList<>();
        for (int i = 0; i < next.width(0); i++) {
          leaves.add(i == tile ? Hash.ZERO : next.node(0, i));
        }
        MerkleTree after = MerkleTree.over(leaves);
        Dispute dispute = Dispute.withStateAfter(trace, after.root());
        assertEquals(
            new Verdict.Fraud(ProofKind.STATE), dispute.judge(dispute.prover().state(after, tile)));
        Dispute honest = Dispute.honest(trace);
        assertEquals(new Verdict.Right(), honest.judge(honest.prover().state(next, tile)));
      }
    }
  }

  @Test // Protocol §17.6: a segment can begin at any state.
  void trainingGoesOnFromAState() throws Exception {
    for (Job job : jobs(Seed.of(5))) {
      Training whole = job.start(job.prepared().initial());
      for (int i = 0; i < 4; i++) {
        whole.step();
      }
      Training first = job.start(job.prepared().initial());
      first.step();
      Trace trace = first.tracedStep();
      assertEquals(trace.stateTree().root(), first.stateRoot());
      first.advance();
      assertEquals(trace.nextStateTree().root(), first.stateRoot());
      Training second = job.start(first.state());
      second.step();
      second.step();
      assertEquals(whole.stateRoot(), second.stateRoot());
    }
  }

  @Test // Protocol §17.3: a model is what its file says.
  void aModelSurvivesItsFile() throws Exception {
    for (Job job : jobs(Seed.of(6))) {
      byte[] file = job.prepared().model().encoded();
      Model read = Model.decode(file);
      assertEquals(job.prepared().model().id(), read.id());
      assertArrayEquals(file, read.encoded());
    }
  }

  @Test // Protocol §17.1: each pass sees every row once.
  void theBatchOrderIsAPermutationOfEachPass() {
    for (int count : new int[] {1, 2, 3, 4, 5, 16, 17, 100, 1000}) {
      TreeSet<Integer> rows = new TreeSet<>();
      for (int i = 0; i < count; i++) {
        int row = BatchOrder.permuted(42, 3, i, count);
        assertTrue(row >= 0 && row < count);
        rows.add(row);
      }
      assertEquals(count, rows.size());
    }
    assertTrue(BatchOrder.permuted(42, 3, 5, 1 << 20) != BatchOrder.permuted(42, 4, 5, 1 << 20));
  }
}
