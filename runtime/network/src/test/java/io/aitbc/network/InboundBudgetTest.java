// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class InboundBudgetTest {
  private static final long SECOND = 1_000_000_000L;
  private final NetworkLimits limits = NetworkLimits.PUBLIC;
  private final InboundBudget.Blocks blocks = new InboundBudget.Blocks(limits);

  @Test // Protocol §15.4
  void peersOfOneBlockShareItsBudget() throws UnknownHostException {
    AddressBlock block = block("10.0.0.1");
    int second = (int) limits.peerBytesPerSecond();
    for (int i = 0; i < 2; i++) {
      assertEquals(0, blocks.budgetIn(block, 0).spend(second, 0));
    }
    assertTrue(blocks.budgetIn(block, 0).spend(second, 0) > 0);
    assertEquals(0, blocks.budgetIn(block("10.0.1.1"), 0).spend(second, 0));
  }

  @Test // Protocol §15.4
  void whoHasAPlaceOfItsOwnDoesNotWaitForItsBlock() throws UnknownHostException {
    AddressBlock block = block("10.0.0.1");
    for (int i = 0; i < 4; i++) {
      long _ = blocks.budgetIn(block, 0).spend((int) limits.peerBytesPerSecond(), 0);
    }
    assertTrue(blocks.budgetIn(block, 0).spend(1, 0) > 0);
    InboundBudget validator = blocks.budgetIn(block, 0);
    assertEquals(0, validator.spendAlone((int) limits.peerBytesPerSecond(), 0));
    assertTrue(validator.spendAlone(1, 0) > 0);
  }

  @Test // Protocol §15.4
  void messagesCountHoweverSmall() throws UnknownHostException {
    InboundBudget budget = blocks.budgetIn(block("10.0.0.1"), 0);
    for (int i = 0; i < limits.peerMessagesPerSecond(); i++) {
      assertEquals(0, budget.spend(5, 0));
    }
    assertTrue(budget.spend(5, 0) > 0);
  }

  @Test // Protocol §15.4
  void aBlockOpensConnectionsAtItsRate() throws UnknownHostException {
    AddressBlock block = block("10.0.0.1");
    for (int i = 0; i < limits.attemptsBurst(); i++) {
      assertTrue(blocks.mayConnect(block, 0));
    }
    assertFalse(blocks.mayConnect(block, 0));
    assertTrue(blocks.mayConnect(block, SECOND));
  }

  @Test // Protocol §15.4
  void ablockIs24BitsOfIpv4And48OfIpv6() throws UnknownHostException {
    assertEquals(block("10.0.0.1"), block("10.0.0.254"));
    assertFalse(block("10.0.0.1").equals(block("10.0.1.1")));
    assertEquals(block("2001:db8:1::1"), block("2001:db8:1:ffff::1"));
    assertFalse(block("2001:db8:1::1").equals(block("2001:db8:2::1")));
  }

  private static AddressBlock block(String address) throws UnknownHostException {
    return AddressBlock.of(InetAddress.getByName(address));
  }
}
