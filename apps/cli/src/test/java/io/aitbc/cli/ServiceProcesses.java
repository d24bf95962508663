// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.client.ChainClient;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
import io.aitbc.crypto.Bytes;
import io.aitbc.devnet.Devnet;
import io.aitbc.devnet.DevnetFiles;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.ServiceAccount.SecretChain;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Amount;
import io.aitbc.model.Mode;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Model;
import io.aitbc.referee.PlanBuilder;
import io.aitbc.referee.Tensor;
import io.aitbc.signer.AccountKeystore;
import io.aitbc.signer.AccountSigner;
import io.aitbc.signer.KeyFileException;
import io.aitbc.signer.KeystoreCost;
import io.aitbc.signer.Password;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A node and services of AI work, each a process of its own, on a network whose blocks do not end.
/// For tests.
abstract class ServiceProcesses {
  static final int ITEMS = 60;
  static final Amount FEE_PER_ITEM = Amount.aitbc(1);
  static final int CLIENT = 0;
  static final int WORKER = 1;
  static final int EVALUATOR = 4;
  static final long WAIT_SECONDS_MAX = 180;

  @TempDir Path folder;

  final List<AccountSigner> signers =
      IntStream.range(0, 5).mapToObj(_ -> AccountSigner.generate(new SecureRandom())).toList();
  final List<Service> services = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // Set before the test.
  Devnet devnet;

  @SuppressWarnings("NullAway.Init") // Set before the test.
  JsonRpc rpc;

  @SuppressWarnings("NullAway.Init") // Set before the test.
  ChainClient chain;

  @SuppressWarnings("NullAway.Init") // Set before the test.
  Thread traffic;

  /// A service in a process.
  final class Service {
    private final List<String> arguments;
    private final Path log;
    Process process;

    Service(String name, List<String> arguments) throws IOException {
      this.arguments = arguments;
      log = folder.resolve(name + ".log");
      process = launch();
      services.add(this);
    }

    private Process launch() throws IOException {
      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-Xmx256m",
                  Aitbc.class.getName()));
      command.addAll(arguments);
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
      return builder
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
          .start();
    }

    void startAgain() throws IOException {
      process = launch();
    }

    String printed() throws IOException {
      return Files.readString(log);
    }

    void awaitPrinted(String text) throws Exception {
      await(text, () -> printed().contains(text));
    }
  }

  Path keystore(String name, int account) throws IOException {
    Path keystore = folder.resolve(name + ".json");
    try (Password password = Password.read(folder.resolve("password"))) {
      AccountKeystore.create(
          keystore, signers.get(account), password, KeystoreCost.LIGHT, new SecureRandom());
    } catch (KeyFileException unwritable) {
      throw new IOException(unwritable);
    }
    return keystore;
  }

  /// @param name its role, and a number if there are several
  Service service(String name, int account, String... further) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                name.replaceAll("[0-9]", ""),
                "start",
                "--rpc",
                rpc.endpoint().toString(),
                "--account",
                keystore(name, account).toString(),
                "--password-file",
                folder.resolve("password").toString(),
                "--data",
                folder.resolve(name).toString()));
    arguments.addAll(List.of(further));
    return new Service(name, arguments);
  }

  @FunctionalInterface
  interface Condition {
    boolean holds() throws Exception;
  }

  void await(String what, Condition condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS_MAX);
    while (!condition.holds()) {
      if (System.nanoTime() > end) {
        StringBuilder logs = new StringBuilder();
        for (Service each : services) {
          logs.append(each.log.getFileName()).append(":\n").append(each.printed());
        }
        throw new AssertionError("not seen: " + what + "\n" + logs);
      }
      Thread.sleep(20);
    }
  }

  @BeforeEach
  void network() throws Exception {
    Path _ = OwnedFile.create(folder.resolve("password"), "a long password\n");
    DevnetFiles files = files(folder.resolve("network"));
    files.create(
        1,
        Mode.FAST,
        signers.stream()
            .map(each -> Genesis.GenesisAccount.of(each.address(), Amount.aitbc(5_000)))
            .toList());
    devnet = Devnet.start(files);
    rpc =
        new JsonRpc(
            URI.create("http://127.0.0.1:" + devnet.nodes().getFirst().rpc().getPort()),
            Duration.ofSeconds(10));
    chain = new ChainClient(rpc);
    awaitNode();
  }

  /// The files of the network, before it is made.
  DevnetFiles files(Path network) throws Exception {
    return new DevnetFiles(network, DevnetRun.PORT_SHIFT);
  }

  void awaitNode() throws Exception {
    await(
        "the node",
        () -> {
          try {
            return chain.blockNumber() >= 0;
          } catch (IOException | RpcException starting) {
            return false;
          }
        });
    traffic = Thread.ofPlatform().daemon().start(this::makeBlocks);
  }

  private void makeBlocks() {
    try (AccountSigner account = DevnetFiles.developmentAccount()) {
      DevnetRun.makeBlocks(chain, account);
    }
  }

  @AfterEach
  void end() throws Exception {
    for (Service each : services) {
      Process _ = each.process.destroyForcibly();
    }
    devnet.close();
    traffic.join();
    rpc.close();
    signers.forEach(AccountSigner::close);
  }

  /// 300 rows of four numbers into two sums each.
  static Model model() throws Exception {
    PlanBuilder plan = new PlanBuilder();
    Tensor x = plan.input(ElementType.INT8, 300, 4);
    Tensor w = plan.constant(Elements.of(new byte[] {1, 2, 3, 4, -1, -2, 5, 2}), 2, 4);
    Tensor bias = plan.constant(Elements.of(new int[2]), 1, 2);
    return plan.inference(plan.sumProducts(x, w, 1, List.of(bias)));
  }

  static List<Bytes> inputs() {
    List<Bytes> inputs = new ArrayList<>();
    for (int i = 0; i < ITEMS; i++) {
      byte[] input = new byte[1_200];
      for (int at = 0; at < input.length; at++) {
        input[at] = (byte) (at * 7 + i);
      }
      inputs.add(Bytes.wrap(input));
    }
    return inputs;
  }

  Amount credit(int account) throws IOException, RpcException {
    return chain.read(WorkRead.credit(signers.get(account).address())).orElse(Amount.ZERO);
  }

  boolean hasSecrets(int auditor) throws IOException, RpcException {
    List<SecretChain> chains =
        chain.read(WorkRead.secretChains(signers.get(auditor).address())).orElse(List.of());
    return !chains.isEmpty() && chains.getFirst().fromEpoch() * 100 <= chain.blockNumber();
  }
}
