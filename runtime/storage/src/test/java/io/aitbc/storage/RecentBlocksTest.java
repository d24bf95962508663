// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Block;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Bloom;
import io.aitbc.model.Height;
import io.aitbc.model.Log;
import io.aitbc.model.Receipt;
import io.aitbc.model.TransactionType;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
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

  @Test
  void asManyOfTheLastBlocksAreKeptAsThereIsRoomFor() {
    RecentBlocks blocks = new RecentBlocks(4, 100_000);
    for (long number = 0; number < 10; number++) {
      blocks.add(block(number, 20_000));
    }
    assertEquals(List.of(6L, 7L, 8L, 9L), kept(blocks));
    blocks.add(block(10, 50_000));
    assertEquals(List.of(8L, 9L, 10L), kept(blocks));
    blocks.add(block(11, 101_000));
    assertEquals(List.of(), kept(blocks));
    blocks.add(block(12, 50_000));
    blocks.add(block(13, 50_000));
    assertEquals(List.of(12L, 13L), kept(blocks));
  }

  @Test
  void whatWasTakenBackIsGoneAndWhatComesInsteadIsKept() {
    RecentBlocks blocks = new RecentBlocks(4, 100_000);
    for (long number = 0; number < 10; number++) {
      blocks.add(block(number, 20_000));
    }
    blocks.clear();
    assertEquals(List.of(), kept(blocks));
    RecentBlocks.Recent instead = block(8, 30_000);
    blocks.add(instead);
    assertEquals(List.of(8L), kept(blocks));
    assertEquals(Optional.of(instead.receipts()), blocks.receipts(new Height(8)));
  }

  private static List<Long> kept(RecentBlocks blocks) {
    return LongStream.range(0, 20)
        .filter(number -> blocks.block(new Height(number)).isPresent())
        .boxed()
        .toList();
  }

  /// A block that takes so much.
  private static RecentBlocks.Recent block(long number, int bytes) {
    BlockHeader header =
        new BlockHeader(
            Hash.ZERO,
            Address.ZERO,
            Hash.ZERO,
            Hash.ZERO,
            Hash.ZERO,
            Bloom.EMPTY,
            number,
            1_000,
            0,
            0,
            Bytes.EMPTY,
            Hash.ZERO,
            Amount.ZERO,
            BlockHeader.EMPTY_TRIE_ROOT,
            0,
            0,
            Hash.ZERO,
            Optional.empty());
    return new RecentBlocks.Recent(new Block(header, List.of()), receipts(bytes - 512));
  }
}
