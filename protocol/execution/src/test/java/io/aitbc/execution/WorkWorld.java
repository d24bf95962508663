// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.crypto.Workers;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Inference;
import io.aitbc.referee.ItemLeaf;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.MalformedModelException;
import io.aitbc.referee.ModelHeader;
import io.aitbc.referee.PlanBuilder;
import io.aitbc.referee.Tensor;
import io.aitbc.referee.Trace;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// The contracts of AI work in a world of the economy, with three workers, five auditors, a client
/// and a model of the referee; after each call the books must be right to the wei. For tests.
final class WorkWorld {
  static final int CLIENT = 30;
  static final int MAKER = 31;
  static final int STRANGER = 32;
  static final int FIRST_WORKER = 10;
  static final int FIRST_AUDITOR = 20;
  static final int WORKER = 0;
  static final int AUDITOR = 1;

  static final Address MODELS = EconomyContract.MODEL_REGISTRY.address();
  static final Address MARKET = EconomyContract.JOB_MARKET.address();
  static final Address LEDGER = EconomyContract.WORK_LEDGER.address();
  static final Address DISPUTES = EconomyContract.DISPUTES.address();

  /// Items of a job.
  static final int ITEMS = 3;

  /// Fee of a job: 10 AITBC for an item.
  static final Amount FEE = Amount.aitbc(10).times(ITEMS);

  static final Hash SALT = Keccak256.hash(Bytes.of((byte) 77));

  private static final int ACCOUNTS = 40;
  private static final int ROWS = 300;
  private static final List<Trace> TRACES =
      IntStream.range(0, ITEMS).mapToObj(WorkWorld::run).toList();

  final EconomyWorld world = new EconomyWorld(3, 4, ACCOUNTS);
  final List<Trace> traces = TRACES;
  final MerkleTree inputs =
      MerkleTree.over(
          IntStream.range(0, ITEMS)
              .mapToObj(
                  i -> ItemLeaf.input(i, header().inputBytes(), TRACES.get(i).inputTree().root()))
              .toList());
  private final TreeMap<Long, Amount> fees = new TreeMap<>();
  private final Calls calls = new Calls(world.machine);

  WorkWorld() {
    for (int i = 0; i < 3; i++) {
      register(FIRST_WORKER + i, WORKER, Amount.aitbc(3_000));
    }
    for (int i = 0; i < 5; i++) {
      register(FIRST_AUDITOR + i, AUDITOR, Amount.aitbc(100));
      succeed(
          call(
              FIRST_AUDITOR + i,
              EconomyContract.SERVICE_REGISTRY.address(),
              Amount.ZERO,
              CallData.of("registerChain(bytes32)").hash(end(FIRST_AUDITOR + i))));
    }
    succeed(registerModel(MAKER, Amount.aitbc(100)));
    world.endEpoch(List.of());
  }

  EconomyWorld.Outcome registerModel(int who, Amount deposit) {
    return call(
        who,
        MODELS,
        deposit,
        CallData.of("register(bytes,bytes32,bytes32,uint32,string)")
            .bytes(Bytes.wrap(header().encoded()))
            .hash(Hash.ZERO)
            .hash(Hash.ZERO)
            .number(0)
            .bytes(text("layer")));
  }

  private static ModelHeader header() {
    return TRACES.getFirst().model().header();
  }

  Hash model() {
    return TRACES.getFirst().model().id();
  }

  /// A layer of floats over rows, carried out on an item's input.
  private static Trace run(int item) {
    PlanBuilder plan = new PlanBuilder();
    Tensor x = plan.input(ElementType.FLOAT32, ROWS, 4);
    Tensor w = plan.constant(Elements.of(new float[] {1, 2, 3, 4, -1, -2, 0.5f, 2}), 2, 4);
    Tensor bias = plan.constant(Elements.of(new float[2]), 1, 2);
    Tensor y = plan.sumProducts(x, w, 1, List.of(bias));
    ByteBuffer input = ByteBuffer.allocate(4 * 4 * ROWS).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 4 * ROWS; i++) {
      input.putFloat((i + item) % 17);
    }
    try {
      return new Inference(plan.inference(y), Kernel.plain(), Workers.NONE).trace(input.array());
    } catch (MalformedModelException impossible) {
      throw new AssertionError(impossible);
    }
  }

  static Bytes text(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  void register(int who, int role, Amount bond) {
    succeed(
        call(
            who,
            EconomyContract.SERVICE_REGISTRY.address(),
            bond,
            CallData.of("register(uint8,uint32,string)")
                .number(role)
                .number(1)
                .bytes(text("https://here"))));
  }

  /// Calls, and looks into the books.
  EconomyWorld.Outcome call(int who, Address to, Amount value, CallData data) {
    Amount before = new Amount(UInt256.of(world.supply()));
    EconomyWorld.Outcome outcome = world.send(account(who), to, value, data);
    assertEquals(before, new Amount(UInt256.of(world.supply())));
    return outcome;
  }

  /// Escrow and credits are the market's balance, bonds the registry's.
  void balance() {
    Amount owed = Amount.ZERO;
    for (var each : fees.entrySet()) {
      long place = read(MARKET, at("assignmentOf", each.getKey())).toLongExact();
      owed = owed.plus(place == 1 || place == 2 ? each.getValue() : Amount.ZERO);
    }
    Amount bonds = Amount.ZERO;
    for (int who = 0; who < ACCOUNTS; who++) {
      owed = owed.plus(credit(who));
      for (int role = 0; role < 3; role++) {
        bonds =
            bonds.plus(new Amount(service(role, who, 0))).plus(new Amount(service(role, who, 2)));
      }
    }
    assertEquals(owed, world.balance(MARKET));
    assertEquals(bonds, world.balance(EconomyContract.SERVICE_REGISTRY.address()));
    assertEquals(Amount.ZERO, world.balance(LEDGER));
  }

  UInt256 service(int role, int who, int word) {
    return call(
            0,
            EconomyContract.SERVICE_REGISTRY.address(),
            Amount.ZERO,
            CallData.of("serviceOf(uint8,address)").number(role).address(account(who)))
        .word(word);
  }

  Amount credit(int who) {
    return new Amount(read(MARKET, CallData.of("credits(address)").address(account(who))));
  }

  UInt256 read(Address contract, CallData data) {
    EconomyWorld.Outcome outcome = world.send(account(0), contract, Amount.ZERO, data);
    succeed(outcome);
    return outcome.word(0);
  }

  /// What the contracts answer now; empty where there is nothing.
  <T> Optional<T> ask(ContractRead<T> question) {
    return calls.read(EconomyWorld.EXECUTION, world.head(), world.state, question);
  }

  /// What the contracts answer now of what is there.
  <T> T read(ContractRead<T> question) {
    return ask(question).orElseThrow();
  }

  static void succeed(EconomyWorld.Outcome outcome) {
    assertTrue(outcome.succeeded(), () -> outcome.result().toString());
  }

  static void assertError(String signature, EconomyWorld.Outcome outcome) {
    assertTrue(!outcome.succeeded(), "succeeded instead of " + signature);
    assertEquals(CallData.selector(signature), outcome.error(), signature);
  }

  static CallData at(String function, long job) {
    return CallData.of(function + "(uint256,uint256)").number(job).number(0);
  }

  /// Blocks and seconds pass, two seconds a block. Changes a parameter, as governance does.
  void set(EconomyParameter parameter, long value) {
    set(parameter, UInt256.of(value));
  }

  void set(EconomyParameter parameter, UInt256 value) {
    CallData set =
        CallData.of("set(uint256[],uint256[])")
            .numbers(List.of(UInt256.of(parameter.number())))
            .numbers(List.of(value));
    succeed(
        world.send(EconomyContract.TIMELOCK.address(), EconomyContract.PARAMS, Amount.ZERO, set));
  }

  void pass(int blocks) {
    for (int i = 0; i < blocks; i++) {
      world.nextBlock();
    }
  }

  long submit(Amount fee, long valueAtRiskAitbc) {
    return submit(model(), inputs.root(), fee, valueAtRiskAitbc);
  }

  long submit(Hash model, Hash inputRoot, Amount fee, long valueAtRiskAitbc) {
    return submit(
        new WorkJob.Request(
            model, inputRoot, Hash.ZERO, ITEMS, 20, 10, Amount.aitbc(valueAtRiskAitbc), Hash.ZERO),
        fee);
  }

  /// What a client asks for of the model: all items, with nothing at risk.
  WorkJob.Request request(Hash readers) {
    return new WorkJob.Request(
        model(), inputs.root(), Hash.ZERO, ITEMS, 20, 10, Amount.ZERO, readers);
  }

  long submit(WorkJob.Request request, Amount fee) {
    return submit(CLIENT, request, fee);
  }

  long submit(int client, WorkJob.Request request, Amount fee) {
    EconomyWorld.Outcome outcome = send(client, WorkCall.submit(request, fee));
    succeed(outcome);
    long job = outcome.word(0).toLongExact();
    fees.put(job, fee);
    balance();
    return job;
  }

  EconomyWorld.Outcome send(int who, EconomyCall call) {
    Amount before = new Amount(UInt256.of(world.supply()));
    EconomyWorld.Outcome outcome =
        world.send(account(who), call.contract().address(), call.money(), call.input());
    assertEquals(before, new Amount(UInt256.of(world.supply())));
    return outcome;
  }

  /// Who is drawn for claim 0 of a job, in order.
  List<Integer> workers(long job) {
    EconomyWorld.Outcome outcome = call(0, MARKET, Amount.ZERO, at("workersOf", job));
    succeed(outcome);
    return IntStream.range(0, 3).mapToObj(i -> indexOf(outcome.word(2 + i))).toList();
  }

  static int indexOf(UInt256 word) {
    return indexOf(
        new Address(
            Bytes.wrap(word.toArray()).slice(UInt256.BYTES - Address.BYTES, Address.BYTES)));
  }

  /// The number of an account.
  static int indexOf(Address address) {
    return IntStream.range(0, ACCOUNTS)
        .filter(i -> account(i).equals(address))
        .findFirst()
        .orElseThrow();
  }

  EconomyWorld.Outcome accept(int worker, long job) {
    return call(worker, MARKET, Amount.ZERO, at("accept", job));
  }

  /// A job that its first worker accepted.
  int accepted(long job) {
    pass(1);
    int worker = workers(job).getFirst();
    succeed(accept(worker, job));
    balance();
    return worker;
  }

  EconomyWorld.Outcome commit(int worker, long job, Hash outputs) {
    Bytes preimage =
        CallData.ofConstructor()
            .bytes(text("aitbc.work.commitment.v1"))
            .number(7)
            .number(job)
            .number(0)
            .address(account(worker))
            .hash(outputs)
            .hash(SALT)
            .toBytes();
    return call(
        worker,
        LEDGER,
        Amount.ZERO,
        CallData.of("commit(uint256,uint256,bytes32)")
            .number(job)
            .number(0)
            .hash(Keccak256.hash(preimage)));
  }

  EconomyWorld.Outcome reveal(int worker, long job, Hash outputs) {
    return call(
        worker,
        LEDGER,
        Amount.ZERO,
        CallData.of("reveal(uint256,uint256,bytes32,bytes32)")
            .number(job)
            .number(0)
            .hash(outputs)
            .hash(SALT));
  }

  EconomyWorld.Outcome ledger(int who, String function, long job) {
    return call(who, LEDGER, Amount.ZERO, at(function, job));
  }

  /// A job whose first worker committed to this root and revealed it.
  int revealed(long job, Hash outputs) {
    int worker = accepted(job);
    succeed(commit(worker, job, outputs));
    pass(1);
    succeed(reveal(worker, job, outputs));
    return worker;
  }

  /// The output tree with another output of item 1.
  MerkleTree outputs(byte[] ofItemOne) {
    List<Hash> leaves = new ArrayList<>();
    for (int i = 0; i < ITEMS; i++) {
      leaves.add(ItemLeaf.output(i, i == 1 ? ofItemOne : traces.get(i).output()));
    }
    return MerkleTree.over(leaves);
  }

  /// A challenged worker's first answer.
  EconomyWorld.Outcome answerRoot(int worker, long dispute, MerkleTree tree) {
    return send(worker, DisputeCall.answerRoot(dispute, tree.root(), tree.below(tree.height(), 0)));
  }

  /// The challenger goes down a tree of the worker's to the first leaf that is not its own; the
  /// worker answers from its tree.
  ///
  /// @param own the challenger's tree
  /// @param answered whether the worker gave its first answer already
  /// @return what the challenger learned of the tree
  MerkleTree walk(int worker, long dispute, MerkleTree own, MerkleTree claimed, boolean answered) {
    MerkleTree learned = own.copy();
    learned.learnRoot(claimed.root());
    boolean first = answered;
    int level = own.height();
    int index = 0;
    do {
      List<Hash> answer = claimed.below(level, index);
      if (!first) {
        succeed(send(worker, DisputeCall.answerNodes(dispute, answer)));
      }
      first = false;
      if (!learned.learn(level, index, answer)) {
        throw new AssertionError("a true answer is refused");
      }
      int down = Math.min(level, MerkleTree.ANSWER_LEVELS);
      int at = own.firstDifference(level, index, answer).orElseThrow();
      int child = at - (index << down);
      succeed(
          send(
              STRANGER,
              DisputeCall.descend(
                  dispute,
                  child,
                  answer.get(child),
                  TrainingWorld.path(MerkleTree.over(answer), child))));
      level -= down;
      index = at;
    } while (level > 0);
    return learned;
  }

  /// Link of an auditor's chain after `epochs` epochs; the last of 200 is made of its number.
  static Hash link(int auditor, int epochs) {
    Hash link = Keccak256.hash(Bytes.of((byte) auditor));
    for (int i = 200; i > epochs; i--) {
      link = Keccak256.hash(link.toBytes());
    }
    return link;
  }

  private static Hash end(int auditor) {
    return link(auditor, 0);
  }
}
