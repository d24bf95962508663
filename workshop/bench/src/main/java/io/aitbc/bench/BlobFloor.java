// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import com.sun.management.OperatingSystemMXBean;
import io.aitbc.blobs.BlobId;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;

/// What no upload on one machine can do without, each part alone: processor time in seconds for
/// 10^9 bytes. Loopback is both ends of a connection that does nothing else.
///
/// @param read a file from the page cache
/// @param loopback through a connection
/// @param hash chunk by chunk
/// @param write a new file, to the page cache
record BlobFloor(double read, double loopback, double hash, double write) {
  /// Bytes that are read, and sent, at a time: the fastest of some.
  private static final int PIECE_BYTES = 256 << 10;

  /// The first warms up.
  private static final int ROUNDS = 4;

  /// All of it.
  double cpuSeconds() {
    return read + loopback + hash + write;
  }

  /// Something that takes time.
  @FunctionalInterface
  private interface Work {
    void run() throws Exception;
  }

  /// Measures, best of some.
  ///
  /// @param folder where a file is written and read
  /// @param mebibytes its length
  static BlobFloor measure(Path folder, int mebibytes) throws IOException {
    Path file = folder.resolve("floor");
    double write = best(mebibytes, () -> write(file, mebibytes));
    double read = best(mebibytes, () -> read(file));
    double hash = best(mebibytes, () -> hash(mebibytes));
    double loopback = best(mebibytes, () -> loopback(mebibytes));
    Files.delete(file);
    return new BlobFloor(read, loopback, hash, write);
  }

  private static double best(int mebibytes, Work work) throws IOException {
    OperatingSystemMXBean process =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    double best = Double.MAX_VALUE;
    try {
      for (int round = 0; round < ROUNDS; round++) {
        long start = process.getProcessCpuTime();
        work.run();
        double nanos = process.getProcessCpuTime() - start;
        best = round == 0 ? best : Math.min(best, nanos / ((double) mebibytes * (1 << 20)));
      }
    } catch (IOException failed) {
      throw failed;
    } catch (Exception failed) {
      throw new IOException(failed);
    }
    return best;
  }

  private static byte[] content() {
    byte[] content = new byte[BlobId.CHUNK_BYTES];
    new SplittableRandom(0).nextBytes(content);
    return content;
  }

  private static void hash(int mebibytes) {
    byte[] chunk = content();
    for (int i = 0; i < mebibytes; i++) {
      Hash _ = MerkleTree.leaf(chunk);
    }
  }

  private static void write(Path file, int mebibytes) throws IOException {
    boolean _ = Files.deleteIfExists(file);
    ByteBuffer chunk = ByteBuffer.allocateDirect(BlobId.CHUNK_BYTES).put(content());
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int i = 0; i < mebibytes; i++) {
        ByteBuffer _ = chunk.flip();
        while (chunk.hasRemaining()) {
          int _ = out.write(chunk);
        }
      }
    }
  }

  private static void read(Path file) throws IOException {
    ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      while (in.read(piece.clear()) >= 0) {}
    }
  }

  private static void loopback(int mebibytes) throws Exception {
    try (ServerSocketChannel server =
        ServerSocketChannel.open()
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      SocketAddress address = server.getLocalAddress();
      FutureTask<Void> sending =
          new FutureTask<>(() -> {
            send(address, (long) mebibytes << 20);
            return null;
          });
      Thread _ = Thread.ofPlatform().start(sending);
      ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
      try (SocketChannel in = server.accept()) {
        while (in.read(piece.clear()) >= 0) {}
      }
      Void _ = sending.get();
    }
  }

  private static void send(SocketAddress to, long bytes) throws IOException {
    ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
    try (SocketChannel out = SocketChannel.open(to)) {
      for (long sent = 0; sent < bytes; sent += PIECE_BYTES) {
        ByteBuffer _ = piece.clear();
        while (piece.hasRemaining()) {
          int _ = out.write(piece);
        }
      }
    }
  }
}
