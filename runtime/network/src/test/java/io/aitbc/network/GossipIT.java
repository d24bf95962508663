// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Height;
import io.aitbc.model.PeerMessage;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GossipIT {
  @Test // Protocol §15.3
  void aTransactionReachesNodesThatAreNotConnectedToItsOrigin() {
    try (TestNode a = TestNode.start();
        TestNode b = TestNode.start(a.endpoint());
        TestNode c = TestNode.start(b.endpoint())) {
      TestNode.await("a line", () -> b.network().peers().size() == 2);
      Seed random = Seed.of(1);
      List<Hash> hashes = new ArrayList<>();
      for (int i = 0; i < 5_000; i++) {
        Bytes transaction = Bytes.wrap(random.bytes(120));
        a.hold(transaction);
        hashes.add(Keccak256.hash(transaction));
      }
      a.network().announce(hashes);
      TestNode.await("all at the other end", () -> c.pool.keySet().containsAll(hashes));
    }
  }

  @Test // Protocol §15.1
  void aPeerThatComesBackIsReachedAgain() {
    NodeIdentity identity = TestNode.identity();
    NetworkLimits limits = NetworkLimits.ONE_MACHINE;
    try (TestNode a = TestNode.start(identity, 0, TestNode.GENESIS, limits);
        TestNode b = TestNode.start(a.endpoint())) {
      TestNode.await("connection", () -> b.isConnectedTo(a));
      int port = a.endpoint().port();
      a.network().close();
      TestNode.await("loss", () -> !b.isConnectedTo(a));
      try (TestNode again = TestNode.start(identity, port, TestNode.GENESIS, limits)) {
        TestNode.await("connection again", () -> b.isConnectedTo(again));
        PeerMessage.Status status =
            new PeerMessage.Status(Height.GENESIS, Hash.ZERO, Height.GENESIS);
        TestNode.await("send", () -> b.network().send(again.id(), status) == Network.Sent.QUEUED);
        TestNode.await("message", () -> !again.heard.isEmpty());
        assertEquals(status, again.heard.getFirst().message());
      }
    }
  }

  @Test // Protocol §15.1
  void aNodeLearnsOfOthersFromTheOneItKnows() {
    try (TestNode a = TestNode.start();
        TestNode b = TestNode.start(a.endpoint())) {
      TestNode.await("connection", () -> a.isConnectedTo(b));
      try (TestNode c = TestNode.start(a.endpoint())) {
        TestNode.await("the third", () -> c.isConnectedTo(b) || b.isConnectedTo(c));
      }
    }
  }
}
