// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `aitbc simulate`: tries to break consensus.
@Command(
    name = "simulate",
    description = {
      "Runs networks of real nodes in virtual time, with faults and Byzantine validators drawn from"
          + " a seed,",
      "and checks after every step what must always hold. The same seed is the same run everywhere."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {"0:all seeds passed", "1:a seed failed", "2:wrong usage"})
final class SimulateCommand implements Callable<Integer> {
  private static final int PROGRESS_EVERY = 50;

  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private CommandSpec spec;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The first seed, 0 to 2^63 - 1; drawn and printed when absent.")
  private @Nullable Long seed;

  @Option(
      names = "--seeds",
      paramLabel = "COUNT",
      defaultValue = "1",
      description = "How many seeds, from N on (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--profile",
      paramLabel = "P",
      defaultValue = "swarm",
      description =
          "swarm, calm, large, large_bls, growth, control, or poa: networks without votes"
              + " (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private String profileName;

  @Option(
      names = "--threads",
      paramLabel = "T",
      description = "Seeds at a time; as many as processors when absent.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--reduced",
      paramLabel = "TEXT",
      description = "Runs one seed with less than it draws, as a failing seed is printed.")
  private @Nullable String reduced;

  @Option(names = "--json", description = "Print JSON, a line for each seed and one at the end.")
  private boolean json;

  private final ObjectMapper mapper = new ObjectMapper();
  private final CoverageCount coverage = new CoverageCount();
  private int passed;
  private int failed;
  private int vacuous;
  private long steps;
  private long cpuMicros;

  @Override
  public Integer call() throws InterruptedException {
    long first = seed == null ? ThreadLocalRandom.current().nextLong() >>> 1 : seed;
    if (first < 0 || count < 1 || threads < 1 || Long.MAX_VALUE - count < first) {
      throw new ParameterException(
          spec.commandLine(), "seed %d, seeds %d, threads %d".formatted(first, count, threads));
    }
    PrintWriter out = spec.commandLine().getOut();
    if (seed == null && !json) {
      out.println("seed " + first);
    }
    if (profileName.equalsIgnoreCase(PoaSeeds.PROFILE)) {
      if (reduced != null) {
        throw new ParameterException(spec.commandLine(), "no reduction of a run without votes");
      }
      return new PoaSeeds(out, json).run(first, count, threads) ? 0 : 1;
    }
    Profile profile = profile();
    List<Long> seeds = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      seeds.add(first + i);
    }
    long began = System.nanoTime();
    if (reduced == null) {
      SeedRun.run(seeds, profile, threads, outcome -> tell(outcome, out));
    } else {
      tell(reduced(OptionsDraw.of(first, profile), reduced), out);
    }
    end(out, (System.nanoTime() - began) / 1_000_000);
    return failed == 0 ? 0 : 1;
  }

  private Outcome reduced(Options drawn, String text) {
    Reduction reduction =
        Reduction.parse(text, drawn)
            .orElseThrow(() ->
                new ParameterException(spec.commandLine(), "no reduction of this run: " + text));
    return Simulation.run(reduction.of(drawn));
  }

  private Profile profile() {
    try {
      return Profile.valueOf(profileName.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException unknown) {
      throw new ParameterException(spec.commandLine(), "no profile " + profileName, unknown);
    }
  }

  private void tell(Outcome outcome, PrintWriter out) {
    coverage.add(outcome.coverage());
    steps += outcome.steps();
    cpuMicros += outcome.cpuMicros();
    vacuous += outcome.struck() ? 0 : 1;
    if (outcome.passed()) {
      passed++;
    } else {
      failed++;
    }
    if (json) {
      out.println(SeedReport.json(mapper, outcome));
    } else if (!outcome.passed() && reduced == null) {
      SeedReport.minimized(outcome).forEach(out::println);
    } else if (count == 1) {
      SeedReport.lines(outcome).forEach(out::println);
    } else if ((passed + failed) % PROGRESS_EVERY == 0) {
      out.println("%d of %d seeds, %d failed".formatted(passed + failed, count, failed));
    }
    out.flush();
  }

  private void end(PrintWriter out, long millis) {
    if (json) {
      ObjectNode node = mapper.createObjectNode();
      node.put("passed", passed).put("failed", failed).put("vacuous", vacuous);
      node.put("steps", steps).put("millis", millis).put("cpuMillis", cpuMicros / 1_000);
      node.put("waitedMost", coverage.waitedMost());
      ObjectNode seen = node.putObject("coverage");
      coverage.all().forEach((each, times) -> seen.put(each.name(), times));
      out.println(node);
    } else {
      coverage.all().forEach((each, times) -> out.println("%-30s %d".formatted(each, times)));
      out.println(
          "a censored transaction waited for %d blocks at most".formatted(coverage.waitedMost()));
      out.println(
          "%d steps in %d ms and %d ms of processors, %d steps a second of one, %d vacuous"
              .formatted(
                  steps,
                  millis,
                  cpuMicros / 1_000,
                  1_000_000 * steps / Math.max(1, cpuMicros),
                  vacuous));
      out.println("%d passed, %d failed".formatted(passed, failed));
    }
    out.flush();
  }
}
