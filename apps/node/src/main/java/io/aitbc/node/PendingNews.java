// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.Input;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Tells consensus, once a block, whether transactions wait. The last word is always true: none
/// that came while a block became final waits for an empty interval.
final class PendingNews {
  private final BooleanSupplier hasExecutable;
  private final Consumer<Runnable> loop;
  private final Consumer<Input> give;
  private final AtomicBoolean told = new AtomicBoolean();

  /// @param hasExecutable whether transactions wait, on any thread
  /// @param loop has a task run on the loop after those before it
  /// @param give takes what is told, on the loop
  PendingNews(BooleanSupplier hasExecutable, Consumer<Runnable> loop, Consumer<Input> give) {
    this.hasExecutable = hasExecutable;
    this.loop = loop;
    this.give = give;
  }

  /// On any thread: a transaction came.
  void arrived() {
    if (told.compareAndSet(false, true)) {
      loop.accept(() -> give.accept(new Input.TransactionsPending()));
    }
  }

  /// On the loop: a block is final, and the pool is without its transactions.
  void becameFinal() {
    told.set(false); // Before looking: what comes from here on is told behind this.
    boolean more = hasExecutable.getAsBoolean();
    if (more) {
      told.set(true);
    }
    give.accept(more ? new Input.TransactionsPending() : new Input.NothingPending());
  }
}
