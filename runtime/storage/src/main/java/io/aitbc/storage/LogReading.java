// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.consensus.LogRecord;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Encodable;
import io.aitbc.model.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// One reading of a log from its first file to its last.
final class LogReading {
  /// Frames that can follow one another in a file; bounds what a scan for later frames believes.
  private static final long SEQUENCES_AHEAD_MAX = 1 << 24;

  private final Disk disk;
  private final Hash genesisHash;
  private final RandomGenerator random;
  private final Optional<DiskCipher> cipher;
  private final List<LogRecord> records = new ArrayList<>();
  private final List<WriteAheadLog.Part> parts = new ArrayList<>();
  private long sequence = 1;
  private long tornBytes;

  LogReading(Disk disk, Hash genesisHash, RandomGenerator random, Optional<DiskCipher> cipher) {
    this.disk = disk;
    this.genesisHash = genesisHash;
    this.random = random;
    this.cipher = cipher;
  }

  LogOpening open() {
    List<Long> numbers =
        disk.names().stream().map(LogSegment::numberOf).flatMap(Optional::stream).sorted().toList();
    for (int i = 0; i < numbers.size(); i++) {
      long number = numbers.get(i);
      if (i > 0 && number != numbers.get(i - 1) + 1) {
        return new LogOpening.Corrupt(LogSegment.name(number - 1), 0);
      }
      boolean isLast = i == numbers.size() - 1;
      Optional<LogOpening> refusal = read(number, isLast);
      if (refusal.isPresent()) {
        return refusal.get();
      }
    }
    DiskFile file;
    if (parts.isEmpty()) {
      long number = numbers.isEmpty() ? 1 : numbers.getLast();
      LogSegment first = WriteAheadLog.freshSegment(number, genesisHash, sequence, random);
      file = WriteAheadLog.begin(disk, first);
      parts.add(new WriteAheadLog.Part(first));
    } else {
      file = disk.open(LogSegment.name(parts.getLast().segment.number()));
    }
    WriteAheadLog log = new WriteAheadLog(disk, genesisHash, random, cipher, parts, file, sequence);
    return new LogOpening.Opened(log, records, tornBytes);
  }

  private Optional<LogOpening> read(long number, boolean isLast) {
    String name = LogSegment.name(number);
    byte[] content;
    try (DiskFile file = disk.open(name)) {
      content = file.read(0, Math.toIntExact(file.size()));
    }
    Optional<LogSegment> header = LogSegment.read(content);
    if (header.isEmpty()) {
      // No frame is appended before the header is durable, so a file with frames has had one.
      if (!isLast || content.length > LogSegment.HEADER_BYTES) {
        return Optional.of(new LogOpening.Corrupt(name, 0));
      }
      return restart(name, number, content.length);
    }
    LogSegment segment = header.get();
    if (!segment.genesisHash().equals(genesisHash)) {
      return Optional.of(new LogOpening.OtherNetwork(segment.genesisHash(), genesisHash));
    }
    if (segment.number() != number || (!parts.isEmpty() && segment.firstSequence() != sequence)) {
      return Optional.of(new LogOpening.Corrupt(name, 0));
    }
    sequence = segment.firstSequence();
    WriteAheadLog.Part part = new WriteAheadLog.Part(segment);
    parts.add(part);
    return readFrames(name, content, part, isLast);
  }

  /// The last file was being created when the node stopped: it is begun anew.
  private Optional<LogOpening> restart(String name, long number, int length) {
    tornBytes += length;
    if (!parts.isEmpty()) {
      LogSegment segment = WriteAheadLog.freshSegment(number, genesisHash, sequence, random);
      WriteAheadLog.begin(disk, segment).close();
      parts.add(new WriteAheadLog.Part(segment));
    } else if (number != 1) {
      return Optional.of(new LogOpening.Corrupt(name, 0));
    }
    return Optional.empty();
  }

  private Optional<LogOpening> readFrames(
      String name, byte[] content, WriteAheadLog.Part part, boolean isLast) {
    int offset = LogSegment.HEADER_BYTES;
    while (offset < content.length) {
      Optional<byte[]> payload = part.segment.payload(content, offset);
      if (payload.isEmpty()) {
        if (!isLast || frameBehind(part.segment, content, offset)) {
          return Optional.of(new LogOpening.Corrupt(name, offset));
        }
        cut(name, content.length, offset);
        return Optional.empty();
      }
      if (LogSegment.sequenceAt(content, offset) != sequence) {
        return Optional.of(new LogOpening.Corrupt(name, offset));
      }
      try {
        byte[] plain =
            cipher.isPresent()
                ? cipher
                    .get()
                    .open(
                        WriteAheadLog.SEALED,
                        WriteAheadLog.place(genesisHash, sequence),
                        payload.get())
                : payload.get();
        LogRecord logRecord = Encodable.decode(Bytes.wrap(plain), LogRecord::readFrom);
        part.heightMax = Math.max(part.heightMax, logRecord.height().number());
        records.add(logRecord);
      } catch (MalformedException | DiskException unknown) {
        return Optional.of(new LogOpening.Corrupt(name, offset));
      }
      sequence++;
      offset += LogSegment.FRAME_EXTRA_BYTES + payload.get().length;
    }
    return Optional.empty();
  }

  private void cut(String name, int length, int offset) {
    tornBytes += length - offset;
    try (DiskFile file = disk.open(name)) {
      file.truncate(offset);
      file.sync();
    }
  }

  /// Whether a later frame stands anywhere behind `offset`: then the one at `offset` was durable.
  private boolean frameBehind(LogSegment segment, byte[] content, int offset) {
    int last = content.length - LogSegment.FRAME_HEADER_BYTES;
    for (int at = offset + 1; at <= last; at++) {
      long found = LogSegment.sequenceAt(content, at);
      if (found > sequence
          && found <= sequence + SEQUENCES_AHEAD_MAX
          && segment.isFrameHeader(content, at)) {
        return true;
      }
    }
    return false;
  }
}
