// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Who changes what: a blob or an upload is changed by one thread at a time, which may read and
/// write disks meanwhile, as the lock is held only to claim and to release.
final class Claims {
  /// Longest wait for somebody else's change, in milliseconds; then the caller is told to come
  /// back.
  private static final long WAIT_MILLIS_MAX = 5_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition released = lock.newCondition();
  private final Set<Object> claimed = new HashSet<>();

  /// Ends a claim.
  interface Claim extends AutoCloseable {
    @Override
    void close();
  }

  /// Claims something, and waits a little if it is claimed.
  ///
  /// @throws BlobRefusedException if it stays claimed
  Claim claim(Object what) throws BlobRefusedException {
    long nanos = TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS_MAX);
    lock.lock();
    try {
      while (!claimed.add(what)) {
        if (nanos <= 0) {
          throw new BlobRefusedException(new BlobRefusal.Busy(what.toString()));
        }
        nanos = released.awaitNanos(nanos);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new BlobRefusedException(new BlobRefusal.Busy(what.toString()));
    } finally {
      lock.unlock();
    }
    return () -> release(what);
  }

  /// Claims something only if nobody has.
  ///
  /// @throws BlobRefusedException if it is claimed
  Claim claimNow(Object what) throws BlobRefusedException {
    lock.lock();
    try {
      if (!claimed.add(what)) {
        throw new BlobRefusedException(new BlobRefusal.Busy(what.toString()));
      }
    } finally {
      lock.unlock();
    }
    return () -> release(what);
  }

  private void release(Object what) {
    lock.lock();
    try {
      boolean _ = claimed.remove(what);
      released.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
