// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aitbc.blobs.BlobLimits;
import io.aitbc.blobs.BlobServer;
import io.aitbc.blobs.BlobStore;
import io.aitbc.blobs.DirectoryChunks;
import io.aitbc.blobs.Holders;
import io.aitbc.client.CallRefusedException;
import io.aitbc.client.ChainClient;
import io.aitbc.client.DatedEvent;
import io.aitbc.client.JobChain;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcJobChain;
import io.aitbc.compute.RefereeEngine;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
import io.aitbc.devnet.DevnetFiles;
import io.aitbc.execution.ContractRead;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkEvent;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Mode;
import io.aitbc.model.UInt256;
import io.aitbc.node.work.JobAccess;
import io.aitbc.node.work.JobFiles;
import io.aitbc.node.work.Results;
import io.aitbc.node.work.WorkChain;
import io.aitbc.node.work.WorkerService;
import io.aitbc.referee.Kernel;
import io.aitbc.signer.AccountKeystore;
import io.aitbc.signer.AccountSigner;
import io.aitbc.signer.KeystoreCost;
import io.aitbc.signer.Password;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Models and jobs on a network of one process, with a worker in this one: what a newcomer types.
@Tag("long")
class JobCommandIT { // Protocol §17.9 to §17.13, docs/ai-work.md
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  private final StringWriter printed = new StringWriter();

  @SuppressWarnings("NullAway.Init") // Set by the test.
  private String url;

  /// Runs a command with the folder's password and files.
  private int run(String... arguments) {
    printed.getBuffer().setLength(0);
    return AitbcCommand.commandLine(arguments)
        .setErr(new PrintWriter(printed, true))
        .setOut(new PrintWriter(printed, true))
        .execute(arguments);
  }

  private int paid(String... arguments) {
    String[] all = Arrays.copyOf(arguments, arguments.length + 9);
    List<String> more =
        List.of(
            "--rpc",
            url,
            "--account",
            file("account.json"),
            "--password-file",
            file("password"),
            "--folder",
            file("jobs"),
            "--private-networks");
    for (int i = 0; i < more.size(); i++) {
      all[arguments.length + i] = more.get(i);
    }
    return run(all);
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private void succeeds(int status, String... says) {
    assertEquals(0, status, printed.toString());
    for (String each : says) {
      assertTrue(printed.toString().contains(each), () -> each + " is not in " + printed);
    }
  }

  private JsonNode json() throws IOException {
    return JSON.readTree(printed.toString());
  }

  @Test
  void aNewcomerBuysTheReadingOfDigits() throws Exception {
    try (DevnetRun network = new DevnetRun(folder, 1, Mode.FAST);
        AccountSigner client = DevnetFiles.developmentAccount();
        AccountSigner worker = AccountSigner.generate(new SecureRandom());
        AccountSigner auditor = AccountSigner.generate(new SecureRandom());
        AccountSigner somebody = AccountSigner.generate(new SecureRandom())) {
      url = network.rpc(0).endpoint().toString();
      keystore(client);
      ChainClient chain = new ChainClient(network.rpc(0));
      fund(network, client, worker.address());
      fund(network, client, auditor.address());
      fund(network, client, somebody.address());
      Thread _ = Thread.ofVirtual().start(() -> DevnetRun.makeBlocks(chain, somebody));
      var _ =
          RpcJobChain.sending(chain, auditor, Duration.ofMinutes(1))
              .send(WorkCall.registerService(ServiceRole.AUDITOR, 1, "", Amount.aitbc(100)));

      succeeds(
          run(
              "model",
              "demo",
              "--out",
              file("digits.model"),
              "--onnx",
              file("digits.onnx"),
              "--inputs",
              "50",
              "--out-inputs",
              file("pictures"),
              "--out-labels",
              file("labels"),
              "--json"));
      String model = json().path("model").asText();
      assertTrue(json().path("right").asDouble() >= 0.9, printed.toString());
      succeeds(paid("model", "register", file("digits.onnx"), "--name", "digits"), model);
      assertEquals(1, paid("model", "register", file("digits.model")));
      assertTrue(printed.toString().contains("AlreadyRegistered"), printed.toString());
      succeeds(run("model", "list", "--rpc", url), model, "open", "digits", "784 bytes in");

      takenBack(network.rpc(0), client.address());
      bought(network.rpc(0), chain, worker);
      succeeds(paid("model", "close", model));
      succeeds(run("model", "list", "--rpc", url), "closed");
    }
  }

  private void keystore(AccountSigner client) throws Exception {
    Path _ = OwnedFile.create(folder.resolve("password"), "a long password\n");
    try (Password password = Password.of("a long password")) {
      AccountKeystore.create(
          folder.resolve("account.json"), client, password, KeystoreCost.LIGHT, new SecureRandom());
    }
  }

  private static void fund(DevnetRun network, AccountSigner from, Address to) throws Exception {
    ChainClient chain = new ChainClient(network.rpc(0));
    JsonNode receipt =
        chain.awaitReceipt(
            chain.send(
                ChainClient.transfer(
                    from,
                    chain.chainId(),
                    chain.nextNonce(from.address()),
                    to,
                    Amount.aitbc(2_000),
                    chain.gasPrice().times(2))),
            60_000);
    assertEquals("0x1", receipt.path("status").asText());
  }

  /// Without workers a job is looked at, explained, cancelled, and its fee comes back.
  private void takenBack(JsonRpc rpc, Address client) throws Exception {
    succeeds(
        paid(
            "job",
            "submit",
            "--model",
            file("digits.model"),
            "--inputs",
            file("pictures"),
            "--fee-per-item",
            "0.01",
            "--no-follow",
            "--json"));
    assertEquals(1, json().path("job").asLong());
    succeeds(run("job", "status", "1", "--rpc", url), "claim 0: OPEN, 50 items, fee 0.5 AITBC");
    succeeds(run("job", "status", "1", "--json", "--rpc", url));
    assertEquals(
        rpc.call("aitbc_claim", 1, 0).path("fee"), json().path("claims").get(0).path("fee"));
    succeeds(
        run("job", "explain", "1", "--rpc", url, "--folder", file("nothing")),
        "submitted: 50 items in 1 claims, 0.5 AITBC in escrow",
        "because " + client,
        "awaited, claim 0");
    succeeds(run("job", "list", "--rpc", url, "--client", client.toString()), "job 1 of " + client);
    succeeds(paid("job", "cancel", "1"), "1 claims");
    succeeds(run("job", "status", "1", "--rpc", url), "CANCELLED", "over");
    succeeds(paid("job", "withdraw"), "0.5 AITBC");
    assertEquals(1, run("job", "status", "7", "--rpc", url));
    assertTrue(printed.toString().contains("there is no job 7"), printed.toString());
    assertEquals(2, paid("job", "submit", "--model", file("digits.model"), "--fee-per-item", "1"));
    assertEquals(
        1,
        paid(
            "job",
            "submit",
            "--model",
            file("digits.model"),
            "--raw",
            file("labels"),
            "--fee-per-item",
            "1"));
    assertTrue(printed.toString().contains("an input of the model has 784"), printed.toString());
  }

  /// With a worker the outputs come; the auditor that is drawn sleeps, and is not paid.
  private void bought(JsonRpc rpc, ChainClient chain, AccountSigner worker) throws Exception {
    JobChain jobs = RpcJobChain.sending(chain, worker, Duration.ofMinutes(1));
    Path own = Files.createDirectories(folder.resolve("worker/blobs"));
    Results results = new Results(folder.resolve("worker/results"));
    UInt256 chainId = UInt256.of(chain.chainId());
    JobAccess access = new JobAccess(chainId, worker.address(), results, InstantSource.system());
    BlobStore store =
        BlobStore.open(
            own,
            new DirectoryChunks(own.resolve("chunks")),
            BlobLimits.DEFAULT,
            Holders.NONE,
            InstantSource.system());
    try (BlobServer server =
        BlobServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), store, access, access)) {
      String address = "http://127.0.0.1:" + server.port();
      var _ =
          jobs.send(WorkCall.registerService(ServiceRole.WORKER, 1, address, Amount.aitbc(1_000)));
      JsonNode served = rpc.call("aitbc_services", "worker").path("services").get(0);
      assertEquals(address, served.path("serves").asText(), served.toString());
      assertEquals(worker.address().toString(), served.path("account").asText());
      WorkerService service =
          new WorkerService(
              new Rpc(jobs, worker, chainId),
              folder.resolve("worker"),
              new JobFiles(store),
              results,
              access,
              model -> new RefereeEngine(model, Kernel.plain(), Workers.NONE),
              Optional.empty());
      Thread working = Thread.ofVirtual().start(() -> work(service));
      int status =
          paid(
              "job",
              "submit",
              "--model",
              file("digits.model"),
              "--inputs",
              file("pictures"),
              "--fee-per-item",
              "0.01");
      succeeds(
          status,
          "uploaded     to " + worker.address(),
          "50 outputs, compared with the chain",
          "all outputs are here");
      trained();
      working.interrupt();
      working.join();
      succeeds(
          run(
              "job",
              "result",
              "2",
              "--labels",
              file("labels"),
              "--json",
              "--rpc",
              url,
              "--folder",
              file("jobs")));
      assertTrue(json().path("right").asInt() >= 45, printed.toString());
      succeeds(run("job", "explain", "2", "--json", "--rpc", url, "--folder", file("jobs")));
      assertTrue(json().path("decisions").toString().contains("outputs' root is revealed"));
      distilled();
    }
  }

  /// ADR 0035: scores are as good as any other vector to tell outputs apart by.
  private void distilled() throws IOException {
    succeeds(distil("1000", "--json"));
    int created = json().path("created").asInt();
    assertTrue(created >= 10, printed.toString());
    assertEquals(50 - created, json().path("repeated").asInt());
    assertEquals(created + 2, Files.readAllLines(folder.resolve("records")).size());
    assertEquals(1, distil("1000", "--json"));
    assertTrue(printed.toString().contains("job 2 is among the records already"));
    assertEquals(1, distil("999", "--json"));
    assertTrue(printed.toString().contains("of another distance"), printed.toString());
  }

  private int distil(String within, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("job", "distil", "2", "--within", within, "--records", file("records")));
    arguments.addAll(List.of("--rpc", url, "--folder", file("jobs")));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(String[]::new));
  }

  /// What was trained for money becomes a model that others may name.
  private void trained() throws Exception {
    succeeds(
        run(
            "model",
            "demo-training",
            "--out",
            file("training.model"),
            "--out-data",
            file("data"),
            "--out-first-state",
            file("first"),
            "--json"));
    assertEquals(256, json().path("steps").asInt());
    succeeds(paid("model", "register", file("training.model"), "--name", "training"));
    assertEquals(2, train("data", "first", 5_000), "too many segments");
    assertEquals(2, train("first", "first", 2), "no data set of the model");
    assertTrue(printed.toString().contains("data set has 3227648 bytes"), printed.toString());
    assertEquals(2, submitWithout("--first-state"), "an option is missing");
    succeeds(
        train("data", "first", 2),
        "2 segments, 1 AITBC in escrow",
        "the trained state, compared with the last output",
        "all outputs are here");
    succeeds(run("job", "status", "3", "--rpc", url), "2 segments of 3 steps at 0.5 AITBC");
    succeeds(run("job", "explain", "3", "--rpc", url), "training, 2 segments of 3 steps");
    succeeds(
        paid("job", "result", "3", "--out", file("trained")),
        "written      1628252 bytes of state");
    succeeds(
        run(
            "model",
            "demo",
            "--trained",
            file("trained"),
            "--out",
            file("trained.model"),
            "--onnx",
            file("trained.onnx"),
            "--json"));
    String model = json().path("model").asText();
    succeeds(paid("model", "register", file("trained.onnx"), "--name", "trained"), model);
    assertEquals(
        1, run("model", "demo", "--trained", file("labels"), "--out", file("trained.model")));
  }

  private int train(String data, String firstState, int segments) {
    return paid(
        "job",
        "submit",
        "--model",
        file("training.model"),
        "--train",
        file(data),
        "--first-state",
        file(firstState),
        "--segments",
        Integer.toString(segments),
        "--steps",
        "3",
        "--fee-per-item",
        "0.5");
  }

  private int submitWithout(String option) {
    int status =
        paid(
            "job",
            "submit",
            "--model",
            file("training.model"),
            "--train",
            file("data"),
            "--segments",
            "2",
            "--steps",
            "3",
            "--fee-per-item",
            "0.5");
    assertTrue(printed.toString().contains(option), printed.toString());
    return status;
  }

  private static void work(WorkerService service) {
    try {
      while (!Thread.interrupted()) {
        boolean _ = service.step();
        Thread.sleep(100);
      }
    } catch (InterruptedException | IOException ends) {
      return;
    }
  }

  /// The chain as the worker sees it.
  private record Rpc(JobChain jobs, AccountSigner signer, UInt256 chainId) implements WorkChain {
    @Override
    public Address account() {
      return signer.address();
    }

    @Override
    public Hash blockHash(long height) {
      throw new AssertionError("no hardware vouches here");
    }

    @Override
    public long height() throws IOException {
      return jobs.height();
    }

    @Override
    public <T> Optional<T> read(ContractRead<T> read) throws IOException {
      return jobs.read(read);
    }

    @Override
    public List<WorkEvent> events(EconomyContract contract, long fromHeight) throws IOException {
      return jobs.events(contract, fromHeight).stream().map(DatedEvent::event).toList();
    }

    @Override
    public Optional<String> serves(ServiceRole role, Address account) throws IOException {
      return jobs.serves(role, account);
    }

    @Override
    public String authorization(Address holder) {
      return signer.authorization(chainId, holder, Instant.now().getEpochSecond() + 60);
    }

    @Override
    public boolean send(EconomyCall call) throws IOException {
      try {
        var _ = jobs.send(call);
        return true;
      } catch (CallRefusedException refused) {
        return false;
      }
    }
  }
}
