// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.compute.ItemFile;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.DisputeCall;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.node.work.AuditorService;
import io.aitbc.referee.Inference;
import io.aitbc.referee.ItemLeaf;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Model;
import io.aitbc.referee.Trace;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// Frauds in the contracts of AI work, on the chain's own machine, in virtual time: a worker
/// commits to outputs of which a part is false, seats are drawn, the auditors that are awake run
/// their leaves again and challenge what is wrong. Every trial begins in the same state and has
/// beacons of its own.
final class FraudTrials {
  /// Auditors with equal bonds.
  static final int AUDITORS = 30;

  /// Of them, who say nothing: a third of the bond.
  static final int SILENT = AUDITORS / 3;

  /// Blocks in which a fraud must be challenged.
  static final int BLOCKS_MAX = 2;

  /// Items of a claim.
  static final int ITEMS = ClaimId.ITEMS_MAX;

  private static final int WORKERS = 3;
  private static final int WORK_TIME = 600;
  private static final Amount FEE = Amount.aitbc(1);
  private static final Hash SALT = Keccak256.hash(new byte[] {1});
  private static final Address CLIENT = VirtualChain.address(1);

  /// A third of the proposers: the same who own the silent auditors.
  static final int COLLUDING_ONE_IN = 3;

  /// Seats that are awake in a draw that is good enough for whoever knows it and wants a fraud to
  /// pass. With a sixth of the items wrong this bound lets most frauds of withholding proposers
  /// pass, and costs a worker that may give up the fewest fees for each (Protocol §17.13).
  static final int AWAKE_MAX = 4;

  private final VirtualChain chain = new VirtualChain(1 + WORKERS + AUDITORS);
  private final Model model = AiModels.dense(AiModels.SMALL);
  private final List<Bytes> inputs = AiModels.inputs(model, 0, 0, ITEMS);
  private final Inference referee = new Inference(model, Kernel.fastest(), Workers.NONE);
  private final List<byte[]> outputs;
  private final byte[] rightLeaves = new byte[ITEMS * Hash.BYTES];
  private final Hash inputRoot;
  private final Map<Long, Ran> ran = new TreeMap<>();
  private final List<Address> places = new ArrayList<>();
  private final Map<Address, Hash> secrets = new TreeMap<>();

  /// What the referee computed for an item.
  private record Ran(Hash trace, Bytes output) {}

  /// Who proposes.
  enum Proposers {
    /// Whoever proposes does not look at the draw.
    HONEST,
    /// A third of the proposers withhold blocks whose draw they dislike: they know which seats are
    /// silent, and no leaf.
    WITHHOLDING,
    /// Nobody withholds, but the worker knows its draw before it reveals, and which seats are
    /// silent: it reveals if few are awake, and else pays the fee for the reveal that does not
    /// come.
    EARLY
  }

  /// What became of a fraud.
  ///
  /// @param seats that are awake
  /// @param givenUp whether the worker did not reveal it, and paid the fee
  /// @param caughtAfter blocks from the reveal and the draw, whichever is later, to the block with
  ///   the challenge; empty if nobody challenged
  record Trial(int seats, boolean givenUp, OptionalLong caughtAfter) {
    boolean caught() {
      return caughtAfter.isPresent() && caughtAfter.getAsLong() <= BLOCKS_MAX;
    }
  }

  FraudTrials() {
    outputs = referee.run(inputs.stream().map(Bytes::toArray).toList());
    for (int i = 0; i < ITEMS; i++) {
      ItemLeaf.output(i, outputs.get(i)).copyTo(rightLeaves, i * Hash.BYTES);
    }
    inputRoot = ItemFile.inputTree(model, inputs).root();
    register();
  }

  private static Address worker(int index) {
    return VirtualChain.address(2 + index);
  }

  private static Address auditor(int index) {
    return VirtualChain.address(2 + WORKERS + index);
  }

  private void register() {
    nextBlock(0);
    for (int i = 0; i < WORKERS; i++) {
      chain.require(
          worker(i),
          WorkCall.registerService(ServiceRole.WORKER, 1, "http://here", Amount.aitbc(10_000)));
    }
    for (int i = 0; i < AUDITORS; i++) {
      Hash secret = Keccak256.hash(numbered(i));
      Hash _ = secrets.put(auditor(i), secret);
      chain.require(
          auditor(i), WorkCall.registerService(ServiceRole.AUDITOR, 1, "", Amount.aitbc(1_000)));
      chain.require(auditor(i), WorkCall.registerSecretChain(Keccak256.hash(secret.toBytes())));
    }
    chain.require(
        CLIENT,
        WorkCall.registerModel(
            Bytes.wrap(model.header().encoded()),
            WorkCall.Boundary.NONE,
            "model",
            new Amount(EconomyParameter.MODEL_DEPOSIT.standard())));
    while (chain.height() < VirtualChain.EPOCH_BLOCKS) {
      nextBlock(0);
    }
    for (long place = 0; place <= AUDITORS; place++) {
      places.add(chain.read(WorkRead.accountAt(ServiceRole.AUDITOR, place)).orElse(Address.ZERO));
    }
  }

  private static byte[] numbered(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }

  private void nextBlock(long trial) {
    chain.nextBlock(beacon(trial, 0));
  }

  private Hash beacon(long trial, int attempt) {
    return Keccak256.hash(
        ByteBuffer.allocate(3 * Long.BYTES)
            .putLong(trial)
            .putLong(chain.height() + 1)
            .putLong(attempt)
            .array());
  }

  /// One fraud.
  ///
  /// @param trial its number: with the same, the same happens
  /// @param wrong items whose outputs are false
  Trial run(long trial, int wrong, Proposers proposers) {
    VirtualChain.Mark before = chain.mark();
    try {
      return fraud(trial, wrong, proposers);
    } finally {
      chain.revertTo(before);
    }
  }

  private Trial fraud(long trial, int wrong, Proposers proposers) {
    SplittableRandom dice = new SplittableRandom(trial);
    nextBlock(trial);
    chain.require(
        CLIENT,
        WorkCall.submit(
            new WorkJob.Request(
                model.id(),
                inputRoot,
                Hash.ZERO,
                ITEMS,
                WORK_TIME,
                WORK_TIME,
                Amount.ZERO,
                Hash.ZERO),
            FEE));
    ClaimId claim = new ClaimId(chain.read(WorkRead.jobCount()).orElseThrow(), 0);
    nextBlock(trial);
    Address worker = chain.read(WorkRead.workers(claim)).orElseThrow().getFirst();
    chain.require(worker, WorkCall.accept(claim));
    nextBlock(trial);
    List<byte[]> served = falsified(dice, wrong);
    Hash root = root(served);
    chain.require(
        worker,
        WorkCall.commit(
            claim, WorkCall.commitment(VirtualChain.CHAIN_ID, claim, worker, root, SALT)));
    nextBlock(trial);
    if (proposers != Proposers.EARLY) {
      chain.require(worker, WorkCall.reveal(claim, root, SALT));
    }
    long drawAt = chain.read(WorkRead.claim(claim)).orElseThrow().auditAt();
    while (chain.height() < drawAt - 1) {
      nextBlock(trial);
    }
    WorkClaim drawn = draw(trial, claim, worker, dice, proposers);
    if (proposers == Proposers.EARLY) {
      if (awake(drawn) > AWAKE_MAX) {
        return giveUp(trial, claim, worker, awake(drawn));
      }
      nextBlock(trial);
      chain.require(worker, WorkCall.reveal(claim, root, SALT));
    }
    long from = chain.height();
    nextBlock(trial);
    return audit(claim, drawn, served, from);
  }

  /// The worker lets the time for its reveal pass, and pays for it.
  private Trial giveUp(long trial, ClaimId claim, Address worker, int awake) {
    Amount before = bond(worker);
    long until = chain.read(WorkRead.claim(claim)).orElseThrow().untilHeight();
    while (chain.height() <= until || !chain.takes(CLIENT, WorkCall.late(claim))) {
      nextBlock(trial);
    }
    if (!bond(worker).plus(FEE).equals(before)) {
      throw new IllegalStateException("a worker that did not reveal did not pay the fee");
    }
    return new Trial(awake, true, OptionalLong.empty());
  }

  private Amount bond(Address worker) {
    return chain.read(WorkRead.service(ServiceRole.WORKER, worker)).orElseThrow().bond();
  }

  /// The root over outputs, of which the right ones were hashed before.
  private Hash root(List<byte[]> served) {
    byte[] leaves = rightLeaves.clone();
    for (int i = 0; i < ITEMS; i++) {
      if (!Arrays.equals(served.get(i), outputs.get(i))) {
        ItemLeaf.output(i, served.get(i)).copyTo(leaves, i * Hash.BYTES);
      }
    }
    return MerkleTree.over(leaves).root();
  }

  private List<byte[]> falsified(SplittableRandom dice, int wrong) {
    List<byte[]> served = new ArrayList<>(outputs);
    TreeSet<Integer> items = new TreeSet<>();
    while (items.size() < wrong) {
      boolean _ = items.add(dice.nextInt(ITEMS));
    }
    for (int item : items) {
      byte[] other = outputs.get(item).clone();
      other[dice.nextInt(other.length)] ^= (byte) (1 << dice.nextInt(Byte.SIZE));
      byte[] _ = served.set(item, other);
    }
    return served;
  }

  /// The block whose beacon draws, and the draw in it.
  private WorkClaim draw(
      long trial, ClaimId claim, Address worker, SplittableRandom dice, Proposers proposers) {
    for (int attempt = 0; true; attempt++) {
      VirtualChain.Mark before = chain.mark();
      chain.nextBlock(beacon(trial, attempt));
      chain.require(worker, WorkCall.drawSeats(claim));
      WorkClaim drawn = chain.read(WorkRead.claim(claim)).orElseThrow();
      boolean colludes = proposers == Proposers.WITHHOLDING && dice.nextInt(COLLUDING_ONE_IN) == 0;
      if (!colludes || awake(drawn) <= AWAKE_MAX) {
        return drawn;
      }
      chain.revertTo(before);
    }
  }

  private boolean isAwake(Address auditor) {
    return IntStream.range(SILENT, AUDITORS).anyMatch(i -> auditor(i).equals(auditor));
  }

  private int awake(WorkClaim drawn) {
    return (int)
        drawn.places().stream().filter(place -> isAwake(places.get(place.intValue()))).count();
  }

  /// Every auditor that is awake runs its leaves as soon as the draw is final, and says in the next
  /// block what it found.
  private Trial audit(ClaimId claim, WorkClaim drawn, List<byte[]> served, long from) {
    OptionalLong caught = OptionalLong.empty();
    for (int seat = 0; seat < drawn.places().size(); seat++) {
      Address auditor = places.get(drawn.places().get(seat).intValue());
      if (!isAwake(auditor)) {
        continue;
      }
      List<Long> leaves =
          WorkCall.leaves(
              Objects.requireNonNull(secrets.get(auditor)),
              drawn.auditBeacon().orElseThrow(),
              claim,
              seat,
              AuditorService.LEAVES,
              ITEMS);
      Optional<Long> wrong =
          leaves.stream()
              .filter(
                  leaf -> !runAgain(leaf).output.equals(Bytes.wrap(served.get(leaf.intValue()))))
              .findFirst();
      if (wrong.isPresent()) {
        Amount deposit = chain.read(WorkRead.deposit(claim)).orElseThrow();
        chain.require(auditor, DisputeCall.challenge(claim, wrong.get(), deposit));
        caught = OptionalLong.of(chain.height() - from);
      } else {
        List<Hash> report = new ArrayList<>();
        for (int i = 0; i < leaves.size(); i++) {
          long leaf = leaves.get(i);
          report.add(
              WorkCall.report(
                  VirtualChain.CHAIN_ID, auditor, claim, seat, i, leaf, runAgain(leaf).trace));
        }
        chain.require(auditor, WorkCall.report(claim, seat, report));
      }
    }
    return new Trial(awake(drawn), false, caught);
  }

  /// The inputs are the same in all trials, so the referee runs each once.
  private Ran runAgain(long leaf) {
    return ran.computeIfAbsent(
        leaf,
        it -> {
          Trace trace = referee.trace(inputs.get((int) (long) it).toArray());
          return new Ran(trace.tree().root(), Bytes.wrap(trace.output()));
        });
  }
}
