// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.Address;
import io.aitbc.model.Height;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.Transaction;
import io.aitbc.model.UInt256;
import io.aitbc.state.FinalState;
import io.aitbc.state.StateProof;
import io.aitbc.state.StateView;
import io.aitbc.testkit.Seed;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

// Protocol §10.4.
class TakingBackTest {
  /// So little that the tables of state are written after every other block or so.
  private static final long CACHE_BYTES = 1 << 18;

  private static final int DEEPEST = NetworkKind.Poa.REORGANIZATION_BLOCKS_MAX;
  private static final Retention PRUNED = new Retention.Pruned(DEEPEST, 20);

  private final TestChain chain = new TestChain(7, 40);
  private final MemoryKeyValues tables = new MemoryKeyValues();

  /// Forwards and back at random, with crashes between: what is there is what a chain has that
  /// never knew the blocks taken back.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatIsTakenBackWasNeverThere(boolean archive) {
    Retention retention = archive ? new Retention.Archive() : PRUNED;
    Seed seed = Seed.of(archive ? 1 : 2);
    // One not made at once is still to be made when blocks are taken back.
    Executor flushing =
        task -> {
          if (seed.chance(1, 2)) {
            task.run();
          }
        };
    ChainStore store = ChainStore.begin(tables, chain.genesis, retention, CACHE_BYTES, flushing);
    int depths = 0;
    for (int step = 0; step < 30; step++) {
      boolean deepest = step % 5 == 0;
      for (int blocks = deepest ? DEEPEST : seed.between(1, 6); blocks > 0; blocks--) {
        store.append(reversible(chain.next(6)));
      }
      long head = store.head().height().number();
      long lowest = store.lowestHead().number();
      assertEquals(Math.max(0, store.highest().number() - DEEPEST), lowest);
      if (head > lowest) {
        long to = deepest ? lowest : seed.between((int) lowest, (int) head - 1);
        FinalState held = store.head().state();
        List<FinalBlock> gone = List.copyOf(chain.blocks.subList((int) to, (int) head));
        StateView before = chain.states.get((int) head);
        store.rollBack(new Height(to));
        depths = Math.max(depths, gone.size());
        same(before, held); // A state stands still for whoever holds it.
        for (FinalBlock block : gone) {
          chain.forgetLast();
          assertEquals(Optional.empty(), store.height(block.hash()));
          assertEquals(Optional.empty(), store.block(block.height()));
          assertEquals(Optional.empty(), store.receipts(block.height()));
          for (Transaction each : block.block().transactions()) {
            assertEquals(Optional.empty(), store.place(each.hash()));
          }
        }
      }
      check(store);
      if (seed.chance(1, 3)) {
        store = opened(tables.crashed(), retention, flushing);
        check(store);
      }
    }
    assertEquals(DEEPEST, depths);
  }

  @Test
  void tenBlocksBelowTheHighestHeadIsTheEnd() {
    ChainStore store = ChainStore.begin(tables, chain.genesis, PRUNED, CACHE_BYTES, Runnable::run);
    append(store, 15);
    assertThrows(IllegalArgumentException.class, () -> store.rollBack(new Height(4)));
    assertThrows(IllegalArgumentException.class, () -> store.rollBack(new Height(15)));
    store.rollBack(new Height(9));
    ChainStore again = opened(tables.crashed(), PRUNED);
    // Head 9 is lower than 15, but there was a 15.
    assertEquals(new Height(15), again.highest());
    assertThrows(IllegalArgumentException.class, () -> again.rollBack(new Height(4)));
    again.rollBack(new Height(5));
    assertEquals(new Height(5), again.head().height());
  }

  @Test
  void aDiskThatFailsTakesAllBackOrNothing() {
    for (boolean made : new boolean[] {false, true}) {
      TestChain failing = new TestChain(3, 60);
      MemoryKeyValues disk = new MemoryKeyValues();
      ChainStore whole =
          ChainStore.begin(disk, failing.genesis, PRUNED, CACHE_BYTES, Runnable::run);
      for (int i = 0; i < 8; i++) {
        whole.append(reversible(failing.next(6)));
      }
      MemoryKeyValues again = disk.crashed();
      ChainStore store =
          assertInstanceOf(
                  StoreOpening.Opened.class,
                  ChainStore.open(
                      new FailingWrites(again, 1, made),
                      failing.genesisHash(),
                      PRUNED,
                      CACHE_BYTES,
                      Runnable::run))
              .store();
      assertThrows(
          DiskException.class,
          () -> {
            // Opening may have written what the crash took of the state.
            store.rollBack(new Height(2));
            store.rollBack(new Height(1));
          });
      assertThrows(DiskException.class, () -> store.rollBack(new Height(0)));
      MemoryKeyValues after = again.crashed();
      ChainStore opened =
          assertInstanceOf(
                  StoreOpening.Opened.class,
                  ChainStore.open(after, failing.genesisHash(), PRUNED, CACHE_BYTES, Runnable::run))
              .store();
      int height = (int) opened.head().height().number();
      assertTrue(List.of(1, 2, 8).contains(height), "head " + height);
      assertEquals(failing.states.get(height).root(), opened.head().state().root());
      same(failing.states.get(height), opened.head().state());
    }
  }

  private void check(ChainStore store) {
    int head = chain.blocks.size();
    assertEquals(head, store.head().height().number());
    if (head > 0) {
      assertEquals(chain.blocks.getLast().hash(), store.head().hash());
      assertEquals(
          Optional.of(authorship(head)), store.authorship(new Height(head)), "slot of the head");
    }
    assertEquals(Optional.empty(), store.block(new Height(head + 1)));
    assertEquals(Optional.empty(), store.authorship(new Height(head + 1)));
    assertEquals(Optional.empty(), store.state(new Height(head + 1)));
    same(chain.state(), store.head().state());
    int oldest = (int) Math.max(store.oldestState().number(), head - 3);
    for (int height = oldest; height <= head; height++) {
      same(chain.states.get(height), store.state(new Height(height)).orElseThrow());
    }
    FinalState proven = store.provableState(new Height(oldest)).orElseThrow();
    StateProof proof = StateProof.of(proven, TestChain.address(3), List.of());
    assertEquals(Optional.empty(), proof.verify(chain.states.get(oldest).root()));
  }

  private void append(ChainStore store, int blocks) {
    for (int i = 0; i < blocks; i++) {
      store.append(reversible(chain.next(6)));
    }
  }

  private ChainStore opened(MemoryKeyValues from, Retention retention) {
    return opened(from, retention, Runnable::run);
  }

  private ChainStore opened(MemoryKeyValues from, Retention retention, Executor flushing) {
    return assertInstanceOf(
            StoreOpening.Opened.class,
            ChainStore.open(from, chain.genesisHash(), retention, CACHE_BYTES, flushing))
        .store();
  }

  private static ReversibleBlock reversible(FinalBlock block) {
    return new ReversibleBlock(
        block.block(),
        block.hash(),
        block.senders(),
        block.receipts(),
        block.diff(),
        authorship(block.height().number()));
  }

  private static Authorship authorship(long height) {
    return new Authorship(2 * height, new BlsSignature(Bytes.of(new byte[BlsSignature.BYTES])));
  }

  private void same(StateView expected, StateView actual) {
    for (int i = 0; i < chain.accounts() + 50; i++) {
      Address address = TestChain.address(i);
      assertEquals(expected.account(address), actual.account(address));
      for (int slot = 0; i % 10 == 0 && slot < 20; slot++) {
        assertEquals(
            expected.storage(address, UInt256.of(slot)), actual.storage(address, UInt256.of(slot)));
      }
    }
  }
}
