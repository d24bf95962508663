// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.consensus.LogRecord;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Height;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// What consensus must find again after a crash. A record is durable when {@link #append} returns;
/// whatever was promised on the strength of a record comes after that. Belongs to one thread.
/// Protocol §8.3.2.
///
/// A frame is appended only when the one before is durable. So after a crash at most the last frame
/// is unfinished, and it is removed; a damaged frame with a later one behind it was durable once
/// and is corruption. The log is cut a whole file at a time, from the front.
public final class WriteAheadLog implements AutoCloseable {
  /// Size from which on the next record goes to a new file: a few full proposals.
  static final long SEGMENT_BYTES = 1 << 25;

  /// A closed file, or the one that is appended to.
  static final class Part {
    final LogSegment segment;
    long heightMax = -1;

    Part(LogSegment segment) {
      this.segment = segment;
    }
  }

  /// Kind of place of an encrypted payload.
  static final String SEALED = "log";

  private final Disk disk;
  private final Hash genesisHash;
  private final RandomGenerator random;
  private final Optional<DiskCipher> cipher;
  private final Deque<Part> parts = new ArrayDeque<>();
  private DiskFile file;
  private long sequence;
  private boolean failed;

  /// A log with the files `parts`, of which `file` is the last.
  ///
  /// @param sequence of the next record
  WriteAheadLog(
      Disk disk,
      Hash genesisHash,
      RandomGenerator random,
      Optional<DiskCipher> cipher,
      List<Part> parts,
      DiskFile file,
      long sequence) {
    this.disk = disk;
    this.genesisHash = genesisHash;
    this.random = random;
    this.cipher = cipher;
    this.file = file;
    this.sequence = sequence;
    this.parts.addAll(parts);
  }

  /// Opens the log on `disk`, which becomes this log's alone; begins one where there is none.
  ///
  /// @param random salts the files; any good generator
  public static LogOpening open(Disk disk, Hash genesisHash, RandomGenerator random) {
    return open(disk, genesisHash, random, Optional.empty());
  }

  /// As above.
  ///
  /// @param cipher encrypts the records, and stays the caller's to close
  public static LogOpening open(
      Disk disk, Hash genesisHash, RandomGenerator random, Optional<DiskCipher> cipher) {
    return new LogReading(disk, genesisHash, random, cipher).open();
  }

  /// What a payload is encrypted for: its place in the one log of a network.
  static byte[] place(Hash genesisHash, long sequence) {
    return ByteBuffer.allocate(Hash.BYTES + Long.BYTES)
        .put(genesisHash.toArray())
        .putLong(sequence)
        .array();
  }

  /// Appends `logRecord`, which is durable on return.
  ///
  /// @throws DiskException if it is not certain to be; the log must not be used any more
  public void append(LogRecord logRecord) {
    byte[] plain = logRecord.encoded().toArray();
    byte[] payload =
        cipher.isPresent() ? cipher.get().seal(SEALED, place(genesisHash, sequence), plain) : plain;
    if (payload.length > LogSegment.PAYLOAD_BYTES_MAX) {
      throw new IllegalArgumentException("a record of " + payload.length + " bytes");
    }
    alive();
    failed = true; // Until the disk has said that it is not.
    if (file.size() >= SEGMENT_BYTES) {
      startSegment();
    }
    Part part = parts.getLast();
    file.append(part.segment.frame(sequence, payload));
    file.sync();
    sequence++;
    part.heightMax = Math.max(part.heightMax, logRecord.height().number());
    failed = false;
  }

  /// Forgets files that hold nothing of `height` or above. To be called when every block below is
  /// durable in the chain store.
  public void cutBelow(Height height) {
    alive();
    failed = true;
    Part last = parts.getLast();
    if (last.heightMax >= 0 && last.heightMax < height.number() && file.size() >= SEGMENT_BYTES) {
      startSegment();
    }
    while (parts.size() > 1 && parts.getFirst().heightMax < height.number()) {
      disk.delete(LogSegment.name(parts.removeFirst().segment.number()));
    }
    failed = false;
  }

  private void startSegment() {
    file.close();
    LogSegment segment =
        freshSegment(parts.getLast().segment.number() + 1, genesisHash, sequence, random);
    file = begin(disk, segment);
    parts.addLast(new Part(segment));
  }

  /// A file that does not exist yet.
  static LogSegment freshSegment(
      long number, Hash genesisHash, long sequence, RandomGenerator random) {
    byte[] salt = new byte[LogSegment.SALT_BYTES];
    random.nextBytes(salt);
    return new LogSegment(number, genesisHash, sequence, Bytes.wrap(salt));
  }

  /// Makes the file of `segment`, with nothing but its header.
  static DiskFile begin(Disk disk, LogSegment segment) {
    DiskFile file = disk.open(LogSegment.name(segment.number()));
    file.truncate(0);
    file.append(segment.header());
    file.sync();
    return file;
  }

  private void alive() {
    if (failed) {
      throw new DiskException("the disk failed under the log before, or it was closed");
    }
  }

  /// Closes the log and its disk.
  @Override
  public void close() {
    failed = true;
    file.close();
    disk.close();
  }
}
