// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aitbc.blobs.Reach;
import io.aitbc.client.JobChain;
import io.aitbc.client.JobClient;
import io.aitbc.client.JobExplanation;
import io.aitbc.client.JobOrder;
import io.aitbc.client.JobProgress;
import io.aitbc.client.JobStatus;
import io.aitbc.client.ModelClient;
import io.aitbc.client.RpcJobChain;
import io.aitbc.client.StoreOpening;
import io.aitbc.compute.OpenInferenceEngine;
import io.aitbc.compute.OpenInferenceEngine.Element;
import io.aitbc.compute.RefereeEngine;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.referee.Kernel;
import io.aitbc.signer.AccountSigner;
import io.aitbc.testkit.FreePorts;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A job from submission to settlement: a node, a worker, two auditors and an evaluator, each a
/// process of its own, and the worker is killed between its commitment and its reveal; and all of
/// them in the node's process. Protocol §17.9 to §17.15.
class WorkServicesIT extends ServiceProcesses {
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void closeClient() {
    http.close();
  }

  private String receipt(URI gateway, String id) throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(gateway.resolve("/receipts/" + id)).build(),
            BodyHandlers.ofString())
        .body();
  }

  @Tag("long")
  @Test // docs/ai-work.md
  void aProgramBuysThroughAGatewayThatIsKilledBeforeTheJobIsSettled() throws Exception {
    int files = FreePorts.one();
    Service _ =
        service(
            "worker",
            WORKER,
            "--listen",
            "127.0.0.1:" + files,
            "--address",
            "http://127.0.0.1:" + files,
            "--bond",
            "3000");
    for (int i = 2; i < 4; i++) {
      Service _ = service("auditor" + i, i, "--bond", "100", "--reach", "any");
    }
    JobChain client =
        RpcJobChain.sending(chain, signers.get(CLIENT), Duration.ofSeconds(WAIT_SECONDS_MAX));
    Hash _ = new ModelClient(client).register(model(), "sums");
    Path file = Files.write(folder.resolve("sums.model"), model().encoded());
    await("the auditors' secrets", () -> hasSecrets(2) && hasSecrets(3));
    int port = FreePorts.one();
    Service gateway =
        service(
            "gateway",
            CLIENT,
            "--listen",
            "127.0.0.1:" + port,
            "--model",
            "sums:0.1:" + file,
            "--batch-items",
            Integer.toString(ITEMS),
            "--reach",
            "any");
    URI base = URI.create("http://127.0.0.1:" + port);
    gateway.awaitPrinted("gateway");
    await(
        "readiness",
        () ->
            http.send(
                        HttpRequest.newBuilder(base.resolve("/v2/health/ready")).build(),
                        BodyHandlers.discarding())
                    .statusCode()
                == 200);
    List<Bytes> outputs;
    try (OpenInferenceEngine engine =
            new OpenInferenceEngine(
                base,
                "",
                "sums",
                new OpenInferenceEngine.Tensor("input", Element.INT8, 1_200),
                new OpenInferenceEngine.Tensor("output", Element.INT32, 600));
        RefereeEngine referee = new RefereeEngine(model(), Kernel.plain(), Workers.NONE)) {
      outputs = engine.run(inputs(), Duration.ofSeconds(2 * WAIT_SECONDS_MAX));
      assertEquals(referee.run(inputs(), Duration.ofMinutes(1)), outputs);
    }
    JsonNode batch =
        new ObjectMapper().readTree(Files.readAllBytes(folder.resolve("gateway/batches/1.json")));
    String id = "1-" + batch.path("requests").get(0).path("secret").asText();
    assertTrue(receipt(base, id).contains("\"items\":60"), receipt(base, id));
    assertEquals(137, gateway.process.destroyForcibly().waitFor());
    gateway.startAgain();
    await(
        "the settlement",
        () -> {
          try {
            return receipt(base, id).contains("\"status\":\"settled\"");
          } catch (ConnectException starting) {
            return false;
          }
        });
    assertEquals(1, chain.read(WorkRead.jobCount()).orElseThrow(), "nothing is ordered twice");
    assertTrue(credit(WORKER).compareTo(Amount.ZERO) > 0, "the worker is paid");
  }

  @Tag("long")
  @Test
  void aJobIsDoneAuditedAndPaidThoughTheWorkerIsKilledBeforeItReveals() throws Exception {
    int port = FreePorts.one();
    int counts = FreePorts.one();
    Service worker =
        service(
            "worker",
            WORKER,
            "--listen",
            "127.0.0.1:" + port,
            "--address",
            "http://127.0.0.1:" + port,
            "--bond",
            "3000",
            "--metrics",
            "127.0.0.1:" + counts);
    List<Service> auditors = new ArrayList<>();
    for (int i = 2; i < 4; i++) {
      auditors.add(service("auditor" + i, i, "--bond", "100", "--reach", "any"));
    }
    Service evaluator = service("evaluator", EVALUATOR, "--bond", "100", "--reach", "any");
    AccountSigner client = signers.get(CLIENT);
    StoreOpening signed =
        StoreOpening.signed(client, UInt256.of(chain.chainId()), InstantSource.system(), Reach.ANY);
    try (JobClient jobs =
        new JobClient(
            RpcJobChain.sending(chain, client, Duration.ofSeconds(30)),
            folder.resolve("jobs"),
            signed,
            Reach.ANY)) {
      Hash _ =
          new ModelClient(RpcJobChain.sending(chain, client, Duration.ofSeconds(30)))
              .register(model(), "sums");
      await("the auditors' secrets", () -> hasSecrets(2) && hasSecrets(3));
      evaluator.awaitPrinted("registered");
      long job = jobs.submit(new JobOrder(model(), inputs(), FEE_PER_ITEM, 60, 60, Amount.ZERO));
      List<JobProgress> progress = new ArrayList<>();
      await(
          "the commitment",
          () -> {
            JobStatus _ = jobs.step(job, progress::add);
            return worker.printed().contains("call=commit");
          });
      assertEquals(137, worker.process.destroyForcibly().waitFor());
      ClaimId claim = new ClaimId(job, 0);
      await(
          "the commitment in a block",
          () -> chain.read(WorkRead.claim(claim)).orElseThrow().committedAt() > 0);
      worker.startAgain();
      JobStatus over = jobs.follow(job, progress::add);
      assertEquals("SETTLED", over.claims().getFirst().state(), progress.toString());
      itIsToldHowItWasScored(jobs, job);
    }
    itWasCounted(counts);
    assertEquals(Amount.aitbc(48), credit(WORKER));
    assertEquals(auditorsPart(), credit(2).plus(credit(3)), "for ten seats and the second audit");
    // It has all seven seats, and found every item usable.
    Amount seat = new Amount(Amount.aitbc(3).wei().dividedBy(UInt256.of(7)));
    assertEquals(seat.times(7), credit(EVALUATOR), evaluator.printed());

    devnet.close();
    auditors.add(evaluator);
    for (Service each : auditors) {
      each.awaitPrinted("waits");
      each.process.destroy();
      assertTrue(each.process.waitFor(WAIT_SECONDS_MAX, TimeUnit.SECONDS), each.printed());
      assertEquals(143, each.process.exitValue(), each.printed());
    }
  }

  /// By the node, from the chain, and by the worker that was started again.
  private void itWasCounted(int worker) throws IOException, InterruptedException {
    String node = series(devnet.nodes().getFirst().metrics().getPort());
    for (String event : List.of("Submitted", "Accepted", "Committed", "Revealed", "Settled")) {
      String line = "aitbc_work_events_total{event=\"" + event + "\"} 1.0";
      assertTrue(node.contains(line), () -> line + " in\n" + node);
    }
    String own = series(worker);
    assertTrue(own.contains("call=\"WorkLedger.reveal\""), own);
    assertTrue(!own.contains("call=\"WorkLedger.commit\""), own);
  }

  private String series(int port) throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build(),
            BodyHandlers.ofString())
        .body();
  }

  /// A twentieth of the fee in eleven parts, rounded down.
  private static Amount auditorsPart() {
    return new Amount(Amount.aitbc(3).wei().dividedBy(UInt256.of(11))).times(11);
  }

  private void itIsToldHowItWasScored(JobClient jobs, long job) throws Exception {
    JsonNode claim = rpc.call("aitbc_job", job).path("claims").get(0);
    JsonNode evaluation = claim.path("evaluation");
    assertEquals(7, evaluation.path("opened").asInt(), evaluation.toString());
    assertTrue(evaluation.path("closed").asBoolean(), evaluation.toString());
    JsonNode only = evaluation.path("evaluators").get(0);
    assertEquals(signers.get(EVALUATOR).address().toString(), only.path("account").asText());
    assertEquals(7, only.path("seats").asInt());
    assertEquals(1_000_000, only.path("utility").asInt());
    List<JobExplanation.Decision> told = jobs.explain(job).decisions();
    assertTrue(
        told.stream().anyMatch(each -> each.what().contains("quality is 1000000 millionths")),
        told.toString());
    assertTrue(
        told.getLast().why().endsWith("quality withheld nothing"), told.getLast().toString());
  }

  private void register(int account, ServiceRole role, String serves, long bond) throws Exception {
    var _ =
        RpcJobChain.sending(chain, signers.get(account), Duration.ofSeconds(30))
            .send(WorkCall.registerService(role, 1, serves, Amount.aitbc(bond)));
  }

  private String table(String role, int account, String... further) throws IOException {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "",
                "[" + role + "]",
                "account_keystore = \"" + keystore(role, account) + "\"",
                "account_password_file = \"" + folder.resolve("password") + "\"",
                "data = \"" + folder.resolve(role) + "\""));
    lines.addAll(List.of(further));
    return String.join("\n", lines) + "\n";
  }

  @Tag("long")
  @Test // As docs/operator.md says: registered by hand, then tables of the node's configuration.
  void aNodeRunsWorkerAuditorAndEvaluatorInItsProcess() throws Exception {
    int port = FreePorts.one();
    String address = "http://127.0.0.1:" + port;
    register(WORKER, ServiceRole.WORKER, address, 3_000);
    register(2, ServiceRole.AUDITOR, "", 100);
    register(EVALUATOR, ServiceRole.EVALUATOR, "", 100);
    Path configuration = devnet.nodes().getFirst().configuration();
    devnet.close();
    traffic.join();
    Path _ =
        Files.writeString(
            configuration,
            table(
                    "worker",
                    WORKER,
                    "listen = \"127.0.0.1:" + port + "\"",
                    "address = \"" + address + "\"")
                + table("auditor", 2, "reach = \"any\"")
                + table("evaluator", EVALUATOR, "reach = \"any\""),
            StandardOpenOption.APPEND);
    Service node =
        new Service("node", new ArrayList<>(List.of("node", "--config", configuration.toString())));
    awaitNode();
    AccountSigner client = signers.get(CLIENT);
    StoreOpening signed =
        StoreOpening.signed(client, UInt256.of(chain.chainId()), InstantSource.system(), Reach.ANY);
    RpcJobChain sending = RpcJobChain.sending(chain, client, Duration.ofSeconds(30));
    try (JobClient jobs = new JobClient(sending, folder.resolve("jobs"), signed, Reach.ANY)) {
      Hash _ = new ModelClient(sending).register(model(), "sums");
      await("the auditor's secrets", () -> hasSecrets(2));
      long job = jobs.submit(new JobOrder(model(), inputs(), FEE_PER_ITEM, 60, 60, Amount.ZERO));
      List<JobProgress> progress = new ArrayList<>();
      JobStatus over = jobs.follow(job, progress::add);
      assertEquals("SETTLED", over.claims().getFirst().state(), progress + node.printed());
    }
    assertEquals(Amount.aitbc(48), credit(WORKER));
    assertEquals(auditorsPart(), credit(2), "for ten seats and the second audit");
    assertTrue(credit(EVALUATOR).compareTo(Amount.ZERO) > 0, node.printed());
    node.process.destroy();
    assertTrue(node.process.waitFor(WAIT_SECONDS_MAX, TimeUnit.SECONDS), node.printed());
  }
}
