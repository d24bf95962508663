// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/// Room in memory for the traces of items that are run again, for all services of a process: each
/// model's may be nearly as large as the part that they have together, and clients choose the
/// models. Who finds none waits, first come first served, for those who have some and only compute.
/// Safe for use by several threads. Protocol §17.4.
final class TraceRoom {
  private static final long UNIT_BYTES = 1 << 10;

  /// That of this process.
  static final TraceRoom SHARED = new TraceRoom(ExecutionMemory.traceBytesMax());

  private final int units;
  private final Semaphore free;

  /// @param bytesMax of all traces at a time
  TraceRoom(long bytesMax) {
    units = units(bytesMax);
    free = new Semaphore(units, true);
  }

  private static int units(long bytes) {
    return Math.toIntExact(Math.clamp((bytes - 1) / UNIT_BYTES + 1, 1L, Integer.MAX_VALUE));
  }

  /// Computes something that has traces only as long as it runs.
  ///
  /// @param bytes of the traces; what is longer than all the room has all of it
  <T> T with(long bytes, Supplier<T> computation) {
    int taken = Math.min(units, units(bytes));
    free.acquireUninterruptibly(taken);
    try {
      return computation.get();
    } finally {
      free.release(taken);
    }
  }

  /// Threads that wait for room.
  int waiting() {
    return free.getQueueLength();
  }
}
