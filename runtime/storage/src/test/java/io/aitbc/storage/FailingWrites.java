// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import java.util.concurrent.atomic.AtomicInteger;

/// Tables on a disk that fails in one write.
///
/// Whether that write is there afterwards is not certain, as on a real disk: `isMade` says which of
/// the two happens.
final class FailingWrites implements KeyValues {
  private final MemoryKeyValues disk;
  private final boolean isMade;
  private final AtomicInteger writesBefore;

  /// @param writesBefore how many writes succeed
  FailingWrites(MemoryKeyValues disk, int writesBefore, boolean isMade) {
    this.disk = disk;
    this.writesBefore = new AtomicInteger(writesBefore);
    this.isMade = isMade;
  }

  @Override
  public View view() {
    return disk.view();
  }

  @Override
  public void write(Batch batch) {
    boolean fails = fails();
    if (!fails || isMade) {
      disk.write(batch);
    }
    fail(fails);
  }

  @Override
  public void writeLater(Batch batch) {
    boolean fails = fails();
    if (!fails || isMade) {
      disk.writeLater(batch);
    }
    fail(fails);
  }

  private boolean fails() {
    return writesBefore.getAndDecrement() == 0;
  }

  private static void fail(boolean fails) {
    if (fails) {
      throw new DiskException("the disk is full");
    }
  }

  @Override
  public void close() {
    disk.close();
  }
}
