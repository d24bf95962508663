// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.consensus.ConsensusGenesis;
import io.aitbc.consensus.DerivedState;
import io.aitbc.crypto.Hash;
import io.aitbc.devnet.NodeProcess;
import io.aitbc.execution.Genesis;
import io.aitbc.model.Address;
import io.aitbc.model.AggregateSignature;
import io.aitbc.model.Ballot;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.Height;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.Round;
import io.aitbc.model.ValidatorSet;
import io.aitbc.model.Vote;
import io.aitbc.network.Network;
import io.aitbc.network.Peer;
import io.aitbc.network.PeerId;
import io.aitbc.node.GenesisFile;
import io.aitbc.node.NodeConfiguration;
import io.aitbc.node.NodeEnd;
import io.aitbc.signer.BlsValidatorKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A validator in a process of its own hears from a peer what its key signed and its record does
/// not know. Protocol §8.3.1.
class TwinKeyIT {
  /// What docs/operator.md has operators look for.
  private static final String SENTENCE = "this node's key signs elsewhere too";

  /// In the first epoch, and above all that a node gets to in this test.
  private static final Height ABOVE = new Height(99);

  private static final long WAIT_MILLIS_MAX = 120_000;

  @TempDir private Path folder;

  /// A second process with a validator's key.
  private static final class Twin implements AutoCloseable {
    private final GenesisFile genesis;
    private final Hash genesisHash;
    private final Address account;
    private final BlsValidatorKey key;

    /// @param validator of a network that has no other
    Twin(NodeConfiguration validator) throws Exception {
      genesis = GenesisFile.read(validator.genesis());
      genesisHash = genesis.state().hash();
      key = PretendedPeer.key(validator);
      account = PretendedPeer.account(genesis, key);
    }

    private DerivedState derived() {
      Genesis begin = genesis.genesis();
      return DerivedState.genesis(
          new ConsensusGenesis(genesisHash, begin.timestampMillis(), begin.snapshot()));
    }

    private Ballot.Commit ballot() {
      return new Ballot.Commit(
          ABOVE, Round.ZERO, derived().rules().mode(), genesisHash, genesisHash);
    }

    Vote vote() {
      Ballot ballot = ballot();
      return new Vote(ballot, account, key.sign(ballot.message(genesisHash)));
    }

    CommitCertificate certificate() {
      Ballot.Commit ballot = ballot();
      ValidatorSet set = derived().set();
      return new CommitCertificate(
          ballot,
          new AggregateSignature(
              set.signers(List.of(account)), key.sign(ballot.message(genesisHash))));
    }

    @Override
    public void close() {
      key.close();
    }
  }

  /// A peer that says nothing by itself, and hears whether it is asked for its latest certificate.
  private static final class Listener extends PretendedPeer implements AutoCloseable {
    private final BlockingQueue<PeerId> met = new LinkedBlockingQueue<>();
    private final BlockingQueue<PeerId> asking = new LinkedBlockingQueue<>();
    private final Network network;

    Listener(NodeConfiguration node, Hash genesis) throws Exception {
      network = dial(endpoint(node), genesis, new Network.Head(Height.GENESIS, genesis));
    }

    /// Tells a node something, once it is connected.
    void tells(PeerMessage message) throws InterruptedException {
      tells(met, message);
    }

    /// Answers a node that asks for the latest certificate.
    void answers(CommitCertificate certificate) throws InterruptedException {
      tells(asking, certificate);
    }

    private void tells(BlockingQueue<PeerId> nodes, PeerMessage message)
        throws InterruptedException {
      PeerId node = nodes.poll(WAIT_MILLIS_MAX, TimeUnit.MILLISECONDS);
      assertNotNull(node, "no node, or it asks for no certificate");
      assertEquals(Network.Sent.QUEUED, network.send(node, message));
    }

    @Override
    public void connected(Peer peer) {
      boolean _ = met.add(peer.id());
    }

    @Override
    public void received(PeerId from, PeerMessage message) {
      if (message.equals(new PeerMessage.CertificateRequest(Height.GENESIS))) {
        boolean _ = asking.add(from);
      }
    }

    @Override
    public void close() {
      network.close();
    }
  }

  /// What the twin has a peer do.
  @FunctionalInterface
  private interface Deed {
    void by(Listener peer, Twin twin) throws InterruptedException;
  }

  private void theNodeEndsBy(Deed deed) throws Exception {
    try (DevnetRun run = new DevnetRun(folder, 1, new NetworkKind.Hybrid())) {
      NodeConfiguration node =
          NodeConfiguration.read(run.devnet().nodes().getFirst().configuration());
      NodeProcess process = run.process(0);
      try (Twin twin = new Twin(node);
          Listener peer = new Listener(node, twin.genesisHash)) {
        deed.by(peer, twin);
        assertEquals(
            OptionalInt.of(NodeEnd.FAULT.status()),
            process.awaitEnd(WAIT_MILLIS_MAX),
            process::logTail);
      }
      assertTrue(Files.readString(process.log()).contains(SENTENCE), process::logTail);
    }
  }

  @Test
  void aNodeEndsThatHearsAVoteOfItsKeyAboveItsRecord() throws Exception {
    theNodeEndsBy((peer, twin) -> peer.tells(twin.vote()));
  }

  @Test
  void aNodeAsksWhoConnectsForTheLatestCertificateAndEndsIfItsKeySignedThat() throws Exception {
    theNodeEndsBy((peer, twin) -> peer.answers(twin.certificate()));
  }

  @Test
  void theOperatorIsToldWhatToDoThen() throws Exception {
    assertTrue(Files.readString(Monitored.docs().resolve("operator.md")).contains(SENTENCE));
    assertEquals(1, NodeEnd.FAULT.status(), "as the table of exit statuses has it");
  }
}
