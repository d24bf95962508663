// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.client.ChainClient;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
import io.aitbc.consensus.Epochs;
import io.aitbc.crypto.Hash;
import io.aitbc.devnet.Devnet;
import io.aitbc.devnet.DevnetFiles;
import io.aitbc.devnet.NodeProcess;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.ServiceAccount.SecretChain;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Height;
import io.aitbc.signer.AccountKeystore;
import io.aitbc.signer.AccountSigner;
import io.aitbc.signer.KeyFileException;
import io.aitbc.signer.KeystoreCost;
import io.aitbc.signer.Password;
import io.aitbc.testkit.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/// A network with the rules of the preset `dev`, and services of AI work in processes of their
/// roles. Closing it ends them all.
final class AiNetwork implements AutoCloseable {
  private static final Duration ANSWER_TIME = Duration.ofSeconds(30);
  private static final Amount PURSE = Amount.aitbc(20_000);
  private static final long READY_MILLIS_MAX = 600_000;
  private static final int RETRY_MILLIS = 100;

  /// Between two transfers that make blocks while nothing else does.
  private static final int TRAFFIC_MILLIS = 100;

  /// Heaps: a worker holds a large model's weights as floats, and several jobs.
  private static final int WORKER_MIB = 768;

  private static final int OTHER_MIB = 384;

  /// For each further service of a process.
  private static final int FURTHER_MIB = 192;

  /// In this order they have the accounts.
  private static final List<ServiceRole> ROLES =
      List.of(ServiceRole.WORKER, ServiceRole.AUDITOR, ServiceRole.EVALUATOR);

  private final Path folder;
  private final List<AccountSigner> clients = new ArrayList<>();
  private final List<ServiceProcess> services = new ArrayList<>();
  private final List<AccountSigner> accounts = new ArrayList<>();
  private final Devnet devnet;
  private final List<URI> rpcs = new ArrayList<>();
  private final JsonRpc rpc;
  private final ChainClient chain;
  private final Thread traffic;
  private volatile boolean busy = true;
  private volatile boolean closed;

  /// Makes and starts it, and waits until audits are possible.
  ///
  /// @param progress is told what happens
  AiNetwork(Path folder, AiOptions options, Consumer<String> progress)
      throws IOException, InterruptedException {
    this.folder = folder;
    SecureRandom random = new SecureRandom();
    int count = options.workers() + options.auditors() + options.evaluators();
    List<Genesis.GenesisAccount> money = new ArrayList<>();
    for (int i = 0; i < count + options.clients(); i++) {
      AccountSigner account = AccountSigner.generate(random);
      (i < count ? accounts : clients).add(account);
      boolean _ = money.add(Genesis.GenesisAccount.of(account.address(), PURSE));
    }
    DevnetFiles files = new DevnetFiles(folder.resolve("network"), BenchCommand.PORT_SHIFT);
    files.create(options.validators(), options.mode(), money);
    devnet = Devnet.start(files);
    devnet
        .nodes()
        .forEach(node -> rpcs.add(URI.create("http://127.0.0.1:" + node.rpc().getPort())));
    rpc = new JsonRpc(rpcs.getFirst(), ANSWER_TIME);
    chain = new ChainClient(rpc);
    traffic = Thread.ofPlatform().name("traffic").daemon().unstarted(this::makeBlocks);
    try {
      progress.accept("%d nodes start".formatted(options.validators()));
      await("the nodes", this::hasBlocks);
      traffic.start();
      progress.accept("%d services start".formatted(count));
      startServices(options, random);
      await("the services", () -> registered(options));
      progress.accept("auditors have secrets from the next epoch on: waiting");
      await("the auditors' secrets", () -> haveSecrets(options));
    } catch (IOException | InterruptedException | RuntimeException failed) {
      close();
      throw failed;
    }
  }

  /// Something that is waited for.
  @FunctionalInterface
  private interface Condition {
    boolean holds() throws IOException, RpcException;
  }

  private void await(String what, Condition condition) throws IOException, InterruptedException {
    long end = System.nanoTime() + READY_MILLIS_MAX * 1_000_000;
    while (true) {
      try {
        if (condition.holds()) {
          return;
        }
      } catch (RpcException refused) {
        throw new IOException(refused);
      }
      requireAlive();
      if (System.nanoTime() > end) {
        throw new IOException(what + ": not within " + READY_MILLIS_MAX + " ms");
      }
      Thread.sleep(RETRY_MILLIS);
    }
  }

  /// Says so if a process has ended by itself.
  void requireAlive() throws IOException {
    for (NodeProcess each : devnet.processes()) {
      if (!each.isAlive()) {
        throw new IOException(each.name() + " has ended:\n" + each.logTail());
      }
    }
    for (ServiceProcess each : services) {
      each.requireAlive();
    }
  }

  private boolean hasBlocks() {
    for (URI each : rpcs) {
      try (JsonRpc node = new JsonRpc(each, ANSWER_TIME)) {
        if (new ChainClient(node).blockNumber() < 1) {
          return false;
        }
      } catch (IOException | RpcException starting) {
        return false;
      }
    }
    return true;
  }

  private void startServices(AiOptions options, SecureRandom random) throws IOException {
    Path password =
        Files.createFile(
            folder.resolve("password"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Path _ = Files.writeString(password, "a password of no worth\n");
    int from = 0;
    for (ServiceRole role : ROLES) {
      int end = from + count(role, options);
      for (int to = from; from < end; from = to) {
        to = Math.min(end, from + options.perProcess());
        startProcess(role, from, to, password, random);
      }
    }
  }

  /// Starts a process of the services of these accounts.
  private void startProcess(ServiceRole role, int from, int to, Path password, SecureRandom random)
      throws IOException {
    List<String> commands = new ArrayList<>();
    String first = name(role, from);
    for (int i = from; i < to; i++) {
      if (i > from) {
        boolean _ = commands.add(ServiceProgram.AND);
      }
      boolean _ = commands.addAll(command(role, i, password, random));
    }
    int mebibytes = role == ServiceRole.WORKER ? WORKER_MIB : OTHER_MIB;
    boolean _ =
        services.add(
            ServiceProcess.start(
                first,
                role,
                mebibytes + (to - from - 1) * FURTHER_MIB,
                folder.resolve(first + ".log"),
                commands));
  }

  private static String name(ServiceRole role, int index) {
    return role.name().toLowerCase(Locale.ROOT) + (index + 1);
  }

  /// What starts the service of an account, whose keystore is made.
  private List<String> command(ServiceRole role, int index, Path password, SecureRandom random)
      throws IOException {
    String name = name(role, index);
    Path keystore = folder.resolve(name + ".json");
    try (Password text = Password.read(password)) {
      AccountKeystore.create(keystore, accounts.get(index), text, KeystoreCost.LIGHT, random);
    } catch (KeyFileException unwritable) {
      throw new IOException(unwritable);
    }
    List<String> arguments =
        new ArrayList<>(
            List.of(
                role.name().toLowerCase(Locale.ROOT),
                "start",
                "--rpc",
                rpcs.get(services.size() % rpcs.size()).toString(), // One for a process.
                "--account",
                keystore.toString(),
                "--password-file",
                password.toString(),
                "--data",
                folder.resolve(name).toString()));
    if (role == ServiceRole.WORKER) {
      int port = FreePorts.one();
      arguments.addAll(
          List.of("--listen", "127.0.0.1:" + port, "--address", "http://127.0.0.1:" + port));
      arguments.addAll(List.of("--bond", "3000"));
    } else {
      arguments.addAll(List.of("--reach", "any", "--bond", "1000"));
    }
    return arguments;
  }

  private static int count(ServiceRole role, AiOptions options) {
    return switch (role) {
      case WORKER -> options.workers();
      case AUDITOR -> options.auditors();
      case EVALUATOR -> options.evaluators();
    };
  }

  private boolean registered(AiOptions options) throws IOException, RpcException {
    int next = 0;
    for (ServiceRole role : ROLES) {
      for (int i = 0; i < count(role, options); i++) {
        Address account = accounts.get(next++).address();
        if (chain.read(WorkRead.service(role, account)).isEmpty()) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean haveSecrets(AiOptions options) throws IOException, RpcException {
    long epoch = Epochs.of(new Height(chain.blockNumber()));
    for (int i = 0; i < options.auditors(); i++) {
      Address auditor = accounts.get(options.workers() + i).address();
      List<SecretChain> chains = chain.read(WorkRead.secretChains(auditor)).orElse(List.of());
      if (chains.isEmpty() || chains.getFirst().fromEpoch() > epoch) {
        return false;
      }
    }
    return true;
  }

  /// Without transactions blocks are rare, and so are ends of epochs.
  private void makeBlocks() {
    try (AccountSigner account = DevnetFiles.developmentAccount()) {
      long chainId = chain.chainId();
      while (!closed) {
        if (busy) {
          Hash _ =
              chain.send(
                  ChainClient.transfer(
                      account,
                      chainId,
                      chain.nextNonce(account.address()),
                      Address.ZERO,
                      Amount.wei(1),
                      chain.gasPrice().times(2)));
        }
        Thread.sleep(TRAFFIC_MILLIS);
      }
    } catch (IOException | RpcException | InterruptedException ended) {
      Thread.currentThread().interrupt(); // With the network; whoever waits for a block says so.
    }
  }

  /// Whether transfers make blocks while nothing else does.
  void traffic(boolean wanted) {
    busy = wanted;
  }

  /// JSON-RPC of all nodes.
  List<URI> rpcs() {
    return rpcs;
  }

  /// Accounts with money that order.
  List<AccountSigner> clients() {
    return clients;
  }

  /// A folder for what a client keeps.
  Path folder(int client) {
    return folder.resolve("client" + client);
  }

  /// What all processes have used, this one too.
  AiUse use() throws IOException {
    List<AiUse.Used> used = new ArrayList<>();
    for (NodeProcess each : devnet.processes()) {
      used.add(new AiUse.Used(AiUse.Kind.VALIDATOR, ThreadTimes.of(each.pid())));
    }
    for (ServiceProcess each : services) {
      AiUse.Kind kind =
          switch (each.role()) {
            case WORKER -> AiUse.Kind.WORKER;
            case AUDITOR -> AiUse.Kind.AUDITOR;
            case EVALUATOR -> AiUse.Kind.EVALUATOR;
          };
      used.add(new AiUse.Used(kind, ThreadTimes.of(each.process().pid())));
    }
    used.add(new AiUse.Used(AiUse.Kind.CLIENTS, ThreadTimes.of(ProcessHandle.current().pid())));
    return new AiUse(System.nanoTime(), used);
  }

  @Override
  public void close() {
    closed = true;
    services.forEach(ServiceProcess::requestStop);
    services.forEach(ServiceProcess::awaitStop);
    devnet.close();
    rpc.close();
    accounts.forEach(AccountSigner::close);
    clients.forEach(AccountSigner::close);
  }
}
