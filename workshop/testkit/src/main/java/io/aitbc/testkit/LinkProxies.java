// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.testkit;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/// The wires between processes of one machine: each carries the bytes of TCP connections both ways
/// with a delay, and can be cut and mended.
///
/// A cut link is silent, as a wire is whose packets get lost: connections stay open, what is sent
/// waits with its sender, and goes on when the link is mended before anybody gave up.
public final class LinkProxies implements AutoCloseable {
  private static final int CHUNK_BYTES_MAX = 16 << 10;

  /// Chunks on their way in one direction of a connection: at most 4 MiB, which is more than 50 ms
  /// of 500 Mbit/s. Who sends more waits.
  private static final int CHUNKS_MAX = 256;

  private final long delayNanos;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();
  private final List<Link> links = new ArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition mended = lock.newCondition();

  /// @param delay of each direction: half of a round trip
  public LinkProxies(Duration delay) {
    delayNanos = delay.toNanos();
  }

  /// Lays a wire from one process to another.
  ///
  /// @param from number of the process that connects
  /// @param to number of the process that listens
  /// @param target where it listens
  /// @return where the first is to connect instead
  /// @throws IOException if no port is free
  public InetSocketAddress between(int from, int to, InetSocketAddress target) throws IOException {
    ServerSocket accepting = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    open.add(accepting);
    Link link = new Link(from, to, target, accepting);
    links.add(link);
    threads.execute(link::accept);
    return (InetSocketAddress) accepting.getLocalSocketAddress();
  }

  /// Cuts each wire between a process of `side` and one that is none of it.
  public void cut(Set<Integer> side) {
    set(link -> side.contains(link.from) != side.contains(link.to));
  }

  /// Mends all wires.
  public void mend() {
    set(_ -> false);
  }

  private void set(Predicate<Link> cut) {
    lock.lock();
    try {
      links.forEach(link -> link.cut = cut.test(link));
      mended.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Ends all connections.
  @Override
  public void close() {
    open.forEach(LinkProxies::end);
    threads.shutdownNow();
  }

  private static void end(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception closed) {
      throw new IllegalStateException("a socket does not close", closed);
    }
  }

  /// Bytes on their way; none at the end of the stream.
  private static final class Chunk {
    private final long due;
    private final byte[] bytes;

    /// @param due when they arrive, by {@link System#nanoTime}
    Chunk(long due, byte[] bytes) {
      this.due = due;
      this.bytes = bytes;
    }
  }

  private final class Link {
    private final int from;
    private final int to;
    private final InetSocketAddress target;
    private final ServerSocket accepting;
    private volatile boolean cut;

    Link(int from, int to, InetSocketAddress target, ServerSocket accepting) {
      this.from = from;
      this.to = to;
      this.target = target;
      this.accepting = accepting;
    }

    void accept() {
      try {
        while (true) {
          Socket near = accepting.accept();
          threads.execute(() -> join(near));
        }
      } catch (IOException closed) {
        requireNonNull(closed); // The end of all links.
      }
    }

    private void join(Socket near) {
      open.add(near);
      Socket far = new Socket();
      open.add(far);
      try {
        awaitMended();
        far.connect(target);
        near.setTcpNoDelay(true);
        far.setTcpNoDelay(true);
        threads.execute(() -> pump(far, near));
        pump(near, far);
      } catch (IOException | InterruptedException refused) {
        endBoth(near, far);
      }
    }

    /// Carries what `source` sends until either end is closed.
    private void pump(Socket source, Socket sink) {
      BlockingQueue<Chunk> onTheWay = new ArrayBlockingQueue<>(CHUNKS_MAX);
      threads.execute(() -> deliver(onTheWay, source, sink));
      byte[] buffer = new byte[CHUNK_BYTES_MAX];
      try {
        int read = 0;
        while (read >= 0) {
          read = source.getInputStream().read(buffer);
          onTheWay.put(
              new Chunk(System.nanoTime() + delayNanos, Arrays.copyOf(buffer, Math.max(0, read))));
        }
      } catch (IOException | InterruptedException ended) {
        endBoth(source, sink);
      }
    }

    private void deliver(BlockingQueue<Chunk> onTheWay, Socket source, Socket sink) {
      try {
        for (Chunk next = onTheWay.take(); next.bytes.length > 0; next = onTheWay.take()) {
          awaitMended();
          TimeUnit.NANOSECONDS.sleep(next.due - System.nanoTime());
          sink.getOutputStream().write(next.bytes);
        }
        awaitMended();
        endBoth(source, sink);
      } catch (IOException | InterruptedException ended) {
        endBoth(source, sink);
      }
    }

    private void endBoth(Socket one, Socket other) {
      for (Socket each : List.of(one, other)) {
        end(each);
        open.remove(each);
      }
    }

    private void awaitMended() throws InterruptedException {
      lock.lockInterruptibly();
      try {
        while (cut) {
          mended.await();
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
