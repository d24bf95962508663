// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `aitbc conformance`: public vectors run against the rooms.
@Command(
    name = "conformance",
    description = "Runs public vectors against this node's rules.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class ConformanceCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  private static final String ALL = "all";

  /// The names of Ethereum's suites, for the usage text and shell completion.
  static final class EthereumSuiteNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Stream.concat(EthereumSuites.all().stream().map(Suite::name), Stream.of(ALL))
          .iterator();
    }
  }

  /// Runs one suite of Ethereum's vectors, or all. Exit status: 0 if something was run of each and
  /// nothing failed, 1 otherwise.
  @Command(
      name = "ethereum",
      description = "Runs suites of Ethereum's vectors, packed (.tar.gz) or unpacked.",
      mixinStandardHelpOptions = true)
  int ethereum(
      @Option(
              names = "--vectors",
              required = true,
              paramLabel = "DIR",
              description = "Folder with the vectors or archives of them.")
          Path vectors,
      @Option(
              names = "--suite",
              required = true,
              paramLabel = "NAME",
              completionCandidates = EthereumSuiteNames.class,
              description = "One of ${COMPLETION-CANDIDATES}.")
          String suite,
      @Option(
              names = "--only",
              defaultValue = "",
              paramLabel = "REGEX",
              description = "Only cases in whose names this is found.")
          Pattern only,
      @Option(
              names = "--fork",
              defaultValue = "all",
              paramLabel = "FORK",
              description =
                  "Only cases of Cancun, Prague or Osaka; all, the default, for every fork.")
          String fork,
      @Option(
              names = "--threads",
              defaultValue = "0",
              paramLabel = "N",
              description = "Threads that run cases; 0, the default, stands for one per processor.")
          int threads)
      throws IOException, InterruptedException {
    List<Suite> chosen =
        suite.equals(ALL)
            ? EthereumSuites.all()
            : EthereumSuites.named(suite).map(List::of).orElse(List.of());
    if (chosen.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "no suite is named " + suite);
    }
    if (!Files.isDirectory(vectors)) {
      throw new ParameterException(spec.commandLine(), "not a folder: " + vectors);
    }
    int count = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    boolean good = true;
    for (Suite each : chosen) {
      Summary summary = new Runner(each, ofFork(only, fork), count).run(vectors);
      if (chosen.size() > 1) {
        spec.commandLine().getOut().println(each.name() + ":");
      }
      summary.print(spec.commandLine().getOut());
      good &= summary.isGood();
    }
    return good ? 0 : 1;
  }

  /// Judges evidence of trusted hardware. Exit status: 0 if something was run and nothing failed, 1
  /// otherwise.
  @Command(
      name = "tee",
      description = "Judges evidence of trusted hardware, genuine and forged.",
      mixinStandardHelpOptions = true)
  int tee(
      @Option(
              names = "--vectors",
              required = true,
              paramLabel = "DIR",
              description = "Folder with the vectors.")
          Path vectors,
      @Option(
              names = "--only",
              defaultValue = "",
              paramLabel = "REGEX",
              description = "Only cases in whose names this is found.")
          Pattern only)
      throws IOException {
    if (!Files.isDirectory(vectors)) {
      throw new ParameterException(spec.commandLine(), "not a folder: " + vectors);
    }
    Summary summary = TeeVectors.run(vectors, only);
    summary.print(spec.commandLine().getOut());
    return summary.isGood() ? 0 : 1;
  }

  /// Cases of a fork have its name in brackets in theirs.
  private static Pattern ofFork(Pattern only, String fork) {
    return fork.equals(ALL)
        ? only
        : Pattern.compile("^(?=.*\\[" + Pattern.quote(fork) + "\\]).*(?:" + only + ")");
  }
}
