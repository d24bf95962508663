// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.model.Block;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Height;
import io.aitbc.model.Receipt;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// The last blocks that were appended, as they came, as many as there is room for. Whoever follows
/// the chain asks for these, and to read one from the tables costs the hash of every transaction
/// and every topic in it.
///
/// One thread changes it; any number of threads read.
final class RecentBlocks {
  /// How many there are at most: those of a minute or so, in which a client sees its job done.
  static final int BLOCKS_MAX = 128;

  /// What they may take together, about: 16,000 transfers do, and the logs of one block can be
  /// more.
  static final long BYTES_MAX = 1 << 24;

  /// What a transaction and its receipt, or a log, take beside the bytes in them.
  private static final int OBJECT_BYTES = 512;

  /// A block and the receipts of its transactions.
  record Recent(Block block, List<Receipt> receipts) {
    private long bytes() {
      long transactions =
          block.transactions().stream()
              .mapToLong(each -> each.encoded().length() + OBJECT_BYTES)
              .sum();
      return transactions
          + receipts.stream()
              .flatMap(receipt -> receipt.logs().stream())
              .mapToLong(log -> log.data().length() + OBJECT_BYTES)
              .sum();
    }
  }

  /// Each at its height modulo the length.
  private final AtomicReferenceArray<@Nullable Recent> blocks;

  /// What each takes, at the same place. Only the writer's.
  private final long[] bytes;

  private final long bytesMax;

  /// No block yet of a store that keeps no more than `retention` says.
  RecentBlocks(Retention retention) {
    this(
        switch (retention) {
          case Retention.Archive _ -> BLOCKS_MAX;
          case Retention.Pruned pruned -> (int) Math.min(BLOCKS_MAX, pruned.bodies());
        },
        BYTES_MAX);
  }

  /// @param blocksMax how many there are at most, at least 1
  /// @param bytesMax what they may take together
  RecentBlocks(int blocksMax, long bytesMax) {
    this.blocks = new AtomicReferenceArray<>(blocksMax);
    this.bytes = new long[blocksMax];
    this.bytesMax = bytesMax;
  }

  /// The block is in the tables, and is the last. The oldest ones go for which there is no room.
  void add(Recent block) {
    long height = block.block().header().number();
    blocks.set(place(height), block);
    bytes[place(height)] = block.bytes();
    long sum = 0;
    for (int back = 0; back < bytes.length && back <= height; back++) {
      int place = place(height - back);
      if (blocks.get(place) == null) {
        return; // Nor are there older ones.
      }
      sum += bytes[place];
      if (sum > bytesMax) {
        blocks.set(place, null);
      }
    }
  }

  /// Blocks were taken back, or the tables are closed.
  void clear() {
    for (int i = 0; i < blocks.length(); i++) {
      blocks.set(i, null);
    }
  }

  /// The header of one of these blocks.
  Optional<BlockHeader> header(Height height) {
    return at(height).map(found -> found.block().header());
  }

  /// One of these blocks.
  Optional<Block> block(Height height) {
    return at(height).map(Recent::block);
  }

  /// The receipts of one of these blocks.
  Optional<List<Receipt>> receipts(Height height) {
    return at(height).map(Recent::receipts);
  }

  private Optional<Recent> at(Height height) {
    return Optional.ofNullable(blocks.get(place(height.number())))
        .filter(found -> found.block().header().number() == height.number());
  }

  private int place(long height) {
    return (int) (height % blocks.length());
  }
}
