// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.execution.ExecutionParameters;
import io.aitbc.execution.Machines;
import io.aitbc.mempool.Admission;
import io.aitbc.mempool.Mempool;
import io.aitbc.model.Address;
import io.aitbc.model.MalformedException;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.Proposal;
import io.aitbc.model.SnapshotMessage;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionCodec;
import io.aitbc.network.CloseReason;
import io.aitbc.network.Network;
import io.aitbc.network.NetworkConfiguration;
import io.aitbc.network.NetworkHandler;
import io.aitbc.network.NetworkLimits;
import io.aitbc.network.Peer;
import io.aitbc.network.PeerEndpoint;
import io.aitbc.network.PeerId;
import io.aitbc.network.TrafficClass;
import io.aitbc.rpc.Methods;
import io.aitbc.rpc.RpcServer;
import io.aitbc.rpc.Simulation;
import io.aitbc.storage.ChainStore;
import io.aitbc.storage.Retention;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running node: consensus on one thread, execution on another, signatures on a pool, and the
/// network, the disk and JSON-RPC around them.
public final class Node implements AutoCloseable {
  /// What the node calls itself.
  public static final String VERSION = "aitbc/0.1.0";

  /// Calls of JSON-RPC that run at one time: half of the processors are left to consensus.
  private static final int CALLS_AT_ONCE =
      Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

  private static final Duration LOOK_INTERVAL = Duration.ofMillis(200);

  /// Whether a node of this process has had the virtual machine compiled.
  private static final AtomicBoolean REHEARSED = new AtomicBoolean();

  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicBoolean closing = new AtomicBoolean();
  private final Deque<AutoCloseable> open;
  private final ExecutionParameters parameters;
  private final ChainStore store;
  private final Mempool mempool;
  private final LoopThread loop;
  private final Network network;
  private final FinalityLog finality = new FinalityLog();
  private final NodeMetrics metrics;
  private final LiveView live;
  private final NodeFiles files;
  private final ConsensusEngine engine;
  private final SnapshotServer snapshots;
  private final RpcServer rpc;

  /// Whether there is somebody to be told of transactions: peers may be faster than the start of
  /// this node.
  private volatile boolean started;

  private volatile NodeEnd end = NodeEnd.ASKED;

  /// @param open where parts are put that must be closed, also when a later one cannot start
  private Node(
      NodeConfiguration configuration,
      NodeGenesis genesis,
      GenesisWishes wishes,
      Deque<AutoCloseable> open)
      throws IOException, ConfigurationException {
    this.open = open;
    GenesisFile genesisFile = genesis.file();
    BlsScheme scheme = new BlsScheme();
    parameters = genesisFile.genesis().execution();
    boolean votes = genesisFile.genesis().kind() instanceof NetworkKind.Hybrid;
    requireFinality(votes, configuration);
    requireWayBack(votes, configuration.storage().retention());
    NetworkConfiguration networking =
        networkConfiguration(configuration, parameters.chainId().toLongExact(), genesis.hash());
    if (configuration.sync().begin() == NodeConfiguration.Begin.SNAPSHOT) {
      SnapshotFetch.run(configuration, genesis, networking);
    }
    files = opened(NodeFiles.open(configuration, genesis));
    store = files.store();
    mempool =
        new Mempool(
            configuration.pool(),
            parameters.transactionRules(),
            Secp256k1.chosen(),
            votes
                ? HybridEngine.chainHead(parameters, store.head(), files.derived())
                : NodeParts.chainHead(parameters, store.head(), parameters.secureGasLimit()));
    metrics =
        opened(new NodeMetrics(VERSION, Secp256k1.chosen().name(), genesisFile.genesis().kind()));
    metrics.head(store.head().header());
    loop = new LoopThread("consensus", this::stopBroken);
    LoopThread execution = new LoopThread("execution", this::stopBroken);
    network = opened(Network.start(networking, head(), new Handler()));
    open.push(loop); // Its end waits for whoever hands the loop a message.
    snapshots =
        opened(
            new SnapshotServer(
                store,
                (peer, message) -> NodePorts.send(network, peer, message),
                this::stopBrokenBeside));
    live =
        new LiveView(
            mempool,
            finality,
            this::submit,
            () -> network.peers().size(),
            network.id().toString(),
            genesis.hash(),
            files.signer().isPresent(),
            files.account(),
            store::set,
            votes
                ? HybridEngine.present(parameters, store.head(), files.derived())
                : PoaEngine.present(genesisFile.genesis(), store.head()));
    metrics.watch(new MetricSources(mempool, network, configuration.data(), files.signer()));
    if (configuration.metrics().isPresent()) {
      int _ = metrics.serve(configuration.metrics().get(), new HealthPage(live));
    }
    Machines machines = new Machines(genesis.hash(), Secp256k1.chosen(), scheme);
    NodeParts parts =
        new NodeParts(
            genesis,
            files,
            scheme,
            mempool,
            loop,
            execution,
            SharedThreads.workers(),
            SharedThreads.verifiers(),
            opened(
                new AnswerThread(
                    "blocks",
                    peer -> network.isReserved(NodePorts.idOf(peer)),
                    this::stopBrokenBeside)),
            machines,
            network,
            live,
            metrics,
            this::headChanged,
            this::submit,
            this::stopWith);
    engine =
        votes
            ? new HybridEngine(parts, finality, configuration)
            : new PoaEngine(parts, configuration.onSplit());
    rpc =
        RpcServer.start(
            configuration.rpc().listen(),
            configuration.rpc().access(),
            new Methods(
                genesisFile.genesis().kind(),
                parameters.chainId(),
                new StoredChain(store),
                live,
                new Simulation(parameters, machines::another, CALLS_AT_ONCE)),
            metrics::answered);
    open.push(loop);
    open.push(execution);
    open.push(rpc); // Closed first: no call comes in any more.
    execution.start();
    if (optimizes() && REHEARSED.compareAndSet(false, true)) {
      // Beside the first blocks: a network that waits for this node would wait for it too.
      Thread _ = Thread.ofPlatform().name("rehearsal").daemon().start(() -> rehearse(machines));
    }
    loop.post(engine::start);
    loop.post(this::look);
    loop.start();
    started = true;
    LOG.atInfo()
        .addKeyValue("version", VERSION)
        .addKeyValue("genesis", genesis.hash())
        .addKeyValue("consensus", votes ? "hybrid" : "poa: no block is ever final")
        .addKeyValue("height", store.head().height().number())
        .addKeyValue("rpc", configuration.rpc().listen())
        .addKeyValue("secp256k1", Secp256k1.chosen().name())
        .addKeyValue("validator", files.account().map(Address::toString).orElse("no"))
        .addKeyValue("signer", files.signer().map(NodeSigner::place).orElse("no"))
        .log("node started");
    if (files.signer().filter(NodeSigner::isMoved).isPresent()) {
      LOG.atWarn()
          .addKeyValue("seconds", WaitingSigner.WAIT.toSeconds())
          .log(
              "the key came from elsewhere: it signs nothing for a while, in which a twin would show");
    }
    wishes.unfulfilledBy(genesisFile).forEach(LOG::warn);
  }

  private static void rehearse(Machines machines) {
    long began = System.nanoTime();
    machines.rehearse();
    LOG.atInfo()
        .addKeyValue("millis", (System.nanoTime() - began) / 1_000_000)
        .log("virtual machine rehearsed");
  }

  /// Starts a node.
  ///
  /// @param wishes what its operator believes the network to be; it is told where that is wrong
  /// @throws ConfigurationException if configuration, genesis, keys or data do not fit together
  /// @throws IOException if a file or an address cannot be used
  public static Node start(NodeConfiguration configuration, GenesisWishes wishes)
      throws IOException, ConfigurationException {
    return start(configuration, NodeGenesis.proven(configuration.genesis()), wishes);
  }

  /// The same, of a network whose genesis file was read before.
  ///
  /// @param genesis by {@link NodeGenesis#proven}
  static Node start(NodeConfiguration configuration, NodeGenesis genesis, GenesisWishes wishes)
      throws IOException, ConfigurationException {
    Deque<AutoCloseable> open = new ArrayDeque<>();
    try {
      return new Node(configuration, genesis, wishes, open);
    } catch (IOException | ConfigurationException | RuntimeException failed) {
      close(open);
      throw failed;
    }
  }

  /// Waits for the node's end.
  ///
  /// @return why it came
  public NodeEnd awaitEnd() throws InterruptedException {
    ended.await();
    return end;
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
    close(open);
    ended.countDown();
  }

  /// Whether the JVM has the compiler for whose sake the virtual machine is rehearsed. One that was
  /// told to do without calls itself an emulated client; any other is taken to have it.
  static boolean optimizes() {
    return !System.getProperty("java.vm.info", "").contains("emulated-client");
  }

  private static void close(Deque<AutoCloseable> parts) {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception failed) {
        LOG.atWarn().setCause(failed).log("a part of the node did not close");
      }
    }
  }

  private <T extends AutoCloseable> T opened(T part) {
    open.push(part);
    return part;
  }

  /// Takes a transaction from a caller.
  private Admission submit(Transaction transaction) {
    Admission admission = mempool.add(transaction);
    metrics.admission(admission);
    if (admission instanceof Admission.Admitted(Hash hash)) {
      network.announce(List.of(hash));
      admitted(List.of(hash));
    }
    return admission;
  }

  private void admitted(List<Hash> transactions) {
    transactions.forEach(rpc::pendingAdded);
    engine.transactionsPending();
  }

  private void headChanged() {
    rpc.headChanged();
  }

  /// On the loop, again and again.
  private void look() {
    engine.look();
    loop.after(LOOK_INTERVAL, this::look);
  }

  private Network.Head head() {
    return new Network.Head(store.head().height(), store.head().hash());
  }

  private static void requireFinality(boolean votes, NodeConfiguration configuration)
      throws ConfigurationException {
    if (!votes && !configuration.checkpoints().isEmpty()) {
      throw new ConfigurationException(
          "trust.checkpoints: no block of a network without votes is ever final; take it out");
    }
    if (!votes && configuration.sync().begin() == NodeConfiguration.Begin.SNAPSHOT) {
      throw new ConfigurationException(
          "sync.begin: a network without votes has no snapshots; take it out");
    }
  }

  /// Blocks that may be taken back are taken back by their changes.
  private static void requireWayBack(boolean votes, Retention retention)
      throws ConfigurationException {
    int least = NetworkKind.Poa.REORGANIZATION_BLOCKS_MAX;
    if (!votes && retention instanceof Retention.Pruned pruned && pruned.states() < least) {
      throw new ConfigurationException(
          "storage.retention keeps %d states; a network without votes needs at least %d"
              .formatted(pruned.states(), least));
    }
  }

  private static NetworkConfiguration networkConfiguration(
      NodeConfiguration configuration, long chainId, Hash genesisHash)
      throws IOException, ConfigurationException {
    List<PeerEndpoint> named = new ArrayList<>();
    for (NodeConfiguration.StaticPeer peer : configuration.network().peers()) {
      InetSocketAddress at = peer.address();
      named.add(new PeerEndpoint(PeerId.fromHex(peer.id()), at.getHostString(), at.getPort()));
    }
    boolean oneMachine = configuration.network().listen().getAddress().isLoopbackAddress();
    return new NetworkConfiguration(
        NodeFiles.identity(configuration.network().folder()),
        configuration.network().listen(),
        chainId,
        genesisHash,
        named,
        oneMachine ? NetworkLimits.ONE_MACHINE : NetworkLimits.PUBLIC,
        Instant.now().toEpochMilli());
  }

  private void stopBroken(Throwable cause) {
    Optional<String> disk = NodeEnd.ofDisk(cause);
    if (disk.isPresent()) {
      LOG.atError()
          .setCause(cause)
          .log("the disk is full or failed; what may not be on it is not signed");
      stop(NodeEnd.DISK, disk.get());
    } else {
      LOG.atError().setCause(cause).log("a promise of the node is broken; it stops");
      stopWith(cause.toString());
    }
  }

  /// Of a thread that the node's end does not wait for to its end: what it reads may be closed
  /// then.
  private void stopBrokenBeside(Throwable cause) {
    if (!closing.get()) {
      stopBroken(cause);
    }
  }

  private void stopWith(String reason) {
    stop(NodeEnd.FAULT, reason);
  }

  private void stop(NodeEnd why, String reason) {
    if (end == NodeEnd.ASKED) {
      end = why; // The first is the cause of the others.
    }
    LOG.atError().addKeyValue("reason", reason).log("node stops");
    Thread _ = Thread.ofPlatform().name("stop").start(this::close);
  }

  /// Hears from the network.
  private final class Handler implements NetworkHandler {
    private final TransactionIntake intake =
        new TransactionIntake(
            SharedThreads.takers(),
            SharedThreads.TAKERS_MAX,
            this::take,
            Node.this::stopBrokenBeside);

    @Override
    public void connected(Peer peer) {
      Network.Head head = new Network.Head(peer.hello().head(), peer.hello().headHash());
      loop.post(() -> engine.heard(NodePorts.peer(peer.id()), head));
    }

    @Override
    public void disconnected(PeerId peer, CloseReason reason) {
      loop.post(() -> engine.lost(NodePorts.peer(peer)));
    }

    @Override
    public void received(PeerId from, PeerMessage message) {
      received(from, message, () -> {});
    }

    @Override
    public void received(PeerId from, PeerMessage message, Runnable handled) {
      if (message instanceof Proposal proposal) {
        finality.proposed(proposal.envelope());
      }
      if (message instanceof SnapshotMessage request) {
        // Peers may be faster than the start of this node, and who reads nothing asks in vain.
        if (started && network.hasRoom(from, TrafficClass.SYNC)) {
          snapshots.received(NodePorts.peer(from), request);
        }
        handled.run();
      } else {
        loop.postForPeer(() -> engine.received(NodePorts.peer(from), message, handled));
      }
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
      if (started && network.isReserved(from)) { // Peers may be faster than the start of this node.
        intake.fromValidator(from, transactions);
      } else {
        intake.fromStranger(from, transactions);
      }
    }

    private void take(List<Bytes> encodings) {
      if (closing.get()) {
        return; // The threads that do this are the process's and go on.
      }
      List<Hash> admitted = new ArrayList<>();
      for (Bytes encoding : encodings) {
        try {
          Admission admission = mempool.add(TransactionCodec.decode(encoding));
          metrics.admission(admission);
          if (admission instanceof Admission.Admitted(Hash hash)) {
            admitted.add(hash);
          }
        } catch (MalformedException malformed) {
          break; // What follows comes from the same sender of garbage.
        }
      }
      if (!admitted.isEmpty() && started) {
        network.relay(admitted);
        admitted(admitted);
      }
    }
  }
}
