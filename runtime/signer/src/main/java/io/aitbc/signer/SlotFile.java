// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/// The two slots of a signing record in a file of its owner alone. While it is open it is locked,
/// so that two processes cannot use one record. Protocol §8.3.
public final class SlotFile implements SlotMedium {
  /// Bytes from one slot to the next: a page of the largest common sector, so that writing one slot
  /// never rewrites the other.
  private static final int STRIDE_BYTES = 4096;

  private static final int FILE_BYTES = SLOTS * STRIDE_BYTES;

  private final Path file;
  private final FileChannel channel;
  private final FileLock lock;

  private SlotFile(Path file, FileChannel channel, FileLock lock) {
    this.file = file;
    this.channel = channel;
    this.lock = lock;
  }

  /// Opens and locks `file`, which is created when it is absent.
  ///
  /// @throws KeyFileException if it cannot be opened, others than its owner may do something with
  ///   it, it has another length, or it is in use
  public static SlotFile open(Path file) throws KeyFileException {
    if (Files.notExists(file)) {
      OwnerFiles.create(file, new byte[FILE_BYTES]);
    }
    byte[] content = OwnerFiles.read(file, FILE_BYTES);
    if (content.length != FILE_BYTES) {
      throw new KeyFileException(
          new KeyFileRefusal.WrongField("length of " + file, FILE_BYTES + " bytes"));
    }
    try {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
      try {
        FileLock lock = channel.tryLock();
        if (lock != null) {
          return new SlotFile(file, channel, lock);
        }
      } catch (OverlappingFileLockException here) {
        // This very process holds it.
      }
      channel.close();
      throw new KeyFileException(new KeyFileRefusal.InUse(file));
    } catch (IOException failure) {
      throw OwnerFiles.unreachable(file, failure);
    }
  }

  @Override
  public byte[] read(int slot) {
    ByteBuffer content = ByteBuffer.allocate(SLOT_BYTES);
    try {
      while (content.hasRemaining()) {
        long position = (long) slot * STRIDE_BYTES + content.position();
        if (channel.read(content, position) < 0) {
          throw new RecordDiskException("the file of the signing record was cut: " + file);
        }
      }
    } catch (IOException failure) {
      throw new RecordDiskException("reading the signing record " + file, failure);
    }
    byte[] bytes = new byte[SLOT_BYTES];
    content.flip().get(bytes);
    return bytes;
  }

  @Override
  public void write(int slot, byte[] content) {
    if (content.length != SLOT_BYTES) {
      throw new IllegalArgumentException("a slot has 512 bytes, not " + content.length);
    }
    ByteBuffer rest = ByteBuffer.wrap(Arrays.copyOf(content, SLOT_BYTES));
    try {
      while (rest.hasRemaining()) {
        int _ = channel.write(rest, (long) slot * STRIDE_BYTES + rest.position());
      }
      channel.force(false);
    } catch (IOException failure) {
      throw new RecordDiskException("writing the signing record " + file, failure);
    }
  }

  @Override
  public void close() {
    try {
      if (channel.isOpen()) { // Else an interrupt in the middle of a write has closed it.
        lock.release();
      }
      channel.close();
    } catch (IOException failure) {
      throw new RecordDiskException("closing the signing record " + file, failure);
    }
  }
}
