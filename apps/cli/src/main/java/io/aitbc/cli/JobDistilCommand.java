// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.client.ClaimOutputs;
import io.aitbc.client.Experiences;
import io.aitbc.client.JobClient;
import io.aitbc.client.RpcException;
import io.aitbc.crypto.Bytes;
import io.aitbc.node.ConfigurationException;
import io.aitbc.referee.Model;
import io.aitbc.signer.KeyFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `aitbc job distil`: makes records of what a job embedded. ADR 0035.
@Command(
    name = "distil",
    description = {
      "Distils the outputs of a job whose model embeds into a file of records: an output near a",
      "record is that record once more, any other is a new one. The file grows from job to job;",
      "whoever has the same outputs makes the same records."
    },
    mixinStandardHelpOptions = true)
final class JobDistilCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Parameters(paramLabel = "JOB", description = "Its number.")
  private long number;

  @Option(
      names = "--within",
      required = true,
      paramLabel = "DISTANCE",
      description =
          "The greatest distance (L2, of the output's whole numbers) of two that are the same.")
  private long within;

  @Option(
      names = "--records",
      required = true,
      paramLabel = "FILE",
      description = "The records; made if it is not there.")
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private Path file;

  @Mixin
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private WorkOptions work;

  @Override
  public Integer call() throws IOException, RpcException, KeyFileException, ConfigurationException {
    return work.anyClient((client, _) -> distil(client));
  }

  private int distil(JobClient client) throws IOException {
    Model model =
        client
            .model(number)
            .orElseThrow(() -> new IOException("the job's model is not in this folder"));
    if (model.trains()) {
      throw new IOException("the job trains: it has no outputs to distil");
    }
    List<Bytes> outputs = new ArrayList<>();
    for (Map.Entry<Long, ClaimOutputs> each : client.result(number).entrySet()) {
      if (!(each.getValue() instanceof ClaimOutputs.Right(List<Bytes> right))) {
        work.out().println("claim %d: %s".formatted(each.getKey(), JobText.of(each.getValue())));
        return JobCommand.INCOMPLETE;
      }
      boolean _ = outputs.addAll(right);
    }
    try {
      int elements = Math.toIntExact(model.output().bytes() / model.output().type().bytes());
      Experiences records =
          Files.exists(file)
              ? Experiences.read(file)
              : new Experiences(model.output().type(), elements, within);
      if (!records.areOf(model.output().type(), elements, within)) {
        throw new IOException(file + " has records of other outputs, or of another distance");
      }
      print(records.add(number, outputs), records);
      records.write(file);
    } catch (IllegalArgumentException refused) {
      throw new IOException(refused.getMessage(), refused);
    }
    return 0;
  }

  private void print(Experiences.Added added, Experiences records) {
    int total = records.records().size();
    if (work.json()) {
      ObjectNode shown =
          JSON.createObjectNode()
              .put("job", number)
              .put("created", added.created())
              .put("repeated", added.repeated())
              .put("empty", added.empty())
              .put("records", total);
      work.out().println(shown);
      return;
    }
    work.out()
        .println(
            "records      %d new, %d outputs repeat one, %d are empty; %d in %s"
                .formatted(added.created(), added.repeated(), added.empty(), total, file));
  }
}
