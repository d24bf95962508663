// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.client.ChainClient;
import io.aitbc.client.JsonRpc;
import io.aitbc.consensus.poa.AuthoredBlock;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Workers;
import io.aitbc.devnet.DevnetFiles;
import io.aitbc.execution.BlockOutline;
import io.aitbc.execution.GenesisState;
import io.aitbc.model.Address;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Height;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.SlotBlock;
import io.aitbc.network.CloseReason;
import io.aitbc.network.Network;
import io.aitbc.network.Peer;
import io.aitbc.network.PeerEndpoint;
import io.aitbc.network.PeerId;
import io.aitbc.node.GenesisFile;
import io.aitbc.node.GenesisWishes;
import io.aitbc.node.Node;
import io.aitbc.node.NodeConfiguration;
import io.aitbc.signer.BlsValidatorKey;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Strangers flood a node of a network without votes with blocks that nobody made: it goes on with
/// its proposer's, and drops them. Protocol §10.4, §15.4.
class PoaFloodIT {
  private static final Address PROPOSER =
      Address.fromHex("0x00000000000000000000000000000000000000aa");
  private static final long WAIT_NANOS_MAX = Duration.ofMinutes(2).toNanos();
  private static final int STRANGERS = 3;
  private static final int BODY_BYTES = 1 << 20;

  @TempDir private Path folder;

  /// A peer that sends blocks, each another one, as fast as they are read.
  private static final class Stranger extends PretendedPeer implements AutoCloseable {
    private final CountDownLatch dropped = new CountDownLatch(1);
    private final BlsValidatorKey key = BlsValidatorKey.fromSeed(new byte[32]);
    private final BlockHeader header;
    private final Network network;
    private final Thread thread = Thread.ofPlatform().daemon().unstarted(this::flood);
    private volatile Optional<PeerId> victim = Optional.empty();

    Stranger(PeerEndpoint victim, GenesisState genesis) {
      header = genesis.block().header();
      network = dial(victim, genesis.hash(), new Network.Head(Height.GENESIS, genesis.hash()));
      thread.start();
    }

    private void flood() {
      for (int i = 0; dropped.getCount() > 0; i++) {
        SlotBlock next = block(i);
        while (dropped.getCount() > 0
            && victim.map(peer -> network.send(peer, next)).orElse(Network.Sent.NOT_CONNECTED)
                != Network.Sent.QUEUED) {
          Thread.onSpinWait();
        }
      }
    }

    /// A block for slot 0, which has begun, with a signature of a key that is nobody's, and without
    /// anything behind its header that could be read; the first has no height that there is.
    private SlotBlock block(int number) {
      long height = number == 0 ? Long.MAX_VALUE : 1L << 20;
      BlockHeader made =
          new BlockHeader(
              Keccak256.hash(Bytes.of((byte) number, (byte) (number >> 8))),
              header.beneficiary(),
              header.stateRoot(),
              header.transactionsRoot(),
              header.receiptsRoot(),
              header.logsBloom(),
              height,
              header.gasLimit(),
              header.gasUsed(),
              header.timestampSeconds(),
              BlockOutline.slotData(0),
              header.mixHash(),
              header.baseFeePerGas(),
              header.withdrawalsRoot(),
              header.blobGasUsed(),
              header.excessBlobGas(),
              header.parentBeaconBlockRoot(),
              header.requestsHash());
      RlpWriter writer = new RlpWriter(BODY_BYTES);
      writer.begin();
      made.write(writer);
      writer.string(Bytes.wrap(new byte[BODY_BYTES])).end();
      return new SlotBlock(
          0,
          writer.toBytes(),
          key.sign(
              AuthoredBlock.message(
                  header.hash(), new Height(1L << 20), 0, made.parentHash(), made.hash())));
    }

    boolean isDropped() {
      return dropped.getCount() == 0;
    }

    @Override
    public void connected(Peer peer) {
      victim = Optional.of(peer.id());
    }

    @Override
    public void disconnected(PeerId peer, CloseReason reason) {
      dropped.countDown();
    }

    @Override
    public void close() {
      dropped.countDown();
      network.close();
      key.close();
    }
  }

  @Test
  void aFloodOfBlocksThatNobodyMadeHoldsUpNobodysAndItsSendersAreDropped() throws Exception {
    DevnetFiles files = DevnetRun.files(folder);
    files.create(2, new NetworkKind.Poa(200), Optional.of(PROPOSER));
    NodeConfiguration maker = NodeConfiguration.read(files.nodes().getFirst().configuration());
    NodeConfiguration follower = NodeConfiguration.read(files.nodes().get(1).configuration());
    GenesisState genesis =
        GenesisState.of(GenesisFile.read(maker.genesis()).genesis(), Workers.NONE);
    PeerEndpoint victim = PretendedPeer.endpoint(follower);
    List<Stranger> strangers = new ArrayList<>();
    try (Node _ = Node.start(maker, GenesisWishes.NONE);
        Node follows = Node.start(follower, GenesisWishes.NONE);
        JsonRpc rpc =
            new JsonRpc(
                URI.create("http://127.0.0.1:" + follows.rpcPort()), Duration.ofSeconds(10))) {
      ChainClient chain = new ChainClient(rpc);
      long end = System.nanoTime() + WAIT_NANOS_MAX;
      long begin = chain.blockNumber();
      int dropped = 0;
      while (chain.blockNumber() < begin + 20 || dropped < STRANGERS) {
        assertTrue(System.nanoTime() < end, chain.blockNumber() + " blocks, dropped " + dropped);
        for (Stranger each : List.copyOf(strangers)) {
          if (each.isDropped()) {
            dropped++;
            strangers.remove(each);
            each.close();
          }
        }
        while (strangers.size() < STRANGERS) { // Until their address block is banned too.
          strangers.add(new Stranger(victim, genesis));
        }
        Thread.sleep(20);
      }
      assertEquals("poa", rpc.call("aitbc_status").path("mode").asText());
    } finally {
      strangers.forEach(Stranger::close);
    }
  }
}
