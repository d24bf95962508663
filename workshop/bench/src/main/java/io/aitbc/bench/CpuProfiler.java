// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/// Processor time per operation: what wall clock time would be on a machine that does nothing else.
/// It counts all threads of the benchmark's process, its garbage collector included, so it is an
/// upper bound. What prepares an operation counts too unless it is left out.
public final class CpuProfiler implements InternalProfiler {
  /// Name of the result, in microseconds per operation.
  static final String NAME = "cpu";

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final LongAdder LEFT_OUT_NANOS = new LongAdder();

  private final OperatingSystemMXBean process =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private long beforeNanos;

  /// Called by JMH.
  public CpuProfiler() {}

  /// Runs `preparation` on this thread, whose time for it is not counted.
  static void leaveOut(Runnable preparation) {
    long from = THREADS.getCurrentThreadCpuTime();
    preparation.run();
    LEFT_OUT_NANOS.add(THREADS.getCurrentThreadCpuTime() - from);
  }

  @Override
  public String getDescription() {
    return "processor time per operation";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    LEFT_OUT_NANOS.reset();
    beforeNanos = process.getProcessCpuTime();
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    long nanos = process.getProcessCpuTime() - beforeNanos - LEFT_OUT_NANOS.sum();
    double micros = nanos / 1_000.0;
    double operations = (double) result.getMetadata().getMeasuredOps();
    return List.of(new ScalarResult(NAME, micros / operations, "us/op", AggregationPolicy.AVG));
  }
}
