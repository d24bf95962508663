// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.consensus.Input;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class PendingNewsTest { // Protocol §5.4
  private static final Input PENDING = new Input.TransactionsPending();
  private static final Input NOTHING = new Input.NothingPending();

  private final ArrayDeque<Runnable> loop = new ArrayDeque<>();
  private final List<Input> given = new ArrayList<>();
  private BooleanSupplier pool = () -> false;
  private final PendingNews news =
      new PendingNews(() -> pool.getAsBoolean(), loop::add, given::add);

  private void runLoop() {
    for (Runnable task = loop.poll(); task != null; task = loop.poll()) {
      task.run();
    }
  }

  @Test
  void manyTransactionsAreToldOnceABlock() {
    news.arrived();
    news.arrived();
    runLoop();
    assertEquals(List.of(PENDING), given);
    news.becameFinal();
    assertEquals(List.of(PENDING, NOTHING), given);
    news.arrived();
    news.arrived();
    runLoop();
    assertEquals(List.of(PENDING, NOTHING, PENDING), given);
    pool = () -> true;
    news.becameFinal();
    news.arrived();
    runLoop();
    assertEquals(List.of(PENDING, NOTHING, PENDING, PENDING), given);
  }

  @Test
  void aTransactionThatComesWhileABlockBecomesFinalIsTheLastWord() {
    for (boolean before : new boolean[] {false, true}) {
      given.clear();
      news.arrived(); // In the block that becomes final.
      runLoop();
      if (before) {
        news.arrived(); // Between the block and the loop's look.
        pool = () -> true;
      } else {
        pool =
            () -> { // During the look, which does not see it.
              news.arrived();
              return false;
            };
      }
      news.becameFinal();
      runLoop();
      assertEquals(PENDING, given.getLast());
      pool = () -> false;
      news.becameFinal();
    }
  }
}
