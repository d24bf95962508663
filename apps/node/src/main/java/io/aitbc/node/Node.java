// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.Consensus;
import io.aitbc.consensus.DerivedChain;
import io.aitbc.consensus.DerivedState;
import io.aitbc.consensus.Identity;
import io.aitbc.consensus.Input;
import io.aitbc.consensus.SigningRecord;
import io.aitbc.consensus.Stall;
import io.aitbc.consensus.Start;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.execution.BlockExecutor;
import io.aitbc.execution.ExecutionParameters;
import io.aitbc.execution.Machines;
import io.aitbc.execution.SystemContracts;
import io.aitbc.mempool.Admission;
import io.aitbc.mempool.ChainHead;
import io.aitbc.mempool.Mempool;
import io.aitbc.mempool.MempoolLimits;
import io.aitbc.model.Address;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.Proposal;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionCodec;
import io.aitbc.network.CloseReason;
import io.aitbc.network.Network;
import io.aitbc.network.NetworkConfiguration;
import io.aitbc.network.NetworkHandler;
import io.aitbc.network.NetworkLimits;
import io.aitbc.network.NodeIdentity;
import io.aitbc.network.Peer;
import io.aitbc.network.PeerEndpoint;
import io.aitbc.network.PeerId;
import io.aitbc.rpc.LiveNode;
import io.aitbc.rpc.Methods;
import io.aitbc.rpc.RpcServer;
import io.aitbc.signer.RecordOpening;
import io.aitbc.storage.ChainStore;
import io.aitbc.storage.Head;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running node: consensus on one thread, execution on another, signatures on a pool, and the
/// network, the disk and JSON-RPC around them.
public final class Node implements AutoCloseable {
  /// What the node calls itself.
  public static final String VERSION = "aitbc/0.1.0";

  /// Checks of signatures that may wait; beyond that whoever asks does the work itself.
  private static final int CHECKS_MAX = 4_096;

  private static final Duration LOOK_INTERVAL = Duration.ofMillis(200);
  private static final long STATUS_INTERVAL_NANOS = 250_000_000;
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicBoolean closing = new AtomicBoolean();
  private final AtomicBoolean pendingTold = new AtomicBoolean();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final ExecutionParameters parameters;
  private final ChainStore store;
  private final Mempool mempool;
  private final LoopThread loop;
  private final Network network;
  private final FinalityLog finality = new FinalityLog();
  private final LiveView live;
  private final Optional<NodeMetrics> metrics;
  private final NodeFiles files;
  private final ExecutorService verifiers;
  private final EffectLoop effects;
  private final Consensus consensus;
  private final RpcServer rpc;
  private volatile boolean broken;
  private long statusAtNanos;

  private Node(NodeConfiguration configuration) throws IOException, ConfigurationException {
    NodeGenesis genesis = NodeGenesis.read(configuration.genesis());
    GenesisFile genesisFile = genesis.file();
    BlsScheme scheme = new BlsScheme();
    List<Address> unproven = genesisFile.withoutPossession(genesis.hash(), scheme);
    if (!unproven.isEmpty()) {
      throw new ConfigurationException(
          configuration.genesis() + ": no proof of possession of the key of " + unproven);
    }
    parameters = genesisFile.genesis().execution();
    files = opened(NodeFiles.open(configuration, genesis));
    store = files.store();
    mempool =
        new Mempool(
            MempoolLimits.DEFAULT,
            parameters.transactionRules(),
            Secp256k1.chosen(),
            chainHead(store.head(), files.derived()));
    verifiers = verifiers();
    loop = new LoopThread("consensus", this::stopBroken);
    LoopThread execution = new LoopThread("execution", this::stopBroken);
    network =
        opened(
            Network.start(
                networkConfiguration(configuration, genesis.hash()), head(), new Handler()));
    live =
        new LiveView(
            mempool,
            finality,
            this::submit,
            () -> network.peers().size(),
            network.id().toString(),
            genesis.hash(),
            files.signer().isPresent(),
            present(store.head(), files.derived()));
    metrics =
        configuration.metrics().isPresent()
            ? Optional.of(
                opened(
                    NodeMetrics.start(
                        configuration.metrics().get(), VERSION, Secp256k1.chosen().name())))
            : Optional.empty();
    PoolWorkers workers = opened(new PoolWorkers(Runtime.getRuntime().availableProcessors()));
    Machines machines = new Machines(genesis.hash(), Secp256k1.chosen(), scheme);
    NodeChain chain =
        new NodeChain(
            store,
            new BlockExecutor(parameters, SystemContracts.of(genesisFile.genesis()), machines),
            scheme,
            mempool,
            workers,
            execution,
            loop,
            files.derived(),
            this::becameFinal,
            configuration.data());
    NodePorts ports =
        new NodePorts(
            loop,
            scheme,
            verifiers,
            files.log(),
            files.signer(),
            network,
            nodesOf(genesisFile),
            new NodePool(
                mempool,
                parameters.transactionRules(),
                this::nextBlockRules,
                verifiers,
                workers,
                loop::post),
            chain,
            finality,
            this::stopWith);
    consensus =
        Consensus.recover(
            new Start(
                identity(),
                scheme,
                new DerivedChain(files.derived(), scheme),
                store.certificate(store.head().height()),
                files.signed().orElse(SigningRecord.fresh(genesis.hash())),
                files.records(),
                ports.now()));
    effects = new EffectLoop(consensus, ports);
    ports.answersTo(effects::give);
    open.push(loop);
    open.push(execution);
    execution.start();
    execution.post(machines::rehearse); // Its first task, before any block.
    loop.post(effects::start);
    loop.post(this::look);
    loop.start();
    rpc =
        opened(
            RpcServer.start(
                configuration.rpc(),
                RpcServer.Access.LOCAL,
                new Methods(parameters.chainId(), new StoredChain(store), live)));
    LOG.atInfo()
        .addKeyValue("version", VERSION)
        .addKeyValue("genesis", genesis.hash())
        .addKeyValue("height", store.head().height().number())
        .addKeyValue("rpc", configuration.rpc())
        .addKeyValue("secp256k1", Secp256k1.chosen().name())
        .addKeyValue("validator", files.account().map(Address::toString).orElse("no"))
        .log("node started");
  }

  /// Starts a node.
  ///
  /// @throws ConfigurationException if configuration, genesis, keys or data do not fit together
  /// @throws IOException if a file or an address cannot be used
  public static Node start(NodeConfiguration configuration)
      throws IOException, ConfigurationException {
    return new Node(configuration);
  }

  /// Waits for the node's end.
  ///
  /// @return whether it was asked for
  public boolean awaitEnd() throws InterruptedException {
    ended.await();
    return !broken;
  }

  /// Where JSON-RPC is served.
  public int rpcPort() {
    return rpc.port();
  }

  /// Ends the node in order: no call, message or vote comes in before what is under way is on disk.
  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception failed) {
        LOG.atWarn().setCause(failed).log("a part of the node did not close");
      }
    }
    verifiers.shutdownNow();
    ended.countDown();
  }

  private <T extends AutoCloseable> T opened(T part) {
    open.push(part);
    return part;
  }

  /// Takes a transaction from a caller.
  private Admission submit(Transaction transaction) {
    Admission admission = mempool.add(transaction);
    if (admission instanceof Admission.Admitted(Hash hash)) {
      network.announce(List.of(hash));
      tellPending();
    }
    return admission;
  }

  /// Tells consensus, once per block, that there is something to order.
  private void tellPending() {
    if (pendingTold.compareAndSet(false, true)) {
      loop.post(() -> effects.give(new Input.TransactionsPending()));
    }
  }

  /// On the chain's thread: a block is final and durable.
  private void becameFinal(NodeChain.Final block) {
    Head head = store.head();
    mempool.advance(
        chainHead(head, block.derived()),
        block.block().block().transactions(),
        block.block().diff().accounts());
    live.is(present(head, block.derived()));
    network.head(head());
    Optional<LiveNode.Finality> how =
        block
            .derived()
            .parentRules()
            .flatMap(rules ->
                finality.decided(head.height().number(), block.block().certificate(), rules));
    metrics.ifPresent(m -> {
      m.finalBlock(head.height().number());
      how.ifPresent(known -> m.finality(known.millis()));
    });
    LOG.atInfo()
        .addKeyValue("height", head.height().number())
        .addKeyValue("hash", head.hash())
        .addKeyValue("transactions", block.block().block().transactions().size())
        .addKeyValue("millis", how.map(LiveNode.Finality::millis).orElse(-1L))
        .addKeyValue("round", block.block().certificate().round().number())
        .log("final");
    announceHead(head);
    stopIfKeySignsElsewhere(block);
    boolean more = mempool.hasExecutable();
    pendingTold.set(more);
    loop.post(() -> {
      files.log().cutBelow(head.height().next());
      effects.give(more ? new Input.TransactionsPending() : new Input.NothingPending());
    });
  }

  /// A certificate with a signature of this node's key that its record does not know: a second
  /// process signs with the key, or the record is an old copy. Protocol §8.3.1.
  private void stopIfKeySignsElsewhere(NodeChain.Final block) {
    files
        .local()
        .flatMap(signer ->
            signer.surpassedBy(
                new SignatureSearch(signer.publicKey(), block.derived())
                    .block(block.block().certificate())
                    .found()))
        .ifPresent(loss ->
            stopWith(
                "this node's key signs elsewhere too, or its record is an old copy: "
                    + RecordText.of(new RecordOpening.Lost(loss))));
  }

  private void announceHead(Head head) {
    long now = System.nanoTime();
    if (now - statusAtNanos >= STATUS_INTERVAL_NANOS) {
      statusAtNanos = now;
      int _ = network.broadcast(new PeerMessage.Status(head.height(), head.hash(), new Height(1)));
    }
  }

  /// On the loop, again and again: keeps what callers see up to date.
  private void look() {
    live.is(
        new LiveView.Loop(
            consensus.round().number(),
            effects.isCatchingUp(),
            consensus.whyStalled().map(Node::lines).orElse(List.of())));
    metrics.ifPresent(
        m -> m.live(network.peers().size(), mempool.size(), consensus.round().number()));
    loop.after(LOOK_INTERVAL, this::look);
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

  private ChainHead chainHead(Head head, DerivedState derived) {
    return new ChainHead(
        head.state(),
        parameters.fees().nextBaseFee(head.header()),
        parameters.gasLimit(derived.mode()),
        parameters.forks().at(head.header().timestampSeconds()));
  }

  private LiveView.Present present(Head head, DerivedState derived) {
    return new LiveView.Present(
        head.height().number(),
        derived.mode().quorumMode().name(),
        parameters.fees().nextBaseFee(head.header()),
        derived.set());
  }

  private NodePool.BlockRules nextBlockRules() {
    BlockHeader header = store.head().header();
    return new NodePool.BlockRules(
        header.gasLimit(), parameters.forks().at(header.timestampSeconds()));
  }

  private Network.Head head() {
    return new Network.Head(store.head().height(), store.head().hash());
  }

  private Identity identity() throws ConfigurationException {
    if (files.signer().isEmpty()) {
      return new Identity.Following();
    }
    return new Identity.Validating(
        files
            .account()
            .orElseThrow(() ->
                new ConfigurationException(
                    "the key " + files.signer().get().publicKey() + " is no validator's")));
  }

  private static Map<Address, PeerId> nodesOf(GenesisFile genesis) {
    Map<Address, PeerId> nodes = new TreeMap<>();
    for (GenesisFile.GenesisValidator validator : genesis.validators()) {
      validator
          .nodeId()
          .ifPresent(id -> nodes.put(validator.candidate().account(), PeerId.fromHex(id)));
    }
    return nodes;
  }

  private NetworkConfiguration networkConfiguration(
      NodeConfiguration configuration, Hash genesisHash) throws IOException {
    List<PeerEndpoint> named = new ArrayList<>();
    for (NodeConfiguration.StaticPeer peer : configuration.network().peers()) {
      InetSocketAddress at = peer.address();
      named.add(new PeerEndpoint(PeerId.fromHex(peer.id()), at.getHostString(), at.getPort()));
    }
    boolean oneMachine = configuration.network().listen().getAddress().isLoopbackAddress();
    return new NetworkConfiguration(
        NodeIdentity.loadOrCreate(configuration.network().folder(), new SecureRandom()),
        configuration.network().listen(),
        parameters.chainId().toLongExact(),
        genesisHash,
        named,
        oneMachine ? NetworkLimits.ONE_MACHINE : NetworkLimits.PUBLIC,
        Instant.now().toEpochMilli());
  }

  private static ExecutorService verifiers() {
    int threads = Math.max(1, Runtime.getRuntime().availableProcessors());
    return new ThreadPoolExecutor(
        threads,
        threads,
        1,
        TimeUnit.MINUTES,
        new ArrayBlockingQueue<>(CHECKS_MAX),
        Thread.ofPlatform().name("verify-", 0).daemon().factory(),
        new ThreadPoolExecutor.CallerRunsPolicy());
  }

  private void stopBroken(Throwable cause) {
    LOG.atError().setCause(cause).log("a promise of the node is broken; it stops");
    stopWith(cause.toString());
  }

  private void stopWith(String reason) {
    broken = true;
    LOG.atError().addKeyValue("reason", reason).log("node stops");
    Thread _ = Thread.ofPlatform().name("stop").start(this::close);
  }

  /// Hears from the network.
  private final class Handler implements NetworkHandler {
    @Override
    public void connected(Peer peer) {
      loop.post(() -> effects.heard(NodePorts.peer(peer.id()), peer.hello().head()));
    }

    @Override
    public void disconnected(PeerId peer, CloseReason reason) {
      loop.post(() -> effects.lost(NodePorts.peer(peer)));
    }

    @Override
    public void received(PeerId from, PeerMessage message) {
      if (message instanceof Proposal proposal) {
        finality.proposed(proposal.height().number());
      }
      loop.post(() -> effects.received(NodePorts.peer(from), message));
    }

    @Override
    public boolean wantsTransaction(Hash hash) {
      return mempool.wants(hash);
    }

    @Override
    public Optional<Bytes> transaction(Hash hash) {
      return mempool.find(hash).map(recovered -> recovered.transaction().encoded());
    }

    @Override
    public void receivedTransactions(PeerId from, List<Bytes> transactions) {
      verifiers.execute(() -> take(transactions));
    }

    private void take(List<Bytes> encodings) {
      List<Hash> admitted = new ArrayList<>();
      for (Bytes encoding : encodings) {
        try {
          if (mempool.add(TransactionCodec.decode(encoding))
              instanceof Admission.Admitted(Hash hash)) {
            admitted.add(hash);
          }
        } catch (MalformedException malformed) {
          break; // What follows comes from the same sender of garbage.
        }
      }
      if (!admitted.isEmpty()) {
        network.announce(admitted);
        tellPending();
      }
    }
  }
}
