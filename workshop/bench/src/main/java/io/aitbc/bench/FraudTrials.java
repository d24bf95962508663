// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.compute.ItemFile;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.BlsSecretKey;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.Workers;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.evm.CallResult;
import io.aitbc.evm.Evm;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.execution.CallData;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.ContractRead;
import io.aitbc.execution.DisputeCall;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.GenesisPreset;
import io.aitbc.execution.GenesisState;
import io.aitbc.execution.Machines;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.SystemCalls;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Candidate;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.Fork;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.VotingPower;
import io.aitbc.node.work.AuditorService;
import io.aitbc.referee.Inference;
import io.aitbc.referee.ItemLeaf;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Model;
import io.aitbc.referee.Trace;
import io.aitbc.state.Overlay;
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

  private static final UInt256 CHAIN_ID = UInt256.of(7_000);
  private static final int WORKERS = 3;
  private static final int EPOCH_BLOCKS = 100;
  private static final long BLOCK_MILLIS = 500;
  private static final long BEGIN_MILLIS = 1_700_000_000_000L;
  private static final long GAS = 15_000_000;
  private static final int WORK_TIME = 600;
  private static final Amount FEE = Amount.aitbc(1);
  private static final Hash SALT = Keccak256.hash(new byte[] {1});
  private static final Address CLIENT = address(1);

  /// A third of the proposers: the same who own the silent auditors.
  private static final int COLLUDING_ONE_IN = 3;

  private final Evm machine;
  private final Overlay state;
  private final Model model = AiModels.dense(AiModels.SMALL);
  private final List<Bytes> inputs = AiModels.inputs(model, 0, 0, ITEMS);
  private final Inference referee = new Inference(model, Kernel.fastest(), Workers.NONE);
  private final List<byte[]> outputs;
  private final byte[] rightLeaves = new byte[ITEMS * Hash.BYTES];
  private final Hash inputRoot;
  private final Map<Long, Ran> ran = new TreeMap<>();
  private final List<Address> places = new ArrayList<>();
  private final Map<Address, Hash> secrets = new TreeMap<>();
  private long height;
  private Hash random = Hash.ZERO;

  /// What the referee computed for an item.
  private record Ran(Hash trace, Bytes output) {}

  /// Who proposes.
  enum Proposers {
    /// Whoever proposes does not look at the draw.
    HONEST,
    /// A third of the proposers withhold blocks whose draw they dislike: they know which seats are
    /// silent, and no leaf.
    WITHHOLDING
  }

  /// What became of a fraud.
  ///
  /// @param seats that are awake
  /// @param caughtAfter blocks from the reveal and the draw, whichever is later, to the block with
  ///   the challenge; empty if nobody challenged
  record Trial(int seats, OptionalLong caughtAfter) {
    boolean caught() {
      return caughtAfter.isPresent() && caughtAfter.getAsLong() <= BLOCKS_MAX;
    }
  }

  FraudTrials() {
    List<Genesis.GenesisAccount> accounts = new ArrayList<>();
    for (int i = 1; i <= 1 + WORKERS + AUDITORS; i++) {
      accounts.add(Genesis.GenesisAccount.of(address(i), Amount.aitbc(20_000)));
    }
    Candidate validator =
        new Candidate(
            address(1_000),
            BlsSecretKey.fromSeed(new byte[32]).publicKey(),
            ValidatorClass.BOTH,
            VotingPower.of(Amount.aitbc(20_000)),
            Candidate.Standing.ACTIVE,
            0,
            OptionalLong.empty());
    Genesis genesis =
        GenesisPreset.DEV
            .rules(CHAIN_ID)
            .genesis(BEGIN_MILLIS, Amount.wei(1_000_000_000), List.of(validator), accounts);
    GenesisState begun = GenesisState.of(genesis, Workers.NONE);
    machine = new Machines(begun.hash(), Secp256k1.chosen(), new BlsScheme()).another();
    state = new Overlay(begun.inMemory());
    outputs = referee.run(inputs.stream().map(Bytes::toArray).toList());
    for (int i = 0; i < ITEMS; i++) {
      ItemLeaf.output(i, outputs.get(i)).copyTo(rightLeaves, i * Hash.BYTES);
    }
    inputRoot = ItemFile.inputTree(model, inputs).root();
    register();
  }

  private static Address address(int number) {
    return Address.fromHex("%040x".formatted(0xa1_0000 + number));
  }

  private static Address worker(int index) {
    return address(2 + index);
  }

  private static Address auditor(int index) {
    return address(2 + WORKERS + index);
  }

  private void register() {
    nextBlock(0);
    for (int i = 0; i < WORKERS; i++) {
      require(
          worker(i),
          WorkCall.registerService(ServiceRole.WORKER, 1, "http://here", Amount.aitbc(10_000)));
    }
    for (int i = 0; i < AUDITORS; i++) {
      Hash secret = Keccak256.hash(numbered(i));
      Hash _ = secrets.put(auditor(i), secret);
      require(
          auditor(i), WorkCall.registerService(ServiceRole.AUDITOR, 1, "", Amount.aitbc(1_000)));
      require(auditor(i), WorkCall.registerSecretChain(Keccak256.hash(secret.toBytes())));
    }
    require(
        CLIENT,
        WorkCall.registerModel(
            Bytes.wrap(model.header().encoded()),
            WorkCall.Boundary.NONE,
            "model",
            new Amount(EconomyParameter.MODEL_DEPOSIT.standard())));
    while (height < EPOCH_BLOCKS) {
      nextBlock(0);
    }
    for (long place = 0; place <= AUDITORS; place++) {
      places.add(read(WorkRead.accountAt(ServiceRole.AUDITOR, place)).orElse(Address.ZERO));
    }
  }

  private static byte[] numbered(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }

  private void nextBlock(long trial) {
    height++;
    random = beacon(trial, 0);
    startBlock();
  }

  private Hash beacon(long trial, int attempt) {
    return Keccak256.hash(
        ByteBuffer.allocate(3 * Long.BYTES)
            .putLong(trial)
            .putLong(height)
            .putLong(attempt)
            .array());
  }

  private void startBlock() {
    var started =
        machine.systemCall(
            SystemCalls.CALLER,
            EconomyContract.BEACON_HISTORY.address(),
            CallData.of("startBlock(uint64,uint128)")
                .number(BEGIN_MILLIS + BLOCK_MILLIS * height)
                .amount(Amount.ZERO)
                .toBytes(),
            SystemCalls.BLOCK_CALL_GAS,
            block(),
            state);
    if (!(started.result() instanceof CallResult.Success)) {
      throw new IllegalStateException("no block begins: " + started.result());
    }
  }

  private BlockEnvironment block() {
    return new BlockEnvironment(
        Fork.OSAKA,
        CHAIN_ID,
        address(1_000),
        height,
        (BEGIN_MILLIS + BLOCK_MILLIS * height) / 1_000,
        1_000_000_000,
        random,
        Amount.ZERO,
        Amount.ZERO,
        _ -> Hash.ZERO);
  }

  private CallResult send(Address from, EconomyCall call) {
    var request =
        new DynamicFeeTransaction.Unsigned(
            CHAIN_ID,
            0,
            Amount.ZERO,
            Amount.ZERO,
            GAS,
            Optional.of(call.contract().address()),
            call.money(),
            call.input(),
            List.of());
    if (machine.simulate(request, from, block(), state)
        instanceof TransactionOutcome.Executed executed) {
      return executed.result();
    }
    throw new IllegalStateException(from + " cannot pay " + call.money());
  }

  private void require(Address from, EconomyCall call) {
    CallResult result = send(from, call);
    if (!(result instanceof CallResult.Success)) {
      throw new IllegalStateException(call.contract() + " refuses: " + result.output().toHex());
    }
  }

  private <T> Optional<T> read(ContractRead<T> read) {
    int before = state.snapshot();
    CallResult result = send(CLIENT, new EconomyCall(read.contract(), Amount.ZERO, read.input()));
    state.revertTo(before);
    return result instanceof CallResult.Success ? read.answer(result.output()) : Optional.empty();
  }

  /// One fraud.
  ///
  /// @param trial its number: with the same, the same happens
  /// @param wrong items whose outputs are false
  Trial run(long trial, int wrong, Proposers proposers) {
    int before = state.snapshot();
    long heightBefore = height;
    try {
      return fraud(trial, wrong, proposers);
    } finally {
      state.revertTo(before);
      height = heightBefore;
    }
  }

  private Trial fraud(long trial, int wrong, Proposers proposers) {
    SplittableRandom dice = new SplittableRandom(trial);
    nextBlock(trial);
    require(
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
    ClaimId claim = new ClaimId(read(WorkRead.jobCount()).orElseThrow(), 0);
    nextBlock(trial);
    Address worker = read(WorkRead.workers(claim)).orElseThrow().getFirst();
    require(worker, WorkCall.accept(claim));
    nextBlock(trial);
    List<byte[]> served = falsified(dice, wrong);
    Hash root = root(served);
    require(
        worker, WorkCall.commit(claim, WorkCall.commitment(CHAIN_ID, claim, worker, root, SALT)));
    nextBlock(trial);
    require(worker, WorkCall.reveal(claim, root, SALT));
    long drawAt = read(WorkRead.claim(claim)).orElseThrow().auditAt();
    while (height < drawAt - 1) {
      nextBlock(trial);
    }
    WorkClaim drawn = draw(trial, claim, worker, dice, proposers);
    long from = height;
    nextBlock(trial);
    return audit(claim, drawn, served, from);
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
    height++;
    for (int attempt = 0; true; attempt++) {
      int before = state.snapshot();
      random = beacon(trial, attempt);
      startBlock();
      require(worker, WorkCall.drawSeats(claim));
      WorkClaim drawn = read(WorkRead.claim(claim)).orElseThrow();
      boolean colludes = proposers == Proposers.WITHHOLDING && dice.nextInt(COLLUDING_ONE_IN) == 0;
      // As good as the mean, or better, for who looks for frauds: another draw can only help.
      if (!colludes || awake(drawn) * AUDITORS < drawn.places().size() * (AUDITORS - SILENT)) {
        return drawn;
      }
      state.revertTo(before);
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
        Amount deposit = read(WorkRead.deposit(claim)).orElseThrow();
        require(auditor, DisputeCall.challenge(claim, wrong.get(), deposit));
        caught = OptionalLong.of(height - from);
      } else {
        List<Hash> report = new ArrayList<>();
        for (int i = 0; i < leaves.size(); i++) {
          long leaf = leaves.get(i);
          report.add(
              WorkCall.report(CHAIN_ID, auditor, claim, seat, i, leaf, runAgain(leaf).trace));
        }
        require(auditor, WorkCall.report(claim, seat, report));
      }
    }
    return new Trial(awake(drawn), caught);
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
