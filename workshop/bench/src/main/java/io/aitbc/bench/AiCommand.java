// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.aitbc.model.Mode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `aitbc bench ai`: AI work end to end on real processes.
@Command(
    name = "ai",
    description = {
      "Runs AI work end to end: a network of node processes in BALANCED, workers, auditors and",
      "evaluators in processes of their roles, and clients in this one, which order jobs, upload",
      "inputs and compare outputs with the chain. Prints what was inferred, how soon, and the",
      "processor time of all processes by thread, and the jobs that failed, and why. If any did,",
      "the exit status is 1."
    },
    mixinStandardHelpOptions = true)
final class AiCommand implements Callable<Integer> {
  /// What can be measured.
  enum Part {
    /// The small model.
    SMALL,
    /// The large model, which fills the processors.
    LARGE,
    /// Inference by the large model, training and extraction, 70 to 20 to 10.
    MIX,
    /// Frauds in virtual time.
    DETECTION,
    /// Honest claims among people who mean harm, in virtual time.
    HONEST
  }

  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private CommandSpec spec;

  @Option(
      names = "--part",
      split = ",",
      defaultValue = "SMALL,LARGE,DETECTION",
      paramLabel = "PART",
      description = "What to measure: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private List<Part> parts = List.of();

  @Option(names = "--validators", defaultValue = "4", paramLabel = "N", description = "Nodes.")
  private int validators;

  @Option(names = "--workers", defaultValue = "3", paramLabel = "N", description = "Workers.")
  private int workers;

  @Option(names = "--auditors", defaultValue = "10", paramLabel = "N", description = "Auditors.")
  private int auditors;

  @Option(names = "--evaluators", defaultValue = "7", paramLabel = "N", description = "Evaluators.")
  private int evaluators;

  @Option(
      names = "--per-process",
      defaultValue = "10",
      paramLabel = "N",
      description =
          "Services of a role that share a process: each process compiles what it runs, so many of"
              + " them on few processors do little else for minutes. Default: 10.")
  private int perProcess;

  @Option(
      names = "--in-flight",
      defaultValue = "0",
      paramLabel = "N",
      description = "Jobs without a result at any time. Default: 16 small ones, 6 of the others.")
  private int inFlight;

  @Option(
      names = "--batch",
      defaultValue = "1024",
      paramLabel = "N",
      description = "Items of a batch; a claim has four. Default: 1024.")
  private int batch;

  @Option(
      names = "--idle",
      defaultValue = "15",
      paramLabel = "S",
      description = "Seconds without jobs that are measured before. Default: 15.")
  private int idleSeconds;

  @Option(
      names = "--warm",
      defaultValue = "60",
      paramLabel = "S",
      description = "Seconds of load before those that are measured. Default: 60.")
  private int warmSeconds;

  @Option(
      names = "--seconds",
      defaultValue = "90",
      paramLabel = "S",
      description = "Seconds of load that are measured. Default: 90.")
  private int seconds;

  @Option(
      names = "--frauds",
      defaultValue = "1000",
      paramLabel = "N",
      description =
          "Frauds of each of eight shares of wrong items, with honest and with withholding"
              + " proposers, and with a worker that knows its draw early: 24 N in all. Default:"
              + " 1000.")
  private int frauds;

  @Option(
      names = "--claims",
      defaultValue = "1000",
      paramLabel = "N",
      description = "Honest claims of the part HONEST, which is not run by default. Default: 1000.")
  private int claims;

  @Option(names = "--check", description = "Exit with 1 if a target of detection was missed.")
  private boolean check;

  @Option(names = "--json", paramLabel = "FILE", description = "Write JSON to FILE too.")
  private Optional<Path> json = Optional.empty();

  private static final int BATCHES = 4;
  private static final int CLIENTS = 4;
  private static final int SMALL_IN_FLIGHT = 16;
  private static final int LARGE_IN_FLIGHT = 6;

  @Override
  public Integer call() throws IOException, InterruptedException {
    boolean services = validators >= 1 && workers >= 1 && auditors >= 1 && evaluators >= 0;
    services &= perProcess >= 1;
    boolean times = idleSeconds >= 1 && warmSeconds >= 0 && seconds >= 1;
    if (!services || !times || batch < 1 || batch > 1_024 || inFlight < 0) {
      throw tooFew();
    }
    if (frauds < 1 || claims < 1) {
      throw tooFew();
    }
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter progress = spec.commandLine().getErr();
    ArrayNode all = new ObjectMapper().createArrayNode();
    boolean met = true;
    boolean failed = false;
    Consumer<String> told =
        line -> {
          progress.println(line);
          progress.flush();
        };
    for (Part part : parts) {
      if (part == Part.DETECTION) {
        List<DetectionRun.Row> rows = new DetectionRun(frauds).rows(told);
        DetectionRun.print(out, rows);
        met &= rows.stream().allMatch(DetectionRun.Row::isFine);
        ArrayNode _ = all.add(DetectionRun.json(rows));
      } else if (part == Part.HONEST) {
        List<HonestRun.Row> rows = new HonestRun(claims).rows(told);
        HonestRun.print(out, rows);
        ArrayNode _ = all.add(HonestRun.json(rows));
      } else {
        AiReport report = network(part).report(told);
        report.print(out);
        failed |= !report.failed().isEmpty();
        ArrayNode _ = all.add(report.json());
      }
      out.println();
      out.flush();
    }
    if (json.isPresent()) {
      Path _ = Files.writeString(json.get(), all.toPrettyString() + "\n");
    }
    return failed || (check && !met) ? 1 : 0;
  }

  private ParameterException tooFew() {
    return new ParameterException(
        spec.commandLine(), "at least one of each, and batches of 1,024 items at most");
  }

  private AiRun network(Part part) {
    int flying = inFlight > 0 ? inFlight : part == Part.SMALL ? SMALL_IN_FLIGHT : LARGE_IN_FLIGHT;
    AiOptions options =
        new AiOptions(
            Mode.BALANCED,
            validators,
            workers,
            auditors,
            evaluators,
            perProcess,
            Math.min(CLIENTS, flying),
            flying,
            batch * BATCHES,
            idleSeconds,
            warmSeconds,
            seconds);
    List<AiWork> works =
        switch (part) {
          case SMALL -> List.of(AiWork.inference(AiModels.SMALL, options.items(), 1));
          case MIX -> AiWork.mix(options.items());
          default -> List.of(AiWork.inference(AiModels.LARGE, options.items(), 1));
        };
    return new AiRun(part.name().toLowerCase(Locale.ROOT), works, options);
  }
}
