// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.blobs.Reach;
import io.aitbc.client.CommandProvider;
import io.aitbc.execution.ServiceRole;
import io.aitbc.model.Amount;
import io.aitbc.node.NodeConfiguration.AccountFile;
import io.aitbc.node.ServiceMetrics;
import io.aitbc.node.ServicesConfiguration;
import io.aitbc.signer.KeyFileException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;

/// `aitbc evaluator`: scores AI work for a bond and a fee. Protocol §17.15.
@Command(
    name = "evaluator",
    description = "Scores AI work: fetches results, seals a score, opens it in time, is paid.")
final class EvaluatorCommand extends CheckerCommand {
  EvaluatorCommand() {
    super(ServiceRole.EVALUATOR);
  }

  @Override
  ServiceLoop start(
      URI node,
      AccountFile account,
      Path data,
      Reach reach,
      Optional<Amount> bond,
      Optional<ServiceMetrics> metrics)
      throws KeyFileException {
    return WorkServices.evaluator(
        node, new ServicesConfiguration.Evaluator(account, data, reach), bond, metrics);
  }

  /// Brings the command to `aitbc`.
  public static final class Provider implements CommandProvider {
    @Override
    public Object command() {
      return new EvaluatorCommand();
    }
  }
}
