// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import java.util.LinkedHashMap;
import java.util.Map;

/// What one connection may bring in: its own budgets of bytes and messages, and those of its
/// address block, which it shares. Protocol §15.4.
///
/// @param peerBytes bytes of the peer
/// @param peerMessages messages of the peer
/// @param blockBytes bytes of the address block
/// @param blockMessages messages of the address block
record InboundBudget(
    Budget peerBytes, Budget peerMessages, Budget blockBytes, Budget blockMessages) {
  /// Counts one frame.
  ///
  /// @param now the present instant in nanoseconds
  /// @return nanoseconds for which nothing more may be read
  long spend(int bytes, long now) {
    long block = Math.max(blockBytes.spend(bytes, now), blockMessages.spend(1, now));
    return Math.max(spendAlone(bytes, now), block);
  }

  /// Counts one frame of a peer with a place of its own: strangers in its address block do not have
  /// it read more slowly.
  ///
  /// @param now the present instant in nanoseconds
  /// @return nanoseconds for which nothing more may be read
  long spendAlone(int bytes, long now) {
    return Math.max(peerBytes.spend(bytes, now), peerMessages.spend(1, now));
  }

  /// The budgets of address blocks. They outlive connections, or a new connection would be a new
  /// budget.
  static final class Blocks {
    /// How many address blocks are remembered; about 2 MB.
    static final int BLOCKS_MAX = 8192;

    private record Block(Budget attempts, Budget bytes, Budget messages) {}

    private final NetworkLimits limits;
    private final Map<AddressBlock, Block> blocks = new LinkedHashMap<>(16, 0.75f, true);

    Blocks(NetworkLimits limits) {
      this.limits = limits;
    }

    /// Whether one more connection may be opened from `block` now.
    boolean mayConnect(AddressBlock block, long now) {
      return find(block, now).attempts.trySpend(1, now);
    }

    /// The budget of a new connection from `block`.
    InboundBudget budgetIn(AddressBlock block, long now) {
      Block shared = find(block, now);
      return new InboundBudget(
          oneSecond(limits.peerBytesPerSecond(), now),
          oneSecond(limits.peerMessagesPerSecond(), now),
          shared.bytes,
          shared.messages);
    }

    private synchronized Block find(AddressBlock block, long now) {
      Block found =
          blocks.computeIfAbsent(
              block,
              _ ->
                  new Block(
                      new Budget(limits.attemptsPerSecond(), limits.attemptsBurst(), now),
                      oneSecond(limits.blockBytesPerSecond(), now),
                      oneSecond(limits.blockMessagesPerSecond(), now)));
      if (blocks.size() > BLOCKS_MAX) {
        blocks.remove(blocks.keySet().iterator().next());
      }
      return found;
    }

    private static Budget oneSecond(long perSecond, long now) {
      return new Budget(perSecond, perSecond, now);
    }
  }
}
