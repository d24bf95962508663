// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static io.aitbc.execution.WorkWorld.MAKER;
import static io.aitbc.execution.WorkWorld.STRANGER;
import static io.aitbc.execution.WorkWorld.succeed;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.crypto.Workers;
import io.aitbc.model.Amount;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Entry;
import io.aitbc.referee.ItemLeaf;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Layers;
import io.aitbc.referee.MalformedModelException;
import io.aitbc.referee.Model;
import io.aitbc.referee.Optimizer;
import io.aitbc.referee.Prover;
import io.aitbc.referee.RandomNumbers;
import io.aitbc.referee.Tape;
import io.aitbc.referee.Tensor;
import io.aitbc.referee.Trace;
import io.aitbc.referee.Training;
import io.aitbc.referee.TrainingPlan;
import io.aitbc.referee.TrainingState;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A job that trains a small network, its true states, and the moves of both sides of a dispute
/// about it. For tests.
final class TrainingWorld {
  static final int SEGMENTS = 3;
  static final Amount FEE = Amount.aitbc(10).times(SEGMENTS);

  /// Most gas of an answer or a proof.
  static final long GAS_MAX = 4_000_000;

  private static final int ROWS = 24;
  private static final TrainingPlan.Prepared PREPARED = prepare();
  private static final byte[] DATA = data();

  final WorkWorld work;
  final int steps;
  final Calls calls;

  /// The first state, and those after each step of all segments.
  final List<Hash> roots = new ArrayList<>();

  TrainingWorld(WorkWorld work, int steps) {
    this.work = work;
    this.steps = steps;
    this.calls = new Calls(work.world.machine);
    Training training = start();
    roots.add(training.stateRoot());
    for (int i = 0; i < SEGMENTS * steps; i++) {
      training.step();
      roots.add(training.stateRoot());
    }
    if (calls
        .read(
            EconomyWorld.EXECUTION,
            work.world.head(),
            work.world.state,
            WorkRead.model(model().id()))
        .isEmpty()) {
      succeed(
          work.send(
              MAKER,
              WorkCall.registerModel(
                  Bytes.wrap(model().header().encoded()),
                  WorkCall.Boundary.NONE,
                  "training",
                  Amount.aitbc(100))));
    }
  }

  static Model model() {
    return PREPARED.model();
  }

  /// Two dense layers over rows of three numbers.
  private static TrainingPlan.Prepared prepare() {
    TrainingPlan training = new TrainingPlan(new RandomNumbers.Seed(5), ROWS, 4);
    Tape tape = training.tape();
    Layers layers = new Layers(tape);
    Tensor rows = tape.plan().input(ElementType.FLOAT32, ROWS, 3);
    Tensor labels = tape.plan().input(ElementType.INT32, ROWS, 1);
    RandomNumbers random = new RandomNumbers(new RandomNumbers.Seed(6), 0);
    Tensor hidden =
        tape.relu(
            layers.dense(
                training.batch(rows),
                training.parameter(Elements.of(random.symmetric(24, 0.5f)), 8, 3),
                training.parameter(Elements.of(new float[8]), 1, 8)));
    Tensor logits =
        layers.dense(
            hidden,
            training.parameter(Elements.of(random.symmetric(16, 0.5f)), 2, 8),
            training.parameter(Elements.of(new float[2]), 1, 2));
    Tensor loss = layers.crossEntropy(logits, training.batch(labels));
    try {
      return training.finish(loss, new Optimizer.Sgd(0.1f, 0.9f));
    } catch (MalformedModelException impossible) {
      throw new AssertionError(impossible);
    }
  }

  /// Rows, and whether their sum is positive.
  private static byte[] data() {
    float[] rows = new RandomNumbers(new RandomNumbers.Seed(7), 0).symmetric(3 * ROWS, 1);
    int[] labels = new int[ROWS];
    for (int i = 0; i < ROWS; i++) {
      labels[i] = rows[3 * i] + rows[3 * i + 1] + rows[3 * i + 2] > 0 ? 1 : 0;
    }
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    data.writeBytes(Elements.of(rows).encoded());
    data.writeBytes(Elements.of(labels).encoded());
    return data.toByteArray();
  }

  static Training start() {
    return new Training(model(), DATA, PREPARED.initial(), Kernel.plain(), Workers.NONE);
  }

  /// The trace of a step, counted from the first state on.
  static Trace trace(int step) {
    Training training = start();
    for (int i = 0; i < step; i++) {
      training.step();
    }
    return training.tracedStep();
  }

  /// The tree of the one input.
  static MerkleTree inputs() {
    return MerkleTree.over(List.of(ItemLeaf.input(0, DATA.length, trace(0).inputTree().root())));
  }

  /// A tile of the data set or, behind those, of the first state.
  static byte[] tile(int tile) {
    Tensor rows = model().inputs().get(0);
    int inputTiles = rows.tiles() + model().inputs().get(1).tiles();
    return tile < inputTiles
        ? Arrays.copyOfRange(DATA, tile * 12, tile * 12 + (tile < ROWS ? 12 : 4))
        : TrainingState.tile(model(), PREPARED.initial(), tile - inputTiles);
  }

  WorkJob.Request request(int segments) {
    return new WorkJob.Request(
        model().id(),
        inputs().root(),
        Hash.ZERO,
        segments,
        20,
        10,
        Amount.ZERO,
        Hash.ZERO,
        roots.getFirst(),
        steps);
  }

  <T> T read(ContractRead<T> question) {
    return work.read(question);
  }

  /// What a worker says: states after all steps, the trace of one of them, and what it can lay open
  /// of it.
  ///
  /// @param roots as {@link TrainingWorld#roots}
  /// @param step the first that is false, counted from the first state on
  /// @param trace of that step
  /// @param tile number of a tile that is false, with its bytes
  /// @param after the tree over the state after it; empty if the worker does not have one
  record Said(
      List<Hash> roots,
      int step,
      MerkleTree trace,
      Optional<FalseTile> tile,
      Optional<MerkleTree> after) {}

  /// A tile of the trace and what it should not be.
  record FalseTile(int number, Bytes bytes) {}

  /// The truth about a step.
  Said honest(int step) {
    Trace trace = trace(step);
    return new Said(
        roots, step, trace.tree(), Optional.empty(), Optional.of(trace.nextStateTree()));
  }

  /// An element of what entry `entry` makes in a step is false, and the state after the step with
  /// it.
  Said falseElement(int step, int entry) {
    Trace trace = trace(step);
    Tensor output = model().entries().get(entry).output();
    int number = output.endTile() - 1;
    byte[] tile = trace.tile(number);
    tile[tile.length - 1] ^= 1;
    int first = model().header().traceTiles() - model().header().stateTiles();
    List<Hash> leaves = new ArrayList<>();
    for (int i = 0; i < trace.tree().width(0); i++) {
      leaves.add(i == number ? MerkleTree.leaf(tile) : trace.tree().node(0, i));
    }
    if (number < first) { // Nobody believes a wrong step that changes nothing.
      leaves.set(leaves.size() - 1, Hash.ZERO);
    }
    MerkleTree after = MerkleTree.over(leaves.subList(first, leaves.size()));
    return new Said(
        falseFrom(step, after.root()),
        step,
        MerkleTree.over(leaves),
        Optional.of(new FalseTile(number, Bytes.wrap(tile))),
        Optional.of(after));
  }

  /// The trace is true, the state after it has another tile.
  Said falseState(int step, int tile) {
    Trace trace = trace(step);
    MerkleTree right = trace.nextStateTree();
    List<Hash> leaves = new ArrayList<>();
    for (int i = 0; i < right.width(0); i++) {
      leaves.add(i == tile ? Hash.ZERO : right.node(0, i));
    }
    MerkleTree after = MerkleTree.over(leaves);
    return new Said(
        falseFrom(step, after.root()), step, trace.tree(), Optional.empty(), Optional.of(after));
  }

  /// The trace is true, the root of the state after it is of nothing.
  Said withheldState(int step) {
    Hash nothing = Keccak256.hash(Bytes.of((byte) step));
    return new Said(
        falseFrom(step, nothing), step, trace(step).tree(), Optional.empty(), Optional.empty());
  }

  private List<Hash> falseFrom(int step, Hash after) {
    List<Hash> said = new ArrayList<>(roots);
    said.set(step + 1, after);
    for (int i = step + 2; i <= (step / steps + 1) * steps; i++) {
      said.set(i, Keccak256.hash(Bytes.of((byte) i, (byte) (i >> 8))));
    }
    return said;
  }

  MerkleTree outputs(Said said) {
    List<Hash> leaves = new ArrayList<>();
    for (int i = 0; i < SEGMENTS; i++) {
      leaves.add(ItemLeaf.output(i, said.roots.get((i + 1) * steps).toArray()));
    }
    return MerkleTree.over(leaves);
  }

  static List<Hash> path(MerkleTree tree, int leaf) {
    byte[] path = tree.path(leaf);
    List<Hash> hashes = new ArrayList<>();
    for (int at = 0; at < path.length; at += Hash.BYTES) {
      hashes.add(Hash.of(path, at));
    }
    return hashes;
  }

  Amount deposit(long job) {
    return read(WorkRead.deposit(new ClaimId(job, 0)));
  }

  EconomyWorld.Outcome challenge(long job, int segment) {
    return work.send(STRANGER, DisputeCall.challenge(new ClaimId(job, 0), segment, deposit(job)));
  }

  EconomyWorld.Outcome answerStates(int worker, long dispute, int segment, Said said) {
    MerkleTree outputs = outputs(said);
    return work.send(
        worker,
        DisputeCall.answerStates(
            dispute,
            new DisputeCall.StateAt(
                said.roots.get(segment * steps),
                segment == 0 ? List.of() : path(outputs, segment - 1)),
            said.roots.subList(segment * steps + 1, (segment + 1) * steps + 1),
            path(outputs, segment)));
  }

  EconomyWorld.Outcome nameStep(long dispute, Said said) {
    int segment = said.step / steps;
    MerkleTree states =
        MerkleTree.over(said.roots.subList(segment * steps, (segment + 1) * steps + 1));
    int step = said.step % steps;
    return work.send(
        STRANGER,
        DisputeCall.nameStep(
            dispute,
            step,
            new DisputeCall.StateAt(states.node(0, step), path(states, step)),
            new DisputeCall.StateAt(states.node(0, step + 1), path(states, step + 1))));
  }

  /// A whole dispute about the first step that is false, up to the proof.
  EconomyWorld.Outcome pursue(int worker, long job, long dispute, Said said) {
    succeed(challenge(job, said.step / steps));
    EconomyWorld.Outcome states = answerStates(worker, dispute, said.step / steps, said);
    succeed(states);
    assertTrue(states.gasUsed() < GAS_MAX, states.gasUsed() + " gas");
    succeed(nameStep(dispute, said));
    succeed(work.answerRoot(worker, dispute, said.trace));
    Trace own = trace(said.step);
    if (said.tile.isPresent()) {
      MerkleTree learned = work.walk(worker, dispute, own.tree(), said.trace, true);
      Bytes tile = said.tile.get().bytes;
      succeed(work.send(worker, DisputeCall.openTile(dispute, tile)));
      byte[] proof =
          new Prover(own, learned, inputs(), 0).element(said.tile.get().number, tile.toArray());
      return work.send(STRANGER, DisputeCall.prove(dispute, Bytes.wrap(proof)));
    }
    succeed(work.send(STRANGER, DisputeCall.descendState(dispute)));
    MerkleTree right = own.nextStateTree();
    MerkleTree learned = work.walk(worker, dispute, right, said.after.orElseThrow(), false);
    int tile = 0;
    while (learned.node(0, tile).equals(right.node(0, tile))) {
      tile++;
    }
    byte[] proof = new Prover(own, own.tree(), inputs(), 0).state(learned, tile);
    return work.send(STRANGER, DisputeCall.prove(dispute, Bytes.wrap(proof)));
  }

  /// The entry that writes tensor `state` of the state, from the last on if it is negative.
  static int stateEntry(int state) {
    List<Entry> entries = model().entries();
    int first = entries.size() - model().states().size();
    return state < 0 ? entries.size() + state : first + state;
  }

  Amount credit(int who) {
    return read(WorkRead.credit(account(who)));
  }
}
