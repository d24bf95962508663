// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.Address;
import io.aitbc.model.Block;
import io.aitbc.model.Height;
import io.aitbc.model.Log;
import io.aitbc.model.Receipt;
import io.aitbc.model.TransactionType;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecentBlocksTest {
  private final RecentBlocks recent = new RecentBlocks(new Retention.Archive());
  private final Block block = new TestChain(1, 2).genesis.block();
  private final Height height = new Height(block.header().number());

  private static List<Receipt> receipts(int logBytes) {
    Log log = new Log(Address.ZERO, List.of(), Bytes.wrap(new byte[logBytes]));
    return List.of(
        Receipt.of(TransactionType.LEGACY, Receipt.Outcome.SUCCEEDED, 21_000, List.of(log)));
  }

  @Test
  void aBlockOfManyLogsIsReadFromTheTables() {
    int most = (int) RecentBlocks.BYTES_MAX;
    List<Receipt> few = receipts(most / 2);
    recent.add(new RecentBlocks.Recent(block, few));
    assertEquals(Optional.of(few), recent.receipts(height));
    recent.add(new RecentBlocks.Recent(block, receipts(most)));
    assertEquals(Optional.empty(), recent.receipts(height));
    assertEquals(Optional.empty(), recent.block(height));
  }
}
