// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/// A folder of this machine. While it is open it is locked, so that two processes cannot write it.
public final class FolderDisk implements Disk {
  private static final String LOCK = ".lock";

  private final Path folder;
  private final FileChannel lockChannel;
  private final FileLock lock;

  private FolderDisk(Path folder, FileChannel lockChannel, FileLock lock) {
    this.folder = folder;
    this.lockChannel = lockChannel;
    this.lock = lock;
  }

  /// Opens and locks `folder`, which is created when it is absent.
  ///
  /// @throws DiskInUseException if it is in use
  /// @throws DiskException if it cannot be used
  public static FolderDisk open(Path folder) {
    try {
      var _ = Files.createDirectories(folder);
      FileChannel channel =
          FileChannel.open(
              folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        FileLock lock = channel.tryLock();
        if (lock != null) {
          return new FolderDisk(folder, channel, lock);
        }
      } catch (OverlappingFileLockException here) {
        // This very process holds it.
      }
      channel.close();
      throw new DiskInUseException(folder);
    } catch (IOException failure) {
      throw new DiskException("opening " + folder, failure);
    }
  }

  @Override
  public List<String> names() {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> !name.equals(LOCK))
          .sorted()
          .toList();
    } catch (IOException failure) {
      throw new DiskException("listing " + folder, failure);
    }
  }

  @Override
  public DiskFile open(String name) {
    Path file = folder.resolve(name);
    try {
      boolean isNew = Files.notExists(file);
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (isNew) {
        syncFolder();
      }
      return new OpenFile(file, channel, channel.size());
    } catch (IOException failure) {
      throw new DiskException("opening " + file, failure);
    }
  }

  @Override
  public void rename(String from, String to) {
    try {
      var _ = Files.move(folder.resolve(from), folder.resolve(to), StandardCopyOption.ATOMIC_MOVE);
      syncFolder();
    } catch (IOException failure) {
      throw new DiskException("renaming " + from + " to " + to + " in " + folder, failure);
    }
  }

  @Override
  public void delete(String name) {
    try {
      Files.delete(folder.resolve(name));
      syncFolder();
    } catch (IOException failure) {
      throw new DiskException("deleting " + name + " in " + folder, failure);
    }
  }

  private void syncFolder() throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public void close() {
    try {
      lock.release();
      lockChannel.close();
    } catch (IOException failure) {
      throw new DiskException("closing " + folder, failure);
    }
  }

  private static final class OpenFile implements DiskFile {
    private final Path file;
    private final FileChannel channel;
    private long size;

    OpenFile(Path file, FileChannel channel, long size) {
      this.file = file;
      this.channel = channel;
      this.size = size;
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public byte[] read(long offset, int length) {
      byte[] bytes = new byte[length];
      ByteBuffer rest = ByteBuffer.wrap(bytes);
      try {
        while (rest.hasRemaining()) {
          if (channel.read(rest, offset + rest.position()) < 0) {
            throw new DiskException(file + " ends before " + (offset + length));
          }
        }
        return bytes;
      } catch (IOException failure) {
        throw new DiskException("reading " + file, failure);
      }
    }

    @Override
    public void append(byte[] bytes) {
      ByteBuffer rest = ByteBuffer.wrap(bytes);
      try {
        while (rest.hasRemaining()) {
          size += channel.write(rest, size);
        }
      } catch (IOException failure) {
        throw new DiskException("writing " + file, failure);
      }
    }

    @Override
    public void truncate(long newSize) {
      try {
        var _ = channel.truncate(newSize);
        size = newSize;
      } catch (IOException failure) {
        throw new DiskException("cutting " + file, failure);
      }
    }

    @Override
    public void sync() {
      try {
        channel.force(false);
      } catch (IOException failure) {
        throw new DiskException("syncing " + file, failure);
      }
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException failure) {
        throw new DiskException("closing " + file, failure);
      }
    }
  }
}
