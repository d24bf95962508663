// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import io.aitbc.model.Address;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/// Files of a job on their way to a worker, on a thread of their own.
final class Upload {
  /// How long those that were just begun are waited for, and time between two lines about one that
  /// takes longer. Who takes files slowly holds up nothing else.
  private static final long PROGRESS_SECONDS = 5;

  private final Address worker;
  private final long bytes;
  private final AtomicLong sent;
  private final Future<Optional<String>> result;
  private long toldNanos = System.nanoTime();

  /// @param bytes of all files
  /// @param sent bytes so far
  /// @param result why it did not succeed; empty if it did
  Upload(Address worker, long bytes, AtomicLong sent, Future<Optional<String>> result) {
    this.worker = worker;
    this.bytes = bytes;
    this.sent = sent;
    this.result = result;
  }

  Address worker() {
    return worker;
  }

  long bytes() {
    return bytes;
  }

  long sent() {
    return sent.get();
  }

  boolean isDone() {
    return result.isDone();
  }

  /// Why it did not succeed; empty if it did. It must be done.
  Optional<String> failure() {
    if (result.state() == Future.State.FAILED) {
      throw new IllegalStateException("an upload broke", result.exceptionNow());
    }
    return result.resultNow();
  }

  /// Whether it was not told of for a while; then it is from now on.
  boolean isToBeTold() {
    long now = System.nanoTime();
    boolean isDue = now - toldNanos >= TimeUnit.SECONDS.toNanos(PROGRESS_SECONDS);
    toldNanos = isDue ? now : toldNanos;
    return isDue;
  }

  void cancel() {
    boolean _ = result.cancel(true);
  }

  /// Waits a while for uploads that were just begun: mostly that is enough.
  static void await(List<Upload> uploads) throws InterruptedIOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PROGRESS_SECONDS);
    for (Upload each : uploads) {
      try {
        var _ = each.result.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (TimeoutException | ExecutionException _) {
        // Told by whoever looks at it.
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted");
      }
    }
  }
}
