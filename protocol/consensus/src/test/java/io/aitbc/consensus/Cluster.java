// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockFacts;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.ConsensusMessage;
import io.aitbc.model.Evidence;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.Proposal;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.ProposalRequest;
import io.aitbc.model.Round;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.ValidatorSet;
import io.aitbc.model.VotingPower;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/// A network of real {@link Consensus} objects in one thread and virtual time. Everything between
/// them is played: links with a delay and a rule for what is lost, signers, logs that outlive a
/// crash, pools, execution by hash. The same script gives the same run.
final class Cluster {
  /// The moment at which the clocks start.
  static final Instant BEGIN = Instant.ofEpochMilli(1_000_000);

  /// A message on its way.
  record Delivery(int from, int to, ConsensusMessage message) {}

  private record Event(long atMillis, long sequence, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int order = Long.compare(atMillis, other.atMillis);
      return order != 0 ? order : Long.compare(sequence, other.sequence);
    }
  }

  final ValidatorSet set;
  final Mode mode;
  final List<Node> nodes = new ArrayList<>();
  final List<Delivery> sent = new ArrayList<>();
  private final ChainView genesis;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final KeyedHashes scheme = new KeyedHashes();
  private final TreeMap<Height, Hash> decided = new TreeMap<>();
  private Predicate<Delivery> lost = _ -> false;
  private long sequence;
  long nowMillis;
  long delayMillis = 10;
  LongSupplier delay = () -> delayMillis;
  long executionMillis = 5;

  /// How long execution takes at a node for the block of a height.
  BiFunction<Node, Height, Long> execution = (_, _) -> executionMillis;

  /// What execution finds in the block of a height.
  Function<Height, BlockFacts> facts =
      _ -> new BlockFacts(0, 1, Amount.ZERO, List.of(), Optional.empty());

  /// A set: `authorities` that hold no stake, then `stakers` with 100 units each.
  static ValidatorSet set(int authorities, int stakers) {
    List<Validator> members = new ArrayList<>();
    for (int i = 0; i < authorities + stakers; i++) {
      boolean authority = i < authorities;
      members.add(
          new Validator(
              account(i),
              KeyedHashes.key(i + 1),
              authority ? ValidatorClass.AUTHORITY : ValidatorClass.STAKER,
              authority ? VotingPower.ZERO : new VotingPower(100)));
    }
    return ValidatorSet.of(members);
  }

  static Address account(int index) {
    byte[] bytes = new byte[Address.BYTES];
    bytes[0] = (byte) (index >> 8);
    bytes[1] = (byte) index;
    bytes[2] = 1;
    return new Address(Bytes.of(bytes));
  }

  Cluster(ValidatorSet set, Mode mode) {
    this(set, mode, FixedChain.genesis(set, mode));
  }

  /// A cluster whose validators are `set` and whose chain begins as `genesis` says.
  Cluster(ValidatorSet set, Mode mode, ChainView genesis) {
    this.set = set;
    this.mode = mode;
    this.genesis = genesis;
    for (int i = 0; i < set.validators().size(); i++) {
      nodes.add(new Node(i));
    }
  }

  static Cluster fast(int authorities, int stakers) {
    return new Cluster(set(authorities, stakers), Mode.FAST);
  }

  static Cluster balanced(int authorities, int stakers) {
    return new Cluster(set(authorities, stakers), Mode.BALANCED);
  }

  static Cluster secure(int authorities, int stakers) {
    return new Cluster(set(authorities, stakers), Mode.SECURE);
  }

  @CanIgnoreReturnValue
  Cluster start() {
    nodes.forEach(Node::start);
    return this;
  }

  /// From now on messages for which `rule` holds are lost.
  @CanIgnoreReturnValue
  Cluster losing(Predicate<Delivery> rule) {
    lost = rule;
    return this;
  }

  /// From now on nothing is lost.
  @CanIgnoreReturnValue
  Cluster healed() {
    lost = _ -> false;
    return this;
  }

  Node node(int index) {
    return nodes.get(index);
  }

  /// The node of a validator.
  Node nodeOf(Address account) {
    return nodes.stream().filter(n -> n.account.equals(account)).findFirst().orElseThrow();
  }

  /// Runs until `goal` holds or `limit` of virtual time has passed; says whether it was reached.
  boolean runUntil(Duration limit, BooleanSupplier goal) {
    long end = nowMillis + limit.toMillis();
    while (!goal.getAsBoolean()) {
      Event event = events.peek();
      if (event == null || event.atMillis() > end) {
        nowMillis = end;
        return goal.getAsBoolean();
      }
      events.remove();
      nowMillis = event.atMillis();
      event.action().run();
    }
    return true;
  }

  void runFor(Duration time) {
    var _ = runUntil(time, () -> false);
  }

  /// Whether every node that runs has decided `height`.
  boolean allReach(Duration limit, long height) {
    return runUntil(
        limit, () -> nodes.stream().filter(n -> n.up).allMatch(n -> n.height() >= height));
  }

  /// Where every node stands, for a failure's message.
  String standing() {
    StringBuilder text = new StringBuilder("at ").append(nowMillis).append(" ms:");
    for (Node node : nodes) {
      text.append("\n  ").append(node.index).append(node.up ? "" : " down");
      text.append(" decided ").append(node.height()).append(", round ").append(node.round());
      text.append(", signed ").append(node.record.last());
      node.effects.stream()
          .skip(Math.max(0, node.effects.size() - 6))
          .forEach(effect -> text.append("\n      ").append(effect));
    }
    return text.toString();
  }

  /// Evidence that any node reported.
  List<Evidence> evidence() {
    return nodes.stream().flatMap(n -> n.evidence.stream()).toList();
  }

  private void at(long millis, Runnable action) {
    events.add(new Event(millis, sequence++, action));
  }

  /// Puts a message on the wire, as if `from` had sent it.
  void inject(int from, int to, ConsensusMessage message) {
    Delivery delivery = new Delivery(from, to, message);
    sent.add(delivery);
    at(
        nowMillis + delay.getAsLong() + nodes.get(from).extraDelayMillis,
        () -> {
          if (!lost.test(delivery)) {
            nodes.get(to).on(new Input.Received(peer(from), message));
          }
        });
  }

  static Peer peer(int index) {
    return new Peer(Bytes.of((byte) (index >> 8), (byte) index));
  }

  static int index(Peer peer) {
    return (peer.id().at(0) & 0xff) << 8 | (peer.id().at(1) & 0xff);
  }

  /// The block that every correct node computes.
  static Hash blockOf(Hash proposalId) {
    byte[] bytes = new byte[Hash.BYTES + 1];
    proposalId.copyTo(bytes, 1);
    return Keccak256.hash(Bytes.of(bytes));
  }

  static Bytes transaction(int number) {
    return Bytes.of(("transaction " + number).getBytes(StandardCharsets.UTF_8));
  }

  /// One node: consensus, and a play of everything around it.
  final class Node {
    final int index;
    final Address account;
    final BlsPublicKey key;
    final List<CommitCertificate> certificates = new ArrayList<>();
    final List<ProposalContent> contents = new ArrayList<>();
    final List<Effect> effects = new ArrayList<>();
    final List<Evidence> evidence = new ArrayList<>();
    final List<LogRecord> log = new ArrayList<>();
    final List<Bytes> pool = new ArrayList<>();
    final LinkedHashMap<Hash, Bytes> known = new LinkedHashMap<>();
    SigningRecord record = SigningRecord.fresh(FixedChain.GENESIS);
    ChainView chain;
    Consensus consensus;
    boolean up;
    boolean holdsTransactionsBack;
    boolean executesWrongly;
    long clockSkewMillis;
    long extraDelayMillis;
    private int life;

    Node(int index) {
      this.index = index;
      Validator validator = set.find(Cluster.account(index)).orElseThrow();
      account = validator.account();
      key = validator.key();
      chain = genesis;
      consensus = recovered();
    }

    private Consensus recovered() {
      return Consensus.recover(
          new Start(
              new Identity.Validating(account),
              scheme,
              chain,
              certificates.isEmpty() ? Optional.empty() : Optional.of(certificates.getLast()),
              record,
              log,
              now()));
    }

    private Instant now() {
      return BEGIN.plusMillis(nowMillis + clockSkewMillis);
    }

    void start() {
      up = true;
      for (LogRecord entry : log) {
        switch (entry) {
          case LogRecord.OwnProposal own -> own.transactions().forEach(this::know);
          case LogRecord.Lock lock -> lock.transactions().forEach(this::know);
          case LogRecord.Allowance _ -> {}
        }
      }
      consensus = recovered();
      perform(consensus.start());
      if (!pool.isEmpty()) {
        on(new Input.TransactionsPending());
      }
    }

    /// The node loses everything but its chain, its log and its signer's record.
    void crash() {
      up = false;
      life++;
      known.clear();
      pool.clear();
    }

    long height() {
      return certificates.size();
    }

    Round round() {
      return consensus.round();
    }

    /// A transaction arrives in this node's pool.
    void submit(Bytes transaction) {
      if (!pool.contains(transaction)) {
        pool.add(transaction);
      }
      know(transaction);
      on(new Input.TransactionsPending());
    }

    private void know(Bytes transaction) {
      known.put(Keccak256.hash(transaction), transaction);
    }

    BlsSignature sign(SigningRequest request) {
      return KeyedHashes.sign(key, request.message(FixedChain.GENESIS));
    }

    void on(Input input) {
      if (up) {
        perform(consensus.on(new Input.TimePassed(now())));
        perform(consensus.on(input));
      }
    }

    private void later(long millis, Input input) {
      int lived = life;
      at(
          nowMillis + millis,
          () -> {
            if (lived == life) {
              on(input);
            }
          });
    }

    private void perform(List<Effect> list) {
      for (Effect effect : list) {
        effects.add(effect);
        perform(effect);
      }
    }

    private void perform(Effect effect) {
      switch (effect) {
        case Effect.Verify check -> {
          Optional<BlsSignature> sum = scheme.aggregate(check.signatures());
          boolean holds =
              sum.isPresent() && scheme.verifyAggregate(check.keys(), check.message(), sum.get());
          later(1, new Input.Verified(check.id(), holds ? sum : Optional.empty()));
        }
        case Effect.Persist(LogRecord entry) -> log.add(entry);
        case Effect.Sign(SigningRequest request) -> sign1(request);
        case Effect.Send(Recipients to, ConsensusMessage message) -> send(to, message);
        case Effect.GatherTransactions gather ->
            later(
                1,
                new Input.TransactionsGathered(
                    gather.height(),
                    gather.round(),
                    pool.stream().map(Keccak256::hash).toList(),
                    List.copyOf(pool)));
        case Effect.FetchTransactions fetch -> fetch(fetch);
        case Effect.Execute execute -> {
          Hash block = blockOf(execute.proposalId());
          later(
              execution.apply(this, execute.context().height()),
              new Input.Executed(
                  execute.proposalId(),
                  executesWrongly ? Keccak256.hash(block.toBytes()) : block,
                  facts.apply(execute.context().height())));
        }
        case Effect.StartTimer(Timer timer, Duration delay) ->
            later(delay.toMillis(), new Input.TimerFired(timer));
        case Effect.Commit commit -> commit(commit);
        case Effect.ReportEvidence(Evidence found) -> evidence.add(found);
        case Effect.AnswerWithCertificate(Peer peer, Height height) -> {
          if (height.number() >= 1 && height.number() <= height()) {
            inject(index, index(peer), certificates.get((int) height.number() - 1));
          }
        }
        case Effect.ForwardTransactions(Address proposer) -> {
          Node other = nodeOf(proposer);
          List<Bytes> passed = List.copyOf(pool);
          at(
              nowMillis + delayMillis,
              () ->
                  passed.stream()
                      .filter(t -> !other.known.containsKey(Keccak256.hash(t)))
                      .forEach(other::submit));
        }
        case Effect.CatchUp(Peer peer, Height _) -> {
          int lived = life;
          at(
              nowMillis + delay.getAsLong(),
              () -> {
                if (lived == life) {
                  syncFrom(nodes.get(index(peer)));
                }
              });
        }
        case Effect.Blame _, Effect.StopDiverged _ -> {}
      }
    }

    private void sign1(SigningRequest request) {
      switch (record.advanceTo(FixedChain.GENESIS, request)) {
        case SigningDecision.Advance(SigningRecord next) -> {
          record = next;
          later(1, new Input.Signed(request, sign(request)));
        }
        case SigningDecision.Refuse(SigningRefusal reason) ->
            later(1, new Input.SigningRefused(request, reason));
      }
    }

    private void send(Recipients to, ConsensusMessage message) {
      switch (to) {
        case Recipients.EveryValidator _ -> {
          for (Node node : nodes) {
            if (node != this) {
              inject(index, node.index, message);
            }
          }
        }
        case Recipients.Validators(List<Address> accounts) ->
            accounts.forEach(a -> inject(index, nodeOf(a).index, message));
        case Recipients.One(Peer peer) when index(peer) >= nodes.size() -> {} // A stranger.
        case Recipients.One(Peer peer) -> {
          if (message instanceof ProposalRequest request
              && request.height().number() <= nodes.get(index(peer)).height()) {
            answerFromStore(index(peer), request);
          } else {
            inject(index, index(peer), message);
          }
        }
      }
    }

    /// A content of a final block comes from the other node's store.
    private void answerFromStore(int holder, ProposalRequest request) {
      ProposalContent content = nodes.get(holder).contents.get((int) request.height().number() - 1);
      nodes.stream()
          .flatMap(n -> n.effects.stream())
          .flatMap(e ->
              e instanceof Effect.Send(Recipients _, Proposal p)
                  ? java.util.stream.Stream.of(p)
                  : java.util.stream.Stream.empty())
          .filter(p -> p.content().equals(content))
          .findFirst()
          .ifPresent(p -> inject(holder, index, p));
    }

    private void fetch(Effect.FetchTransactions fetch) {
      List<Bytes> found = new ArrayList<>();
      for (Hash hash : fetch.content().transactions()) {
        Optional<Bytes> bytes =
            Optional.ofNullable(known.get(hash))
                .or(() ->
                    fetch.holders().stream()
                        .map(peer -> nodes.get(index(peer)))
                        .filter(node -> node.up && !node.holdsTransactionsBack)
                        .flatMap(node -> Optional.ofNullable(node.known.get(hash)).stream())
                        .findFirst());
        if (bytes.isEmpty()) {
          return;
        }
        found.add(bytes.get());
      }
      found.forEach(bytes -> known.put(Keccak256.hash(bytes), bytes));
      later(1, new Input.ProposalCompleted(fetch.content().id(), found));
    }

    private void commit(Effect.Commit commit) {
      Height height = commit.content().height();
      Hash before = decided.putIfAbsent(height, commit.blockHash());
      if (before != null && !before.equals(commit.blockHash())) {
        throw new AssertionError("two blocks are final at height " + height);
      }
      if (height.number() != height() + 1) {
        throw new AssertionError("height " + height + " after " + height());
      }
      certificates.add(commit.certificate());
      contents.add(commit.content());
      chain = chain.extended(commit.content(), commit.blockHash(), facts.apply(height));
      pool.removeIf(t -> commit.content().transactions().contains(Keccak256.hash(t)));
      if (pool.isEmpty()) {
        later(0, new Input.NothingPending());
      }
    }

    /// Takes over the other node's chain, if it is longer and can be reached.
    void syncFrom(Node other) {
      if (!up
          || other.height() <= height()
          || lost.test(new Delivery(other.index, index, other.certificates.getLast()))) {
        return;
      }
      certificates.addAll(
          other.certificates.subList(certificates.size(), other.certificates.size()));
      contents.addAll(other.contents.subList(contents.size(), other.contents.size()));
      chain = other.chain;
      on(new Input.Synced(chain, Optional.of(certificates.getLast())));
    }

    /// Effects of one kind, in order.
    <T extends Effect> List<T> effects(Class<T> kind) {
      return effects.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
  }
}
