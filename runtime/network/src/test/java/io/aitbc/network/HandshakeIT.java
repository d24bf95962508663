// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Height;
import io.aitbc.model.PeerMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HandshakeIT {
  private static final PeerMessage STATUS =
      new PeerMessage.Status(Height.GENESIS, Hash.ZERO, Height.GENESIS);

  @Test // Protocol §15.1
  void twoNodesKnowEachOtherByTheirKeys() {
    try (TestNode a = TestNode.start();
        TestNode b = TestNode.start(a.endpoint())) {
      TestNode.await("connection", () -> a.isConnectedTo(b) && b.isConnectedTo(a));
      TestNode.await("events", () -> a.connected.size() == 1 && b.connected.size() == 1);
      assertEquals(Peer.Dialled.BY_PEER, a.connected.getFirst().dialled());
      assertEquals(Peer.Dialled.BY_THIS_NODE, b.connected.getFirst().dialled());
    }
  }

  @Test // Protocol §15.1
  void anotherGenesisIsRefused() {
    Hash other = Hash.ZERO;
    try (TestNode a = TestNode.start();
        TestNode b =
            TestNode.start(
                TestNode.identity(), 0, other, NetworkLimits.ONE_MACHINE, a.endpoint())) {
      TestNode.await("refusals", () -> a.network().counters().read().connectionsOpened() > 2);
      assertEquals(0, a.connected.size() + b.connected.size());
    }
  }

  @Test // Protocol §15.1
  void theReasonIsTold() throws Exception {
    try (TestNode a = TestNode.start()) {
      int version = PeerMessage.PROTOCOL_VERSION;
      long chain = TestNode.CHAIN_ID;
      assertEquals(1, refusalOf(a, hello(version + 1, chain, TestNode.GENESIS)));
      assertEquals(2, refusalOf(a, hello(version, chain + 1, TestNode.GENESIS)));
      assertEquals(3, refusalOf(a, hello(version, chain, Hash.ZERO)));
      assertEquals(7, refusalOf(a, new PeerMessage.Ping(1)));
      assertEquals(0, a.connected.size());
    }
  }

  @Test // Protocol §15.1
  void aSecondHelloEndsTheConnection() throws Exception {
    try (TestNode a = TestNode.start();
        RawPeer peer = RawPeer.greeted(a.network(), TestNode.identity())) {
      var _ = peer.readUntil(PeerMessage.Hello.class);
      peer.send(RawPeer.hello());
      assertEquals(7, peer.readToGoodbye());
    }
  }

  @Test // Protocol §15.1
  void whoAnswersInPlaceOfTheDialledPeerIsRefused() {
    try (TestNode a = TestNode.start()) {
      PeerId stranger = TestNode.identity().id();
      PeerEndpoint wrong = new PeerEndpoint(stranger, "127.0.0.1", a.endpoint().port());
      try (TestNode b = TestNode.start(wrong)) {
        TestNode.await("attempts", () -> a.network().counters().read().connectionsOpened() > 1);
        assertEquals(0, a.connected.size() + b.connected.size());
      }
    }
  }

  @Test // Protocol §15.1
  void aNodeDoesNotConnectToItself() throws Exception {
    NodeIdentity identity = TestNode.identity();
    try (TestNode a = TestNode.start(identity, 0, TestNode.GENESIS, NetworkLimits.ONE_MACHINE);
        RawPeer self = RawPeer.secured(a.network(), identity, "TLSv1.3")) {
      assertEquals(4, self.readToGoodbye());
    }
  }

  @Test // Protocol §15.1
  void twoNodesThatDialEachOtherKeepOneConnection() {
    for (int i = 0; i < 10; i++) {
      dialEachOther(TestNode.identity(), TestNode.identity());
    }
  }

  /// Whatever a node takes for another arrives, whichever connections come and go meanwhile.
  private static void dialEachOther(NodeIdentity first, NodeIdentity second) {
    int firstPort;
    int secondPort;
    try (TestNode a = TestNode.start();
        TestNode b = TestNode.start()) {
      firstPort = a.endpoint().port();
      secondPort = b.endpoint().port();
    }
    NetworkLimits limits = NetworkLimits.ONE_MACHINE;
    try (TestNode a =
            TestNode.start(
                first,
                firstPort,
                TestNode.GENESIS,
                limits,
                new PeerEndpoint(second.id(), "127.0.0.1", secondPort));
        TestNode b =
            TestNode.start(
                second,
                secondPort,
                TestNode.GENESIS,
                limits,
                new PeerEndpoint(first.id(), "127.0.0.1", firstPort))) {
      TestNode.await("connection", () -> a.isConnectedTo(b) && b.isConnectedTo(a));
      for (int i = 0; i < 50; i++) {
        assertEquals(Network.Sent.QUEUED, sendWhenConnected(a, b));
        assertEquals(Network.Sent.QUEUED, sendWhenConnected(b, a));
      }
      TestNode.await("messages", () -> a.heard.size() == 50 && b.heard.size() == 50);
      assertEquals(1, a.network().peers().size());
      assertEquals(1, b.network().peers().size());
    }
  }

  @Test // Protocol §15.1
  void aConnectionThatGivesWayIsReadUntilThePeerGivesItUpToo() throws Exception {
    NodeIdentity identity = TestNode.identity();
    try (TestNode a = TestNode.start();
        RawPeer older = RawPeer.greeted(a.network(), identity)) {
      TestNode.await("connection", () -> a.network().peers().size() == 1);
      try (RawPeer newer = RawPeer.greeted(a.network(), identity)) {
        assertEquals(6, older.readUntil(PeerMessage.Goodbye.class).reason());
        older.send(STATUS);
        TestNode.await("the older one's", () -> a.heard.size() == 1);
        assertEquals(Network.Sent.QUEUED, a.network().send(identity.id(), new PeerMessage.Ping(1)));
        assertEquals(1, newer.readUntil(PeerMessage.Ping.class).nonce());
        older.send(new PeerMessage.Goodbye(6));
        assertEquals(Optional.empty(), older.read());
        newer.send(STATUS);
        TestNode.await("the newer one's", () -> a.heard.size() == 2);
        assertEquals(1, a.network().peers().size());
      }
    }
  }

  @Test // Protocol §15.1
  void whoHasNoOtherConnectionYetGoesOnWithTheOneThatThePeerGaveUp() throws Exception {
    NodeIdentity identity = TestNode.identity();
    try (TestNode a = TestNode.start();
        RawPeer peer = RawPeer.greeted(a.network(), identity)) {
      TestNode.await("connection", () -> a.network().peers().size() == 1);
      peer.send(new PeerMessage.Goodbye(6));
      peer.send(STATUS);
      TestNode.await("what came behind", () -> a.heard.size() == 1);
      assertEquals(Network.Sent.QUEUED, a.network().send(identity.id(), new PeerMessage.Ping(1)));
      assertEquals(1, peer.readUntil(PeerMessage.Ping.class).nonce());
      TestNode.await("the end of its patience", () -> a.reasonWhyLeft(identity.id()).isPresent());
      assertEquals(Optional.of(new CloseReason.ClosedByPeer(6)), a.reasonWhyLeft(identity.id()));
    }
  }

  private static Network.Sent sendWhenConnected(TestNode from, TestNode to) {
    TestNode.await("connection", () -> from.isConnectedTo(to));
    return from.network().send(to.id(), STATUS);
  }

  @Test // Protocol §15.1
  void withoutACertificateThereIsNoConnection() {
    try (TestNode a = TestNode.start()) {
      assertThrows(
          IOException.class,
          () -> {
            try (RawPeer peer = RawPeer.secured(a.network(), null, "TLSv1.3")) {
              peer.send(RawPeer.hello());
              // The refusal of the client's certificate comes with the first read in TLS 1.3.
              int next = peer.socket().getInputStream().read();
              throw new AssertionError("read " + next);
            }
          });
      assertEquals(0, a.connected.size());
    }
  }

  @Test // Protocol §15.1
  void olderVersionsOfTlsAreRefused() {
    try (TestNode a = TestNode.start()) {
      assertThrows(
          IOException.class,
          () -> RawPeer.secured(a.network(), TestNode.identity(), "TLSv1.2").close());
    }
  }

  @Test // Protocol §15.1
  void whoSaysNothingIsCutOff() throws Exception {
    Duration shortly = Duration.ofMillis(300);
    NetworkLimits limits = TestLimits.withTimes(shortly, shortly, shortly, Duration.ofSeconds(20));
    try (TestNode a = TestNode.start(limits);
        RawPeer silent = RawPeer.plain(a.network());
        RawPeer noHello = RawPeer.secured(a.network(), TestNode.identity(), "TLSv1.3")) {
      assertEquals(Optional.empty(), silent.read());
      assertEquals(8, noHello.readToGoodbye());
    }
  }

  @Test // Protocol §15.1
  void theReasonOfAGoodbyeReachesTheHandler() throws Exception {
    try (TestNode a = TestNode.start()) {
      NodeIdentity identity = TestNode.identity();
      try (RawPeer peer = RawPeer.greeted(a.network(), identity)) {
        peer.send(new PeerMessage.Goodbye(200));
        TestNode.await("end", () -> a.reasonWhyLeft(identity.id()).isPresent());
      }
      assertEquals(Optional.of(new CloseReason.ClosedByPeer(200)), a.reasonWhyLeft(identity.id()));
    }
  }

  @Test // Protocol §15.1
  void aNodeThatStopsSaysSo() throws Exception {
    RawPeer peer;
    try (TestNode a = TestNode.start()) {
      peer = RawPeer.greeted(a.network(), TestNode.identity());
      TestNode.await("connection", () -> a.network().peers().size() == 1);
    }
    try (peer) {
      assertEquals(new CloseReason.Shutdown().code(), peer.readToGoodbye());
    }
  }

  private static PeerMessage.Hello hello(int version, long chainId, Hash genesis) {
    return new PeerMessage.Hello(version, chainId, genesis, Height.GENESIS, Hash.ZERO, 0);
  }

  private static int refusalOf(TestNode node, PeerMessage first) throws Exception {
    try (RawPeer peer = RawPeer.secured(node.network(), TestNode.identity(), "TLSv1.3")) {
      peer.send(first);
      assertInstanceOf(PeerMessage.Hello.class, peer.read().orElseThrow());
      return peer.readToGoodbye();
    }
  }
}
