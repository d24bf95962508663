// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.Checkpoint;
import io.aitbc.consensus.Consensus;
import io.aitbc.consensus.DerivedChain;
import io.aitbc.consensus.DerivedState;
import io.aitbc.consensus.Peer;
import io.aitbc.consensus.SigningRecord;
import io.aitbc.consensus.Stall;
import io.aitbc.consensus.Start;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.Calls;
import io.aitbc.execution.ExecutionParameters;
import io.aitbc.mempool.ChainHead;
import io.aitbc.model.Address;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.Round;
import io.aitbc.network.Network;
import io.aitbc.network.PeerId;
import io.aitbc.rpc.LiveNode;
import io.aitbc.signer.RecordLoss;
import io.aitbc.signer.RecordOpening;
import io.aitbc.storage.ChainStore;
import io.aitbc.storage.Head;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The blocks of a network that decides by votes: consensus, and what follows from a final block.
final class HybridEngine implements ConsensusEngine {
  private static final Logger LOG = LoggerFactory.getLogger(HybridEngine.class);

  private final NodeParts parts;
  private final FinalityLog finality;
  private final Consensus consensus;
  private final EffectLoop effects;

  /// Nothing where the node has no account for it.
  private final Optional<OwnTransactions> own;

  private final PendingNews pending;
  private final Optional<OwnKeyWatch> watch;
  private final int snapshotBlocks;
  private volatile DerivedState derived;

  /// While the last block is younger the node is not behind, whatever peers say: a quorum signed it
  /// a moment ago.
  private final Duration fresh;

  /// Whether the last block was as young once since the start. A node that has just started looks
  /// behind until then, whatever peers say or do not say.
  private boolean wasCurrent;

  /// A height that takes longer is stalled: an idle interval, and rounds up to the first fallback.
  private final Duration patience;

  /// On the chain's thread, after the start.
  private final ValidatorNodes nodes;

  private final HeadAnnouncement<Head> announcement;

  /// @param configuration the node's
  /// @throws ConfigurationException if the chain does not contain one, or the key is nobody's
  HybridEngine(NodeParts parts, FinalityLog finality, NodeConfiguration configuration)
      throws ConfigurationException {
    List<Checkpoint> checkpoints = configuration.checkpoints();
    requireCheckpoints(parts.store(), checkpoints);
    this.parts = parts;
    this.finality = finality;
    ConsensusParameters rules = parts.genesis().file().genesis().snapshot().parameters();
    fresh = Duration.ofMillis(2L * rules.emptyBlockIntervalMillis());
    patience =
        Duration.ofMillis(
            rules.emptyBlockIntervalMillis()
                + (long) Round.FALLBACK_FIRST * rules.roundTimerMillisMax());
    NodeFiles files = parts.files();
    derived = files.derived();
    watch =
        files
            .signer()
            .flatMap(signer ->
                files
                    .account()
                    .map(account ->
                        new OwnKeyWatch(
                            signer,
                            account,
                            parts.genesis().hash(),
                            parts.scheme(),
                            parts.verifiers(),
                            () -> derived,
                            this::stopAsKeySignsElsewhere)));
    parts.metrics().chain(files.derived(), files.account());
    own = ownTransactions(parts);
    NodeChain chain =
        new NodeChain(
            parts.store(),
            parts.executor(),
            parts.scheme(),
            parts.mempool(),
            parts.workers(),
            parts.execution(),
            parts.loop(),
            parts.metrics(),
            files.derived(),
            this::becameFinal,
            configuration.data(),
            checkpoints);
    snapshotBlocks = configuration.sync().snapshotBlocks();
    nodes =
        new ValidatorNodes(
            nodesOf(parts.genesis().file()),
            parts.parameters(),
            new Calls(parts.machines().another()));
    Head last = parts.store().head();
    announcement =
        new HeadAnnouncement<>(
            System::nanoTime, parts.execution()::after, head -> tellHead(parts, head));
    nodes.look(last.header(), last.state(), derived).ifPresent(parts.network()::reserve);
    NodePorts ports =
        new NodePorts(
            parts.loop(),
            parts.scheme(),
            parts.verifiers(),
            files.log(),
            files.signer(),
            parts.network(),
            parts.blocks(),
            nodes,
            new NodePool(
                parts.mempool(),
                parts.parameters().transactionRules(),
                this::nextBlockRules,
                parts.verifiers(),
                parts.workers(),
                parts.loop()::run),
            chain,
            finality,
            seen -> own.ifPresent(each -> parts.execution().post(() -> each.saw(seen))),
            parts.stop());
    consensus =
        Consensus.recover(
            new Start(
                parts.identity(),
                parts.scheme(),
                new DerivedChain(files.derived(), parts.scheme()),
                parts.store().certificate(parts.store().head().height()),
                files.signed().orElse(SigningRecord.fresh(parts.genesis().hash())),
                files.records(),
                ports.now()));
    effects = new EffectLoop(consensus, ports);
    pending = new PendingNews(parts.mempool()::hasExecutable, parts.loop()::post, effects::give);
    ports.answersTo(effects::give);
  }

  private static Optional<OwnTransactions> ownTransactions(NodeParts parts) {
    NodeFiles files = parts.files();
    if (files.sender().isEmpty() || files.account().isEmpty() || files.signer().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new OwnTransactions(
            parts.parameters(),
            parts.machines().another(),
            new OwnTransactions.Validator(files.account().get(), files.signer().get().publicKey()),
            files.sender().get(),
            parts.mempool().leastFeePerGas(),
            parts.mempool()::nextNonce,
            parts.submit()));
  }

  private static void requireCheckpoints(ChainStore store, List<Checkpoint> checkpoints)
      throws ConfigurationException {
    for (Checkpoint checkpoint : checkpoints) {
      Optional<Hash> stored = store.header(checkpoint.height()).map(BlockHeader::hash);
      if (stored.filter(hash -> checkpoint.contradicts(checkpoint.height(), hash)).isPresent()) {
        throw new ConfigurationException(
            "the chain in this node's folder is not that of checkpoint %s: its block there is %s;"
                    .formatted(checkpoint, stored.get())
                + " correct [trust] checkpoints, or move the folder away to sync from peers");
      }
    }
  }

  /// What the pool must know of a head.
  static ChainHead chainHead(ExecutionParameters parameters, Head head, DerivedState derived) {
    return NodeParts.chainHead(
        parameters, head, parameters.inForce(head.state()).gasLimit(derived.mode()));
  }

  /// What callers see of a head.
  static LiveView.Present present(ExecutionParameters parameters, Head head, DerivedState derived) {
    return new LiveView.Present(
        head.height().number(),
        derived.mode().quorumMode().name(),
        parameters.inForce(head.state()).fees().nextBaseFee(head.header()),
        derived.set().validators(),
        Optional.of(derived));
  }

  @Override
  public void start() {
    effects.start();
  }

  @Override
  public void heard(Peer peer, Network.Head head) {
    effects.heard(peer, head.height());
    if (watch.isPresent()) { // What the key signed may be in the latest certificate alone.
      NodePorts.send(parts.network(), peer, new PeerMessage.CertificateRequest(Height.GENESIS));
    }
  }

  @Override
  public void lost(Peer peer) {
    effects.lost(peer);
  }

  @Override
  public void received(Peer from, PeerMessage message) {
    watch.ifPresent(own -> own.saw(message));
    effects.received(from, message);
  }

  /// Tells consensus, once per block.
  @Override
  public void transactionsPending() {
    pending.arrived();
  }

  @Override
  public void look() {
    Optional<Stall> stall = consensus.whyStalled();
    long head = parts.store().head().header().timestampSeconds();
    boolean current = isCurrent(head, fresh, Instant.now());
    wasCurrent |= current;
    boolean fetches = !current && effects.isCatchingUp();
    parts.isNow(
        new LiveView.Loop(
            consensus.round().number(),
            fetches || !wasCurrent,
            current ? 0 : atMost(effects.blocksBehind(), head, shortestInterval(), Instant.now()),
            !fetches
                && stall
                    .filter(each -> each.since().plus(patience).isBefore(Instant.now()))
                    .isPresent(),
            () -> stall.map(HybridEngine::lines).orElse(List.of())));
  }

  private Duration shortestInterval() {
    ConsensusParameters rules = derived.parameters();
    return Duration.ofMillis(
        Stream.of(Mode.values())
            .mapToInt(mode -> rules.of(mode).blockIntervalMillis())
            .min()
            .orElseThrow());
  }

  /// As many blocks as peers say are missing, but no more than there was time for since the last.
  ///
  /// @param timestampSeconds of the last block
  /// @param interval between two blocks
  static long atMost(long said, long timestampSeconds, Duration interval, Instant now) {
    long millis = Duration.between(Instant.ofEpochSecond(timestampSeconds), now).toMillis();
    return Math.min(said, Math.max(0, millis) / interval.toMillis() + 1);
  }

  /// Whether a block of this time, in whole seconds, is about as old as `fresh`. One from far ahead
  /// says nothing: this machine's clock is wrong.
  static boolean isCurrent(long timestampSeconds, Duration fresh, Instant now) {
    Instant made = Instant.ofEpochSecond(timestampSeconds);
    return now.isBefore(made.plus(fresh).plusSeconds(1)) && made.isBefore(now.plus(fresh));
  }

  /// On the chain's thread: a block is final and durable.
  private void becameFinal(NodeChain.Final block) {
    ModeChanges.between(derived, block.derived()).ifPresent(this::modeChanges);
    derived = block.derived();
    Head head = parts.store().head();
    parts
        .mempool()
        .advance(
            chainHead(parts.parameters(), head, block.derived()),
            block.block().block().transactions(),
            block.block().diff().accounts());
    parts.live().is(present(parts.parameters(), head, block.derived()));
    parts.network().head(new Network.Head(head.height(), head.hash()));
    nodes.look(head.header(), head.state(), block.derived()).ifPresent(parts.network()::reserve);
    parts.headChanged().run();
    Optional<LiveNode.Finality> how =
        block
            .derived()
            .parentRules()
            .flatMap(rules ->
                finality.decided(head.height().number(), block.block().certificate(), rules));
    NodeMetrics metrics = parts.metrics();
    metrics.block(head.header(), block.block().receipts());
    metrics.decided(block.block().certificate().round());
    metrics.chain(block.derived(), parts.files().account());
    how.map(LiveNode.Finality::millis).ifPresent(metrics::finality);
    LOG.atInfo()
        .addKeyValue("height", head.height().number())
        .addKeyValue("hash", head.hash())
        .addKeyValue("transactions", block.block().block().transactions().size())
        .addKeyValue("millis", how.map(LiveNode.Finality::millis).orElse(-1L))
        .addKeyValue("round", block.block().certificate().round().number())
        .log("final");
    announcement.head(head);
    keepSnapshot(head);
    stopIfKeySignsElsewhere(block);
    own.ifPresent(
        each -> each.becameFinal(head.header(), head.state(), block.derived(), Instant.now()));
    parts
        .loop()
        .post(() -> {
          parts.files().log().cutBelow(head.height().next());
          pending.becameFinal();
        });
  }

  private void modeChanges(LiveNode.ModeChange change) {
    parts.live().is(change);
    LOG.atInfo()
        .addKeyValue("height", change.height())
        .addKeyValue("from", change.from())
        .addKeyValue("to", change.to())
        .addKeyValue("cause", change.cause())
        .addKeyValue("measured", change.measured().map(Object::toString).orElse("nothing yet"))
        .addKeyValue("headroom", change.headroom())
        .log("the mode changes");
  }

  /// A certificate with a signature of this node's key that its record does not know: a second
  /// process signs with the key, or the record is an old copy. Protocol §8.3.1.
  private void stopIfKeySignsElsewhere(NodeChain.Final block) {
    parts
        .files()
        .signer()
        .flatMap(signer ->
            new SignatureSearch(signer.publicKey(), block.derived())
                .block(block.block().certificate())
                .found()
                .above(signer.record()))
        .ifPresent(this::stopAsKeySignsElsewhere);
  }

  private void stopAsKeySignsElsewhere(RecordLoss loss) {
    parts
        .stop()
        .accept(
            "this node's key signs elsewhere too, or its record is an old copy: "
                + RecordText.of(new RecordOpening.Lost(loss)));
  }

  /// Keeps the state for nodes that begin from it, every so many blocks, and tells after the next
  /// block how.
  private void keepSnapshot(Head head) {
    if (snapshotBlocks > 0 && head.height().number() % snapshotBlocks == 0) {
      parts.store().takeSnapshot();
    }
    Height below = new Height(head.height().number() - 1);
    if (parts.store().snapshot(below).isPresent()) {
      LOG.atInfo()
          .addKeyValue("checkpoint", new Checkpoint(head.height(), head.hash()))
          .log("new nodes may begin with the state before this block");
    }
  }

  private static void tellHead(NodeParts parts, Head head) {
    int _ =
        parts
            .network()
            .broadcast(
                new PeerMessage.Status(head.height(), head.hash(), parts.store().oldestBody()));
  }

  private static List<String> lines(Stall stall) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "height %d, round %d, since %s: waits for %s under rule %s"
            .formatted(
                stall.height().number(),
                stall.round().number(),
                stall.since(),
                stall.waitingFor(),
                stall.rule()));
    lines.add(
        "missing: %d authorities, %d units of stake"
            .formatted(stall.missing().authorities(), stall.missing().stake().units()));
    stall.absent().forEach(account -> lines.add("not heard: " + account));
    return lines;
  }

  private NodePool.BlockRules nextBlockRules() {
    BlockHeader header = parts.store().head().header();
    return new NodePool.BlockRules(
        header.gasLimit(), parts.parameters().forks().at(header.timestampSeconds()));
  }

  static Map<Address, PeerId> nodesOf(GenesisFile genesis) {
    Map<Address, PeerId> nodes = new TreeMap<>();
    for (GenesisFile.GenesisValidator validator : genesis.validators()) {
      validator
          .nodeId()
          .ifPresent(id -> nodes.put(validator.candidate().account(), PeerId.fromHex(id)));
    }
    return nodes;
  }
}
