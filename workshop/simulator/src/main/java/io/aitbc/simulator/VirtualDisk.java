// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.storage.Disk;
import io.aitbc.storage.DiskException;
import io.aitbc.storage.DiskFile;
import io.aitbc.testkit.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A folder of files that forgets what was not synced: at a crash each such write is kept, lost,
/// torn, or kept with a hole of zeros before its end, as sectors reach a disk in any order.
final class VirtualDisk implements Disk {
  private static final int SECTOR_BYTES = 512;

  /// A file: what programs see, and what a crash leaves at least. Mostly the durable part is the
  /// beginning of what is seen.
  private static final class Content {
    byte[] bytes = new byte[SECTOR_BYTES];
    int size;
    byte @Nullable [] cut;
    int durableSize;

    static Content of(byte[] bytes) {
      Content file = new Content();
      file.bytes = bytes.clone();
      file.size = bytes.length;
      file.durableSize = bytes.length;
      return file;
    }

    boolean isSynced() {
      return cut == null && size == durableSize;
    }

    byte[] durable() {
      return cut == null ? Arrays.copyOf(bytes, durableSize) : cut;
    }

    void append(byte[] more) {
      if (size + more.length > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more.length));
      }
      System.arraycopy(more, 0, bytes, size, more.length);
      size += more.length;
    }

    void truncate(int newSize) {
      if (newSize < durableSize && cut == null) {
        cut = durable();
      }
      size = newSize;
    }

    void sync() {
      cut = null;
      durableSize = size;
    }

    void become(byte[] content) {
      bytes = content.clone();
      size = content.length;
      sync();
    }
  }

  private final Seed seed;
  private final Consumer<Fault.Crash.Moment> boundary;
  private final TreeMap<String, Content> files = new TreeMap<>();
  private boolean nextSyncFails;
  private boolean failed;
  private int torn;

  /// An empty folder.
  ///
  /// @param boundary called before every change: power may be lost there
  VirtualDisk(Seed seed, Consumer<Fault.Crash.Moment> boundary) {
    this.seed = seed;
    this.boundary = boundary;
  }

  /// The next sync fails, and loses what it was to make durable.
  void failNextSync() {
    nextSyncFails = true;
  }

  /// Whether a sync failed as it was to since the last call.
  boolean hasFailed() {
    boolean was = failed;
    failed = false;
    return was;
  }

  /// Whether everything written is durable.
  boolean isSynced() {
    for (Content file : files.values()) {
      if (!file.isSynced()) {
        return false;
      }
    }
    return true;
  }

  /// How many unfinished writes a crash left in part.
  int torn() {
    return torn;
  }

  /// Power is lost.
  void crash() {
    nextSyncFails = false;
    for (Content file : files.values()) {
      if (!file.isSynced()) {
        file.become(afterCrash(file));
      }
    }
  }

  private byte[] afterCrash(Content file) {
    byte[] durable = file.durable();
    byte[] present = Arrays.copyOf(file.bytes, file.size);
    if (present.length <= durable.length) {
      return seed.chance(1, 2) ? present : durable;
    }
    int written = present.length - durable.length;
    return switch (seed.below(4)) {
      case 0 -> durable;
      case 1 -> present;
      case 2 -> {
        torn++;
        yield Arrays.copyOf(present, durable.length + seed.below(written));
      }
      default -> {
        torn++;
        int hole = durable.length + seed.below(written);
        int end = Math.min(present.length, (hole / SECTOR_BYTES + 1) * SECTOR_BYTES);
        Arrays.fill(present, hole, end, (byte) 0);
        yield present;
      }
    };
  }

  /// A copy of what is durable.
  SortedMap<String, byte[]> image() {
    SortedMap<String, byte[]> image = new TreeMap<>();
    files.forEach((name, file) -> image.put(name, file.durable()));
    return image;
  }

  /// Puts an older copy in the place of what is there.
  void restore(SortedMap<String, byte[]> image) {
    files.clear();
    image.forEach((name, bytes) -> files.put(name, Content.of(bytes)));
  }

  @Override
  public List<String> names() {
    return List.copyOf(files.keySet());
  }

  @Override
  public DiskFile open(String name) {
    boundary.accept(Fault.Crash.Moment.EFFECT);
    return new OpenFile(files.computeIfAbsent(name, _ -> new Content()));
  }

  @Override
  public void rename(String from, String to) {
    boundary.accept(Fault.Crash.Moment.EFFECT);
    Content file = files.remove(from);
    if (file == null) {
      throw new DiskException("no file " + from);
    }
    files.put(to, file);
  }

  @Override
  public void delete(String name) {
    boundary.accept(Fault.Crash.Moment.EFFECT);
    if (files.remove(name) == null) {
      throw new DiskException("no file " + name);
    }
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
      if (offset + length > file.size) {
        throw new DiskException("the file ends before " + (offset + length));
      }
      return Arrays.copyOfRange(file.bytes, (int) offset, (int) offset + length);
    }

    @Override
    public void append(byte[] bytes) {
      boundary.accept(Fault.Crash.Moment.EFFECT);
      file.append(bytes);
    }

    @Override
    public void truncate(long size) {
      boundary.accept(Fault.Crash.Moment.EFFECT);
      file.truncate((int) size);
    }

    @Override
    public void sync() {
      boundary.accept(Fault.Crash.Moment.LOG_SYNC);
      if (nextSyncFails) {
        nextSyncFails = false;
        failed = true;
        file.become(file.durable());
        throw new DiskException("the sync failed");
      }
      file.sync();
    }

    @Override
    public void close() {}
  }
}
