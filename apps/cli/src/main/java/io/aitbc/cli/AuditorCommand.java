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

/// `aitbc auditor`: checks AI work for a bond and a fee. Protocol §17.10 to §17.14.
@Command(
    name = "auditor",
    description =
        "Checks AI work: runs drawn leaves again, reports, challenges what is wrong, is paid.")
final class AuditorCommand extends CheckerCommand {
  AuditorCommand() {
    super(ServiceRole.AUDITOR);
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
    return WorkServices.auditor(
        node, new ServicesConfiguration.Auditor(account, data, reach), bond, metrics);
  }

  /// Brings the command to `aitbc`.
  public static final class Provider implements CommandProvider {
    @Override
    public Object command() {
      return new AuditorCommand();
    }
  }
}
