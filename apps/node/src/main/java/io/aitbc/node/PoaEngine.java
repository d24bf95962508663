// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.Identity;
import io.aitbc.consensus.Peer;
import io.aitbc.consensus.SignedMark;
import io.aitbc.consensus.poa.AuthoredBlock;
import io.aitbc.consensus.poa.AuthorityChain;
import io.aitbc.consensus.poa.AuthorityEffect;
import io.aitbc.consensus.poa.AuthorityInput;
import io.aitbc.consensus.poa.AuthorityStart;
import io.aitbc.consensus.poa.BlockRefusal;
import io.aitbc.consensus.poa.Schedule;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.BlockOutline;
import io.aitbc.execution.Genesis;
import io.aitbc.model.Block;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.Round;
import io.aitbc.model.SlotBlock;
import io.aitbc.model.SlotBlockRequest;
import io.aitbc.model.Transaction;
import io.aitbc.model.Validator;
import io.aitbc.network.Network;
import io.aitbc.network.Offence;
import io.aitbc.network.TrafficClass;
import io.aitbc.signer.Witnessed;
import io.aitbc.state.TrieRoot;
import io.aitbc.storage.Authorship;
import io.aitbc.storage.ChainStore;
import io.aitbc.storage.Head;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The blocks of a network without votes: {@link AuthorityLoop} with the parts of a node. Belongs
/// to the loop. Protocol §10.4.
final class PoaEngine implements ConsensusEngine, AuthorityPorts, ReversibleChain.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(PoaEngine.class);

  /// How long a chain may stand beyond the turns of all proposers before the node says so.
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final NodeParts parts;
  private final NodeConfiguration.OnSplit onSplit;
  private final Schedule schedule;
  private final ReversibleChain chain;
  private final AuthorityLoop loop;

  /// What peers bring is checked on half of the processors at most.
  private final CheckTurns checks;

  /// While the head is younger the node is not behind, whatever peers say: every proposer has had a
  /// turn since.
  private final Duration fresh;

  /// Whether the head was as young once since the start: until then the node looks behind, whatever
  /// peers say or do not say.
  private boolean wasCurrent;

  /// The head as it was looked at last, and when it became that.
  private Hash lastHead = Hash.ZERO;

  private long lastHeadNanos;

  PoaEngine(NodeParts parts, NodeConfiguration.OnSplit onSplit) throws ConfigurationException {
    this.parts = parts;
    this.onSplit = onSplit;
    this.schedule = schedule(parts.genesis().file().genesis());
    parts.network().reserve(Set.copyOf(HybridEngine.nodesOf(parts.genesis().file()).values()));
    this.fresh = schedule.slot().multipliedBy(schedule.proposers().size() + 1L);
    this.chain = new ReversibleChain(parts, schedule, this);
    this.checks = new CheckTurns(parts.verifiers(), SharedThreads.TAKERS_MAX);
    Identity identity = parts.identity();
    ChainStore store = parts.store();
    List<AuthoredBlock> blocks = new ArrayList<>();
    for (Height height = store.lowestHead().next();
        !height.isAbove(store.head().height());
        height = height.next()) {
      blocks.add(authored(slotBlock(height).orElseThrow()).orElseThrow());
    }
    AuthorityChain core =
        AuthorityChain.recover(
            new AuthorityStart(
                parts.genesis().hash(),
                identity,
                schedule,
                new AuthorityStart.Position(
                    store.lowestHead(),
                    store.authorship(store.lowestHead()).map(Authorship::slot).orElse(-1L),
                    store.header(store.lowestHead()).orElseThrow().hash()),
                blocks,
                parts.files().signed().map(each -> each.first().number()).orElse(0L) - 1,
                Instant.now()));
    this.loop = new AuthorityLoop(core, this);
  }

  /// Who makes blocks when, by the genesis of a network without votes.
  static Schedule schedule(Genesis genesis) {
    if (!(genesis.kind() instanceof NetworkKind.Poa(int slotMillis))) {
      throw new IllegalArgumentException("a network with votes");
    }
    return new Schedule(
        Instant.ofEpochMilli(genesis.timestampMillis()),
        Duration.ofMillis(slotMillis),
        genesis.snapshot().candidates().stream()
            .map(each ->
                new Validator(each.account(), each.key(), each.validatorClass(), each.stake()))
            .toList());
  }

  /// What callers see of a head.
  static LiveView.Present present(Genesis genesis, Head head) {
    return new LiveView.Present(
        head.height().number(),
        genesis.kind().title(),
        genesis.execution().fees().nextBaseFee(head.header()),
        schedule(genesis).proposers(),
        Optional.empty());
  }

  @Override
  public void start() {
    loop.start();
  }

  @Override
  public void heard(Peer peer, Network.Head head) {
    loop.heard(peer, new AuthorityPorts.Tip(head.height(), head.hash()));
  }

  @Override
  public void lost(Peer peer) {
    loop.lost(peer);
  }

  @Override
  public void received(Peer from, PeerMessage message) {
    loop.received(from, message);
  }

  @Override
  public void received(Peer from, PeerMessage message, Runnable handled) {
    if (message instanceof SlotBlock block) {
      loop.received(from, block, handled);
    } else {
      ConsensusEngine.super.received(from, message, handled);
    }
  }

  @Override
  public void transactionsPending() {
    // A block is made in every slot, whatever waits.
  }

  @Override
  public void look() {
    loop.look();
    Instant now = Instant.now();
    Head last = parts.store().head();
    long head = last.header().timestampSeconds();
    boolean current = HybridEngine.isCurrent(head, fresh, now);
    wasCurrent |= current;
    if (!last.hash().equals(lastHead)) {
      lastHead = last.hash();
      lastHeadNanos = System.nanoTime();
    }
    List<String> waiting =
        loop.split()
            .map(other ->
                List.of(
                    "split: the chain with head %s is longer and leaves this one more than %d blocks deep; its operator decides: docs/operator.md"
                        .formatted(other, NetworkKind.Poa.REORGANIZATION_BLOCKS_MAX)))
            .orElseGet(() -> current ? List.of() : standing(head, now));
    parts.isNow(
        new LiveView.Loop(
            0,
            !wasCurrent || (!current && loop.isBehind()),
            current ? 0 : HybridEngine.atMost(loop.blocksBehind(), head, schedule.slot(), now),
            !waiting.isEmpty(),
            () -> waiting));
  }

  /// Why the chain does not go on, where the last block is old and stayed the last for a while.
  private List<String> standing(long timestampSeconds, Instant now) {
    Duration age = Duration.between(Instant.ofEpochSecond(timestampSeconds), now);
    boolean stands =
        System.nanoTime() - lastHeadNanos > PATIENCE.toNanos()
            && age.compareTo(fresh.plus(PATIENCE)) > 0;
    return stands
        ? List.of(
            "no block for %d s, in which each proposer had a turn: none made one, this node does not hear of them, or its clock is wrong"
                .formatted(age.toSeconds()))
        : List.of();
  }

  // ---- What the loop stands on.

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public void after(Duration delay, Runnable task) {
    parts.loop().after(delay, task);
  }

  @Override
  public boolean isReserved(Peer peer) {
    return parts.network().isReserved(NodePorts.idOf(peer));
  }

  @Override
  public void send(Peer to, PeerMessage message) {
    Network.Sent _ = parts.network().send(NodePorts.idOf(to), message);
  }

  @Override
  public void broadcast(PeerMessage message) {
    int _ = parts.network().broadcast(message);
  }

  @Override
  public void verify(AuthorityEffect.Verify check, Consumer<AuthorityInput.Verdict> answer) {
    checks.add(
        check.from(),
        isReserved(check.from()),
        () -> {
          AuthorityInput.Verdict verdict = verdict(check);
          parts.loop().post(() -> answer.accept(verdict));
        });
  }

  /// Transactions are read last: only the slot's proposer makes a node read any.
  private AuthorityInput.Verdict verdict(AuthorityEffect.Verify check) {
    AuthoredBlock block = check.block();
    if (!parts.scheme().verify(check.author().key(), check.message(), block.signature())) {
      return AuthorityInput.Verdict.WRONG_SIGNATURE;
    }
    return hasOwnBody(block) ? AuthorityInput.Verdict.HOLDS : AuthorityInput.Verdict.WRONG_BODY;
  }

  @Override
  public void sign(AuthorityEffect.Sign request, Consumer<BlsSignature> answer) {
    NodeSigner signer = parts.files().signer().orElseThrow();
    signer.sign(
        request, signature -> parts.loop().run(() -> signed(signer, request, signature, answer)));
  }

  private static void signed(
      NodeSigner signer,
      AuthorityEffect.Sign request,
      Optional<BlsSignature> signature,
      Consumer<BlsSignature> answer) {
    if (signature.isPresent()) {
      answer.accept(signature.get());
    } else {
      LOG.atWarn()
          .addKeyValue("slot", request.slot())
          .log(
              signer.isReachable()
                  ? "the signer refuses: this key has signed for the slot or a later one"
                  : "the signer is gone, or waits after a move: no block in this slot");
    }
  }

  @Override
  public Optional<AuthoredBlock> read(SlotBlock message) {
    return authored(message);
  }

  @Override
  public void serve(Peer to, SlotBlockRequest request) {
    if (!parts.network().hasRoom(NodePorts.idOf(to), TrafficClass.PROPOSALS)) {
      return; // Who reads nothing asks in vain.
    }
    parts
        .blocks()
        .serve(
            to,
            () ->
                parts
                    .store()
                    .height(request.blockHash())
                    .flatMap(this::slotBlock)
                    .ifPresent(block -> send(to, block)));
  }

  @Override
  public void serve(Peer to, PeerMessage.BlocksRequest request) {
    parts
        .blocks()
        .serve(
            to,
            () -> {
              Height height = request.from();
              long bytes = 0;
              for (int i = 0; i < request.count() && bytes <= PeerMessage.BLOCKS_BYTES_MAX; i++) {
                Optional<SlotBlock> block = slotBlock(height);
                if (block.isEmpty()) {
                  return;
                }
                bytes += block.get().block().length();
                if (parts.network().send(NodePorts.idOf(to), block.get()) != Network.Sent.QUEUED) {
                  return; // Who reads nothing asks in vain.
                }
                height = height.next();
              }
            });
  }

  @Override
  public void offended(Peer peer) {
    parts.network().offended(NodePorts.idOf(peer), Offence.INVALID);
  }

  /// A clock may be wrong, and what this node refused another need not have refused: neither is
  /// proof of a lie.
  @Override
  public void blame(Peer peer, BlockRefusal reason) {
    LOG.atInfo()
        .addKeyValue("peer", NodePorts.idOf(peer))
        .addKeyValue("reason", reason)
        .log("a peer sent a block that does not hold");
    if (reason.isProof()) {
      offended(peer);
    }
  }

  @Override
  public boolean keepsOwnChain(Hash ownHead, Hash otherHead) {
    boolean keeps = onSplit == NodeConfiguration.OnSplit.KEEP;
    LOG.atError()
        .addKeyValue("own", ownHead)
        .addKeyValue("other", otherHead)
        .log(
            keeps
                ? "a longer chain leaves this one too deep; this node keeps its own, as configured"
                : "a longer chain leaves this one too deep; no block is made or followed until the operator decides");
    return keeps;
  }

  @Override
  public AuthorityPorts.Tip head() {
    Head head = parts.store().head();
    return new AuthorityPorts.Tip(head.height(), head.hash());
  }

  @Override
  public Height oldestBody() {
    return parts.store().oldestBody();
  }

  @Override
  public void execute(AuthoredBlock block, Consumer<Boolean> answer) {
    chain.execute(block, answer);
  }

  @Override
  public void build(long slot, Hash parentHash, Consumer<AuthorityInput.Built> answer) {
    chain.build(slot, parentHash, answer);
  }

  @Override
  public void append(AuthoredBlock block) {
    chain.append(block);
  }

  @Override
  public void rollBack(Height to) {
    LOG.atInfo()
        .addKeyValue("to", to.number())
        .addKeyValue("from", parts.store().head().height().number())
        .log("a longer chain: blocks are taken back");
    chain.rollBack(to);
  }

  /// The block of a message by its header; empty if it has none, or its slot is not its header's.
  private static Optional<AuthoredBlock> authored(SlotBlock message) {
    try {
      BlockHeader header = Block.headerOf(message.block());
      boolean isHeight = header.number() > 0 && header.number() < Height.NUMBER_MAX;
      if (!isHeight || !header.extraData().equals(BlockOutline.slotData(message.slot()))) {
        return Optional.empty();
      }
      return Optional.of(
          new AuthoredBlock(
              new Height(header.number()),
              message.slot(),
              header.parentHash(),
              header.hash(),
              message.block(),
              message.signature()));
    } catch (MalformedException malformed) {
      return Optional.empty();
    }
  }

  /// Whether a block's transactions are its header's.
  private static boolean hasOwnBody(AuthoredBlock block) {
    try {
      Block read = Block.decode(block.body());
      return read.header()
          .transactionsRoot()
          .equals(TrieRoot.ofList(read.transactions().stream().map(Transaction::encoded).toList()));
    } catch (MalformedException malformed) {
      return false;
    }
  }

  private Optional<SlotBlock> slotBlock(Height height) {
    ChainStore store = parts.store();
    return store
        .block(height)
        .flatMap(block ->
            store
                .authorship(height)
                .map(by -> new SlotBlock(by.slot(), block.encode(), by.signature())));
  }

  // ---- What others see.

  @Override
  public void appended(AuthoredBlock block) {
    Head head = shown();
    LOG.atInfo()
        .addKeyValue("height", head.height().number())
        .addKeyValue("hash", head.hash())
        .addKeyValue("slot", block.slot())
        .log("head, not final");
    parts.loop().post(() -> loop.headChanged());
    stopIfKeySignsElsewhere(block);
  }

  @Override
  public void takenBack(List<Hash> transactions) {
    Head _ = shown();
    parts.network().announce(transactions); // Others may never have heard of them.
  }

  /// Shows callers and peers the head.
  private Head shown() {
    Head head = parts.store().head();
    parts.live().is(present(parts.genesis().file().genesis(), head));
    parts.network().head(new Network.Head(head.height(), head.hash()));
    parts.headChanged().run();
    parts.metrics().head(head.header());
    return head;
  }

  /// A block of this node's key for a slot that its record does not know. Protocol §8.3.1.
  private void stopIfKeySignsElsewhere(AuthoredBlock block) {
    parts
        .files()
        .signer()
        .filter(signer -> schedule.proposer(block.slot()).key().equals(signer.publicKey()))
        .flatMap(signer -> witnessed(block.slot(), block.blockHash()).above(signer.record()))
        .ifPresent(_ ->
            parts
                .stop()
                .accept("this node's key signs elsewhere too, or its record is an old copy"));
  }

  /// What a block says about the record of the key that signed it.
  static Witnessed witnessed(long slot, Hash blockHash) {
    return new Witnessed(
        Optional.of(
            new SignedMark(new Height(slot), Round.ZERO, SignedMark.Step.ENVELOPE, blockHash)),
        Optional.empty());
  }
}
