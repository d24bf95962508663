// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.aitbc.consensus.LogRecord;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.testkit.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DiskCipherTest {
  private static final Bytes KEY = Bytes.wrap(new byte[DiskCipher.KEY_BYTES]);
  private static final byte[] PLACE = {1, 2, 3};
  private static final byte[] TEXT = "the quick brown fox".getBytes(US_ASCII);
  private static final String FIRST = LogSegment.name(1);

  private final FaultyDisk disk = new FaultyDisk();
  private int starts;

  private CipherOpening open(Disk on, Bytes key) {
    return DiskCipher.open(on, key, new SplittableRandom(++starts));
  }

  private DiskCipher opened(Disk on) {
    return assertInstanceOf(CipherOpening.Opened.class, open(on, KEY)).cipher();
  }

  @Test
  void whatIsEncryptedIsReadByTheNextProcessToo() {
    byte[] sealed = opened(disk).seal("rows", PLACE, TEXT);
    DiskCipher next = opened(disk);
    byte[] other = next.seal("rows", PLACE, TEXT);
    DiskCipher third = opened(disk);
    assertArrayEquals(TEXT, third.open("rows", PLACE, sealed));
    assertArrayEquals(TEXT, third.open("rows", PLACE, other));
    assertEquals(TEXT.length + DiskCipher.EXTRA_BYTES, sealed.length);
    assertFalse(Arrays.equals(sealed, 4, sealed.length, other, 4, other.length));
  }

  @Test
  void aFolderThatWasRestoredFromACopyNeverMeetsANonceTwice() {
    DiskCipher _ = opened(disk);
    FaultyDisk copy = new FaultyDisk();
    copy.put("sessions", disk.content("sessions"));
    byte[] one = opened(disk).seal("rows", PLACE, TEXT);
    byte[] two = opened(copy).seal("rows", PLACE, TEXT);
    assertArrayEquals(Arrays.copyOf(one, 12), Arrays.copyOf(two, 12)); // The same nonce,
    assertFalse(Arrays.equals(one, two)); // under another key.
    assertThrows(DiskException.class, () -> opened(disk).open("rows", PLACE, two));
  }

  @Test
  void anotherKeyIsRefused() {
    DiskCipher _ = opened(disk);
    byte[] other = new byte[DiskCipher.KEY_BYTES];
    other[31] = 1;
    assertInstanceOf(CipherOpening.WrongKey.class, open(disk, Bytes.wrap(other)));
    disk.put("sessions", new byte[10]);
    assertInstanceOf(CipherOpening.Corrupt.class, open(disk, KEY));
  }

  @Test
  void whatWasChangedOrStandsElsewhereIsNotRead() {
    DiskCipher cipher = opened(disk);
    byte[] sealed = cipher.seal("rows", PLACE, TEXT);
    for (int i = 0; i < sealed.length; i++) {
      byte[] changed = sealed.clone();
      changed[i] ^= 1;
      assertThrows(DiskException.class, () -> cipher.open("rows", PLACE, changed));
    }
    assertThrows(DiskException.class, () -> cipher.open("row", PLACE, sealed));
    assertThrows(DiskException.class, () -> cipher.open("rows", new byte[] {1, 2}, sealed));
    assertThrows(DiskException.class, () -> cipher.open("rows", PLACE, new byte[27]));
  }

  @Test
  void aTornBeginningOfASessionIsCutOff() {
    byte[] sealed = opened(disk).seal("rows", PLACE, TEXT);
    byte[] whole = disk.content("sessions");
    for (int torn = 1; torn < 32; torn++) {
      FaultyDisk crashed = new FaultyDisk();
      crashed.put("sessions", Arrays.copyOf(whole, whole.length + torn));
      byte[] next = opened(crashed).seal("rows", PLACE, TEXT);
      DiskCipher later = opened(crashed);
      assertArrayEquals(TEXT, later.open("rows", PLACE, sealed));
      assertArrayEquals(TEXT, later.open("rows", PLACE, next));
    }
  }

  @Test // Protocol §8.3.2.
  void anEncryptedLogIsReadAndCutLikeAnother() {
    TestRecords records = new TestRecords(Seed.of(3));
    Optional<DiskCipher> cipher = Optional.of(opened(disk));
    FaultyDisk logs = new FaultyDisk();
    LogRecord first = records.lock(2, 100);
    LogRecord second = records.lock(3, 100);
    WriteAheadLog log = log(logs, cipher).log();
    log.append(first);
    int whole = logs.content(FIRST).length;
    log.append(second);
    assertEquals(List.of(first, second), log(logs, cipher).records());
    byte[] content = logs.content(FIRST);
    assertEquals(-1, indexOf(content, first.encoded().slice(20, 60).toArray()));
    for (int length = whole; length < content.length; length++) {
      FaultyDisk torn = new FaultyDisk();
      torn.put(FIRST, Arrays.copyOf(content, length));
      assertEquals(List.of(first), log(torn, cipher).records());
    }
    assertInstanceOf(
        LogOpening.Corrupt.class,
        WriteAheadLog.open(logs, Hash.ZERO, new SplittableRandom(1)),
        "in plain");
  }

  private static LogOpening.Opened log(Disk logs, Optional<DiskCipher> cipher) {
    return assertInstanceOf(
        LogOpening.Opened.class,
        WriteAheadLog.open(logs, Hash.ZERO, new SplittableRandom(1), cipher));
  }

  /// Where `wanted` begins in `content`; -1 if it is not there.
  static int indexOf(byte[] content, byte[] wanted) {
    for (int i = 0; i <= content.length - wanted.length; i++) {
      if (Arrays.equals(content, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    return -1;
  }
}
