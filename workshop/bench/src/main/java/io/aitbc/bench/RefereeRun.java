// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.bench.RefereeModels.Right;
import io.aitbc.bench.RefereeModels.Traced;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.crypto.Workers;
import io.aitbc.evm.Precompile;
import io.aitbc.evm.Precompiles;
import io.aitbc.execution.ChainPrecompiles;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import io.aitbc.referee.Claim;
import io.aitbc.referee.Inference;
import io.aitbc.referee.ItemLeaf;
import io.aitbc.referee.Judge;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.MalformedModelException;
import io.aitbc.referee.Model;
import io.aitbc.referee.Prover;
import io.aitbc.referee.Tensor;
import io.aitbc.referee.Trace;
import io.aitbc.referee.Training;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/// The referee on one thread: how fast it multiplies, infers and trains, and of models of every
/// kind the longest proof of one element with what it costs on the chain. Protocol §17.5, §14.6.
final class RefereeRun {
  /// What the kernels are held to: two thirds of the prototype's 71 and 74,000.
  private static final double PRODUCT_GFLOPS_MIN = 47.3;

  private static final double INFERENCES_MIN = 49_333;
  private static final double TRAINING_SECONDS_MAX = 30;
  private static final int ITEMS = 1_024;

  /// What a proof may take in a transaction, call data and precompile together.
  private static final long GAS_MAX = 4_000_000;

  private static final int CALL_DATA_GAS = 40;
  private static final int FRAUD = 1;
  private static final int RIGHT = 3;

  private final BestTime time;
  private final PrintWriter out;
  private final RefereeModels models = new RefereeModels();
  private final Precompile judge =
      Objects.requireNonNull(
          ChainPrecompiles.addedTo(Precompiles.NONE, Hash.ZERO, new BlsScheme())
              .functions()
              .get(Address.fromHex("0x0000000000000000000000000000000000000a07")));

  /// @param seconds processor time to measure a row
  RefereeRun(double seconds, PrintWriter out) {
    this.time = new BestTime(seconds);
    this.out = out;
  }

  /// Prints all.
  ///
  /// @return whether every target is met
  boolean run() throws MalformedModelException {
    out.println(
        "kernel: " + Kernel.fastest().getClass().getSimpleName() + ", one thread, processor time");
    boolean met = kernels();
    out.println();
    met &= proofs();
    out.flush();
    return met;
  }

  /// Prints the longest proof of each model.
  ///
  /// @return whether each fits into a transaction
  boolean proofs() throws MalformedModelException {
    boolean met = true;
    out.printf(
        "%-48s %8s %14s %14s %10s %9s%n",
        "longest proof of an element, claim included",
        "bytes",
        "call data gas",
        "0x0a07 gas",
        "judge us",
        "Mgas/s");
    for (Traced each : models.all()) {
      met &= proof(each);
    }
    return met;
  }

  private boolean kernels() throws MalformedModelException {
    boolean met = true;
    byte[] square = models.square();
    for (Right right : Right.values()) {
      Inference engine = new Inference(models.products(right), Kernel.fastest(), Workers.NONE);
      double micros =
          time.micros(() -> {
            var _ = engine.run(List.of(square));
          });
      double flops = 2.0 * RefereeModels.PRODUCTS * Math.pow(RefereeModels.SIDE, 3);
      String what =
          right == Right.CONSTANT ? "weights laid out once" : "right factor laid out each time";
      met &=
          row(
              "512 x 512 fp32 product, " + what + ", GFLOP/s",
              flops / micros / 1e3,
              PRODUCT_GFLOPS_MIN);
    }
    Model small = AiModels.dense(AiModels.SMALL);
    List<byte[]> items = AiModels.inputs(small, 0, 0, ITEMS).stream().map(Bytes::toArray).toList();
    Inference engine = new Inference(small, Kernel.fastest(), Workers.NONE);
    double micros =
        time.micros(() -> {
          var _ = engine.run(items);
        });
    met &=
        row(
            "784-256-10 int8, batches of 1,024, inferences/s",
            ITEMS / micros * 1e6,
            INFERENCES_MIN);
    Training training = RefereeModels.glyphTraining();
    double step = time.micros(training::step);
    double seconds = step * RefereeModels.glyphSteps() / 1e6;
    boolean soon = seconds <= TRAINING_SECONDS_MAX;
    out.printf(
        Locale.ROOT,
        "%-64s %10.2f  at most %.0f: %s%n",
        "training of the reader of digits, %d steps, seconds".formatted(RefereeModels.glyphSteps()),
        seconds,
        TRAINING_SECONDS_MAX,
        soon ? "met" : "MISSED");
    out.flush();
    return met && soon;
  }

  private boolean row(String what, double value, double least) {
    boolean met = value >= least;
    out.printf(
        Locale.ROOT,
        "%-64s %10.1f  at least %.1f: %s%n",
        what,
        value,
        least,
        met ? "met" : "MISSED");
    out.flush();
    return met;
  }

  /// The longest proof about the first element of an entry's last tile, over all entries. It is
  /// judged: right as it is, and fraud with a bit turned.
  private boolean proof(Traced model) {
    Trace trace = model.trace();
    Bytes longest = Bytes.EMPTY;
    int tile = 0;
    for (var entry : trace.model().entries()) {
      Tensor output = entry.output();
      int last = output.endTile() - 1;
      Bytes proof = claimed(trace, trace.tree(), last, trace.tile(last));
      if (proof.length() > longest.length()) {
        longest = proof;
        tile = last;
      }
    }
    byte[] turned = trace.tile(tile);
    turned[0] ^= 1;
    requireVerdict(RIGHT, longest);
    requireVerdict(FRAUD, claimed(trace, withTile(trace, tile, turned), tile, turned));
    byte[] input = longest.toArray();
    double micros =
        time.micros(() -> {
          var _ = Judge.judge(input);
        });
    long gas = judge.gas(longest);
    long data = (long) CALL_DATA_GAS * longest.length();
    boolean met = longest.length() < Judge.INPUT_BYTES_MAX && data + gas < GAS_MAX;
    out.printf(
        Locale.ROOT,
        "%-48s %8d %14d %14d %10.0f %9.0f%s%n",
        model.name(),
        longest.length(),
        data,
        gas,
        micros,
        gas / micros,
        met ? "" : " MISSED");
    out.flush();
    return met;
  }

  private void requireVerdict(int code, Bytes input) {
    Optional<Bytes> verdict = judge.run(input);
    if (!verdict.equals(Optional.of(Bytes.wrap(UInt256.of(code).toArray())))) {
      throw new IllegalStateException("verdict " + verdict + " instead of " + code);
    }
  }

  private static MerkleTree withTile(Trace trace, int tile, byte[] content) {
    byte[] leaves = new byte[trace.tree().width(0) * Hash.BYTES];
    for (int i = 0; i < trace.tree().width(0); i++) {
      Hash leaf = i == tile ? MerkleTree.leaf(content) : trace.tree().node(0, i);
      leaf.copyTo(leaves, i * Hash.BYTES);
    }
    return MerkleTree.over(leaves);
  }

  /// A claim with one item and the proof about the first element of a tile, one behind the other.
  private static Bytes claimed(Trace trace, MerkleTree tree, int tile, byte[] content) {
    Model model = trace.model();
    MerkleTree inputs =
        MerkleTree.over(
            List.of(ItemLeaf.input(0, model.header().inputBytes(), trace.inputTree().root())));
    boolean trains = model.trains();
    Hash after = trains ? trace.nextStateTree().root() : Hash.ZERO;
    byte[] output = trains ? after.toArray() : trace.output();
    Hash outputs = MerkleTree.over(List.of(ItemLeaf.output(0, output))).root();
    Hash before = trains ? trace.stateTree().root() : Hash.ZERO;
    Claim claim =
        new Claim(model.id(), inputs.root(), 1, 0, outputs, 1, 0, tree.root(), before, after);
    byte[] proof = new Prover(trace, tree, inputs, 0).element(tile, content);
    byte[] joined = Arrays.copyOf(claim.encoded(), Claim.BYTES + proof.length);
    System.arraycopy(proof, 0, joined, Claim.BYTES, proof.length);
    return Bytes.wrap(joined);
  }
}
