// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.node.NodeConfiguration.AccountFile;
import java.net.URI;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// From which account something sends as long as it runs, and beside which node.
final class RunningAccount {
  @Mixin
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private WalletCommand.NodeOption node;

  @Option(
      names = "--account",
      required = true,
      paramLabel = "FILE",
      description =
          "The account from which it sends, a web3 keystore. Nothing else may send from it"
              + " meanwhile.")
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private Path account;

  @Option(
      names = "--password-file",
      required = true,
      paramLabel = "FILE",
      description = "A file of mode 0600 with its password in the first line.")
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private Path password;

  /// JSON-RPC of the node.
  URI node() {
    return node.url();
  }

  AccountFile file() {
    return new AccountFile(account, password);
  }
}
