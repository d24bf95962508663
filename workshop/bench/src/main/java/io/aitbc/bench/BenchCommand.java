// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.blobs.BlobRefusedException;
import io.aitbc.model.MalformedException;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeParameters;
import io.aitbc.referee.MalformedModelException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.openjdk.jmh.runner.RunnerException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `aitbc bench`: how fast this machine is.
@Command(
    name = "bench",
    description = "Measures how fast this machine is.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = AiCommand.class)
public final class BenchCommand implements Runnable {
  /// Between the usual ports and those of networks that are measured.
  static final int PORT_SHIFT = 1_500;

  /// The least network that decides when one is gone (Protocol §4).
  private static final int VALIDATORS_WITHOUT_ONE = 4;

  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /// Processor time to measure transfers of a token beside blocks, in seconds.
  private static final double TOKEN_SECONDS = 2;

  /// The names of the benchmarks, for the usage text and shell completion.
  static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return MicroTarget.all().stream().map(MicroTarget::name).iterator();
    }
  }

  /// Runs the microbenchmarks and shows wall clock and processor time beside the target and the
  /// prototype's figure; both of these are processor time. Exit status: 0, or 1 with `--check` if a
  /// target was missed.
  @Command(
      name = "micro",
      description = "Runs microbenchmarks (JMH), each against its target.",
      mixinStandardHelpOptions = true)
  int micro(
      @Parameters(
              arity = "0..1",
              defaultValue = "",
              paramLabel = "NAME",
              completionCandidates = Names.class,
              description = "Begins the names of those to run: ${COMPLETION-CANDIDATES}.")
          String name,
      @Option(names = "--json", description = "Print JSON.") boolean json,
      @Option(names = "--check", description = "Exit with 1 if a target was missed.") boolean check,
      @Option(
              names = "--iterations",
              defaultValue = "5",
              paramLabel = "N",
              description = "Seconds of warm-up, and of measurement, each. Default: 5.")
          int iterations)
      throws RunnerException {
    List<MicroTarget> chosen =
        MicroTarget.all().stream().filter(target -> target.name().startsWith(name)).toList();
    if (chosen.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "no benchmark is named " + name);
    }
    if (iterations < 1) {
      throw new ParameterException(spec.commandLine(), "no iterations: " + iterations);
    }
    PrintWriter out = spec.commandLine().getOut();
    List<MicroResult> results = new ArrayList<>();
    if (!json) {
      out.println(MicroReport.heading());
    }
    for (MicroTarget target : chosen) {
      MicroResult result = new MicroRun(iterations).run(target);
      results.add(result);
      if (!json) {
        out.println(MicroReport.row(result));
        out.flush();
      }
    }
    if (json) {
      out.println(MicroReport.json(results));
    }
    out.flush();
    return check && !results.stream().allMatch(MicroResult::isWithinTarget) ? 1 : 0;
  }

  /// Runs the machine's cases and shows how many millions of gas a second of processor time they
  /// take. Exit status: 0, or 1 with `--check` if a case is below the floor that is held to it.
  @Command(
      name = "evm",
      description =
          "Measures the virtual machine: every instruction and precompile at its dearest.",
      mixinStandardHelpOptions = true)
  int evm(
      @Parameters(
              arity = "0..1",
              defaultValue = "",
              paramLabel = "REGEX",
              description = "Picks cases whose group and name contain it.")
          String only,
      @Option(names = "--json", description = "Print JSON.") boolean json,
      @Option(names = "--check", description = "Exit with 1 if a case is below its floor.")
          boolean check,
      @Option(
              names = "--slowest",
              defaultValue = "10",
              paramLabel = "N",
              description = "Repeat the N slowest at the end. Default: 10.")
          int slowest,
      @Option(
              names = "--seconds",
              defaultValue = "1",
              paramLabel = "S",
              description = "Processor time to measure a case, in seconds. Default: 1.")
          double seconds,
      @Option(
              names = "--cold",
              defaultValue = "1000000",
              paramLabel = "N",
              description =
                  "Accounts, and slots, of the state on disk that cold cases read, in the folder"
                      + " for temporary files; 0 leaves them out. Default: 1000000.")
          int coldEntries,
      @Option(
              names = "--vectors",
              paramLabel = "DIR",
              description = "Run the public benchmark blocks below DIR too.")
          Optional<Path> vectors)
      throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    List<EvmMeasure.Result> results;
    try (ColdState cold = new ColdState(Math.max(0, coldEntries))) {
      Optional<ColdState> some = coldEntries > 0 ? Optional.of(cold) : Optional.empty();
      Pattern pattern = Pattern.compile(only);
      List<EvmCase> chosen =
          EvmCases.all(vectors, some, EvmScene.GAS_MEASURED).stream()
              .filter(next -> pattern.matcher(next.group() + " " + next.name()).find())
              .toList();
      if (chosen.isEmpty()) {
        throw new ParameterException(spec.commandLine(), "no case matches " + only);
      }
      if (!json) {
        out.println(EvmReport.heading());
      }
      results =
          new EvmMeasure(seconds)
              .run(
                  chosen,
                  step -> {
                    spec.commandLine().getErr().println(step);
                    spec.commandLine().getErr().flush();
                  },
                  result -> {
                    if (!json) {
                      out.println(EvmReport.row(result));
                      out.flush();
                    }
                  });
    }
    if (json) {
      out.println(EvmReport.json(results));
    } else if (slowest > 0) {
      out.println();
      out.println("slowest");
      EvmReport.slowest(results, slowest).forEach(result -> out.println(EvmReport.row(result)));
    }
    out.flush();
    return check && !results.stream().allMatch(EvmReport::isFine) ? 1 : 0;
  }

  /// Handles blocks of transfers on one thread, from their bytes to the durable final block, shows
  /// where the processor time went, and what executing a transfer of a token takes. Exit status: 0,
  /// or 1 with `--check` if a target was missed.
  @Command(
      name = "block",
      description = "Handles blocks of transfers, all but networking, on one thread.",
      mixinStandardHelpOptions = true)
  int block(
      @Option(
              names = "--accounts",
              defaultValue = "1000000",
              paramLabel = "N",
              description = "Accounts in the state. Default: 1000000.")
          int accounts,
      @Option(
              names = "--transactions",
              defaultValue = "2000",
              paramLabel = "N",
              description = "Transfers in a block. Default: 2000.")
          int transactions,
      @Option(
              names = "--blocks",
              defaultValue = "30",
              paramLabel = "N",
              description = "Blocks of warm-up, and of measurement, each. Default: 30.")
          int blocks,
      @Option(
              names = "--cache",
              defaultValue = "2048",
              paramLabel = "MIB",
              description =
                  "Memory for the parts of the state used last. A node has 256; the default holds"
                      + " all of the state. Default: 2048.")
          int cacheMebibytes,
      @Option(names = "--encrypt", description = "Encrypt what goes to the disk.") boolean encrypt,
      @Option(names = "--check", description = "Exit with 1 if a target was missed.") boolean check)
      throws IOException, MalformedException {
    if (blocks < 1
        || transactions < 1
        || cacheMebibytes < 1
        || 2L * blocks * transactions >= accounts) {
      throw new ParameterException(
          spec.commandLine(), "not enough accounts, or nothing to measure");
    }
    BlockReport report =
        new BlockRun(
                accounts,
                2 * blocks * transactions,
                transactions,
                blocks,
                (long) cacheMebibytes << 20,
                encrypt ? BlockRun.Disk.ENCRYPTED : BlockRun.Disk.PLAIN)
            .report();
    PrintWriter out = spec.commandLine().getOut();
    report.print(out);
    double token = OrdinaryCases.tokenMicros(TOKEN_SECONDS);
    double most = OrdinaryCases.TOKEN_MICROS_MAX;
    out.println(BlockReport.within("executing OpenZeppelin's ERC-20 transfer", token, most));
    out.flush();
    return check && (!report.isWithinTargets() || token > most) ? 1 : 0;
  }

  /// Uploads blobs over loopback and shows how fast they are verified. Exit status: 0, or 1 with
  /// `--check` if the target was missed.
  @Command(
      name = "blobs",
      description = "Uploads blobs over HTTP to a server that verifies them, both in this process.",
      mixinStandardHelpOptions = true)
  int blobs(
      @Option(
              names = "--mebibytes",
              defaultValue = "512",
              paramLabel = "N",
              description = "Length of a blob; twice as much disk is needed. Default: 512.")
          int mebibytes,
      @Option(
              names = "--rounds",
              defaultValue = "5",
              paramLabel = "N",
              description = "Uploads that are measured. Default: 5.")
          int rounds,
      @Option(names = "--check", description = "Exit with 1 if the target was missed.")
          boolean check)
      throws IOException, BlobRefusedException {
    if (mebibytes < 1 || mebibytes > 100_000 || rounds < 1) {
      throw new ParameterException(spec.commandLine(), "nothing to measure");
    }
    boolean met = new BlobRun(mebibytes, rounds).run(spec.commandLine().getOut());
    return check && !met ? 1 : 0;
  }

  /// Judges genuine evidence of trusted hardware and shows what it costs. Exit status: 0.
  @Command(
      name = "attestation",
      description = "Judges evidence of trusted hardware: processor time, and gas beside it.",
      mixinStandardHelpOptions = true)
  int attestation(
      @Option(
              names = "--vectors",
              required = true,
              paramLabel = "DIR",
              description = "The TEE vectors.")
          Path vectors,
      @Option(
              names = "--seconds",
              defaultValue = "1",
              paramLabel = "S",
              description = "Processor time to measure a case, in seconds. Default: 1.")
          double seconds)
      throws IOException {
    new AttestationRun(seconds).run(vectors, spec.commandLine().getOut());
    return 0;
  }

  /// Measures the referee and the longest proofs about models. Exit status: 0, or 1 with `--check`
  /// if a target was missed.
  @Command(
      name = "referee",
      description = {
        "Multiplies, infers and trains with the referee's fastest kernel on one thread, and judges",
        "of models of every kind the longest proof of one element: bytes, gas and processor time."
      },
      mixinStandardHelpOptions = true)
  int referee(
      @Option(
              names = "--seconds",
              defaultValue = "5",
              paramLabel = "S",
              description = "Processor time to measure a row, in seconds. Default: 5.")
          double seconds,
      @Option(names = "--check", description = "Exit with 1 if a target was missed.") boolean check)
      throws MalformedModelException {
    boolean met = new RefereeRun(seconds, spec.commandLine().getOut()).run();
    return check && !met ? 1 : 0;
  }

  /// Kills nodes of a network at random under load and starts them again. Exit status: 0, or 1 if
  /// something was lost, diverged or signed twice; the reasons are printed.
  @Command(
      name = "faults",
      description = {
        "Runs a network of node processes on this machine under a load of transfers, kills nodes at",
        "random (SIGKILL), one, some or all at once, and starts them again. Says whether anything",
        "that a node told to be final is missing or different on another in the end, whether a node",
        "ended by itself, and whether anybody was convicted."
      },
      mixinStandardHelpOptions = true)
  int faults(
      @Option(
              names = "--validators",
              defaultValue = "4",
              paramLabel = "N",
              description = "Nodes, each an authority that also stakes. Default: 4.")
          int validators,
      @Option(
              names = "--seconds",
              defaultValue = "120",
              paramLabel = "S",
              description = "Of killing. Default: 120.")
          int seconds,
      @Option(
              names = "--seed",
              defaultValue = "1",
              paramLabel = "N",
              description = "Which nodes are killed, and when. Default: 1.")
          long seed,
      @Option(
              names = "--kill",
              defaultValue = "0",
              paramLabel = "N",
              description = "How many at once; 0 for one, some or all. Default: 0.")
          int atOnce,
      @Option(
              names = "--proposers",
              defaultValue = "2",
              paramLabel = "N",
              description =
                  "How often whoever proposes next is killed before, of 4 nodes or more. Default: 2.")
          int proposers)
      throws IOException, InterruptedException {
    boolean wrongTimes = seconds < 1 || proposers < 0 || proposers > 100;
    if (validators < 1 || validators > 100 || atOnce < 0 || atOnce > validators || wrongTimes) {
      throw new ParameterException(
          spec.commandLine(),
          "1 to 100 validators, at least a second, no more nodes killed at once than there are,"
              + " at most 100 proposers");
    }
    int alone = validators < VALIDATORS_WITHOUT_ONE ? 0 : proposers;
    FaultsRun.Report report = new FaultsRun(validators, seconds, seed, atOnce, alone).report();
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "%d nodes killed in %d rounds; %d transfers told to be final, %d blocks; until every node"
            + " had a new block at most %d ms from the restart and %d ms from when all answered;"
            + " the network went on at most %d ms from when a quorum answered (target 12,000);"
            + " %d faults%n",
        report.kills(),
        report.rounds(),
        report.acknowledged(),
        report.blocks(),
        report.restartMillis(),
        report.answerMillis(),
        report.onMillis(),
        report.faults().size());
    if (alone > 0) {
      out.printf(
          "next block after its proposer was killed: %s ms (target %,d)%n",
          report.failoverMillis(), report.failoverMillisMax());
    }
    report.faults().forEach(out::println);
    out.flush();
    return report.faults().isEmpty() ? 0 : 1;
  }

  /// Runs a network of node processes on this machine under a load of transfers through its public
  /// RPC. Exit status: 0, or 1 if a transfer was lost or the nodes have different blocks; then
  /// nothing is reported.
  @Command(
      name = "network",
      description = {
        "Runs a network of node processes on this machine under a load of transfers, and measures",
        "what it commits, how soon, and with what. The load is signed before and comes through the",
        "public RPC in batches, each sender by one node. First this machine's ceiling is measured:",
        "what one thread decodes, recovers, executes and stores of the same transfers, times",
        "processors, divided by nodes."
      },
      mixinStandardHelpOptions = true)
  int network(
      @Option(
              names = "--validators",
              defaultValue = "4",
              paramLabel = "N",
              description = "Nodes, each an authority that also stakes. Default: 4.")
          int validators,
      @Option(
              names = "--per-process",
              defaultValue = "1",
              paramLabel = "N",
              description = "Nodes that share a process, for networks of many. Default: 1.")
          int perProcess,
      @Option(
              names = "--seconds",
              defaultValue = "40",
              paramLabel = "S",
              description = "Of load that is measured. Default: 40.")
          int seconds,
      @Option(
              names = "--warm",
              defaultValue = "120",
              paramLabel = "S",
              description =
                  "Of load before, until the nodes have compiled what is hot. Default: 120.")
          int warmSeconds,
      @Option(
              names = "--rate",
              defaultValue = "max",
              paramLabel = "R",
              description = "Transfers a second to offer, or max. Default: max.")
          String rate,
      @Option(
              names = "--warm-rate",
              defaultValue = "0",
              paramLabel = "R",
              description =
                  "Transfers a second to offer in the seconds before, where --rate is a number: a"
                      + " network that idles has compiled nothing. Default: the same.")
          int warmRate,
      @Option(
              names = "--mode",
              defaultValue = "BALANCED",
              description = "Pinned mode: ${COMPLETION-CANDIDATES}. Default: BALANCED.")
          Mode mode,
      @Option(
              names = "--round-timer",
              defaultValue = "3000",
              paramLabel = "MS",
              description =
                  "Cap of the round timer in the genesis. More nodes than the machine has power"
                      + " for need more. Default: ${DEFAULT-VALUE}, that of every preset.")
          int roundTimerMillis,
      @Option(
              names = "--latency",
              defaultValue = "0",
              paramLabel = "MS",
              description =
                  "Of each message between two nodes, by proxies between them. Default: 0.")
          int latencyMillis,
      @Option(names = "--json", paramLabel = "FILE", description = "Write JSON to FILE too.")
          Optional<Path> json)
      throws IOException, MalformedException, InterruptedException {
    boolean sane = validators >= 1 && validators <= NetworkLoad.SENDERS && perProcess >= 1;
    boolean times = seconds >= 1 && warmSeconds >= 0 && latencyMillis >= 0;
    times &= roundTimerMillis >= 1 && roundTimerMillis <= ModeParameters.INTERVAL_MILLIS_MAX;
    boolean warms = warmRate == 0 || (warmRate > 0 && !rate.equals("max"));
    if (!sane || !times || !warms || !rate.matches("max|[1-9][0-9]{0,5}")) {
      throw new ParameterException(
          spec.commandLine(),
          ("%d validators, %d and %d s, rate %s, before %d, round timer %d, latency %d: at least one,"
                  + " and a number or max; a round of %d at most")
              .formatted(
                  validators,
                  warmSeconds,
                  seconds,
                  rate,
                  warmRate,
                  roundTimerMillis,
                  latencyMillis,
                  ModeParameters.INTERVAL_MILLIS_MAX));
    }
    int perSecond = rate.equals("max") ? 0 : Integer.parseInt(rate);
    NetworkReport report =
        new NetworkRun(
                validators,
                perProcess,
                seconds,
                warmSeconds,
                perSecond,
                warmRate == 0 ? perSecond : warmRate,
                mode,
                roundTimerMillis,
                Duration.ofMillis(latencyMillis),
                NetworkRun.CEILING_BLOCKS)
            .report();
    report.print(spec.commandLine().getOut());
    if (json.isPresent()) {
      Path _ = Files.writeString(json.get(), report.json().toPrettyString() + "\n");
    }
    return 0;
  }
}
