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

  /// A file's content now, and as far as it is durable.
  private static final class Content {
    byte[] now = new byte[0];
    byte[] durable = new byte[0];
  }

  private final Map<String, Content> files = new TreeMap<>();

  /// How many syncs succeed before one fails.
  int syncsLeft = Integer.MAX_VALUE;

  @Override
  public List<String> names() {
    return new ArrayList<>(files.keySet());
  }

  byte[] content(String name) {
    return file(name).now.clone();
  }

  void put(String name, byte[] content) {
    Content file = files.computeIfAbsent(name, _ -> new Content());
    file.now = content.clone();
    file.durable = content.clone();
  }

  /// The disk as it is found after the machine stopped.
  FaultyDisk crashed(Seed seed) {
    FaultyDisk after = new FaultyDisk();
    files.forEach((name, file) -> after.put(name, survivor(seed, file)));
    return after;
  }

  private static byte[] survivor(Seed seed, Content file) {
    byte[] now = file.now;
    int from = file.durable.length;
    if (now.length <= from) {
      return seed.chance(1, 2) ? now : file.durable;
    }
    return switch (seed.below(4)) {
      case 0 -> file.durable;
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
      return file.now.length;
    }

    @Override
    public byte[] read(long offset, int length) {
      return Arrays.copyOfRange(file.now, (int) offset, (int) offset + length);
    }

    @Override
    public void append(byte[] bytes) {
      int end = file.now.length;
      file.now = Arrays.copyOf(file.now, end + bytes.length);
      System.arraycopy(bytes, 0, file.now, end, bytes.length);
    }

    @Override
    public void truncate(long size) {
      file.now = Arrays.copyOf(file.now, (int) size);
    }

    @Override
    public void sync() {
      if (syncsLeft-- <= 0) {
        throw new DiskException("the disk says no");
      }
      file.durable = file.now;
    }

    @Override
    public void close() {}
  }
}
