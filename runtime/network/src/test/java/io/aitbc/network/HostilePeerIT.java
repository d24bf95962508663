// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.FrameType;
import io.aitbc.model.Height;
import io.aitbc.model.PeerMessage;
import io.aitbc.testkit.Seed;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HostilePeerIT {
  private static final PeerMessage.Status STATUS =
      new PeerMessage.Status(Height.GENESIS, Hash.ZERO, Height.GENESIS);

  @Test // Protocol §15.2, §15.4
  void anOversizeFrameEndsTheConnectionAndBansThePeer() throws Exception {
    try (TestNode a = TestNode.start()) {
      NodeIdentity identity = TestNode.identity();
      try (RawPeer peer = RawPeer.greeted(a.network(), identity)) {
        peer.write(new byte[] {0x7f, -1, -1, -1, (byte) FrameType.BLOCKS.code()});
        assertEquals(9, peer.readToGoodbye());
      }
      assertEquals(1, a.network().counters().read().malformed());
      try (RawPeer again = RawPeer.secured(a.network(), identity, "TLSv1.3")) {
        assertEquals(18, again.readToGoodbye());
      }
    }
  }

  @Test // Protocol §15.2
  void aMessageThatIsNotCanonicalEndsTheConnection() throws Exception {
    try (TestNode a = TestNode.start();
        RawPeer peer = RawPeer.greeted(a.network(), TestNode.identity())) {
      // A ping whose number has a leading zero.
      peer.write(new byte[] {0, 0, 0, 4, 3, (byte) 0xc3, (byte) 0x82, 0, 1});
      assertEquals(11, peer.readToGoodbye());
    }
  }

  @Test // Protocol §15.4
  void aPeerWithAPlaceOfItsOwnIsCutOffButNotBanned() throws Exception {
    NodeIdentity validator = TestNode.identity();
    try (TestNode a = TestNode.start()) {
      a.network().reserve(Set.of(validator.id()));
      for (int i = 0; i < 3; i++) {
        try (RawPeer peer = RawPeer.greeted(a.network(), validator)) {
          peer.write(new byte[] {0, 0, 0, 0, (byte) 0xee});
          assertEquals(10, peer.readToGoodbye());
        }
      }
    }
  }

  @Test // Protocol §15.4
  void garbageInPlaceOfTlsHarmsNobody() throws Exception {
    try (TestNode a = TestNode.start();
        TestNode b = TestNode.start(a.endpoint())) {
      Seed random = Seed.of(5);
      for (int i = 0; i < 50; i++) {
        try (RawPeer peer = RawPeer.plain(a.network())) {
          peer.write(random.bytes(1 + random.below(5_000)));
        } catch (IOException closed) {
          // As it should be.
        }
      }
      TestNode.await("connection", () -> a.isConnectedTo(b));
      TestNode.await("all closed", () -> a.network().counters().read().handshakesFailed() >= 50);
      assertTrue(a.isConnectedTo(b));
    }
  }

  /// Sends as fast as the connection takes it, until the connection is closed.
  ///
  /// @param sent counts what the connection took
  private static Thread flooding(RawPeer flood, AtomicLong sent) {
    return Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              flood.send(STATUS);
              long _ = sent.incrementAndGet();
            }
          } catch (IOException closed) {
            // The end of the test.
          }
        });
  }

  @Test // Protocol §15.4
  void aFloodIsReadAtTheRateOfItsBudget() throws Exception {
    int rate = 500;
    try (TestNode a = TestNode.start(TestLimits.withMessagesPerSecond(rate));
        RawPeer flood = RawPeer.greeted(a.network(), TestNode.identity())) {
      long start = System.nanoTime();
      Thread sender = flooding(flood, new AtomicLong());
      TestNode.await("pauses", () -> a.network().counters().read().pauses() >= 3);
      // In this order a thread that is not run in between makes the bound wider, never narrower.
      long read = a.network().counters().read().messagesRead();
      double seconds = (System.nanoTime() - start) / 1e9;
      flood.socket().close();
      sender.join();
      // The burst of a second, the rate, and what one read of the socket brings beyond it.
      assertTrue(read < rate * (seconds + 1) + 2_000, read + " in " + seconds);
    }
  }

  @Test // Protocol §15.4
  void othersDoNotWaitForAFlood() throws Exception {
    // What one read of the socket brings takes minutes to pay for: the flood's pause lasts.
    try (TestNode a = TestNode.start(TestLimits.withMessagesPerSecond(1));
        TestNode b = TestNode.start(a.endpoint());
        RawPeer flood = RawPeer.greeted(a.network(), TestNode.identity())) {
      TestNode.await("connections", () -> a.network().peers().size() == 2);
      AtomicLong sent = new AtomicLong();
      Thread sender = flooding(flood, sent);
      TestNode.await(
          "twenty messages to another while the flood waits",
          () -> {
            long read = a.network().counters().read().messagesRead();
            boolean isWaiting = sent.get() > read;
            for (int i = 0; i < 20; i++) {
              int seen = b.heard.size();
              assertEquals(Network.Sent.QUEUED, a.network().send(b.id(), STATUS));
              TestNode.await("a message to another", () -> b.heard.size() > seen);
            }
            return isWaiting && a.network().counters().read().messagesRead() == read;
          });
      flood.socket().close();
      sender.join();
    }
  }

  @Test // Protocol §15.2, §15.4
  void aSlowReaderIsDroppedWhileOthersGetTheirVotes() throws Exception {
    Duration stall = Duration.ofMillis(500);
    NetworkLimits limits =
        TestLimits.withTimes(
            stall, Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(20));
    NodeIdentity slow = TestNode.identity();
    try (TestNode a = TestNode.start(limits);
        TestNode b = TestNode.start(a.endpoint());
        RawPeer _ = RawPeer.greeted(a.network(), slow)) {
      TestNode.await("connections", () -> a.network().peers().size() == 2);
      // The slow peer asks for much and reads nothing.
      PeerMessage bulk = bulk();
      for (int i = 0; i < 10; i++) {
        Network.Sent _ = a.network().send(slow.id(), bulk);
      }
      int votes = 0;
      while (a.reasonWhyLeft(slow.id()).isEmpty() && votes < 2_000) {
        int _ = a.network().broadcast(STATUS);
        votes++;
        Thread.sleep(2);
      }
      int sent = votes;
      TestNode.await("every vote at the other", () -> b.heard.size() >= sent);
      TestNode.await("the drop", () -> a.reasonWhyLeft(slow.id()).isPresent());
      assertInstanceOf(CloseReason.SlowReader.class, a.reasonWhyLeft(slow.id()).orElseThrow());
      assertEquals(1, a.network().counters().read().slowReaders());
    }
  }

  @Test // Protocol §15.2
  void aFrameThatNeverEndsIsCutOff() throws Exception {
    Duration shortly = Duration.ofMillis(300);
    NetworkLimits limits =
        TestLimits.withTimes(
            Duration.ofSeconds(5), shortly, Duration.ofSeconds(5), Duration.ofSeconds(20));
    try (TestNode a = TestNode.start(limits);
        RawPeer peer = RawPeer.greeted(a.network(), TestNode.identity())) {
      peer.write(new byte[] {0, 0, 0, 40, 3, 1, 2, 3});
      assertEquals(12, peer.readToGoodbye());
    }
  }

  @Test // Protocol §15.1
  void aSilentPeerIsAskedAndThenCutOff() throws Exception {
    NetworkLimits limits =
        TestLimits.withTimes(
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofMillis(800));
    try (TestNode a = TestNode.start(limits);
        RawPeer peer = RawPeer.greeted(a.network(), TestNode.identity())) {
      var _ = peer.readUntil(PeerMessage.Ping.class);
      assertEquals(15, peer.readToGoodbye());
    }
  }

  /// Sends one to another until there is no room for more.
  private static int sentUntilSlowedDown(TestNode from, TestNode to) throws InterruptedException {
    PeerMessage bulk = bulk();
    int sent = 0;
    int refused = 0;
    while (refused < 5) {
      if (from.network().send(to.id(), bulk) == Network.Sent.QUEUED) {
        sent++;
      } else {
        refused++;
        Thread.sleep(50);
      }
      assertTrue(sent < 100, "nothing slows the sender down");
    }
    return sent;
  }

  @Test // Protocol §15.4
  void aSlowHandlerSlowsItsPeersDownAndLosesNothing() throws Exception {
    try (TestNode a = TestNode.start();
        TestNode b = TestNode.start(a.endpoint())) {
      TestNode.await("connection", () -> b.isConnectedTo(a));
      AtomicBoolean open = new AtomicBoolean();
      a.onReceived = () -> TestNode.await("the handler goes on", open::get);
      int sent = sentUntilSlowedDown(b, a);
      open.set(true);
      TestNode.await("every message", () -> a.heard.size() == sent);
    }
  }

  @Test // Protocol §15.4
  void whatIsNotHandledYetSlowsItsSenderDownAndNobodyElse() throws Exception {
    try (TestNode a = TestNode.start();
        TestNode b = TestNode.start(a.endpoint());
        TestNode c = TestNode.start(a.endpoint())) {
      TestNode.await("connections", () -> b.isConnectedTo(a) && c.isConnectedTo(a));
      Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
      AtomicBoolean open = new AtomicBoolean();
      a.onHandled =
          (from, handled) -> {
            if (from.equals(b.id()) && !open.get()) {
              boolean _ = waiting.add(handled);
            } else {
              handled.run();
            }
          };
      int sent = sentUntilSlowedDown(b, a);
      assertTrue(a.heard.size() < sent, "all of it was read");
      assertEquals(Network.Sent.QUEUED, c.network().send(a.id(), STATUS));
      TestNode.await(
          "the other's", () -> a.heard.stream().anyMatch(each -> each.from().equals(c.id())));
      open.set(true);
      int all = sent + 1;
      TestNode.await(
          "every message",
          () -> {
            for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
              next.run();
            }
            return a.heard.size() == all;
          });
    }
  }

  @Test // Protocol §15.4
  void whoHasNoPlaceIsToldSo() throws Exception {
    try (TestNode a = TestNode.start(TestLimits.withPeers(2, 100, 100))) {
      List<RawPeer> peers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        peers.add(RawPeer.greeted(a.network(), TestNode.identity()));
        var _ = peers.getLast().readUntil(PeerMessage.Hello.class);
      }
      TestNode.await("both", () -> a.network().peers().size() == 2);
      try (RawPeer third = RawPeer.greeted(a.network(), TestNode.identity())) {
        assertEquals(16, third.readToGoodbye());
      }
      for (RawPeer each : peers) {
        each.close();
      }
    }
  }

  @Test // Protocol §15.4
  void aHandlerThatThrowsEndsTheNetwork() {
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    AtomicBoolean told = new AtomicBoolean();
    Thread.setDefaultUncaughtExceptionHandler((_, _) -> told.set(true));
    try (TestNode a = TestNode.start();
        TestNode b = TestNode.start(a.endpoint())) {
      TestNode.await("connection", () -> b.isConnectedTo(a));
      a.onReceived =
          () -> {
            throw new IllegalStateException("broken invariant");
          };
      Network.Sent _ = b.network().send(a.id(), STATUS);
      TestNode.await("the end", () -> !b.isConnectedTo(a) && told.get());
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  /// A message of 1 MiB that goes to the handler.
  private static PeerMessage bulk() {
    List<Bytes> bodies = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      bodies.add(Bytes.wrap(new byte[PeerMessage.TRANSACTION_BYTES_MAX]));
    }
    return new PeerMessage.MissingTransactions(Hash.ZERO, bodies);
  }
}
