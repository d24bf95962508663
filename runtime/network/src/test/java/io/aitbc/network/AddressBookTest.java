// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Hash;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AddressBookTest {
  private static final PeerEndpoint NAMED = endpoint(1, "10.0.0.1");
  private static final long HOUR = 3_600_000_000_000L;
  private final AddressBook book = new AddressBook(List.of(NAMED), new SplittableRandom(1), 0);

  @Test // Protocol §15.1
  void aNamedPeerIsDialledForEver() {
    for (int i = 0; i < 1000; i++) {
      book.failed(NAMED.id(), Backoff.WANTED, 0);
    }
    assertEquals(List.of(NAMED), book.due(HOUR, 9, 0, _ -> true));
  }

  @Test // Protocol §15.1
  void afterAFailureAnAddressWaits() {
    book.failed(NAMED.id(), Backoff.WANTED, 0);
    assertEquals(List.of(), book.due(1, 9, 0, _ -> true));
    assertEquals(List.of(NAMED), book.due(Backoff.WANTED.first().toNanos(), 9, 0, _ -> true));
  }

  @Test // Protocol §15.1
  void ofManyNamedAddressesThoseThatWaitedLongestAreDialledFirst() {
    List<PeerEndpoint> named = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      named.add(new PeerEndpoint(PeerTableTest.id(10 + i), "10.0.0." + i, 30303));
    }
    AddressBook many = new AddressBook(named, new SplittableRandom(1), 0);
    assertEquals(named.subList(0, 2), many.due(0, 2, 0, _ -> true));
    many.failed(named.get(0).id(), Backoff.WANTED, 0);
    many.failed(named.get(1).id(), Backoff.WANTED, 0);
    assertEquals(named.subList(2, 3), many.due(HOUR, 1, 0, _ -> true));
  }

  @Test // Protocol §15.1
  void hearsayThatNeverAnswersIsForgotten() {
    PeerEndpoint heard = endpoint(2, "10.0.1.1");
    hear(heard, 9);
    for (int i = 0; i <= AddressBook.HEARSAY_FAILURES_MAX; i++) {
      book.failed(heard.id(), Backoff.HEARSAY, 0);
    }
    assertEquals(1, book.size());
  }

  @Test // Protocol §15.1
  void hearsayDoesNotMoveANamedOrProvenAddress() {
    PeerEndpoint proven = endpoint(2, "10.0.1.1");
    hear(proven, 9);
    book.reached(proven.id());
    hear(endpoint(2, "66.6.6.6"), 8);
    hear(endpoint(1, "66.6.6.6"), 8);
    assertEquals(List.of(NAMED, proven), book.due(0, 9, 9, _ -> true));
  }

  @Test // Protocol §15.1
  void hearsayMovesOtherHearsayOnlyWhereThatFailedOrComesFromTheSame() {
    PeerEndpoint heard = endpoint(2, "10.0.1.1");
    PeerEndpoint own = endpoint(2, "10.0.2.1");
    PeerEndpoint other = endpoint(2, "66.6.6.6");
    hear(heard, 9);
    hear(other, 8);
    assertEquals(Optional.of(heard), book.find(heard.id()));
    hear(own, 2);
    assertEquals(Optional.of(own), book.find(heard.id()), "it says so itself");
    book.failed(heard.id(), Backoff.HEARSAY, 0);
    hear(other, 8);
    assertEquals(Optional.of(other), book.find(heard.id()));
  }

  @Test // Protocol §15.1
  void whoHasToldItsShareHasNothingForgotten() {
    Seed seed = Seed.of(3);
    for (int i = 0; i < 200; i++) {
      hear(random(seed), 8);
    }
    PeerEndpoint heard = endpoint(2, "10.0.1.1");
    hear(heard, 9);
    book.failed(heard.id(), Backoff.HEARSAY, 0);
    hear(endpoint(2, "66.6.6.6"), 8);
    assertEquals(Optional.of(heard), book.find(heard.id()));
  }

  @Test // Protocol §15.1
  void onePeerFillsOnlyItsShare() {
    Seed seed = Seed.of(1);
    for (int i = 0; i < 10_000; i++) {
      hear(random(seed), 9);
    }
    assertEquals(1 + AddressBook.PER_SOURCE_MAX, book.size());
  }

  @Test // Protocol §15.1
  void oneAddressBlockFillsOnlyItsShare() {
    for (int i = 0; i < 200; i++) {
      hear(endpoint(i + 10, "10.9.9." + i), 10 + i);
    }
    assertEquals(1 + AddressBook.PER_BLOCK_MAX, book.size());
  }

  @Test // Protocol §15.1
  void manySourcesDoNotPushOutAddressesThatHaveWorked() {
    Seed seed = Seed.of(2);
    for (int i = 0; i < 20; i++) {
      PeerEndpoint good = endpoint(i + 10, "10.1." + i + ".1");
      hear(good, 9);
      book.reached(good.id());
    }
    for (int i = 0; i < 20_000; i++) {
      hear(random(seed), seed.below(200));
    }
    assertEquals(1 + AddressBook.HEARSAY_MAX, book.size());
    List<PeerEndpoint> dialled = book.due(0, 9, 20, id -> !id.equals(NAMED.id()));
    assertEquals(20, dialled.stream().filter(each -> each.host().startsWith("10.1.")).count());
  }

  @Test // Protocol §15.1
  void dialledHearsayComesFromDifferentBlocks() {
    for (int i = 0; i < 10; i++) {
      hear(endpoint(i + 10, "10.9.9." + i), 10 + i);
      hear(endpoint(i + 30, "10.8." + i + ".1"), 10 + i);
    }
    List<PeerEndpoint> dialled = book.due(0, 9, 20, id -> !id.equals(NAMED.id()));
    assertEquals(1, dialled.stream().filter(each -> each.host().startsWith("10.9.")).count());
    assertEquals(11, dialled.size());
  }

  @Test // Protocol §15.1
  void unprovenHearsayIsNotToldOn() {
    hear(endpoint(2, "10.0.1.1"), 9);
    PeerEndpoint own = endpoint(3, "10.0.2.1");
    hear(own, 3);
    assertEquals(List.of(own), book.sample(10));
    book.reached(PeerTableTest.id(2));
    assertTrue(book.sample(10).contains(endpoint(2, "10.0.1.1")));
  }

  private void hear(PeerEndpoint endpoint, int source) {
    try {
      book.heard(endpoint, AddressBlock.of(endpoint.resolved()), PeerTableTest.id(source), 0);
    } catch (java.net.UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static PeerEndpoint random(Seed seed) {
    String host = "77." + seed.below(256) + "." + seed.below(256) + "." + seed.below(256);
    return new PeerEndpoint(new PeerId(Hash.of(seed.bytes(32))), host, 30303);
  }

  private static PeerEndpoint endpoint(int id, String host) {
    return new PeerEndpoint(PeerTableTest.id(id), host, 30303);
  }
}
