// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/// A part of a file as the body of a request, read while it is sent, into buffers from which the
/// socket takes the bytes without a further copy.
final class FileBody implements Flow.Publisher<ByteBuffer> {
  private final FileChannel file;
  private final long from;
  private final long to;
  private final Buffers buffers;
  private final LongConsumer sent;

  /// A body.
  ///
  /// @param file is read at positions of its own; who gives it closes it when the request is over
  /// @param from the first byte
  /// @param to the byte after the last
  /// @param sent is told up to which byte the file is on its way
  FileBody(FileChannel file, long from, long to, Buffers buffers, LongConsumer sent) {
    this.file = file;
    this.from = from;
    this.to = to;
    this.buffers = buffers;
    this.sent = sent;
  }

  /// The buffers of one request after the other. One is used again when all its bytes were taken:
  /// of a request that broke some never are.
  static final class Buffers {
    /// Bytes of one.
    private static final int BYTES = 256 << 10;

    /// A request has one that is sent and one that is read at a time.
    private static final int KEPT_MAX = 4;

    private final List<ByteBuffer> given = new ArrayList<>();

    synchronized ByteBuffer take() {
      for (int i = 0; i < given.size(); i++) {
        if (!given.get(i).hasRemaining()) {
          return given.remove(i).clear();
        }
      }
      return ByteBuffer.allocateDirect(BYTES);
    }

    synchronized void give(ByteBuffer buffer) {
      if (given.size() == KEPT_MAX) {
        ByteBuffer _ = given.removeFirst();
      }
      boolean _ = given.add(buffer);
    }
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    subscriber.onSubscribe(new Reading(subscriber));
  }

  /// Reads for one subscriber, in whichever thread asks.
  private final class Reading implements Flow.Subscription {
    private final Flow.Subscriber<? super ByteBuffer> subscriber;

    /// Pieces that were asked for; who makes it more than none gives until it is none again.
    private final AtomicLong wanted = new AtomicLong();

    private volatile boolean over;
    private long position = from;

    Reading(Flow.Subscriber<? super ByteBuffer> subscriber) {
      this.subscriber = subscriber;
    }

    @Override
    public void request(long pieces) {
      if (pieces <= 0) {
        end(new IllegalArgumentException("asked for " + pieces + " pieces"));
        return;
      }
      if (wanted.getAndAccumulate(pieces, Reading::sum) == 0) {
        do {
          give();
        } while (wanted.decrementAndGet() > 0 && !over);
      }
    }

    private static long sum(long a, long b) {
      return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }

    private void give() {
      if (over) {
        return;
      }
      ByteBuffer buffer = buffers.take();
      try {
        ByteBuffer _ = buffer.limit((int) Math.min(buffer.capacity(), to - position));
        if (file.read(buffer, position) <= 0) {
          throw new IOException("the file is shorter than its id says");
        }
      } catch (IOException failed) {
        end(failed);
        return;
      }
      ByteBuffer _ = buffer.flip();
      position += buffer.remaining();
      buffers.give(buffer);
      sent.accept(position);
      subscriber.onNext(buffer);
      if (position == to) {
        over = true;
        subscriber.onComplete();
      }
    }

    private void end(Throwable failed) {
      over = true;
      subscriber.onError(failed);
    }

    @Override
    public void cancel() {
      over = true;
    }
  }
}
