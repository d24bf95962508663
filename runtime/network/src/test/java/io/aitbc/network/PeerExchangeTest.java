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
    assertEquals(List.of(new PeerEndpoint(PEER, "10.0.0.2", 30303)), book.due(0, 9, 1, _ -> true));
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

  /// How many of these addresses are believed of a peer at `teller`.
  private int believed(String teller, String... told) {
    PeerId peer = PeerTableTest.id(50);
    PeerMessage.Hello hello = new PeerMessage.Hello(1, 1, Hash.ZERO, Height.GENESIS, Hash.ZERO, 0);
    exchange.connected(
        new Peer(peer, teller + ":4711", Peer.Dialled.BY_THIS_NODE, hello),
        InetAddress.ofLiteral(teller),
        0);
    exchange.tick(0);
    int before = book.size();
    List<PeerAddress> addresses = new ArrayList<>();
    for (int i = 0; i < told.length; i++) {
      addresses.add(
          new PeerAddress(
              PeerTableTest.id(100 + i).hash().toBytes(),
              Bytes.of(InetAddress.ofLiteral(told[i]).getAddress()),
              30303));
    }
    exchange.told(peer, new PeerMessage.Peers(addresses), 0);
    return book.size() - before;
  }

  @Test // Protocol §15.1: nobody has a node dial inside of its own network.
  void aPeerOnTheInternetTellsOfAddressesThereAlone() {
    String[] inside = {
      "127.0.0.1",
      "10.0.0.1",
      "192.168.1.1",
      "169.254.1.1",
      "0.0.0.0",
      "224.0.0.1",
      "::1",
      "fe80::1",
      "fd00::1",
      "::ffff:10.0.0.7"
    };
    assertEquals(0, believed("8.8.8.8", inside));
    assertEquals(1, believed("8.8.8.8", "9.9.9.9"));
  }

  @Test // Protocol §15.1
  void aPeerOfTheSameNetworkTellsOfItsOthers() {
    assertEquals(2, believed("192.168.7.7", "10.0.9.1", "127.0.0.1", "9.9.9.9"));
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
