// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import com.sun.management.OperatingSystemMXBean;
import io.aitbc.blobs.BlobAccess;
import io.aitbc.blobs.BlobClient;
import io.aitbc.blobs.BlobHasher;
import io.aitbc.blobs.BlobId;
import io.aitbc.blobs.BlobLimits;
import io.aitbc.blobs.BlobOwner;
import io.aitbc.blobs.BlobRefusedException;
import io.aitbc.blobs.BlobServer;
import io.aitbc.blobs.BlobStore;
import io.aitbc.blobs.ChunkStore;
import io.aitbc.blobs.Container;
import io.aitbc.blobs.DirectoryChunks;
import io.aitbc.blobs.Holders;
import io.aitbc.blobs.Reach;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/// Uploads a file over loopback to a server in this process, again and again: the client reads and
/// sends, the server receives, hashes every chunk, compares with the id and writes. What comes
/// last, waiting until the disk has all of it, is shown apart: it measures the disk.
final class BlobRun {
  /// Bytes a second, without the wait for the disk, that the median must reach.
  static final double BYTES_PER_SECOND_MIN = 0.5e9;

  private static final String ROW = "%-10s %14s %14s %14s%n";

  private final int mebibytes;
  private final int rounds;

  BlobRun(int mebibytes, int rounds) {
    this.mebibytes = mebibytes;
    this.rounds = rounds;
  }

  /// One upload.
  ///
  /// @param verified bytes a second until all were hashed and written to the page cache
  /// @param durable bytes a second until the disk had them
  /// @param cpuSeconds processor time of the whole process, both ends, for 10^9 bytes
  private record Round(double verified, double durable, double cpuSeconds) {}

  /// Chunks in a folder, with a watch on the waits for the disk.
  private static final class WatchedChunks implements ChunkStore {
    private final ChunkStore chunks;
    private volatile long syncNanos;

    WatchedChunks(ChunkStore chunks) {
      this.chunks = chunks;
    }

    @Override
    public void write(Container container, int chunk, ByteBuffer bytes) throws IOException {
      chunks.write(container, chunk, bytes);
    }

    @Override
    public boolean read(Container container, int chunk, ByteBuffer target) throws IOException {
      return chunks.read(container, chunk, target);
    }

    @Override
    public void sync(Container container) throws IOException {
      long start = System.nanoTime();
      chunks.sync(container);
      syncNanos = System.nanoTime() - start;
    }

    @Override
    public void delete(Container container, int count) throws IOException {
      chunks.delete(container, count);
    }
  }

  /// Everybody is the same owner.
  private enum Everybody implements BlobAccess {
    ACCESS;

    @Override
    public Optional<BlobOwner> owner(String authorization) {
      return Optional.of(new BlobOwner("bench"));
    }

    @Override
    public boolean mayRead(BlobId id, String authorization) {
      return true;
    }
  }

  /// Runs and prints.
  ///
  /// @return whether the median reaches what it must
  boolean run(PrintWriter out) throws IOException, BlobRefusedException {
    Path folder = Files.createTempDirectory("aitbc-blobs");
    try {
      return run(folder, out);
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path path : files.sorted((a, b) -> b.compareTo(a)).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  private boolean run(Path folder, PrintWriter out) throws IOException, BlobRefusedException {
    Path file = folder.resolve("content");
    WatchedChunks chunks = new WatchedChunks(new DirectoryChunks(folder.resolve("chunks")));
    BlobLimits limits = new BlobLimits(Long.MAX_VALUE, Long.MAX_VALUE, Duration.ofDays(1));
    BlobStore store =
        BlobStore.open(
            folder.resolve("records"), chunks, limits, Holders.NONE, InstantSource.system());
    List<Double> rates = new ArrayList<>();
    out.printf(ROW, "upload", "verified MB/s", "durable MB/s", "cpu s per GB");
    try (BlobServer server =
            BlobServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                store,
                Everybody.ACCESS);
        BlobClient client =
            new BlobClient(URI.create("http://127.0.0.1:" + server.port()), "", Reach.ANY)) {
      for (int round = -1; round < rounds; round++) {
        write(file, round);
        BlobId id;
        try (InputStream content = Files.newInputStream(file)) {
          id = BlobHasher.id(content);
        }
        Round result = upload(client, chunks, id, file);
        if (round >= 0) { // The first one warms up.
          rates.add(result.verified());
        }
        String name = round < 0 ? "warm-up" : Integer.toString(round + 1);
        out.printf(
            ROW,
            name,
            number(result.verified() / 1e6),
            number(result.durable() / 1e6),
            String.format(Locale.ROOT, "%.2f", result.cpuSeconds()));
        out.flush();
        store.release(id, new BlobOwner("bench"));
        BlobStore.Collected _ = store.collect();
      }
    }
    List<Double> sorted = rates.stream().sorted().toList();
    double median = sorted.get(sorted.size() / 2);
    boolean met = median >= BYTES_PER_SECOND_MIN;
    out.printf(
        "%d uploads of %d MiB: median %s MB/s verified, best %s, target %s: %s%n",
        rounds,
        mebibytes,
        number(median / 1e6),
        number(sorted.getLast() / 1e6),
        number(BYTES_PER_SECOND_MIN / 1e6),
        met ? "met" : "MISSED");
    BlobFloor floor = BlobFloor.measure(folder, mebibytes);
    int processors = Runtime.getRuntime().availableProcessors();
    out.printf(
        Locale.ROOT,
        "each part alone, cpu s per GB: read %.2f, loopback %.2f, hash %.2f, write %.2f, together"
            + " %.2f: %d processors can do no more than %.0f MB/s%n",
        floor.read(),
        floor.loopback(),
        floor.hash(),
        floor.write(),
        floor.cpuSeconds(),
        processors,
        processors / floor.cpuSeconds() * 1e3);
    return met;
  }

  private void write(Path file, int seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] bytes = new byte[1 << 20];
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      for (int i = 0; i < mebibytes; i++) {
        random.nextBytes(bytes);
        out.write(bytes);
      }
    }
  }

  private Round upload(BlobClient client, WatchedChunks chunks, BlobId id, Path file)
      throws IOException, BlobRefusedException {
    OperatingSystemMXBean process =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long cpu = process.getProcessCpuTime();
    long start = System.nanoTime();
    client.upload(id, file, Duration.ofHours(1));
    long nanos = System.nanoTime() - start;
    double bytes = id.length();
    return new Round(
        bytes * 1e9 / (nanos - chunks.syncNanos),
        bytes * 1e9 / nanos,
        (process.getProcessCpuTime() - cpu) / bytes);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.0f", value);
  }
}
