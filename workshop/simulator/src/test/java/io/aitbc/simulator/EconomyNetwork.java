// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.consensus.DerivedState;
import io.aitbc.consensus.Epochs;
import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.ProofOfPossession;
import io.aitbc.execution.CallData;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.execution.ExecutionParameters;
import io.aitbc.execution.FeeParameters;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.GenesisEconomy;
import io.aitbc.execution.Predeploys;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockContext;
import io.aitbc.model.Candidate;
import io.aitbc.model.CarriedAnchors;
import io.aitbc.model.CertifiedBlock;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Evidence;
import io.aitbc.model.EvidenceCheck;
import io.aitbc.model.EvidenceVerdict;
import io.aitbc.model.HeightRules;
import io.aitbc.model.MalformedException;
import io.aitbc.model.Mode;
import io.aitbc.model.Receipt;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.Signers;
import io.aitbc.model.Transaction;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// A network that decides every block by the real rounds, executes it in the real rooms, and lives
/// as long as a test tells its story. After each final block the books are compared. Not drawn from
/// a seed: what happens, happens because the test asked for it.
final class EconomyNetwork {
  /// The first number of people who are no validators.
  static final int PEOPLE = 100;

  /// Who brings evidence.
  static final int REPORTER = PEOPLE + 1;

  private static final int PEOPLE_COUNT = 6;
  private static final Amount PURSE = Amount.aitbc(1_000_000);
  private static final long GWEI = 1_000_000_000;
  private static final long INERTIA_GAS = 12_000_000_000L;
  private static final int TREASURY_MILLIONTHS = 100_000;

  /// Longest time without anything that happens, microseconds: far more than a block takes.
  private static final long SILENCE_MICROS = 120_000_000;

  /// Blocks in which a transaction must be included.
  private static final int WAITING_BLOCKS_MAX = 10;

  /// A transfer in one of so many blocks.
  private static final int TRANSFER_EVERY_BLOCKS = 7;

  /// The purses take turns, from the second one on.
  private static final int FIRST_TRANSFER = 1;

  /// What must become of a transaction.
  private record Sent(String what, Receipt.Outcome outcome) {}

  private final World world;
  private final Signing signing = Signing.of(Signing.Kind.KEYED_HASHES);
  private final RealExecution execution;
  private final EconomyBooks books;
  private final List<VirtualNode.Keyed> keys = new ArrayList<>();
  private final Map<Hash, Sent> waiting = new LinkedHashMap<>();
  private final Map<Hash, Receipt> receipts = new LinkedHashMap<>();
  private final TreeMap<Integer, Long> nonces = new TreeMap<>();
  private final TreeMap<Address, Long> lastVotes = new TreeMap<>();
  private final TreeMap<Address, Long> lastProposals = new TreeMap<>();
  private final TreeMap<Address, Long> convictions = new TreeMap<>();
  private final EnumMap<Mode, Integer> modes = new EnumMap<>(Mode.class);
  private Archive.Tip tip;
  private EpochSnapshot snapshot;
  private int laterRounds;
  private int submitted;

  /// A network that has not begun.
  ///
  /// @param members validators of genesis
  /// @param newcomers nodes whose keys are no validators yet; their numbers follow
  EconomyNetwork(List<Member> members, int newcomers, ConsensusParameters parameters) {
    Options options =
        new Options(
            1,
            Profile.CALM,
            Signing.Kind.KEYED_HASHES,
            true,
            members,
            newcomers,
            parameters,
            Weather.CALM,
            Wear.CALM,
            Workload.CALM,
            Timeline.Ties.FIRST_COME,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            List.of());
    for (int i = 0; i < members.size() + newcomers; i++) {
      keys.add(new VirtualNode.Keyed(RealExecution.account(i), signing.key(i)));
    }
    snapshot = Simulation.snapshot(options, keys.subList(0, members.size()));
    execution = new RealExecution(genesis(snapshot, keys.size()), signing.scheme());
    Execution reporting = new Reporting();
    tip = Simulation.genesis(reporting, snapshot);
    world = new World(options, signing.scheme(), reporting, tip);
    for (int i = 0; i < keys.size(); i++) {
      VirtualNode node = new ByzantineNode(world, i, keys.get(i), List.of());
      world.add(node);
      world.timeline().after(1_000L * i, node::start);
    }
    books =
        new EconomyBooks(
            execution, signing.scheme(), keys.stream().map(VirtualNode.Keyed::account).toList());
  }

  private static Genesis genesis(EpochSnapshot snapshot, int validators) {
    ExecutionParameters rules =
        RealExecution.execution(
            new FeeParameters(
                Amount.wei(GWEI),
                Amount.wei(2 * GWEI),
                INERTIA_GAS,
                EconomyContract.FEE_SPLITTER.address(),
                TREASURY_MILLIONTHS,
                0));
    Amount supply = PURSE.times(validators + PEOPLE_COUNT + Execution.PURSES);
    for (Candidate each : snapshot.candidates()) {
      supply =
          supply.plus(
              each.validatorClass().isAuthority()
                  ? new Amount(EconomyParameter.AUTHORITY_BOND.standard())
                  : Amount.wei(1_000_000_000_000L).times(each.stake().units()));
    }
    List<Genesis.GenesisAccount> accounts =
        new ArrayList<>(new GenesisEconomy(rules, snapshot, Map.of(), supply).accounts());
    accounts.addAll(Predeploys.all());
    for (int i = 0; i < validators; i++) {
      accounts.add(Genesis.GenesisAccount.of(RealExecution.account(i), PURSE));
    }
    for (int i = 0; i < PEOPLE_COUNT; i++) {
      accounts.add(Genesis.GenesisAccount.of(RealExecution.account(PEOPLE + i), PURSE));
    }
    for (int i = 0; i < Execution.PURSES; i++) {
      accounts.add(Genesis.GenesisAccount.of(RealExecution.purse(i), PURSE));
    }
    accounts.sort(Comparator.comparing(Genesis.GenesisAccount::address));
    Genesis genesis =
        new Genesis(rules, snapshot, VirtualClock.BEGIN.toEpochMilli(), Amount.wei(GWEI), accounts);
    if (!genesis.supply().equals(supply)) {
      throw new AssertionError("a supply of " + genesis.supply() + ", not " + supply);
    }
    return genesis;
  }

  // ---- What nodes do.

  /// A validator's node loses its power and stays down.
  void goesAway(int number) {
    world.node(number).retire();
  }

  /// It is switched on again.
  void comesBack(int number) {
    world.node(number).unretire();
    world.node(number).start();
  }

  /// A validator's key comes into bad hands.
  void turns(int number, List<Vice> vices) {
    world.truth().corrupted(keys.get(number).account());
    ((ByzantineNode) world.node(number)).turn(vices);
  }

  /// Goes on until this height is final.
  void until(long height) {
    while (height() < height) {
      long end = world.timeline().nowMicros() + SILENCE_MICROS;
      if (!world.timeline().step(end)) {
        throw new AssertionError("nothing happens any more after height " + height());
      }
      while (height() < world.truth().farthest()) {
        look(height() + 1);
      }
    }
  }

  private void look(long height) {
    tip =
        world.nodes().stream()
            .filter(VirtualNode::isHonest)
            .flatMap(node -> node.archive().at(height).stream())
            .findFirst()
            .orElseThrow();
    RealExecution.Step step = state().step().orElseThrow();
    books.after(state());
    participants(height, tip.block().orElseThrow());
    BlockContext context = step.context();
    lastProposals.put(context.proposer(), height);
    modes.merge(context.mode().to(), 1, Integer::sum);
    laterRounds += context.extension().round().number() > 0 ? 1 : 0;
    step.result().facts().convicted().forEach(account -> convictions.put(account, height));
    step.result().facts().snapshot().ifPresent(next -> snapshot = next);
    List<Transaction> transactions = step.result().block().transactions();
    for (int i = 0; i < transactions.size(); i++) {
      Receipt receipt = step.result().receipts().get(i);
      Sent sent = waiting.remove(transactions.get(i).hash());
      if (sent != null) {
        if (receipt.outcome() != sent.outcome) {
          throw new AssertionError("height " + height + ": " + sent.what + ": " + receipt);
        }
        receipts.put(transactions.get(i).hash(), receipt);
      }
    }
    if (Epochs.isLast(tip.height())) {
      for (VirtualNode node : world.nodes()) {
        if (node.held() > world.heldMax()) {
          throw new AssertionError("node " + node.index() + " holds " + node.held() + " things");
        }
      }
    }
    if (height % TRANSFER_EVERY_BLOCKS == 0) {
      int count = (int) (height / TRANSFER_EVERY_BLOCKS);
      int purse = count % Execution.PURSES;
      Bytes entry =
          execution.transfer(
              purse,
              (purse + 1) % Execution.PURSES,
              1,
              (count - FIRST_TRANSFER) / Execution.PURSES);
      waiting.put(Keccak256.hash(entry), new Sent("transfer", Receipt.Outcome.SUCCEEDED));
      enter(entry);
    }
  }

  private void participants(long height, CertifiedBlock block) {
    voted(height, block.certificate().aggregate().signers());
    for (CarriedAnchors anchors : block.carried().anchors()) {
      voted(anchors.height().number(), anchors.aggregate().signers());
    }
  }

  private void voted(long height, Signers signers) {
    HeightRules rules = world.truth().rules(height).orElseThrow();
    rules.set().members(signers).stream()
        .map(Validator::account)
        .forEach(account -> lastVotes.merge(account, height, Math::max));
  }

  // ---- What people do.

  /// Sends a call that must succeed, and goes on until it is in a final block.
  Receipt succeed(int from, EconomyContract to, Amount value, CallData call) {
    return send(from, Optional.of(to.address()), value, call.toBytes(), Receipt.Outcome.SUCCEEDED);
  }

  /// The same without money.
  Receipt succeed(int from, EconomyContract to, CallData call) {
    return succeed(from, to, Amount.ZERO, call);
  }

  /// Sends a call that must be refused.
  void fail(int from, EconomyContract to, CallData call) {
    var _ =
        send(from, Optional.of(to.address()), Amount.ZERO, call.toBytes(), Receipt.Outcome.FAILED);
  }

  /// Creates a contract; its address.
  Address create(int from, Bytes code) {
    long nonce = nonces.getOrDefault(from, 0L);
    var _ = send(from, Optional.empty(), Amount.ZERO, code, Receipt.Outcome.SUCCEEDED);
    RlpWriter origin = new RlpWriter().begin().address(RealExecution.account(from)).number(nonce);
    Bytes hash = Keccak256.hash(origin.end().toBytes()).toBytes();
    return new Address(hash.slice(Hash.BYTES - Address.BYTES, Address.BYTES));
  }

  private Receipt send(
      int from, Optional<Address> to, Amount value, Bytes data, Receipt.Outcome outcome) {
    Bytes entry = execution.transaction(from, nonce(from), to, value, data);
    Hash hash = Keccak256.hash(entry);
    waiting.put(hash, new Sent("account " + from + " to " + to, outcome));
    enter(entry);
    long end = height() + WAITING_BLOCKS_MAX;
    while (waiting.containsKey(hash)) {
      if (height() == end) {
        throw new AssertionError("never included: " + waiting);
      }
      until(height() + 1);
    }
    return Optional.ofNullable(receipts.get(hash)).orElseThrow();
  }

  private long nonce(int from) {
    return nonces.merge(from, 1L, Long::sum) - 1;
  }

  private void enter(Bytes entry) {
    List<VirtualNode> up =
        world.nodes().stream().filter(node -> node.isUp() && node.isHonest()).toList();
    up.get(submitted++ % up.size()).enter(entry);
  }

  /// What proves that the owner of an account has its validator's key.
  Bytes possession(int number) {
    VirtualNode.Keyed keyed = keys.get(number);
    return keyed
        .key()
        .sign(
            ProofOfPossession.message(
                execution.genesisHash(), keyed.account().bytes(), key(number)))
        .bytes();
  }

  /// The public key of a validator's node.
  BlsPublicKey key(int number) {
    return keys.get(number).key().publicKey();
  }

  // ---- What is so.

  long height() {
    return tip.height().number();
  }

  EconomyBooks books() {
    return books;
  }

  RealExecution.State state() {
    return (RealExecution.State) tip.state();
  }

  DerivedState derived() {
    return tip.derived();
  }

  /// Whether an account is in the set that decides the next block.
  boolean isMember(int number) {
    return derived().set().contains(RealExecution.account(number));
  }

  /// What the contracts last reported of an account.
  Optional<Candidate> candidate(int number) {
    return snapshot.candidates().stream()
        .filter(each -> each.account().equals(RealExecution.account(number)))
        .findFirst();
  }

  /// The last block that an account signed, by its vote or in an anchor.
  long lastVote(int number) {
    return lastVotes.getOrDefault(RealExecution.account(number), 0L);
  }

  /// The last block that an account proposed.
  long lastProposal(int number) {
    return lastProposals.getOrDefault(RealExecution.account(number), 0L);
  }

  /// The height at which an account was convicted.
  Optional<Long> conviction(int number) {
    return Optional.ofNullable(convictions.get(RealExecution.account(number)));
  }

  /// Blocks by mode.
  Map<Mode, Integer> modes() {
    return modes;
  }

  /// Blocks that were decided after their first round.
  int laterRounds() {
    return laterRounds;
  }

  /// Inputs that consensus took.
  long steps() {
    return world.steps();
  }

  /// Heights that a node has.
  long heightOf(int number) {
    return world.node(number).height();
  }

  /// What was sent and is in no final block yet.
  int waiting() {
    return waiting.size();
  }

  /// Real execution, but that one account with money brings evidence, once against everybody.
  private final class Reporting implements Execution {
    private final TreeSet<Address> reported = new TreeSet<>();

    @Override
    public Hash genesisHash() {
      return execution.genesisHash();
    }

    @Override
    public State genesis() {
      return execution.genesis();
    }

    @Override
    public Result execute(
        BlockContext context, State before, DerivedState derived, List<Bytes> entries) {
      return execution.execute(context, before, derived, entries);
    }

    @Override
    public Decoded decode(Bytes block) throws MalformedException {
      return execution.decode(block);
    }

    @Override
    public boolean isEntry(Bytes encoding) {
      return execution.isEntry(encoding);
    }

    @Override
    public boolean isFrom(Bytes encoding, int purse) {
      return execution.isFrom(encoding, purse);
    }

    @Override
    public Bytes transfer(int from, int to, int amount, int nonce) {
      return execution.transfer(from, to, amount, nonce);
    }

    @Override
    public Optional<Bytes> conviction(Evidence evidence, DerivedState derived) {
      ValidatorSet set = derived.set(evidence.height()).orElseThrow();
      EvidenceVerdict verdict =
          new EvidenceCheck(genesisHash(), signing.scheme()).judge(evidence, set);
      if (!(verdict instanceof EvidenceVerdict.Convicted(List<Validator> offenders))
          || !reported.addAll(offenders.stream().map(Validator::account).toList())) {
        return Optional.empty();
      }
      Bytes entry =
          execution.transaction(
              REPORTER,
              nonce(REPORTER),
              Optional.of(EconomyContract.SLASHING.address()),
              Amount.ZERO,
              RealExecution.report(evidence, set));
      waiting.put(Keccak256.hash(entry), new Sent("evidence", Receipt.Outcome.SUCCEEDED));
      return Optional.of(entry);
    }

    @Override
    public Bytes ready(State now, Address candidate, long epoch) {
      return execution.ready(now, candidate, epoch);
    }
  }
}
