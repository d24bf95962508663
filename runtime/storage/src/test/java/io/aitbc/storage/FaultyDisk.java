// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A disk in memory. What was not synced is, after a crash, kept, lost, cut anywhere, or written in
/// part: some of its sectors and not others.
final class FaultyDisk implements Disk {
  private static final int SECTOR_BYTES = 512;

  /// A file's content now, and how much of it is durable.
  private static final class Content {
    byte[] bytes = new byte[64];
    int size;
    int durableSize;

    /// What was durable before a cut that was not synced.
    byte[] beforeCut = new byte[0];

    byte[] now() {
      return Arrays.copyOf(bytes, size);
    }

    byte[] durable() {
      return beforeCut.length > 0 ? beforeCut : Arrays.copyOf(bytes, durableSize);
    }

    void append(byte[] more) {
      if (bytes.length - size < more.length) {
        bytes = Arrays.copyOf(bytes, 2 * (size + more.length));
      }
      System.arraycopy(more, 0, bytes, size, more.length);
      size += more.length;
    }

    void cut(int newSize) {
      if (newSize < durableSize && beforeCut.length == 0) {
        beforeCut = durable();
      }
      size = newSize;
      durableSize = Math.min(durableSize, newSize);
    }

    void sync() {
      durableSize = size;
      beforeCut = new byte[0];
    }
  }

  private final Map<String, Content> files = new TreeMap<>();

  /// How many syncs succeed before one fails.
  int syncsLeft = Integer.MAX_VALUE;

  @Override
  public List<String> names() {
    return new ArrayList<>(files.keySet());
  }

  byte[] content(String name) {
    return file(name).now();
  }

  void put(String name, byte[] content) {
    Content file = new Content();
    file.append(content);
    file.sync();
    files.put(name, file);
  }

  /// The disk as it is found after the machine stopped.
  FaultyDisk crashed(Seed seed) {
    FaultyDisk after = new FaultyDisk();
    files.forEach((name, file) -> after.put(name, survivor(seed, file)));
    return after;
  }

  private static byte[] survivor(Seed seed, Content file) {
    byte[] now = file.now();
    byte[] durable = file.durable();
    int from = durable.length;
    if (now.length <= from) {
      return seed.chance(1, 2) ? now : durable;
    }
    return switch (seed.below(4)) {
      case 0 -> durable;
      case 1 -> now;
      case 2 -> Arrays.copyOf(now, seed.between(from, now.length));
      default -> {
        byte[] mixed = Arrays.copyOf(now, seed.between(from, now.length));
        for (int at = from; at < mixed.length; at += SECTOR_BYTES) {
          if (seed.chance(1, 2)) {
            Arrays.fill(mixed, at, Math.min(mixed.length, at + SECTOR_BYTES), (byte) 0);
          }
        }
        yield mixed;
      }
    };
  }

  private Content file(String name) {
    Content file = files.get(name);
    if (file == null) {
      throw new DiskException("no file " + name);
    }
    return file;
  }

  @Override
  public DiskFile open(String name) {
    return new OpenFile(files.computeIfAbsent(name, _ -> new Content()));
  }

  @Override
  public void rename(String from, String to) {
    files.put(to, file(from));
    files.remove(from);
  }

  @Override
  public void delete(String name) {
    files.remove(name);
  }

  @Override
  public void close() {}

  private final class OpenFile implements DiskFile {
    private final Content file;

    OpenFile(Content file) {
      this.file = file;
    }

    @Override
    public long size() {
      return file.size;
    }

    @Override
    public byte[] read(long offset, int length) {
      return Arrays.copyOfRange(file.bytes, (int) offset, (int) offset + length);
    }

    @Override
    public void append(byte[] bytes) {
      file.append(bytes);
    }

    @Override
    public void truncate(long size) {
      file.cut((int) size);
    }

    @Override
    public void sync() {
      if (syncsLeft-- <= 0) {
        throw new DiskException("the disk says no");
      }
      file.sync();
    }

    @Override
    public void close() {}
  }
}
