// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.consensus.Identity;
import io.aitbc.consensus.Peer;
import io.aitbc.consensus.poa.AuthoredBlock;
import io.aitbc.consensus.poa.AuthorityChain;
import io.aitbc.consensus.poa.AuthorityEffect;
import io.aitbc.consensus.poa.AuthorityInput;
import io.aitbc.consensus.poa.AuthorityStart;
import io.aitbc.consensus.poa.BlockRefusal;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Height;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.SlotBlock;
import io.aitbc.model.SlotBlockRequest;
import io.aitbc.node.AuthorityLoop;
import io.aitbc.node.AuthorityPorts;
import io.aitbc.signer.HostMark;
import io.aitbc.signer.LocalValidatorSigner;
import io.aitbc.signer.RecordDiskException;
import io.aitbc.signer.RecordOpening;
import io.aitbc.signer.SigningStart;
import io.aitbc.signer.ValidatorKey;
import io.aitbc.signer.Witnessed;
import io.aitbc.testkit.Seed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A node of a network without votes: the real core in the real loop, with the real signer, on a
/// virtual clock, network and disk. Execution is a thread of its own, which does what it is asked
/// for in order and later. Protocol §10.4.
final class PoaNode implements AuthorityPorts {
  private static final HostMark HOST = HostMark.named("virtual");
  private static final long LOOK_MICROS = 200_000;
  private static final long EXECUTION_MICROS_MAX = 30_000;
  private static final long CHECK_MICROS_MAX = 3_000;

  private final PoaWorld world;
  private final int index;
  private final Optional<ValidatorKey> key;
  private final Seed seed;
  private final VirtualClock clock;

  // What a crash leaves.
  private final VirtualSlots slots;
  private PoaLedger ledger;
  private boolean begun;

  // What it takes.
  private @Nullable AuthorityLoop loop;
  private Optional<LocalValidatorSigner> signer = Optional.empty();
  private Optional<Hash> executed = Optional.empty();
  private final ArrayDeque<Runnable> executions = new ArrayDeque<>();
  private long executionFreeMicros;
  private int life;
  private long pausedUntil;
  private Optional<Fault.Crash> doom = Optional.empty();
  private int boundaries;

  PoaNode(PoaWorld world, int index, Optional<ValidatorKey> key) {
    this.world = world;
    this.index = index;
    this.key = key;
    this.seed = world.stream();
    this.clock = new VirtualClock(world.timeline(), seed.between(-100L, 100L), seed.below(100));
    this.slots = new VirtualSlots(seed.fork(), this::boundary);
    this.ledger = new PoaLedger(PoaWorld.GENESIS);
  }

  int index() {
    return index;
  }

  boolean isUp() {
    return loop != null;
  }

  /// Whether it waits for its operator.
  boolean hasStopped() {
    return loop != null && loop.split().isPresent();
  }

  PoaLedger ledger() {
    return ledger;
  }

  boolean isHonest() {
    return index >= world.options().liars();
  }

  // ---- Life.

  /// Starts, the first time or after an end.
  void start() {
    if (loop != null) {
      return;
    }
    life++;
    executed = Optional.empty();
    executionFreeMicros = 0;
    executions.clear();
    guarded(() -> {
      signer = key.map(this::openSigner);
      Identity identity =
          key.isPresent()
              ? new Identity.Validating(world.proposer(index).account())
              : new Identity.Following();
      AuthorityChain core =
          AuthorityChain.recover(
              new AuthorityStart(
                  PoaWorld.GENESIS,
                  identity,
                  world.schedule(),
                  ledger.base(),
                  ledger.aboveBase(),
                  signer.map(LocalValidatorSigner::firstSlot).orElse(0L) - 1,
                  now()));
      AuthorityLoop started = new AuthorityLoop(core, this);
      loop = started;
      started.start();
      look();
    });
    world.greet(this);
  }

  private LocalValidatorSigner openSigner(ValidatorKey opened) {
    RecordOpening opening =
        LocalValidatorSigner.open(opened, PoaWorld.GENESIS, HOST, slots, Witnessed.NOTHING);
    if (opening instanceof RecordOpening.Absent && !begun) {
      opening =
          LocalValidatorSigner.start(
              opened,
              PoaWorld.GENESIS,
              HOST,
              slots,
              Witnessed.NOTHING,
              new SigningStart.NeverSigned());
    }
    if (opening
        instanceof RecordOpening.Ready(LocalValidatorSigner ready, RecordOpening.Tail tail)) {
      begun = true;
      if (tail == RecordOpening.Tail.TORN) {
        world.count(PoaWorld.Sight.RECORD_TORN);
      }
      return ready;
    }
    throw new Violation(Invariant.NO_BROKEN_PROMISE, "the record is " + opening);
  }

  /// The power goes; it comes back after a while.
  void stop(long downMicros) {
    if (loop == null) {
      return;
    }
    loop = null;
    life++;
    doom = Optional.empty();
    world.count(PoaWorld.Sight.ENDED);
    world.note(index, "ends", "", downMicros);
    world.timeline().after(downMicros, this::start);
  }

  void dooms(Fault.Crash crash) {
    doom = Optional.of(crash);
    boundaries = crash.boundaries();
  }

  void pause(long micros) {
    pausedUntil = world.timeline().nowMicros() + micros;
  }

  VirtualClock clock() {
    return clock;
  }

  void failNextRecordWrite() {
    slots.failNextWrite();
  }

  /// An older copy of the chain is put in.
  void hasOldDisk(int blocks) {
    ledger.isOlderBy(blocks);
  }

  /// What an operator does after a split: the node begins anew on the others' chain.
  void beginAnew() {
    stop(1);
    ledger = new PoaLedger(PoaWorld.GENESIS);
    world.count(PoaWorld.Sight.BEGUN_ANEW);
  }

  private void boundary(Fault.Crash.Moment moment) {
    if (doom.isPresent() && doom.get().moment() == moment && --boundaries < 0) {
      throw new PowerLoss();
    }
  }

  /// Runs what belongs to this life, now.
  private void guarded(Runnable task) {
    try {
      world.stepped();
      task.run();
    } catch (PowerLoss lost) {
      stop(doom.map(Fault.Crash::downMicros).orElse(1L));
    } catch (RecordDiskException failed) {
      stop(world.slotMicros());
    } catch (Violation violation) {
      throw violation;
    } catch (RuntimeException broken) {
      throw new Violation(Invariant.NO_BROKEN_PROMISE, broken);
    }
  }

  /// Has something happen in this life, or not at all.
  private void later(long micros, Runnable task) {
    int planned = life;
    world.timeline().after(micros, () -> run(planned, task));
  }

  private void run(int planned, Runnable task) {
    if (planned != life || loop == null) {
      return;
    }
    long now = world.timeline().nowMicros();
    if (now < pausedUntil) {
      world.timeline().at(pausedUntil, () -> run(planned, task));
      return;
    }
    guarded(task);
  }

  private AuthorityLoop alive() {
    return java.util.Objects.requireNonNull(loop, "down");
  }

  private void look() {
    alive().look();
    later(LOOK_MICROS, this::look);
  }

  /// A message arrives.
  void receive(int from, PeerMessage message) {
    run(
        life,
        () -> {
          world.note(index, "hears from " + from, message, message.encoded().hashCode());
          alive().received(peer(from), message);
        });
  }

  static Peer peer(int index) {
    return new Peer(Bytes.of((byte) index));
  }

  private static int indexOf(Peer peer) {
    return peer.id().at(0);
  }

  // ---- What the loop stands on.

  @Override
  public Instant now() {
    return clock.now();
  }

  @Override
  public long nanos() {
    return clock.nanos();
  }

  @Override
  public void after(Duration delay, Runnable task) {
    later(Math.max(1, clock.micros(delay)), task);
  }

  @Override
  public void send(Peer to, PeerMessage message) {
    boundary(Fault.Crash.Moment.EFFECT);
    if (message instanceof PeerMessage.BlocksRequest) {
      world.count(PoaWorld.Sight.CAUGHT_UP);
    }
    world.network().send(index, indexOf(to), message);
  }

  @Override
  public void broadcast(PeerMessage message) {
    boundary(Fault.Crash.Moment.EFFECT);
    if (message instanceof SlotBlock block && signer.orElseThrow().firstSlot() <= block.slot()) {
      throw new Violation(Invariant.DURABLE_BEFORE_SENT, "slot " + block.slot());
    }
    for (PoaNode other : world.nodes()) {
      if (other.index != index) {
        world.network().send(index, other.index, shownTo(other.index, message));
      }
    }
  }

  /// What a node sees of a message to all: a liar shows some of them another one.
  private PeerMessage shownTo(int other, PeerMessage message) {
    if (isHonest() || !(message instanceof SlotBlock block)) {
      return message;
    }
    PoaLedger.Body body = PoaWorld.body(block);
    return switch (world.options().vice()) {
      case EQUIVOCATES ->
          (other & 1) == 0
              ? message
              : signed(
                  new PoaLedger.Body(
                      body.height(), body.slot(), body.parent(), 0, bodyWithout(body)));
      case MISCOMPUTES ->
          signed(
              new PoaLedger.Body(
                  body.height(), body.slot(), body.parent(), body.payment(), body.parent()));
      case REWRITES -> message;
    };
  }

  /// The purses before a block, which one without a payment leaves as they are.
  private Hash bodyWithout(PoaLedger.Body body) {
    return body.parent().equals(ledger.head().hash())
        ? ledger.make(body.slot(), 0).pursesAfter()
        : body.pursesAfter();
  }

  /// A branch of a liar's own slots of the past, for whoever asks.
  void rewrite() {
    int proposers = world.options().proposers();
    long first = Math.max(0, ledger.head().slot() - 12L * proposers);
    long slot = first + Math.floorMod(index - first, proposers);
    Hash parent = ledger.base().hash();
    long height = ledger.base().height().number();
    for (; slot < ledger.head().slot(); slot += proposers) {
      if (slot > ledger.base().slot()) {
        SlotBlock block =
            signed(
                new PoaLedger.Body(
                    new Height(++height), slot, parent, 0, Keccak256.hash(parent.toBytes())));
        parent = Keccak256.hash(block.block());
        for (PoaNode other : world.nodes()) {
          world.network().send(index, other.index, block);
        }
        world.count(PoaWorld.Sight.REWRITTEN);
      }
    }
  }

  private SlotBlock signed(PoaLedger.Body body) {
    Bytes encoded = body.encoded();
    BlsSignature signature =
        key.orElseThrow()
            .sign(
                AuthoredBlock.message(
                    PoaWorld.GENESIS,
                    body.height(),
                    body.slot(),
                    body.parent(),
                    Keccak256.hash(encoded)));
    return new SlotBlock(body.slot(), encoded, signature);
  }

  @Override
  public void verify(AuthorityEffect.Verify check, Consumer<AuthorityInput.Verdict> answer) {
    boolean holds =
        world.scheme().verify(check.author().key(), check.message(), check.block().signature());
    later(
        seed.below(CHECK_MICROS_MAX),
        () ->
            answer.accept(
                holds ? AuthorityInput.Verdict.HOLDS : AuthorityInput.Verdict.WRONG_SIGNATURE));
  }

  @Override
  public void sign(AuthorityEffect.Sign request, Consumer<BlsSignature> answer) {
    boundary(Fault.Crash.Moment.EFFECT);
    Optional<BlsSignature> signature = signer.orElseThrow().sign(request);
    signature.ifPresent(_ -> world.signed(index, request.slot(), request.blockHash()));
    signature.ifPresent(answer);
  }

  @Override
  public Optional<AuthoredBlock> read(SlotBlock message) {
    return PoaLedger.authored(message);
  }

  @Override
  public void serve(Peer to, SlotBlockRequest request) {
    ledger.block(request.blockHash()).ifPresent(block -> send(to, slotBlock(block)));
  }

  @Override
  public void serve(Peer to, PeerMessage.BlocksRequest request) {
    long height = request.from().number();
    for (int i = 0; i < request.count(); i++) {
      Optional<AuthoredBlock> block = ledger.block(height + i);
      if (block.isEmpty()) {
        return;
      }
      send(to, slotBlock(block.get()));
    }
  }

  private static SlotBlock slotBlock(AuthoredBlock block) {
    return new SlotBlock(block.slot(), block.body(), block.signature());
  }

  @Override
  public void offended(Peer peer) {
    blamed(peer, "no block");
  }

  @Override
  public void blame(Peer peer, BlockRefusal reason) {
    if (reason.isProof()) {
      blamed(peer, reason.toString());
    }
  }

  private void blamed(Peer peer, String why) {
    if (isHonest() && world.node(indexOf(peer)).isHonest()) {
      throw new Violation(
          Invariant.NO_HONEST_BLAMED, "node %d blames %d: %s".formatted(index, indexOf(peer), why));
    }
    world.count(PoaWorld.Sight.LIAR_BLAMED);
  }

  @Override
  public boolean keepsOwnChain(Hash ownHead, Hash otherHead) {
    world.count(PoaWorld.Sight.STOPPED);
    world.note(index, "stops, for a longer chain goes too deep:", otherHead, otherHead.hashCode());
    return false;
  }

  @Override
  public Tip head() {
    return new Tip(ledger.head().height(), ledger.head().hash());
  }

  @Override
  public Height oldestBody() {
    return new Height(1);
  }

  /// Has the thread of execution do something, behind all that it was asked for before: also when a
  /// pause brings many of its moments together.
  private void execution(Runnable task) {
    long now = world.timeline().nowMicros();
    executionFreeMicros = Math.max(now, executionFreeMicros) + 1 + seed.below(EXECUTION_MICROS_MAX);
    executions.add(task);
    later(executionFreeMicros - now, () -> executions.remove().run());
  }

  @Override
  public void execute(AuthoredBlock block, Consumer<Boolean> answer) {
    execution(() -> {
      boolean holds = ledger.holds(block);
      executed = holds ? Optional.of(block.blockHash()) : Optional.empty();
      later(0, () -> answer.accept(holds));
    });
  }

  @Override
  public void build(long slot, Hash parentHash, Consumer<AuthorityInput.Built> answer) {
    execution(() -> {
      if (!ledger.head().hash().equals(parentHash)) {
        return;
      }
      Bytes body = ledger.make(slot, seed.below(1L << 16)).encoded();
      Hash hash = Keccak256.hash(body);
      executed = Optional.of(hash);
      AuthorityInput.Built built = new AuthorityInput.Built(slot, parentHash, hash, body);
      later(0, () -> answer.accept(built));
    });
  }

  @Override
  public void append(AuthoredBlock block) {
    execution(() -> {
      boundary(Fault.Crash.Moment.EFFECT);
      if (!executed.equals(Optional.of(block.blockHash()))) {
        throw new IllegalStateException("appended without its execution: " + block.blockHash());
      }
      ledger.append(block);
      world.note(index, "head", block.blockHash(), block.blockHash().hashCode());
      world.count(PoaWorld.Sight.APPENDED);
      boundary(Fault.Crash.Moment.EFFECT);
      later(0, () -> alive().headChanged());
    });
  }

  @Override
  public void rollBack(Height to) {
    execution(() -> {
      boundary(Fault.Crash.Moment.EFFECT);
      long depth = ledger.head().height().number() - to.number();
      executed = Optional.empty();
      ledger.rollBack(to);
      world.note(index, "takes blocks back to", to, depth);
      world.count(PoaWorld.Sight.TAKEN_BACK);
      if (depth >= 5) {
        world.count(PoaWorld.Sight.TAKEN_BACK_DEEP);
      }
      boundary(Fault.Crash.Moment.EFFECT);
    });
  }
}
