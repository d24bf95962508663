// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.blobs.Reach;
import io.aitbc.client.ChainClient;
import io.aitbc.client.JobChain;
import io.aitbc.client.JobClient;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
import io.aitbc.client.RpcJobChain;
import io.aitbc.client.StoreOpening;
import io.aitbc.model.UInt256;
import io.aitbc.node.ConfigurationException;
import io.aitbc.signer.AccountKeystore;
import io.aitbc.signer.AccountSigner;
import io.aitbc.signer.KeyFileException;
import io.aitbc.signer.Password;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Which node a command about AI work asks, whose account it uses, and where its files are.
final class WorkOptions {
  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private WalletCommand.NodeOption node;

  @Mixin
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private PasswordOption password;

  @Option(names = "--account", paramLabel = "FILE", description = "The account's keystore.")
  private @Nullable Path account;

  @Option(
      names = "--wait",
      defaultValue = "60",
      paramLabel = "SECONDS",
      description = "How long to wait for a transaction's block (default: ${DEFAULT-VALUE}).")
  private int waitSeconds;

  @Option(
      names = "--folder",
      defaultValue = "aitbc-jobs",
      paramLabel = "DIR",
      description = "Keeps the files of jobs and their outputs (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private Path folder;

  @Option(
      names = "--private-networks",
      description = {
        "Let the addresses of workers lead into private networks and this machine: for networks",
        "of one's own."
      })
  private boolean privateNetworks;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  /// Uses a chain.
  @FunctionalInterface
  interface ChainWork {
    int on(JobChain chain) throws IOException;
  }

  /// Uses a client.
  @FunctionalInterface
  interface ClientWork {
    int on(JobClient client, JobChain chain) throws IOException;
  }

  boolean json() {
    return json;
  }

  PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /// What the node answers.
  JsonNode ask(String method, Object... parameters) throws IOException, RpcException {
    try (JsonRpc rpc = node.open()) {
      return rpc.call(method, parameters);
    }
  }

  private Reach reach() {
    return privateNetworks ? Reach.ANY : Reach.PUBLIC;
  }

  /// On a chain that the account sends on.
  int sending(ChainWork work)
      throws IOException, RpcException, KeyFileException, ConfigurationException {
    if (account == null) {
      throw new ParameterException(spec.commandLine(), "--account is missing: who pays");
    }
    try (Password existing = password.existing();
        AccountSigner signer = AccountKeystore.open(account, existing);
        JsonRpc rpc = node.open()) {
      return work.on(
          RpcJobChain.sending(new ChainClient(rpc), signer, Duration.ofSeconds(waitSeconds)));
    }
  }

  /// With a client that pays.
  int client(ClientWork work)
      throws IOException, RpcException, KeyFileException, ConfigurationException {
    if (account == null) {
      throw new ParameterException(spec.commandLine(), "--account is missing: who pays");
    }
    try (Password existing = password.existing();
        AccountSigner signer = AccountKeystore.open(account, existing);
        JsonRpc rpc = node.open()) {
      ChainClient chain = new ChainClient(rpc);
      JobChain jobs = RpcJobChain.sending(chain, signer, Duration.ofSeconds(waitSeconds));
      StoreOpening stores =
          StoreOpening.signed(signer, UInt256.of(chain.chainId()), InstantSource.system(), reach());
      try (JobClient client = new JobClient(jobs, folder, stores, reach())) {
        return work.on(client, jobs);
      }
    }
  }

  /// With a client that pays if an account is named, and else looks only.
  int anyClient(ClientWork work)
      throws IOException, RpcException, KeyFileException, ConfigurationException {
    if (account != null) {
      return client(work);
    }
    try (JsonRpc rpc = node.open()) {
      JobChain jobs = RpcJobChain.reading(new ChainClient(rpc));
      try (JobClient client =
          new JobClient(jobs, folder, StoreOpening.anonymous(reach()), reach())) {
        return work.on(client, jobs);
      }
    }
  }
}
