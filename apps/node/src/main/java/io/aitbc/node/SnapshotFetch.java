// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.Checkpoint;
import io.aitbc.consensus.Peer;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Height;
import io.aitbc.model.PeerMessage;
import io.aitbc.network.CloseReason;
import io.aitbc.network.Network;
import io.aitbc.network.NetworkConfiguration;
import io.aitbc.network.NetworkHandler;
import io.aitbc.network.Offence;
import io.aitbc.network.PeerId;
import io.aitbc.storage.SnapshotImport;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Fills the empty data folder of a node from its peers' snapshots, before the node itself starts.
/// Whoever is stopped meanwhile begins anew. Protocol §15.5.
final class SnapshotFetch {
  private static final Duration REPORT_INTERVAL = Duration.ofSeconds(10);
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotFetch.class);

  private SnapshotFetch() {}

  /// Fetches the state before the highest checkpoint, if `folder` holds no chain yet; as long as it
  /// takes.
  ///
  /// @throws ConfigurationException if there is no checkpoint to begin from
  /// @throws IOException if disk or network cannot be used
  static void run(
      NodeConfiguration configuration, NodeGenesis genesis, NetworkConfiguration network)
      throws IOException, ConfigurationException {
    if (NodeData.hasChain(configuration.data(), configuration.storage())) {
      return;
    }
    Checkpoint checkpoint =
        configuration.checkpoints().stream()
            .max(Comparator.comparingLong(each -> each.height().number()))
            .filter(each -> each.height().number() > 1)
            .orElseThrow(() ->
                new ConfigurationException(
                    "sync.begin is \"snapshot\", which needs a block to trust: trust.checkpoints"
                        + " or --checkpoint HEIGHT:HASH, one after a snapshot of the peers"));
    LOG.atInfo().addKeyValue("checkpoint", checkpoint).log("fetching a snapshot");
    try (NodeData.Import tables =
            NodeData.beginImport(configuration.data(), configuration.storage(), checkpoint);
        Fetching fetching = new Fetching(genesis.hash(), checkpoint, tables.rows(), network)) {
      SnapshotImport.Start start = fetching.await();
      tables.finish(genesis.hash(), start);
      LOG.atInfo()
          .addKeyValue("height", start.header().number())
          .addKeyValue("rows", fetching.sync.rows())
          .log("snapshot is here");
    }
  }

  /// The sync and the world around it.
  private static final class Fetching implements SnapshotSync.World, NetworkHandler, AutoCloseable {
    private final CompletableFuture<SnapshotImport.Start> end = new CompletableFuture<>();
    private final LoopThread loop = new LoopThread("snapshot", end::completeExceptionally);
    private final Checkpoint checkpoint;
    private final SnapshotSync sync;
    private final Network network;

    Fetching(
        Hash genesisHash,
        Checkpoint checkpoint,
        SnapshotImport tables,
        NetworkConfiguration configuration)
        throws IOException {
      this.checkpoint = checkpoint;
      sync = new SnapshotSync(genesisHash, checkpoint, new BlsScheme(), tables, this);
      network = Network.start(configuration, new Network.Head(Height.GENESIS, genesisHash), this);
      loop.post(this::report);
      loop.start();
    }

    SnapshotImport.Start await() throws IOException {
      try {
        return end.get();
      } catch (ExecutionException failed) {
        throw new IOException("fetching the snapshot: " + failed.getCause(), failed.getCause());
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while fetching the snapshot", interrupted);
      }
    }

    private void report() {
      LOG.atInfo()
          .addKeyValue("peers", network.peers().size())
          .addKeyValue("rows", sync.rows())
          .log("fetching a snapshot");
      if (sync.rows() == 0 && sync.restingPeers() > 0) {
        LOG.atWarn()
            .addKeyValue("peers", sync.restingPeers())
            .addKeyValue("height", checkpoint.height().number() - 1)
            .log(
                "peers do not have the snapshot of the height before the checkpoint: each keeps"
                    + " its last two; if this goes on, stop and trust a later block");
      }
      loop.after(REPORT_INTERVAL, this::report);
    }

    @Override
    public void send(Peer to, PeerMessage message) {
      NodePorts.send(network, to, message);
    }

    @Override
    public boolean isReserved(Peer peer) {
      return network.isReserved(NodePorts.idOf(peer));
    }

    @Override
    public void blame(Peer peer, String reason) {
      PeerId id = NodePorts.idOf(peer);
      LOG.atWarn()
          .addKeyValue("peer", id)
          .addKeyValue("reason", reason)
          .log("a peer sent a snapshot that does not hold");
      network.offended(id, Offence.INVALID);
    }

    @Override
    public void after(Duration delay, Runnable task) {
      loop.after(delay, task);
    }

    @Override
    public long nowMillis() {
      return Instant.now().toEpochMilli();
    }

    @Override
    public void done(SnapshotImport.Start start) {
      end.complete(start);
    }

    @Override
    public void connected(io.aitbc.network.Peer peer) {
      loop.post(() -> sync.connected(NodePorts.peer(peer.id())));
    }

    @Override
    public void disconnected(PeerId peer, CloseReason reason) {
      loop.post(() -> sync.lost(NodePorts.peer(peer)));
    }

    @Override
    public void received(PeerId from, PeerMessage message) {
      loop.post(() -> sync.received(NodePorts.peer(from), message));
    }

    @Override
    public boolean wantsTransaction(Hash hash) {
      return false;
    }

    @Override
    public Optional<Bytes> transaction(Hash hash) {
      return Optional.empty();
    }

    @Override
    public void receivedTransactions(PeerId from, List<Bytes> transactions) {
      // There is no state yet to judge them by.
    }

    @Override
    public void close() {
      network.close();
      loop.close();
    }
  }
}
