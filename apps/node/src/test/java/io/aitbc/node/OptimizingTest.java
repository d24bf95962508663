// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class OptimizingTest {
  /// The highest level of compilation: that of the optimizing compiler.
  private static final String OPTIMIZED = "4";

  @Test // A rehearsal is for its sake alone, and takes a second or two of a start.
  void aNodeKnowsWhetherItsJvmHasTheOptimizingCompiler() {
    String highest =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
            .getVMOption("TieredStopAtLevel")
            .getValue();
    assertEquals(highest.equals(OPTIMIZED), Node.optimizes());
  }
}
