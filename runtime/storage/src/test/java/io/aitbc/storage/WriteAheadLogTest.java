// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.consensus.LogRecord;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Height;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

// Protocol §8.3.2.
class WriteAheadLogTest {
  private static final Hash GENESIS =
      Hash.fromHex("1111111111111111111111111111111111111111111111111111111111111111");
  private static final String FIRST = LogSegment.name(1);

  private final TestRecords records = new TestRecords(Seed.of(1));

  @Test
  void whatWasAppendedIsFoundAgainInOrder() {
    FaultyDisk disk = new FaultyDisk();
    List<LogRecord> appended = new ArrayList<>();
    for (int restart = 0; restart < 5; restart++) {
      LogOpening.Opened opened = opened(disk);
      assertEquals(appended, opened.records());
      for (int i = 0; i < 10; i++) {
        LogRecord next = records.any(2 + appended.size());
        opened.log().append(next);
        appended.add(next);
      }
    }
  }

  @Test
  void aRecordTornAtAnyByteIsRemovedAndTheLogGoesOn() {
    FaultyDisk disk = new FaultyDisk();
    LogOpening.Opened opened = opened(disk);
    LogRecord first = records.lock(2, 10);
    LogRecord second = records.lock(3, 10);
    opened.log().append(first);
    int whole = disk.content(FIRST).length;
    opened.log().append(second);
    byte[] content = disk.content(FIRST);
    for (int length = whole; length < content.length; length++) {
      FaultyDisk torn = new FaultyDisk();
      torn.put(FIRST, Arrays.copyOf(content, length));
      LogOpening.Opened repaired = opened(torn);
      assertEquals(List.of(first), repaired.records());
      assertEquals(length - whole, repaired.tornBytes());
      repaired.log().append(second);
      assertEquals(List.of(first, second), opened(torn).records());
    }
  }

  @Test
  void aRecordWithAnyByteOfItUnwrittenIsRemoved() {
    FaultyDisk disk = new FaultyDisk();
    LogOpening.Opened opened = opened(disk);
    LogRecord first = records.lock(2, 10);
    opened.log().append(first);
    int whole = disk.content(FIRST).length;
    opened.log().append(records.lock(3, 10));
    byte[] content = disk.content(FIRST);
    for (int at = whole; at < content.length; at++) {
      FaultyDisk torn = new FaultyDisk();
      byte[] changed = content.clone();
      changed[at] ^= 0x55;
      torn.put(FIRST, changed);
      assertEquals(List.of(first), opened(torn).records());
    }
  }

  @Test
  void aDamagedRecordWithALaterOneBehindItIsRefused() {
    FaultyDisk disk = new FaultyDisk();
    LogOpening.Opened opened = opened(disk);
    opened.log().append(records.lock(2, 10));
    int whole = disk.content(FIRST).length;
    opened.log().append(records.lock(3, 10));
    byte[] content = disk.content(FIRST);
    for (int at = 0; at < whole; at++) {
      FaultyDisk damaged = new FaultyDisk();
      byte[] changed = content.clone();
      changed[at] ^= 1;
      damaged.put(FIRST, changed);
      assertInstanceOf(LogOpening.Corrupt.class, open(damaged), "byte " + at);
    }
  }

  @Test
  void aStrangersBytesInsideOfATornRecordAreNoLaterRecord() {
    FaultyDisk other = new FaultyDisk();
    LogOpening.Opened theirs =
        assertInstanceOf(
            LogOpening.Opened.class, WriteAheadLog.open(other, GENESIS, new SplittableRandom(2)));
    for (int i = 0; i < 5; i++) {
      theirs.log().append(records.allowance(2));
    }
    // A transaction that looks like the frames of a log, in a record that is torn.
    byte[] frames = other.content(FIRST);
    LogRecord.Lock lock = (LogRecord.Lock) records.lock(2, 1);
    LogRecord bait =
        new LogRecord.Lock(
            lock.proposal(), List.of(Bytes.wrap(frames)), lock.certificate(), lock.blockHash());
    FaultyDisk disk = new FaultyDisk();
    opened(disk).log().append(bait);
    byte[] content = disk.content(FIRST);
    disk.put(FIRST, Arrays.copyOf(content, content.length - 1));
    assertEquals(List.of(), opened(disk).records());
  }

  @Test
  void afterAFailedSyncNothingIsAppended() {
    FaultyDisk disk = new FaultyDisk();
    WriteAheadLog log = opened(disk).log();
    disk.syncsLeft = 1;
    log.append(records.allowance(2));
    assertThrows(DiskException.class, () -> log.append(records.allowance(3)));
    disk.syncsLeft = 100;
    assertThrows(DiskException.class, () -> log.append(records.allowance(3)));
  }

  @Test
  void filesBelowAHeightAreForgottenAndTheRestIsKept() {
    FaultyDisk disk = new FaultyDisk();
    WriteAheadLog log = opened(disk).log();
    List<LogRecord> large = new ArrayList<>();
    for (int height = 2; height < 16; height++) {
      LogRecord next = records.lock(height, 6_000_000);
      large.add(next);
      log.append(next);
    }
    int before = disk.names().size();
    assertTrue(before >= 3, "files " + disk.names());
    log.cutBelow(new Height(10));
    assertTrue(disk.names().size() < before);
    List<LogRecord> kept = opened(disk).records();
    assertEquals(large.subList(large.size() - kept.size(), large.size()), kept);
    assertTrue(kept.getFirst().height().number() <= 10);
    log.cutBelow(new Height(1_000));
    log.append(records.allowance(16));
    assertEquals(16, opened(disk).records().getLast().height().number());
  }

  @Test
  void aMissingFileInTheMiddleIsRefused() {
    FaultyDisk disk = new FaultyDisk();
    WriteAheadLog log = opened(disk).log();
    for (int height = 2; height < 16; height++) {
      log.append(records.lock(height, 6_000_000));
    }
    assertTrue(disk.names().size() >= 3);
    disk.delete(LogSegment.name(2));
    assertEquals(new LogOpening.Corrupt(LogSegment.name(2), 0), open(disk));
  }

  @Test
  void theLogOfAnotherNetworkIsRefused() {
    FaultyDisk disk = new FaultyDisk();
    opened(disk).log().append(records.allowance(2));
    assertEquals(
        new LogOpening.OtherNetwork(GENESIS, Hash.ZERO),
        WriteAheadLog.open(disk, Hash.ZERO, new SplittableRandom(1)));
  }

  @Test
  void whateverACrashLeavesHoldsEveryRecordThatWasDurable() {
    Seed.forAll(
        1,
        400,
        seed -> {
          TestRecords drawn = new TestRecords(seed);
          FaultyDisk disk = new FaultyDisk();
          List<LogRecord> durable = new ArrayList<>();
          for (int life = 0; life < 4; life++) {
            LogOpening.Opened opened = opened(disk);
            List<LogRecord> found = opened.records();
            // What was being appended at the crash may be there, if it was complete.
            assertTrue(found.size() <= durable.size() + 1);
            assertEquals(durable, found.subList(0, durable.size()));
            durable = new ArrayList<>(found);
            disk.syncsLeft = seed.below(8);
            try {
              while (true) {
                LogRecord next = drawn.any(2 + durable.size());
                opened.log().append(next);
                durable.add(next);
              }
            } catch (DiskException failed) {
              disk = disk.crashed(seed);
            }
          }
        });
  }

  @Test
  void aCrashAtTheVeryBeginningLeavesAnEmptyLog() {
    Seed.forAll(
        1,
        50,
        seed -> {
          FaultyDisk disk = new FaultyDisk();
          disk.syncsLeft = 0;
          assertThrows(DiskException.class, () -> open(disk));
          assertEquals(List.of(), opened(disk.crashed(seed)).records());
        });
  }

  private static LogOpening open(Disk disk) {
    return WriteAheadLog.open(disk, GENESIS, new SplittableRandom(1));
  }

  private static LogOpening.Opened opened(Disk disk) {
    return assertInstanceOf(LogOpening.Opened.class, open(disk));
  }
}
