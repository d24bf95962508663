// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Runs benchmarks, each in a process of its own.
final class MicroRun {
  private final int iterations;

  /// Runs with this many warm-up and as many measured iterations of one second.
  MicroRun(int iterations) {
    this.iterations = iterations;
  }

  /// Runs one benchmark.
  ///
  /// @throws RunnerException if it fails
  MicroResult run(MicroTarget target) throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + Pattern.quote(target.benchmark()) + "$")
            .forks(1)
            .warmupIterations(iterations)
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(iterations)
            .measurementTime(TimeValue.seconds(1))
            .jvmArgsAppend(
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC")
            .addProfiler(CpuProfiler.class)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT);
    if (!target.parameter().isEmpty()) {
      options.param("keys", target.parameter());
    }
    List<Double> wall = new ArrayList<>();
    List<Double> cpu = new ArrayList<>();
    for (RunResult result : new Runner(options.build()).run()) {
      for (BenchmarkResult fork : result.getBenchmarkResults()) {
        for (IterationResult iteration : fork.getIterationResults()) {
          wall.add(iteration.getPrimaryResult().getScore());
          cpu.add(
              Objects.requireNonNull(iteration.getSecondaryResults().get(CpuProfiler.NAME))
                  .getScore());
        }
      }
    }
    Collections.sort(cpu);
    return new MicroResult(
        target,
        wall.stream().mapToDouble(Double::doubleValue).average().orElseThrow(),
        cpu.get(cpu.size() / 2));
  }
}
