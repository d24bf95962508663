// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Height;
import io.aitbc.state.FinalState;
import io.aitbc.state.Overlay;
import io.aitbc.state.StateDiff;
import io.aitbc.state.StateTrie;
import io.aitbc.testkit.Seed;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

// Protocol §13.4.
class RocksKeyValuesIT {
  private static final int KILLS = 4;
  private static final int CUTS = 15;

  @TempDir private Path folder;

  /// Any writes and views: RocksDB answers what the tables in memory answer.
  @Test
  void itAnswersAsTheTablesInMemoryDo() {
    Seed.forAll(
        1,
        5,
        seed -> {
          MemoryKeyValues memory = new MemoryKeyValues();
          try (RocksKeyValues rocks =
              RocksKeyValues.open(folder.resolve("db" + seed.origin()), RocksSettings.SMALL)) {
            List<KeyValues.View> expected = new ArrayList<>();
            List<KeyValues.View> actual = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
              expected.add(memory.view());
              actual.add(rocks.view());
              int pick = seed.below(expected.size());
              compare(seed, expected.get(pick), actual.get(pick));
              Batch batch = new Batch();
              for (int change = seed.below(30); change > 0; change--) {
                Table table = seed.pick(Table.values());
                byte[] key = seed.bytes(seed.between(1, 2));
                var _ =
                    seed.chance(1, 3)
                        ? batch.remove(table, key)
                        : batch.put(table, key, seed.bytes(seed.below(50)));
              }
              memory.write(batch);
              if (seed.chance(1, 2)) {
                rocks.write(batch);
              } else {
                rocks.writeLater(batch);
              }
            }
          }
        });
  }

  private static void compare(Seed seed, KeyValues.View expected, KeyValues.View actual) {
    for (Table table : Table.values()) {
      for (int i = 0; i < 20; i++) {
        byte[] key = seed.bytes(seed.between(1, 2));
        assertArrayEquals(
            expected.get(table, key).orElse(null), actual.get(table, key).orElse(null));
      }
      byte[] first = seed.bytes(1);
      int rowsMax = seed.below(30);
      assertEquals(expected.from(table, first, rowsMax), actual.from(table, first, rowsMax));
    }
  }

  @Test
  void aClosedDatabaseIsNotRead() {
    RocksKeyValues rocks = RocksKeyValues.open(folder.resolve("db"), RocksSettings.SMALL);
    KeyValues.View view = rocks.view();
    rocks.close();
    rocks.close();
    assertThrows(IllegalStateException.class, () -> view.get(Table.META, new byte[1]));
    assertThrows(IllegalStateException.class, () -> rocks.view());
  }

  @Test
  void aDatabaseInUseIsNotOpenedTwice() {
    Path here = folder.resolve("db");
    try (RocksKeyValues _ = RocksKeyValues.open(here, RocksSettings.SMALL)) {
      assertThrows(DiskInUseException.class, () -> RocksKeyValues.open(here, RocksSettings.SMALL));
    }
  }

  @Test
  void aDatabaseOfAnotherProcessIsInUse() throws Exception {
    Process child = ChainLoop.begin(folder);
    try (BufferedReader output = child.inputReader(StandardCharsets.UTF_8)) {
      assertNotNull(output.readLine()); // It has the database.
      assertThrows(
          DiskInUseException.class,
          () -> RocksKeyValues.open(folder.resolve("chain"), RocksSettings.SMALL));
    } finally {
      child.destroyForcibly().waitFor();
    }
  }

  @Test
  void aDatabaseThatCannotBeOpenedIsNotInUse() throws Exception {
    Path file = Files.writeString(folder.resolve("db"), "no folder");
    DiskException failed =
        assertThrows(DiskException.class, () -> RocksKeyValues.open(file, RocksSettings.SMALL));
    assertFalse(failed instanceof DiskInUseException, failed::toString);
  }

  /// Views that nobody holds are released, so a long-running node keeps no old rows alive.
  @Test
  void viewsThatNobodyHoldsAreReleased() throws InterruptedException {
    try (RocksKeyValues rocks = RocksKeyValues.open(folder.resolve("db"), RocksSettings.SMALL)) {
      for (int i = 0; i < 1_000; i++) {
        var _ = rocks.view();
      }
      for (int i = 0; i < 100 && rocks.viewsHeld() > 0; i++) {
        System.gc();
        Thread.sleep(20);
      }
      assertEquals(0, rocks.viewsHeld());
    }
  }

  /// Another process appends blocks and is killed at any moment: the store holds the last block it
  /// told of, whole, or the next; the log holds a record for it.
  @Test
  void aKilledProcessLeavesTheLastFinalBlockWhole() throws Exception {
    TestChain chain = new TestChain(ChainLoop.SEED, ChainLoop.ACCOUNTS);
    for (int kill = 0; kill < KILLS; kill++) {
      long told = runAndKill(5 + 17 * kill);
      LogOpening.Opened log = ChainLoop.openLog(folder, chain);
      log.log().close();
      try (ChainStore store = ChainLoop.openStore(folder, chain)) {
        Height height = store.head().height();
        assertTrue(
            height.number() >= told && height.number() <= told + 1, height + " after " + told);
        assertTrue(log.records().getLast().height().number() >= height.number());
        while (chain.blocks.size() < height.number()) {
          var _ = chain.next(ChainLoop.TRANSACTIONS);
        }
        FinalBlock last = chain.blocks.get((int) height.number() - 1);
        assertEquals(last.hash(), store.head().hash());
        assertEquals(last.derivedState(), store.head().derivedState());
        assertEquals(Optional.of(last.block()), store.block(height));
        assertEquals(Optional.of(last.receipts()), store.receipts(height));
        for (int i = 0; i < ChainLoop.ACCOUNTS; i++) {
          assertEquals(
              chain.states.get((int) height.number()).account(TestChain.address(i)),
              store.head().state().account(TestChain.address(i)));
        }
        // The trie on disk is whole: a change anywhere gives the root that memory gives.
        assertEquals(
            rootAfterTouching(chain.states.get((int) height.number())),
            rootAfterTouching(store.head().state()));
      }
    }
  }

  /// The log of the database is cut after any of its bytes: the store holds a block whole that was
  /// appended, and its state with tries on which blocks can be made.
  @Test
  void aTornLogLeavesAWholeBlock() throws Exception {
    TestChain chain = new TestChain(ChainLoop.SEED, ChainLoop.ACCOUNTS);
    Seed seed = Seed.of(5);
    Path torn = folder.resolve("torn");
    Set<Long> heights = new HashSet<>();
    try (ChainStore store = ChainLoop.openStore(folder, chain)) {
      for (int i = 0; i < 20; i++) {
        store.append(chain.next(ChainLoop.TRANSACTIONS));
      }
      for (int cut = 0; cut < CUTS; cut++) {
        copy(folder.resolve("chain"), torn.resolve("chain"));
        try (FileChannel log = FileChannel.open(onlyLog(torn.resolve("chain")), WRITE)) {
          // The genesis block is far below the last half.
          var _ = log.truncate(log.size() - seed.below((int) log.size() / 2));
        }
        try (ChainStore after = ChainLoop.openStore(torn, chain)) {
          long height = after.head().height().number();
          assertTrue(height > 0 && height <= 20, "height " + height);
          var _ = heights.add(height);
          FinalBlock last = chain.blocks.get((int) height - 1);
          assertEquals(last.hash(), after.head().hash());
          assertEquals(Optional.of(last.receipts()), after.receipts(last.height()));
          assertEquals(
              rootAfterTouching(chain.states.get((int) height)),
              rootAfterTouching(after.head().state()));
        }
        remove(torn);
      }
    }
    assertTrue(heights.size() > 3, "only cut at heights " + heights);
  }

  private static Path onlyLog(Path database) throws IOException {
    try (Stream<Path> files = Files.list(database)) {
      List<Path> logs =
          files.filter(file -> file.getFileName().toString().endsWith(".log")).toList();
      assertEquals(1, logs.size());
      return logs.getFirst();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        var _ = Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private long runAndKill(int blocks) throws Exception {
    Process child = ChainLoop.begin(folder);
    long told = 0;
    try (BufferedReader output =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      for (int i = 0; i < blocks; i++) {
        String line = output.readLine();
        if (line == null) {
          throw new AssertionError("the child ended by itself: " + child.waitFor());
        }
        told = Long.parseLong(line);
      }
      // Not child.destroyForcibly(), which closes the pipe with what was told last.
      assertTrue(child.toHandle().destroyForcibly());
      for (String rest = output.readLine(); rest != null; rest = output.readLine()) {
        told = rest.isEmpty() ? told : Math.max(told, Long.parseLong(rest));
      }
    }
    assertEquals(128 + 9, child.waitFor());
    return told;
  }

  private static Hash rootAfterTouching(FinalState state) {
    Overlay overlay = new Overlay(state);
    for (int i = 0; i < ChainLoop.ACCOUNTS; i++) {
      overlay.setNonce(TestChain.address(i), overlay.account(TestChain.address(i)).nonce() + 1);
    }
    StateDiff diff = StateTrie.diff(state, overlay, TestChain.WORKERS);
    return diff.rootAfter();
  }

  /// The time of the appending thread alone, so that other processes do not disturb it: the serial
  /// part of every block. It is printed.
  @Test
  void aBlockOfTwoThousandTransfersIsAppendedWithinHalfABlockInterval() {
    int accounts = 100_000;
    TestChain chain = new TestChain(3, accounts);
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    try (ChainStore store =
        ChainStore.begin(
            RocksKeyValues.open(folder.resolve("db"), RocksSettings.DEFAULT),
            chain.genesis,
            Retention.DEFAULT,
            ChainStore.CACHE_BYTES_DEFAULT)) {
      long[] micros = new long[12];
      int rows = 0;
      for (int i = 0; i < micros.length; i++) {
        FinalBlock block = chain.next(2_000, store.head().state());
        long start = threads.getCurrentThreadCpuTime();
        store.append(block); // Some of these write the tables of state too.
        micros[i] = (threads.getCurrentThreadCpuTime() - start) / 1_000;
        rows = block.diff().accounts().size();
      }
      Arrays.sort(micros);
      System.out.printf(
          "append of 2,000 transfers, %d accounts: median %d us, best %d us, worst %d us%n",
          rows, micros[micros.length / 2], micros[0], micros[micros.length - 1]);
      assertTrue(micros[micros.length / 2] < 250_000, Arrays.toString(micros));
    }
  }
}
