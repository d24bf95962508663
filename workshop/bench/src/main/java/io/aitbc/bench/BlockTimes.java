// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.EnumMap;
import java.util.Map;

/// Where the processor time of one block went, on the thread that handles it. It begins when this
/// is made.
final class BlockTimes {
  /// What handling a block consists of, in order.
  enum Stage {
    /// Transactions from their bytes, with their hashes.
    DECODE("decode and hash"),
    /// The senders.
    RECOVER("recover senders"),
    /// The transactions' effects on the accounts; reads accounts from the store.
    EXECUTE("execute"),
    /// The state root; reads and makes trie nodes.
    STATE_ROOT("state root"),
    /// The roots of transactions and receipts, and the header.
    HEADER("receipts and header"),
    /// Rows of the block and of the state, one batch, one sync.
    STORE("store");

    private final String title;

    Stage(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Map<Stage, Long> nanos = new EnumMap<>(Stage.class);
  private long since = THREADS.getCurrentThreadCpuTime();

  /// A stage has ended; the next begins.
  void ended(Stage stage) {
    long now = THREADS.getCurrentThreadCpuTime();
    nanos.merge(stage, now - since, Long::sum);
    since = now;
  }

  /// Processor time of a stage in nanoseconds.
  long nanos(Stage stage) {
    return nanos.getOrDefault(stage, 0L);
  }

  /// Processor time of all stages in nanoseconds.
  long nanos() {
    return nanos.values().stream().mapToLong(Long::longValue).sum();
  }
}
