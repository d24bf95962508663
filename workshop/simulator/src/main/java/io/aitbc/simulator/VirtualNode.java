// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.consensus.Consensus;
import io.aitbc.consensus.DerivedState;
import io.aitbc.consensus.Effect;
import io.aitbc.consensus.Identity;
import io.aitbc.consensus.Input;
import io.aitbc.consensus.LogRecord;
import io.aitbc.consensus.Misconduct;
import io.aitbc.consensus.Peer;
import io.aitbc.consensus.Recipients;
import io.aitbc.consensus.SigningRecord;
import io.aitbc.consensus.SigningRequest;
import io.aitbc.consensus.Start;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.Address;
import io.aitbc.model.ConsensusMessage;
import io.aitbc.model.Evidence;
import io.aitbc.model.Height;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.Proposal;
import io.aitbc.node.Chain;
import io.aitbc.node.EffectLoop;
import io.aitbc.node.Ports;
import io.aitbc.signer.LocalValidatorSigner;
import io.aitbc.signer.RecordDiskException;
import io.aitbc.signer.SigningAnswer;
import io.aitbc.signer.ValidatorKey;
import io.aitbc.storage.DiskException;
import io.aitbc.storage.WriteAheadLog;
import io.aitbc.testkit.Seed;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One node: the real effect loop around the real consensus, the real signer and the real
/// write-ahead log, on a played machine that loses its power, stands still and restarts.
class VirtualNode extends Machine implements Ports {
  private static final int FORWARDED_MAX = 64;
  private static final int FORWARDED_BYTES_MAX = 1 << 16;
  private static final long STATUS_MICROS = 250_000;
  private final Optional<Keyed> keyed;
  private final Seed seed;
  private final VirtualClock clock;
  private final NodeDisks disks;
  private final Archive archive;
  private VirtualPool pool;
  private @Nullable Running running;
  private long statusAtMicros = -STATUS_MICROS;
  private boolean retired;
  private long owedUntil = -1;
  private long highest;

  /// A validator's key and account.
  record Keyed(Address account, ValidatorKey key) {}

  /// What a start made, and a crash takes away.
  private record Running(
      EffectLoop loop,
      Consensus consensus,
      WriteAheadLog log,
      Optional<LocalValidatorSigner> signer,
      VirtualChain chain,
      Optional<RecordSearch> search) {}

  VirtualNode(World world, int index, Optional<Keyed> keyed) {
    super(world, index);
    this.keyed = keyed;
    seed = world.stream();
    Wear wear = world.options().wear();
    clock =
        new VirtualClock(
            world.timeline(),
            seed.between(-wear.driftPerMillion(), wear.driftPerMillion()),
            seed.between(-wear.offsetMillis(), wear.offsetMillis()));
    disks = new NodeDisks(world, seed.fork(), this::boundary);
    archive = new Archive(world.genesis());
    pool = world.censorship().pool(this);
  }

  /// The validator it speaks for; only for nodes that have a key.
  Address account() {
    return keyed.orElseThrow().account();
  }

  ValidatorKey key() {
    return keyed.orElseThrow().key();
  }

  boolean isKeyed() {
    return keyed.isPresent();
  }

  /// Its record was lost: until it signs again others must do without it.
  void owe() {
    owedUntil = Long.MAX_VALUE;
  }

  boolean isOwing() {
    return height() + 1 < owedUntil;
  }

  /// Whether it can sign, or has no key and need not.
  boolean isWhole() {
    return running != null && running.search().isEmpty();
  }

  boolean speaksFor(Address account) {
    return keyed.filter(k -> k.account().equals(account)).isPresent();
  }

  boolean isHonest() {
    return keyed.isEmpty() || !world.truth().isGuilty(account());
  }

  boolean isUp() {
    return running != null;
  }

  Archive archive() {
    return archive;
  }

  long height() {
    return archive.head().height().number();
  }

  VirtualClock clock() {
    return clock;
  }

  NodeDisks disks() {
    return disks;
  }

  /// Whether everything that was written is durable.
  boolean isDurable() {
    return disks.log().isSynced();
  }

  Seed seed() {
    return seed;
  }

  // ---- Life.

  /// Starts, from whatever the disks hold.
  void start() {
    if (running != null || retired) {
      return;
    }
    life++;
    pool = world.censorship().pool(this);
    try {
      begin();
    } catch (PowerLoss lost) {
      crashed();
    } catch (DiskException | RecordDiskException failed) {
      diskFailed(failed);
    }
  }

  private void begin() {
    NodeDisks.Log log = disks.openLog();
    log.records().forEach(each -> world.truth().persisted(this, each));
    expects(archive.head().derived());
    Optional<NodeDisks.Signer> signer = keyed.map(k -> disks.openSigner(k.key(), log, this));
    Optional<LocalValidatorSigner> ready = signer.flatMap(NodeDisks.Signer::ready);
    boolean votes = ready.isPresent();
    VirtualChain chain = new VirtualChain(this, world, archive);
    Consensus consensus =
        Consensus.recover(
            new Start(
                votes ? new Identity.Validating(account()) : new Identity.Following(),
                world.scheme(),
                world.view(archive.head().derived()),
                archive.certificate(archive.head().height()),
                ready
                    .map(LocalValidatorSigner::record)
                    .orElseGet(() -> SigningRecord.fresh(world.genesisHash())),
                log.records(),
                now()));
    EffectLoop loop = new EffectLoop(consensus, this);
    Optional<RecordSearch> search =
        signer.isPresent() && !votes ? Optional.of(new RecordSearch(this)) : Optional.empty();
    running = new Running(loop, consensus, log.log(), ready, chain, search);
    if (votes && log.records().stream().anyMatch(this::isOpenLock)) {
      world.coverage().count(Coverage.LOCK_RECALLED);
    }
    world.note(index, "starts", archive.head().height(), height());
    world.stepped();
    loop.start();
    greet();
    search.ifPresent(RecordSearch::ask);
  }

  private boolean isOpenLock(LogRecord entry) {
    return entry instanceof LogRecord.Lock && entry.height().number() == height() + 1;
  }

  /// Loses its power after so many further effects, for a while.
  void crashSoon(Fault.Crash.Moment moment, int boundaries, long forMicros) {
    if (running == null) {
      return;
    }
    crashMoment = moment;
    boundariesLeft = boundaries;
    downMicros = forMicros;
    // A node that does nothing any more loses its power all the same.
    world
        .timeline()
        .after(
            1_000_000,
            guarded(() -> {
              if (boundariesLeft >= 0) {
                crash(forMicros);
              }
            }));
  }

  /// Loses its power now.
  void crash(long forMicros) {
    downMicros = forMicros;
    crashed();
  }

  /// Stays down from now on.
  void retire() {
    retired = true;
    if (running != null) {
      crashed();
    }
  }

  /// May start again.
  void unretire() {
    retired = false;
  }

  @Override
  void crashed() {
    powerOff();
    running = null;
    disks.crash();
    world.note(index, "loses its power", "", life);
    for (VirtualNode other : world.nodes()) {
      other.lost(this);
    }
    int lived = life;
    world
        .timeline()
        .after(
            downMicros,
            () -> {
              if (life == lived) {
                start();
              }
            });
  }

  @Override
  void diskFailed(RuntimeException failed) {
    if (!disks.failedAsPlanned()) {
      throw new Violation(Invariant.NO_BROKEN_PROMISE, failed);
    }
    world.coverage().count(Coverage.SYNC_FAILED);
    crashed();
  }

  private Running alive() {
    return java.util.Objects.requireNonNull(running);
  }

  private void give(Input input) {
    world.stepped();
    alive().loop().give(input);
  }

  // ---- What comes in.

  /// A message arrives for the life it was sent to.
  void receive(int toLife, int from, PeerMessage message) {
    if (life != toLife || running == null) {
      return;
    }
    run(
        toLife,
        () -> {
          world.note(
              index,
              "hears " + from,
              message,
              World.fingerprint(message) ^ message.frameType().code());
          heard(from, message);
        });
  }

  void heard(int from, PeerMessage message) {
    Running now = alive();
    Peer peer = peer(from);
    if (message instanceof PeerMessage.Transactions further) {
      submit(further.bodies());
      return;
    }
    if (message instanceof io.aitbc.model.CommitCertificate certificate) {
      now.search().ifPresent(search -> search.heard(from, certificate));
    }
    if (message instanceof ConsensusMessage) {
      world.stepped();
    }
    now.loop().received(peer, message);
    now.search().ifPresent(RecordSearch::look);
  }

  /// Users, or other nodes, bring entries.
  void submit(List<Bytes> entries) {
    if (running == null) {
      return;
    }
    boolean news = false;
    for (Bytes entry : entries) {
      news |= world.execution().isEntry(entry) && pool.add(entry);
    }
    if (news) {
      give(new Input.TransactionsPending());
    }
  }

  /// A user's entry arrives here, and is passed on to all.
  void enter(Bytes entry) {
    if (running != null) {
      run(
          life,
          () -> {
            submit(List.of(entry));
            sendToAll(new PeerMessage.Transactions(0, List.of(entry)));
          });
    }
  }

  /// Tells all others how far this node is, and hears it from them.
  void greet() {
    if (running == null) {
      return;
    }
    for (VirtualNode other : world.nodes()) {
      if (!other.equals(this) && other.isUp()) {
        world.network().send(index, other.index, status());
        world.network().send(other.index, index, other.status());
      }
    }
  }

  private PeerMessage.Status status() {
    return new PeerMessage.Status(archive.head().height(), archive.head().hash(), new Height(1));
  }

  private void lost(VirtualNode other) {
    if (running != null && !other.equals(this)) {
      run(life, () -> alive().loop().lost(peer(other.index)));
    }
  }

  /// What the chain says of the height after its last block.
  void expects(DerivedState derived) {
    world.truth().expects(this, derived.rules());
  }

  /// A block is final and durable here.
  void becameFinal(Archive.Tip tip, Execution.Result result) {
    expects(tip.derived());
    pool.decided(result.included().stream().map(io.aitbc.crypto.Keccak256::hash).toList());
    if (isHonest()) {
      if (height() <= highest) {
        throw new Violation(
            Invariant.MONOTONE_FINALITY,
            "node %d: %d after %d".formatted(index, height(), highest));
      }
      highest = height();
      world.truth().finalized(this, tip.block().orElseThrow(), result);
      result.judgements().forEach(world.truth()::judged);
      world.truth().convicted(result.facts());
    }
    world.note(index, "has final", tip.height(), tip.hash().firstLong());
    long now = world.timeline().nowMicros();
    if (now - statusAtMicros >= STATUS_MICROS) {
      statusAtMicros = now;
      sendToAll(status());
    }
    world
        .timeline()
        .after(
            1,
            guarded(() -> {
              alive().log().cutBelow(archive.head().height().next());
              give(pool.isEmpty() ? new Input.NothingPending() : new Input.TransactionsPending());
            }));
  }

  /// An older copy of the chain was put in.
  void rewound() {
    highest = height();
  }

  /// The search for the first safe height has an answer.
  void foundFirst(Height first) {
    owedUntil = first.number();
    disks.beginAfterLoss(first);
    crash(1_000);
  }

  // ---- Ports.

  @Override
  public Instant now() {
    return clock.now();
  }

  @Override
  public void after(Duration delay, Runnable task) {
    boundary();
    world
        .timeline()
        .after(
            clock.micros(delay),
            guarded(() -> {
              world.stepped();
              task.run();
            }));
  }

  @Override
  public void verify(Effect.Verify request) {
    boundary();
    world
        .timeline()
        .after(
            1 + seed.below(world.options().wear().verifyMicros()),
            guarded(() -> {
              List<BlsSignature> signatures = request.signatures();
              Optional<BlsSignature> sum =
                  signatures.size() == 1
                      ? Optional.of(signatures.getFirst())
                      : world.scheme().aggregate(signatures);
              Optional<BlsSignature> holds =
                  sum.filter(each ->
                      world.scheme().verifyAggregate(request.keys(), request.message(), each));
              give(new Input.Verified(request.id(), holds));
            }));
  }

  @Override
  public void persist(LogRecord logRecord) {
    boundary();
    alive().log().append(logRecord);
    world.persisted(this, logRecord, pool);
  }

  @Override
  public void sign(SigningRequest request, Consumer<Input> answer) {
    boundary();
    world.stepped();
    switch (alive().signer().orElseThrow().sign(request)) {
      case SigningAnswer.Signed(var signature) -> {
        world.truth().signed(this, request);
        answer.accept(new Input.Signed(request, signature));
      }
      case SigningAnswer.Refused(var reason) -> {
        world.coverage().count(Coverage.SIGNER_REFUSED);
        world.note(index, "may not sign", reason, request.height().number());
        answer.accept(new Input.SigningRefused(request, reason));
      }
    }
  }

  @Override
  public void send(Recipients to, PeerMessage message) {
    boundary();
    if (isHonest()) {
      world.truth().sent(this, message);
    }
    if (message instanceof Proposal proposal) {
      world.coverage().proposed(proposal);
    }
    switch (to) {
      case Recipients.EveryValidator _ -> sendToAll(message);
      case Recipients.Validators(List<Address> accounts) ->
          accounts.forEach(account -> sendTo(account, message));
      case Recipients.One(Peer peer) -> sendTo(world.node(indexOf(peer)), message);
    }
  }

  private void sendToAll(PeerMessage message) {
    for (VirtualNode other : world.nodes()) {
      sendTo(other, message);
    }
  }

  private void sendTo(Address account, PeerMessage message) {
    world.nodesOf(account).forEach(node -> sendTo(node, message));
  }

  /// Puts a message on the wire to another node.
  void sendTo(VirtualNode other, PeerMessage message) {
    if (!other.equals(this) && other.isUp()) {
      world.network().send(index, other.index, message);
    }
  }

  @Override
  public void blame(Peer peer, Misconduct misconduct) {
    boundary();
    blame(peer, (Object) misconduct);
  }

  @Override
  public void blameForBlock(Peer peer, Height height, String reason) {
    boundary();
    blame(peer, "block " + height + ": " + reason);
  }

  private void blame(Peer peer, Object why) {
    if (isHonest()) {
      world.truth().blamed(this, world.node(indexOf(peer)), why);
    }
  }

  @Override
  public void report(Evidence evidence) {
    boundary();
    if (isHonest()) {
      world.truth().reported(this, evidence);
      world.execution().conviction(evidence, archive.head().derived()).ifPresent(this::spread);
    }
  }

  private void spread(Bytes entry) {
    boolean _ = pool.add(entry);
    sendToAll(new PeerMessage.Transactions(0, List.of(entry)));
  }

  @Override
  public void forwardTransactions(Address proposer) {
    boundary();
    Pool.Batch batch = pool.best(FORWARDED_MAX, FORWARDED_BYTES_MAX);
    if (!batch.transactions().isEmpty()) {
      sendTo(proposer, new PeerMessage.Transactions(0, batch.transactions()));
    }
  }

  @Override
  public void stopDiverged(Effect.StopDiverged difference) {
    if (isHonest() && !world.truth().forked()) {
      throw new Violation(Invariant.NO_DIVERGENCE, "node %d: %s".formatted(index, difference));
    }
  }

  @Override
  public Pool pool() {
    return pool;
  }

  @Override
  public Chain chain() {
    return alive().chain();
  }

  /// How much it holds.
  long held() {
    return running == null ? 0 : Footprint.of(running.loop());
  }

  /// Where this node stands, for a reader.
  String standing() {
    if (running == null) {
      return "node %d down at height %d".formatted(index, height());
    }
    return "node %d%s at height %d, round %s; %s"
        .formatted(
            index,
            isHonest() ? "" : " (Byzantine)",
            height(),
            running.consensus().round(),
            running.consensus().whyStalled().map(Object::toString).orElse("idle"));
  }

  static Peer peer(int index) {
    return new Peer(Bytes.of((byte) (index >> 8), (byte) index));
  }

  private static int indexOf(Peer peer) {
    return (peer.id().at(0) & 0xff) << 8 | (peer.id().at(1) & 0xff);
  }
}
