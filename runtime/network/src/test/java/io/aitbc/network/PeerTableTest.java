// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Hash;
import io.aitbc.network.PeerTable.Admission;
import io.aitbc.network.PeerTable.Direction;
import java.net.InetAddress;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PeerTableTest {
  private static final InetAddress ADDRESS = address(0);
  private static final AddressBlock BLOCK = AddressBlock.of(ADDRESS);
  private final PeerTable<String> table = table(id(5), Set.of(id(90)));

  @Test // Protocol §15.1
  void ofTwoConnectionsBothSidesKeepTheSameOne() {
    // 1 dials 2 on "x" while 2 dials 1 on "y"; the hellos may come in any order.
    PeerTable<String> one = table(id(1), Set.of());
    PeerTable<String> two = table(id(2), Set.of());
    admitted(one.admit(id(2), Direction.OUTBOUND, "x"));
    refused(one.admit(id(2), Direction.INBOUND, "y"));
    admitted(two.admit(id(1), Direction.OUTBOUND, "y"));
    assertEquals(
        new Admission.Admitted<>(Optional.of("y")), two.admit(id(1), Direction.INBOUND, "x"));
    assertEquals("x", one.find(id(2)));
    assertEquals("x", two.find(id(1)));
  }

  @Test // Protocol §15.1
  void aPeerThatDialsAgainHasLostItsOlderConnection() {
    admitted(table.admit(id(7), Direction.INBOUND, "old"));
    assertEquals(
        new Admission.Admitted<>(Optional.of("old")), table.admit(id(7), Direction.INBOUND, "new"));
  }

  @Test // Protocol §15.1
  void theEndOfAReplacedConnectionDoesNotRemoveItsSuccessor() {
    open();
    open();
    admitted(table.admit(id(7), Direction.INBOUND, "old"));
    admitted(table.admit(id(7), Direction.INBOUND, "new"));
    assertFalse(table.left(BLOCK, Optional.of(id(7)), "old"));
    assertEquals("new", table.find(id(7)));
    assertTrue(table.left(BLOCK, Optional.of(id(7)), "new"));
    assertFalse(table.isConnected(id(7)));
  }

  @Test // Protocol §15.1
  void aNodeDoesNotTalkToItself() {
    assertEquals(
        new Admission.Refused<>(new CloseReason.OwnId()),
        table.admit(id(5), Direction.INBOUND, "self"));
  }

  @Test // Protocol §15.4
  void validatorsHavePlacesBesideTheOthers() {
    for (int i = 10; i < 12; i++) {
      admitted(table.admit(id(i), Direction.INBOUND, "c" + i));
    }
    refused(table.admit(id(12), Direction.INBOUND, "one too many"));
    table.reserve(Set.of(id(12)));
    admitted(table.admit(id(12), Direction.INBOUND, "a validator"));
    admitted(table.admit(id(90), Direction.INBOUND, "a named peer"));
  }

  @Test // Protocol §15.4
  void whoBecomesAValidatorFreesItsPlace() {
    admitted(table.admit(id(10), Direction.INBOUND, "a"));
    admitted(table.admit(id(11), Direction.INBOUND, "b"));
    table.reserve(Set.of(id(10)));
    admitted(table.admit(id(12), Direction.INBOUND, "c"));
  }

  @Test // Protocol §15.4
  void anAddressBlockHasABoundAndGetsItsPlacesBack() {
    for (int i = 0; i < 3; i++) {
      open();
    }
    assertEquals(
        Optional.of(new CloseReason.TooManyInBlock(3)), table.opened(ADDRESS, Direction.INBOUND));
    assertFalse(table.left(BLOCK, Optional.empty(), "gone"));
    open();
  }

  @Test // Protocol §15.4
  void handshakesHaveABound() {
    for (int i = 0; i < 4; i++) {
      assertTrue(table.opened(address(i), Direction.INBOUND).isEmpty());
    }
    InetAddress fifth = address(5);
    assertTrue(table.opened(fifth, Direction.INBOUND).isPresent());
    table.handshakeEnded();
    assertTrue(table.opened(fifth, Direction.INBOUND).isEmpty());
  }

  @Test // Protocol §15.4
  void strangersDoNotFillUpTheWayOfWhoHasAPlace() {
    InetAddress named = address(7);
    table.expect(named);
    for (int i = 0; i < 4; i++) {
      assertTrue(table.opened(address(i), Direction.INBOUND).isEmpty());
    }
    assertTrue(table.opened(address(4), Direction.INBOUND).isPresent());
    assertTrue(table.opened(named, Direction.INBOUND).isEmpty());
  }

  @Test // Protocol §15.4
  void expectedAddressesHaveABound() {
    for (int i = 0; i <= PeerTable.EXPECTED_MAX; i++) {
      table.expect(address(i));
    }
    assertFalse(table.isExpected(address(0)));
    assertTrue(table.isExpected(address(PeerTable.EXPECTED_MAX)));
  }

  private void open() {
    assertEquals(Optional.empty(), table.opened(ADDRESS, Direction.INBOUND));
    table.handshakeEnded();
  }

  private static void admitted(Admission<String> admission) {
    assertInstanceOf(Admission.Admitted.class, admission);
  }

  private static void refused(Admission<String> admission) {
    assertInstanceOf(Admission.Refused.class, admission);
  }

  private static PeerTable<String> table(PeerId own, Set<PeerId> named) {
    return new PeerTable<>(own, named, TestLimits.withPeers(2, 3, 4));
  }

  /// Each in a block of its own.
  private static InetAddress address(int number) {
    return InetAddress.ofLiteral("10.%d.%d.1".formatted(number / 256, number % 256));
  }

  static PeerId id(int number) {
    byte[] bytes = new byte[Hash.BYTES];
    bytes[Hash.BYTES - 1] = (byte) number;
    return new PeerId(Hash.of(bytes));
  }
}
