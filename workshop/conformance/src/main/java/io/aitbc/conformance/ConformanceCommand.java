// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.regex.Pattern;
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

  /// The names of Ethereum's suites, for the usage text and shell completion.
  static final class EthereumSuiteNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return EthereumSuites.all().stream().map(Suite::name).iterator();
    }
  }

  /// Runs one suite of Ethereum's vectors. Exit status: 0 if something was run and nothing failed,
  /// 1 otherwise.
  @Command(
      name = "ethereum",
      description = "Runs one suite of Ethereum's vectors, packed (.tar.gz) or unpacked.",
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
    Suite chosen =
        EthereumSuites.named(suite)
            .orElseThrow(
                () -> new ParameterException(spec.commandLine(), "no suite is named " + suite));
    if (!Files.isDirectory(vectors)) {
      throw new ParameterException(spec.commandLine(), "not a folder: " + vectors);
    }
    int count = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    Summary summary = new Runner(chosen, ofFork(only, fork), count).run(vectors);
    summary.print(spec.commandLine().getOut());
    return summary.isGood() ? 0 : 1;
  }

  /// Cases of a fork have its name in brackets in theirs.
  private static Pattern ofFork(Pattern only, String fork) {
    return fork.equals("all")
        ? only
        : Pattern.compile("^(?=.*\\[" + Pattern.quote(fork) + "\\]).*(?:" + only + ")");
  }
}
