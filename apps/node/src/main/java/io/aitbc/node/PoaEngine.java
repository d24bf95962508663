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
import io.aitbc.network.PeerId;
import io.aitbc.signer.LocalValidatorSigner;
import io.aitbc.signer.Witnessed;
import io.aitbc.state.TrieRoot;
import io.aitbc.storage.Authorship;
import io.aitbc.storage.ChainStore;
import io.aitbc.storage.Head;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The blocks of a network without votes: carries out what {@link AuthorityChain} asks for, in
/// order. Belongs to the loop. Protocol §10.4.
final class PoaEngine implements ConsensusEngine, ReversibleChain.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(PoaEngine.class);

  private final NodeParts parts;
  private final NodeConfiguration.OnSplit onSplit;
  private final Schedule schedule;
  private final AuthorityChain core;
  private final ReversibleChain chain;
  private final BranchFetch fetch;
  private final ArrayDeque<AuthorityInput> inputs = new ArrayDeque<>();
  private boolean running;
  private Hash announced;

  PoaEngine(NodeParts parts, NodeConfiguration.OnSplit onSplit) throws ConfigurationException {
    this.parts = parts;
    this.onSplit = onSplit;
    this.announced = parts.store().head().hash();
    this.schedule = schedule(parts.genesis().file().genesis());
    this.chain = new ReversibleChain(parts, schedule, this);
    Identity identity = parts.identity();
    ChainStore store = parts.store();
    List<AuthoredBlock> blocks = new ArrayList<>();
    for (Height height = store.lowestHead().next();
        !height.isAbove(store.head().height());
        height = height.next()) {
      blocks.add(authored(slotBlock(height).orElseThrow()).orElseThrow());
    }
    this.core =
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
                parts.files().local().map(LocalValidatorSigner::firstSlot).orElse(0L) - 1,
                Instant.now()));
    this.fetch = new BranchFetch(core, this::send);
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
        schedule(genesis).proposers());
  }

  @Override
  public void start() {
    running = true;
    core.start().forEach(this::carryOut);
    drain();
  }

  private void give(AuthorityInput input) {
    inputs.add(new AuthorityInput.TimePassed(Instant.now()));
    inputs.add(input);
    if (!running) {
      drain();
    }
  }

  private void drain() {
    running = true;
    try {
      for (AuthorityInput next = inputs.poll(); next != null; next = inputs.poll()) {
        core.on(next).forEach(this::carryOut);
      }
    } finally {
      running = false;
    }
  }

  private void carryOut(AuthorityEffect effect) {
    switch (effect) {
      case AuthorityEffect.Verify check -> verify(check);
      case AuthorityEffect.Execute(AuthoredBlock block) ->
          chain.execute(
              block, holds -> give(new AuthorityInput.Executed(block.blockHash(), holds)));
      case AuthorityEffect.Append(AuthoredBlock block) -> chain.append(block);
      case AuthorityEffect.RollBack(Height to) -> {
        LOG.atInfo()
            .addKeyValue("to", to.number())
            .addKeyValue("from", parts.store().head().height().number())
            .log("a longer chain: blocks are taken back");
        chain.rollBack(to);
      }
      case AuthorityEffect.Build(long slot, Height _, Hash parent) ->
          chain.build(slot, parent, this::give);
      case AuthorityEffect.Sign request -> sign(request);
      case AuthorityEffect.Broadcast(AuthoredBlock block) -> {
        int _ =
            parts.network().broadcast(new SlotBlock(block.slot(), block.body(), block.signature()));
      }
      case AuthorityEffect.Fetch(Peer peer, Hash blockHash) ->
          fetch.block(peer, blockHash, Instant.now());
      case AuthorityEffect.CatchUp(Peer peer, Height above) ->
          fetch.range(peer, above, Instant.now());
      case AuthorityEffect.WakeAt(long slot, Instant time) -> {
        Duration wait = Duration.between(Instant.now(), time);
        parts
            .loop()
            .after(
                wait.isNegative() ? Duration.ZERO : wait,
                () -> give(new AuthorityInput.SlotBegan(slot)));
      }
      case AuthorityEffect.Blame(Peer peer, BlockRefusal reason) -> blame(peer, reason);
      case AuthorityEffect.StopSplit(Hash own, Hash other) -> split(own, other);
    }
  }

  /// A clock may be wrong, and what this node refused another need not have refused: neither is
  /// proof of a lie.
  private void blame(Peer peer, BlockRefusal reason) {
    LOG.atInfo()
        .addKeyValue("peer", idOf(peer))
        .addKeyValue("reason", reason)
        .log("a peer sent a block that does not hold");
    switch (reason) {
      case BlockRefusal.FromFuture _, BlockRefusal.Refused _ -> {}
      case BlockRefusal.SlotNotLater _,
          BlockRefusal.WrongHeight _,
          BlockRefusal.NotOnGenesis _,
          BlockRefusal.WrongSignature _,
          BlockRefusal.BadExecution _ ->
          parts.network().offended(idOf(peer), Offence.INVALID);
    }
  }

  private void split(Hash own, Hash other) {
    switch (onSplit) {
      case STOP ->
          LOG.atError()
              .addKeyValue("own", own)
              .addKeyValue("other", other)
              .log(
                  "a longer chain leaves this one too deep; no block is made or followed until the operator decides");
      case KEEP -> {
        LOG.atWarn()
            .addKeyValue("own", own)
            .addKeyValue("other", other)
            .log("a longer chain leaves this one too deep; this node keeps its own, as configured");
        give(new AuthorityInput.OperatorKeeps());
      }
    }
  }

  private void verify(AuthorityEffect.Verify check) {
    parts
        .verifiers()
        .execute(() -> {
          boolean holds =
              parts
                  .scheme()
                  .verify(check.author().key(), check.message(), check.block().signature());
          parts
              .loop()
              .post(() -> give(new AuthorityInput.Verified(check.block().blockHash(), holds)));
        });
  }

  private void sign(AuthorityEffect.Sign request) {
    Optional<BlsSignature> signature = parts.files().local().orElseThrow().sign(request);
    if (signature.isEmpty()) {
      LOG.atWarn()
          .addKeyValue("slot", request.slot())
          .log("the signer refuses: this key has signed for the slot or a later one");
      return;
    }
    give(new AuthorityInput.Signed(request.blockHash(), signature.get()));
  }

  // ---- Peers.

  @Override
  public void heard(Peer peer, Network.Head head) {
    fetch.heard(peer, head, Instant.now());
  }

  @Override
  public void lost(Peer peer) {
    fetch.lost(peer);
  }

  @Override
  public void received(Peer from, PeerMessage message) {
    switch (message) {
      case SlotBlock block -> read(from, block);
      case SlotBlockRequest(Hash hash) ->
          parts
              .verifiers()
              .execute(() ->
                  parts
                      .store()
                      .height(hash)
                      .flatMap(this::slotBlock)
                      .ifPresent(block -> send(from, block)));
      case PeerMessage.BlocksRequest request ->
          parts.verifiers().execute(() -> serve(from, request));
      case PeerMessage.Status status ->
          heard(from, new Network.Head(status.head(), status.headHash()));
      default -> {} // The network's own business, or of networks with votes.
    }
  }

  /// Takes a block apart beside the loop. What is given to the core is bound by the block's hash.
  private void read(Peer from, SlotBlock message) {
    parts
        .verifiers()
        .execute(() -> {
          Optional<AuthoredBlock> block = authored(message);
          if (block.isEmpty()) {
            parts.network().offended(idOf(from), Offence.INVALID);
          } else {
            parts.loop().post(() -> give(new AuthorityInput.Received(from, block.get())));
          }
        });
  }

  /// The block of a message; empty if it is none, or its transactions or its slot are not its
  /// header's: the hash alone says which block it is.
  private static Optional<AuthoredBlock> authored(SlotBlock message) {
    try {
      Block block = Block.decode(message.block());
      Hash root = TrieRoot.ofList(block.transactions().stream().map(Transaction::encoded).toList());
      BlockHeader header = block.header();
      if (header.number() < 1
          || !header.transactionsRoot().equals(root)
          || !header.extraData().equals(BlockOutline.slotData(message.slot()))) {
        return Optional.empty();
      }
      return Optional.of(
          new AuthoredBlock(
              new Height(block.header().number()),
              message.slot(),
              block.header().parentHash(),
              block.hash(),
              message.block(),
              message.signature()));
    } catch (MalformedException malformed) {
      return Optional.empty();
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

  private void serve(Peer from, PeerMessage.BlocksRequest request) {
    Height height = request.from();
    long bytes = 0;
    for (int i = 0; i < request.count() && bytes <= PeerMessage.BLOCKS_BYTES_MAX; i++) {
      Optional<SlotBlock> block = slotBlock(height);
      if (block.isEmpty()) {
        return;
      }
      bytes += block.get().block().length();
      send(from, block.get());
      height = height.next();
    }
  }

  private void send(Peer to, PeerMessage message) {
    Network.Sent _ = parts.network().send(idOf(to), message);
  }

  private static PeerId idOf(Peer peer) {
    return new PeerId(Hash.of(peer.id().toArray()));
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
    stopIfKeySignsElsewhere(block);
  }

  @Override
  public void takenBack() {
    Head _ = shown();
  }

  /// Shows callers and peers the head.
  private Head shown() {
    Head head = parts.store().head();
    parts.live().is(present(parts.genesis().file().genesis(), head));
    parts.network().head(new Network.Head(head.height(), head.hash()));
    parts.headChanged().run();
    parts.metrics().ifPresent(m -> m.head(head.height().number()));
    return head;
  }

  /// A block of this node's key for a slot that its record does not know. Protocol §8.3.1.
  private void stopIfKeySignsElsewhere(AuthoredBlock block) {
    parts
        .files()
        .local()
        .filter(signer -> schedule.proposer(block.slot()).key().equals(signer.publicKey()))
        .flatMap(signer -> signer.surpassedBy(witnessed(block.slot(), block.blockHash())))
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

  @Override
  public void transactionsPending() {
    // A block is made in every slot, whatever waits.
  }

  @Override
  public void look() {
    fetch.look(Instant.now());
    announce();
    List<String> split =
        core.split()
            .map(other ->
                List.of(
                    "split: the chain with head %s is longer and leaves this one more than %d blocks deep; its operator decides: docs/operator.md"
                        .formatted(other, AuthorityChain.REORGANIZATION_BLOCKS_MAX)))
            .orElse(List.of());
    parts.live().is(new LiveView.Loop(0, fetch.isBehind(), split));
    parts
        .metrics()
        .ifPresent(m -> m.live(parts.network().peers().size(), parts.mempool().size(), 0));
  }

  /// Tells peers of a new head: those that its maker does not reach ask for it.
  private void announce() {
    Head head = parts.store().head();
    if (!head.hash().equals(announced)) {
      announced = head.hash();
      int _ =
          parts
              .network()
              .broadcast(new PeerMessage.Status(head.height(), head.hash(), new Height(1)));
    }
  }
}
