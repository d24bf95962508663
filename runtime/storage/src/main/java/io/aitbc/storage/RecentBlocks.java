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

/// The last blocks that were appended, as they came, except large ones. Whoever follows the chain
/// asks for these, and to read one from the tables costs the hash of every transaction and every
/// topic in it.
///
/// One thread changes it; any number of threads read.
final class RecentBlocks {
  /// How many there are at most: those of some seconds.
  static final int BLOCKS_MAX = 8;

  /// What one of them may take, about: 2,000 transfers do, and logs can be a hundred times as much.
  static final long BYTES_MAX = 1 << 21;

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

  /// No block yet of a store that keeps no more than `retention` says.
  RecentBlocks(Retention retention) {
    blocks =
        new AtomicReferenceArray<>(
            switch (retention) {
              case Retention.Archive _ -> BLOCKS_MAX;
              case Retention.Pruned pruned -> (int) Math.min(BLOCKS_MAX, pruned.bodies());
            });
  }

  /// The block is in the tables, and is the last.
  void add(Recent block) {
    boolean isLarge = block.bytes() > BYTES_MAX;
    blocks.set(place(block.block().header().number()), isLarge ? null : block);
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
