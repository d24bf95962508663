// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Height;
import io.aitbc.model.PeerAddress;
import io.aitbc.model.PeerMessage;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PeerExchangeTest {
  private static final PeerId OWN = PeerTableTest.id(1);
  private static final PeerId PEER = PeerTableTest.id(2);
  private final AddressBook book = new AddressBook(List.of(), new SplittableRandom(1), 0);
  private final List<PeerMessage> sent = new ArrayList<>();
  private final PeerExchange exchange = new PeerExchange(OWN, book, (_, said) -> sent.add(said));

  @BeforeEach
  void connect() throws UnknownHostException {
    PeerMessage.Hello hello =
        new PeerMessage.Hello(1, 1, Hash.ZERO, Height.GENESIS, Hash.ZERO, 30303);
    exchange.connected(
        new Peer(PEER, "10.0.0.2:4711", Peer.Dialled.BY_PEER, hello),
        InetAddress.getByName("10.0.0.2"),
        0);
  }

  @Test // Protocol §15.1
  void whoDialledIsRememberedAtThePortItNamed() {
    assertEquals(List.of(new PeerEndpoint(PEER, "10.0.0.2", 30303)), book.due(0, 1, _ -> true));
  }

  @Test // Protocol §15.1
  void anAnswerThatNobodyAskedForIsNotBelieved() {
    exchange.told(PEER, peers(3), 0);
    assertEquals(1, book.size());
  }

  @Test // Protocol §15.1
  void anAnswerIsBelievedOnce() {
    exchange.tick(0);
    exchange.told(PEER, peers(3), 0);
    exchange.told(PEER, peers(4), 0);
    assertEquals(2, book.size());
  }

  @Test // Protocol §15.1
  void aNodeDoesNotDialItselfBecauseAPeerSaysSo() {
    exchange.tick(0);
    exchange.told(PEER, peers(1), 0);
    assertEquals(1, book.size());
  }

  @Test // Protocol §15.4
  void whoAsksTooOftenIsAnsweredOnce() {
    exchange.asked(PEER, 10, 0);
    exchange.asked(PEER, 10, 1);
    assertEquals(1, sent.size());
    exchange.asked(PEER, 10, PeerExchange.ANSWER_NANOS);
    assertEquals(2, sent.size());
  }

  private static PeerMessage.Peers peers(int id) {
    return new PeerMessage.Peers(
        List.of(
            new PeerAddress(
                PeerTableTest.id(id).hash().toBytes(),
                Bytes.of((byte) 10, (byte) 0, (byte) id, (byte) 1),
                30303)));
  }
}
