// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.client.ClaimOutputs;
import io.aitbc.client.CommandProvider;
import io.aitbc.client.JobClient;
import io.aitbc.client.JobOrder;
import io.aitbc.client.JobStatus;
import io.aitbc.client.RpcException;
import io.aitbc.compute.ItemFile;
import io.aitbc.crypto.Bytes;
import io.aitbc.execution.JuryCall;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkJob;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.node.ConfigurationException;
import io.aitbc.node.ServicesConfiguration;
import io.aitbc.referee.Model;
import io.aitbc.signer.KeyFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `aitbc job`: AI work that is bought. Protocol §17.12, docs/ai-work.md.
@Command(
    name = "job",
    description = "Buys AI work, follows it, fetches its outputs, and explains every decision.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = JobDistilCommand.class,
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:done; of submit and follow: all claims are settled and their outputs are here",
      "1:node or contract refuse or do not answer, or a file cannot be used",
      "2:wrong usage",
      "3:of submit, follow and result: some outputs are not here"
    })
final class JobCommand implements Runnable {
  /// Some outputs are not here.
  static final int INCOMPLETE = 3;

  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private CommandSpec spec;

  /// Where inputs come from.
  static final class Inputs {
    @Option(
        names = "--inputs",
        paramLabel = "FILE",
        description = "Inputs as items, each with its length (4 bytes) in front.")
    private @Nullable Path items;

    @Option(
        names = "--raw",
        paramLabel = "FILE",
        description = "Inputs of the model's length, one behind the other.")
    private @Nullable Path raw;

    @ArgGroup(exclusive = false)
    private @Nullable Training training;

    List<Bytes> read(Model model) throws IOException {
      if (training != null) {
        return List.of(ModelFiles.bytes(training.data));
      }
      return items == null
          ? ModelFiles.raw(Objects.requireNonNull(raw), model)
          : ModelFiles.items(items);
    }

    Optional<JobOrder.Training> training() throws IOException {
      return training == null ? Optional.empty() : Optional.of(training.read());
    }
  }

  /// What a model is trained on.
  static final class Training {
    @Option(
        names = "--train",
        required = true,
        paramLabel = "FILE",
        description = "The data set, for a model that trains.")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private Path data;

    @Option(
        names = "--first-state",
        required = true,
        paramLabel = "FILE",
        description = "The state that training begins with, or goes on from.")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private Path firstState;

    @Option(
        names = "--segments",
        required = true,
        paramLabel = "N",
        description = "How many segments are trained, 1 to 4096; each is paid, and may be audited.")
    private long segments;

    @Option(
        names = "--steps",
        required = true,
        paramLabel = "N",
        description = "Steps of each segment, 1 to 256.")
    private long steps;

    JobOrder.Training read() throws IOException {
      return new JobOrder.Training(ModelFiles.bytes(firstState), segments, steps);
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /// How outputs are verified.
  static final class Verification {
    @Option(
        names = "--class",
        defaultValue = "EXACT",
        paramLabel = "CLASS",
        description =
            "EXACT; TOLERANCE: an engine of a profile has other bits, and may be so far from the"
                + " referee as the model's registrant measured; or ATTESTED: the bits of EXACT, and"
                + " a worker's hardware vouches for them, so that fewer auditors are drawn"
                + " (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private String verification;

    @Option(
        names = "--code",
        paramLabel = "HASH",
        description =
            "With ATTESTED: the approved code that must have run (`aitbc attestation code HASH`).")
    private @Nullable String code;

    @Option(
        names = "--profile",
        paramLabel = "NAME",
        description = "With TOLERANCE: the execution profile, as in `aitbc model calibrate`.")
    private @Nullable String profile;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    JobOrder on(JobOrder exact) throws ConfigurationException {
      if (code != null && !verification.equals("ATTESTED")) {
        throw refused("--code is for --class ATTESTED");
      }
      if (profile != null && !verification.equals("TOLERANCE")) {
        throw refused("--profile is for --class TOLERANCE");
      }
      return switch (verification) {
        case "EXACT" -> exact;
        case "TOLERANCE" -> {
          if (profile == null) {
            throw refused("--profile is missing: under what engines run the model");
          }
          yield exact.under(JuryCall.profile(profile));
        }
        case "ATTESTED" -> {
          if (code == null) {
            throw refused("--code is missing: what a worker's hardware must vouch for");
          }
          yield exact.attested(ServicesConfiguration.code("code", code, ServiceCommand::refusal));
        }
        default ->
            throw refused(
                "--class is \"%s\"; allowed are EXACT, TOLERANCE, ATTESTED"
                    .formatted(verification));
      };
    }

    private ParameterException refused(String why) {
      return new ParameterException(spec.commandLine(), why);
    }
  }

  @Command(
      name = "submit",
      description = {
        "Puts a fee in escrow and has strangers run a registered model on inputs, or train one.",
        "Then follows the job: gives the files to the workers that are drawn, fetches and compares",
        "their outputs. The files go to workers and auditors, and one disputed input and output onto",
        "the chain: no secrets."
      },
      mixinStandardHelpOptions = true)
  int submit(
      @Option(names = "--model", required = true, paramLabel = "FILE", description = "Its file.")
          Path modelFile,
      @ArgGroup(multiplicity = "1") Inputs inputs,
      @Option(
              names = "--fee-per-item",
              required = true,
              paramLabel = "AITBC",
              description = "What an input, or a segment, pays; workers see it.")
          Amount fee,
      @Option(
              names = "--seconds",
              defaultValue = "60",
              description =
                  "A worker's time, in seconds of the chain's active time (default: ${DEFAULT-VALUE}).")
          int seconds,
      @Option(
              names = "--blocks",
              defaultValue = "60",
              description =
                  "And in blocks; late is who has passed both (default: ${DEFAULT-VALUE}).")
          int blocks,
      @Option(
              names = "--value-at-risk",
              defaultValue = "0",
              paramLabel = "AITBC",
              description = {
                "What a wrong output could cost you: a worker sets that much of its bond aside, if",
                "it is more than ten rewards."
              })
          Amount valueAtRisk,
      @Option(
              names = "--public",
              description = "Let anybody read model, inputs and outputs from the workers.")
          boolean everybody,
      @Option(
              names = "--no-follow",
              description = "Submit only; nobody has the files until `aitbc job follow`.")
          boolean submitOnly,
      @Mixin Verification verification,
      @Mixin WorkOptions work)
      throws IOException, RpcException, KeyFileException, ConfigurationException {
    Model model = ModelFiles.model(modelFile);
    JobOrder order;
    try {
      order =
          verification.on(
              new JobOrder(
                  model,
                  inputs.read(model),
                  fee,
                  seconds,
                  blocks,
                  valueAtRisk,
                  everybody ? WorkJob.EVERYBODY : WorkJob.PARTIES,
                  inputs.training()));
    } catch (IllegalArgumentException unfit) {
      throw new ParameterException(spec.commandLine(), String.valueOf(unfit.getMessage()), unfit);
    }
    return work.client((client, _) -> {
      long number = client.submit(order);
      if (!work.json()) {
        work.out()
            .println(
                "job          %d: %d %s, %s AITBC in escrow"
                    .formatted(
                        number,
                        order.count(),
                        order.training().isPresent() ? "segments" : "items",
                        AitbcAmount.text(order.fee())));
        work.out().flush();
      }
      if (submitOnly) {
        if (work.json()) {
          work.out().println(JSON.createObjectNode().put("job", number));
        }
        return 0;
      }
      return follow(client, number, work);
    });
  }

  @Command(
      name = "follow",
      description = {
        "Goes on with a job that was submitted from this folder, until all its claims are over:",
        "uploads to workers that are drawn, has others drawn, reports late ones, fetches outputs."
      },
      mixinStandardHelpOptions = true)
  int follow(
      @Parameters(paramLabel = "JOB", description = "Its number.") long number,
      @Mixin WorkOptions work)
      throws IOException, RpcException, KeyFileException, ConfigurationException {
    return work.client((client, _) -> follow(client, number, work));
  }

  private static int follow(JobClient client, long number, WorkOptions work) throws IOException {
    JobStatus end =
        client.follow(
            number,
            progress -> {
              if (!work.json()) {
                work.out().println(JobText.of(progress));
                work.out().flush();
              }
            });
    Map<Long, ClaimOutputs> outputs = client.result(number);
    boolean whole =
        end.claims().stream()
                .allMatch(claim ->
                    claim.state().equals(WorkClaim.State.SETTLED.name())
                        && outputs.get(claim.id().claim()) instanceof ClaimOutputs.Right)
            && (!end.job().trains() || client.trained(number) instanceof ClaimOutputs.Right);
    if (work.json()) {
      ObjectNode json = JSON.createObjectNode().put("job", number).put("whole", whole);
      json.set("claims", JobText.claims(client, end, outputs));
      work.out().println(json);
    } else {
      work.out().println(whole ? "all outputs are here" : "some outputs are not here");
    }
    return whole ? 0 : INCOMPLETE;
  }

  @Command(
      name = "status",
      description = "Prints how a job and its claims stand.",
      mixinStandardHelpOptions = true)
  int status(
      @Parameters(paramLabel = "JOB", description = "Its number.") long number,
      @Mixin WorkOptions work)
      throws IOException, RpcException {
    JsonNode job = work.ask("aitbc_job", number);
    if (job.isNull()) {
      throw new IOException("there is no job " + number);
    }
    if (work.json()) {
      work.out().println(job);
    } else {
      JobText.status(job).forEach(work.out()::println);
    }
    return 0;
  }

  @Command(
      name = "explain",
      description = {
        "Says for every decision about a job what happened and why, and what is awaited until when."
      },
      mixinStandardHelpOptions = true)
  int explain(
      @Parameters(paramLabel = "JOB", description = "Its number.") long number,
      @Mixin WorkOptions work)
      throws IOException, RpcException, KeyFileException, ConfigurationException {
    return work.anyClient((client, _) -> {
      var explanation = client.explain(number);
      if (work.json()) {
        work.out().println(JobText.json(explanation));
      } else {
        JobText.lines(explanation).forEach(work.out()::println);
      }
      return 0;
    });
  }

  @Command(
      name = "result",
      description = {
        "Prints for each input which element of its output is the greatest, from the outputs that",
        "were fetched; with --account fetches those that are not here, from the worker. Of a job that",
        "trains --out writes the trained state; else the root of the state after each segment is",
        "printed."
      },
      mixinStandardHelpOptions = true)
  int result(
      @Parameters(paramLabel = "JOB", description = "Its number.") long number,
      @Option(
              names = "--out",
              paramLabel = "FILE",
              description =
                  "Write all outputs as one file of items, or the trained state, instead.")
          @Nullable Path out,
      @Option(
              names = "--labels",
              paramLabel = "FILE",
              description = "What is expected, a number per line: print how many are right.")
          @Nullable Path labels,
      @Mixin WorkOptions work)
      throws IOException, RpcException, KeyFileException, ConfigurationException {
    return work.anyClient((client, _) -> {
      Optional<Model> model = client.model(number);
      boolean trains = model.isPresent() && model.get().trains();
      if (trains && out != null) {
        return writeState(client.trained(number), out, work);
      }
      List<Bytes> items = new ArrayList<>();
      for (Map.Entry<Long, ClaimOutputs> each : client.result(number).entrySet()) {
        if (!(each.getValue() instanceof ClaimOutputs.Right(List<Bytes> right))) {
          work.out().println("claim %d: %s".formatted(each.getKey(), JobText.of(each.getValue())));
          return INCOMPLETE;
        }
        items.addAll(right);
      }
      if (out != null) {
        Path _ = Files.write(out, ItemFile.encoded(items));
        work.out().println("written      %d outputs to %s".formatted(items.size(), out));
        return 0;
      }
      if (model.isEmpty()) {
        throw new IOException("the job's model is not in this folder; --out writes the outputs");
      }
      if (trains) {
        items.forEach(root -> work.out().println(root.toHex()));
        return 0;
      }
      print(model.get(), items, labels == null ? List.of() : Files.readAllLines(labels), work);
      return 0;
    });
  }

  private static int writeState(ClaimOutputs state, Path out, WorkOptions work) throws IOException {
    if (!(state instanceof ClaimOutputs.Right(List<Bytes> items))) {
      work.out().println("claim 0: " + JobText.of(state));
      return INCOMPLETE;
    }
    Path _ = Files.write(out, items.getFirst().toArray());
    work.out()
        .println("written      %d bytes of state to %s".formatted(items.getFirst().length(), out));
    return 0;
  }

  private static void print(Model model, List<Bytes> items, List<String> labels, WorkOptions work) {
    int right = 0;
    for (int i = 0; i < items.size(); i++) {
      OptionalInt best = Scores.best(model, items.get(i));
      String shown = best.isPresent() ? Integer.toString(best.getAsInt()) : "-";
      if (labels.isEmpty()) {
        work.out().println(work.json() ? shown : "input %d: %s".formatted(i, shown));
      } else if (i < labels.size() && labels.get(i).strip().equals(shown)) {
        right++;
      }
    }
    if (!labels.isEmpty()) {
      work.out()
          .println(
              work.json()
                  ? JSON.createObjectNode().put("right", right).put("items", items.size())
                  : "right        %d of %d".formatted(right, items.size()));
    }
  }

  @Command(
      name = "cancel",
      description = "Takes back the claims of a job that nobody accepted; the fees are credited.",
      mixinStandardHelpOptions = true)
  int cancel(
      @Parameters(paramLabel = "JOB", description = "Its number.") long number,
      @Mixin WorkOptions work)
      throws IOException, RpcException, KeyFileException, ConfigurationException {
    return work.client((client, _) -> {
      int cancelled = client.cancel(number);
      work.out()
          .println(
              work.json()
                  ? JSON.createObjectNode().put("job", number).put("cancelled", cancelled)
                  : "cancelled    %d claims".formatted(cancelled));
      return 0;
    });
  }

  @Command(
      name = "list",
      description = "Prints the latest jobs, the latest first.",
      mixinStandardHelpOptions = true)
  int list(
      @Option(names = "--client", paramLabel = "ADDRESS", description = "Those of this client.")
          @Nullable Address client,
      @Option(
              names = "--from",
              defaultValue = "2147483647",
              paramLabel = "JOB",
              description = "From this number downwards.")
          int from,
      @Mixin WorkOptions work)
      throws IOException, RpcException {
    JsonNode jobs = work.ask("aitbc_jobs", from);
    if (jobs.isNull()) {
      throw new IOException("this network has no contracts for AI work");
    }
    var kept = JSON.createArrayNode();
    for (JsonNode each : jobs) {
      if (client == null || each.path("client").asText().equals(client.toString())) {
        kept.add(each);
      }
    }
    if (work.json()) {
      work.out().println(kept);
    } else {
      kept.forEach(each -> work.out().println(JobText.summary(each)));
    }
    return 0;
  }

  @Command(
      name = "withdraw",
      description =
          "Draws what the account was credited: fees that came back, and what late workers paid.",
      mixinStandardHelpOptions = true)
  int withdraw(@Mixin WorkOptions work)
      throws IOException, RpcException, KeyFileException, ConfigurationException {
    return work.client((client, _) -> {
      Amount amount = client.withdraw();
      work.out()
          .println(
              work.json()
                  ? JSON.createObjectNode().put("wei", amount.wei().toString())
                  : "withdrawn    " + AitbcAmount.text(amount) + " AITBC");
      return 0;
    });
  }

  /// Brings the command to `aitbc`.
  public static final class Provider implements CommandProvider {
    @Override
    public Object command() {
      return new JobCommand();
    }
  }
}
