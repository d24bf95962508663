// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Height;
import io.aitbc.model.UInt256;
import io.aitbc.state.FinalState;
import io.aitbc.state.LayeredState;
import io.aitbc.state.StateProof;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// The tables of state follow the blocks, soon or late: whatever else happens in between, nobody
/// notices. Protocol §13.4.1.
class StateFlushTest {
  /// So little that the tables of state are written after every other block or so.
  private static final long SMALL_CACHE_BYTES = 1 << 18;

  private static final long CACHE_BYTES = 1 << 25;
  private static final int[] DELAYS = {0, 1, 2, HeldFlush.NEVER};
  private static final Retention PRUNED = new Retention.Pruned(10, 20);
  private static final byte[] META_HEAD = ChainStore.meta("head");

  private final TestChain chain = new TestChain(1, 60);
  private final MemoryKeyValues tables = new MemoryKeyValues();

  /// The power is lost after any block, and with it what was written of the state but need not be
  /// durable yet.
  @Test
  void aCrashTakesNothingOfTheState() {
    for (int delay : DELAYS) {
      for (int blocks = 1; blocks <= 24; blocks++) {
        TestChain crashing = new TestChain(blocks, 60);
        MemoryKeyValues before = new MemoryKeyValues();
        HeldFlush flush = new HeldFlush(delay);
        ChainStore store =
            ChainStore.begin(before, crashing.genesis, PRUNED, SMALL_CACHE_BYTES, flush);
        for (int i = 0; i < blocks; i++) {
          store.append(crashing.next(8));
          flush.appended();
        }
        MemoryKeyValues after = before.crashed();
        wholeStateOf(crashing, after, delay);
        // Once more, for making the changes again must leave what made it possible.
        wholeStateOf(crashing, after.crashed(), delay);
      }
    }
  }

  private static void wholeStateOf(TestChain chain, MemoryKeyValues tables, int delay) {
    HeldFlush flush = new HeldFlush(delay);
    StoreOpening opening =
        ChainStore.open(tables, chain.genesisHash(), PRUNED, SMALL_CACHE_BYTES, flush);
    ChainStore store = assertInstanceOf(StoreOpening.Opened.class, opening).store();
    assertEquals(chain.blocks.getLast().hash(), store.head().hash());
    ChainStoreTest.same(chain, chain.state(), store.head().state());
    long oldest = store.oldestProvable().number();
    assertEquals(Math.max(0, chain.blocks.size() - 10), oldest);
    assertEquals(
        chain.states.get((int) oldest).root(),
        store.provableState(new Height(oldest)).orElseThrow().root());
    // The tries are whole: blocks can be made over them.
    for (int i = 0; i < 3; i++) {
      FinalBlock block = chain.next(8, store.head().state());
      chain.states.add(new LayeredState(chain.state(), block.diff()));
      store.append(block);
      flush.appended();
      ChainStoreTest.same(chain, chain.state(), store.head().state());
    }
  }

  /// The disk fails in any write, of a block or of the tables of state, which then is there or not:
  /// nothing is appended any more, and after a restart the store is whole.
  @Test
  void aFailedWriteLeavesAWholeStore() {
    int failures = 0;
    for (int delay : DELAYS) {
      for (int writes = 0; writes < 20; writes++) {
        for (boolean made : new boolean[] {false, true}) {
          TestChain failing = new TestChain(writes, 60);
          MemoryKeyValues disk = new MemoryKeyValues();
          FailingWrites failingDisk = new FailingWrites(disk, writes + 2, made);
          HeldFlush flush = new HeldFlush(delay);
          ChainStore store =
              ChainStore.begin(failingDisk, failing.genesis, PRUNED, SMALL_CACHE_BYTES, flush);
          int appended = 0;
          try {
            while (true) {
              store.append(failing.next(8));
              flush.appended();
              appended++;
            }
          } catch (DiskException failure) {
            failures++;
          }
          assertThrows(DiskException.class, () -> store.append(failing.blocks.getLast()));
          MemoryKeyValues after = disk.crashed();
          long height = Keys.number(after.view().get(Table.META, META_HEAD).orElseThrow(), 0);
          assertTrue(height == appended || height == appended + 1, height + " after " + appended);
          if (height == appended) {
            failing.forgetLast();
          }
          wholeStateOf(failing, after, delay);
        }
      }
    }
    assertEquals(2 * 20 * DELAYS.length, failures);
  }

  /// While blocks are appended, and the tables of state are written again and again.
  @Test
  void aStateThatIsHeldStandsStill() {
    for (int delay : DELAYS) {
      TestChain blocks = new TestChain(delay, 60);
      HeldFlush flush = new HeldFlush(delay);
      standsStill(blocks, flush, flush::appended);
    }
  }

  @Test
  void aStateThatIsHeldStandsStillBesideAThread() {
    standsStill(chain, StateFlush.OWN_THREAD, () -> {});
  }

  private static void standsStill(TestChain chain, Executor flush, Runnable appended) {
    ChainStore store =
        ChainStore.begin(new MemoryKeyValues(), chain.genesis, PRUNED, SMALL_CACHE_BYTES, flush);
    List<FinalState> held = new ArrayList<>();
    held.add(store.head().state());
    for (int i = 0; i < 30; i++) {
      store.append(chain.next(8));
      appended.run();
      held.add(store.head().state());
    }
    for (int height = 0; height <= 30; height++) {
      ChainStoreTest.same(chain, chain.states.get(height), held.get(height));
      for (int i = 0; i < chain.accounts(); i++) {
        StateProof proof =
            StateProof.of(held.get(height), TestChain.address(i), List.of(UInt256.of(i)));
        assertEquals(Optional.empty(), proof.verify(chain.states.get(height).root()));
      }
    }
  }

  /// A disk that takes its time with the tables of state holds up no block, until the bound.
  @Test
  void blocksAreAppendedWhileTheTablesOfStateAreWritten() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    AtomicReference<Thread> writer = new AtomicReference<>();
    ChainStore store =
        ChainStore.begin(
            new SlowWrites(tables, begun, released, writer), chain.genesis, PRUNED, CACHE_BYTES);
    for (int i = 0; i < 2 * ChainStore.FLUSH_BLOCKS_MAX - 1; i++) {
      store.append(chain.next(2));
      ChainStoreTest.same(chain, chain.state(), store.head().state());
    }
    begun.await();
    assertEquals(0, ChainStore.stateHeight(tables.view()));
    assertNotEquals(Thread.currentThread(), writer.get());
    // The next one has to wait.
    Thread release = Thread.ofVirtual().start(released::countDown);
    store.append(chain.next(2));
    release.join();
    assertTrue(ChainStore.stateHeight(tables.view()) >= ChainStore.FLUSH_BLOCKS_MAX);
    ChainStoreTest.same(chain, chain.state(), store.head().state());
    store.close();
  }

  /// What the tables of state lack is bounded in blocks, however late they are written.
  @Test
  void theTablesOfStateAreNeverFurtherBehindThanTheBound() {
    HeldFlush never = new HeldFlush(HeldFlush.NEVER);
    ChainStore store = ChainStore.begin(tables, chain.genesis, PRUNED, CACHE_BYTES, never);
    long behindMax = 0;
    for (int i = 0; i < 300; i++) {
      store.append(chain.next(1));
      long behind = store.head().height().number() - ChainStore.stateHeight(tables.view());
      behindMax = Math.max(behindMax, behind);
    }
    assertEquals(2 * ChainStore.FLUSH_BLOCKS_MAX - 1, behindMax);
    ChainStoreTest.same(chain, chain.state(), store.head().state());
  }

  /// A store that is closed leaves nothing to make again but the last blocks.
  @Test
  void closingFinishesTheWriting() {
    ChainStore store =
        ChainStore.begin(
            tables, chain.genesis, PRUNED, CACHE_BYTES, new HeldFlush(HeldFlush.NEVER));
    for (int i = 0; i < ChainStore.FLUSH_BLOCKS_MAX; i++) {
      store.append(chain.next(1));
    }
    assertEquals(0, ChainStore.stateHeight(tables.view()));
    store.close();
    assertEquals(ChainStore.FLUSH_BLOCKS_MAX, ChainStore.stateHeight(tables.reopened().view()));
  }

  /// Tables whose later writes wait.
  private record SlowWrites(
      MemoryKeyValues tables,
      CountDownLatch begun,
      CountDownLatch released,
      AtomicReference<Thread> writer)
      implements KeyValues {
    @Override
    public View view() {
      return tables.view();
    }

    @Override
    public void write(Batch batch) {
      tables.write(batch);
    }

    @Override
    public void writeLater(Batch batch) {
      writer.set(Thread.currentThread());
      begun.countDown();
      try {
        released.await();
      } catch (InterruptedException interrupted) {
        throw new DiskException("waiting", interrupted);
      }
      tables.writeLater(batch);
    }

    @Override
    public void close() {
      tables.close();
    }
  }
}
