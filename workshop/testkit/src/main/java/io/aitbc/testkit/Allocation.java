// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.testkit;

import java.lang.management.ManagementFactory;

/// How much memory a thread has allocated.
public final class Allocation {
  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Allocation() {}

  /// Bytes that the calling thread has allocated since it started.
  public static long ofThisThreadBytes() {
    return THREADS.getCurrentThreadAllocatedBytes();
  }
}
