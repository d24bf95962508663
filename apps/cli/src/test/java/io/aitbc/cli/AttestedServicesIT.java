// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aitbc.attestation.Platform;
import io.aitbc.client.ModelClient;
import io.aitbc.client.RpcJobChain;
import io.aitbc.compute.ItemFile;
import io.aitbc.compute.OpenInferenceEngine;
import io.aitbc.compute.OpenInferenceEngine.Element;
import io.aitbc.consensus.Epochs;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.devnet.DevnetFiles;
import io.aitbc.devtee.DevelopmentMachine;
import io.aitbc.model.Amount;
import io.aitbc.testkit.FreePorts;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/// Work that hardware vouches for, by commands alone: collateral is brought, code approved, a
/// worker started with an attester, a job ordered. The hardware is made up; the network pins its
/// root as if it were a vendor's, so that it counts. docs/ai-work.md; Protocol §17.12, §17.13,
/// §18.9.
class AttestedServicesIT extends ServiceProcesses {
  private static final String SEED = "5e".repeat(32);
  private static final Hash CODE = Hash.fromHex("c0de".repeat(16));
  private static final Pattern SUBJECT = Pattern.compile("subject (0x[0-9a-f]{64})");
  private static final Pattern APPROVAL = Pattern.compile("approval +(\\S+)");

  private final StringWriter printed = new StringWriter();

  @Override
  DevnetFiles files(Path network) throws Exception {
    Hash root = new DevelopmentMachine(Platform.SGX, Hash.fromHex(SEED).toBytes(), "a").root();
    succeeds(
        run("attestation", "make-policy", "--trials", "--platform", "SGX", "--root", "" + root));
    return new DevnetFiles(network, DevnetRun.PORT_SHIFT)
        .trusting(Bytes.fromHex(printed.toString().strip()));
  }

  private int run(String... arguments) {
    printed.getBuffer().setLength(0);
    CommandLine command = AitbcCommand.commandLine(arguments);
    PrintWriter out = new PrintWriter(printed);
    command.setOut(out).setErr(out);
    int status = command.execute(arguments);
    out.flush();
    return status;
  }

  /// A command that asks the node, by an account whose password is known.
  private int sent(Path password, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--rpc", rpc.endpoint().toString(), "--password-file", password.toString()));
    return run(all.toArray(String[]::new));
  }

  private int asked(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--rpc", rpc.endpoint().toString()));
    return run(all.toArray(String[]::new));
  }

  private void succeeds(int status, String... texts) {
    assertEquals(0, status, printed.toString());
    for (String each : texts) {
      assertTrue(printed.toString().contains(each), printed.toString());
    }
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  /// @return subjects, separated by commas
  private String bringCollateral(Path client) {
    Path own = folder.resolve("password");
    succeeds(
        run(
            "attestation",
            "development",
            "--attester-setting",
            "seed=" + SEED,
            "--code",
            CODE.toString(),
            "--out",
            file("collateral")));
    String[] items = new String[4];
    for (int i = 0; i < items.length; i++) {
      items[i] = file("collateral/" + (i + 1) + ".item");
    }
    String[] submit = {
      "attestation",
      "submit",
      "--account",
      client.toString(),
      items[0],
      items[1],
      items[2],
      items[3]
    };
    succeeds(sent(own, submit), "kind 1", "kind 2", "kind 3");
    String said = printed.toString();
    succeeds(sent(own, submit));
    assertTrue(!printed.toString().contains("sent "), "what is there is left alone: " + printed);
    return String.join(",", SUBJECT.matcher(said).results().map(each -> each.group(1)).toList());
  }

  private String approval() {
    succeeds(
        run(
            "attestation",
            "development",
            "--attester-setting",
            "seed=" + SEED,
            "--code",
            CODE.toString(),
            "--out",
            file("again")));
    MatchResult found = APPROVAL.matcher(printed.toString()).results().findFirst().orElseThrow();
    return found.group(1);
  }

  private Path ofNode(String name) {
    return devnet.nodes().getFirst().configuration().resolveSibling(name);
  }

  /// The one validator has all stake and all seats.
  private void decided(Path client, String number, String option, String value) {
    Path own = folder.resolve("password");
    String account = ofNode("account.json").toString();
    Path password = ofNode("password");
    succeeds(sent(own, "governance", "propose", client.toString(), option, value, "--emergency"));
    succeeds(sent(password, "governance", "vote", account, number, "--support", "FOR"));
    succeeds(sent(password, "governance", "vote", account, number, "--support", "FOR", "--seat"));
  }

  private void execute(String number) {
    String account = ofNode("account.json").toString();
    succeeds(sent(ofNode("password"), "governance", "execute", account, number));
  }

  private int order(Path client, String... further) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "job",
                "submit",
                "--model",
                file("sums.model"),
                "--inputs",
                file("inputs"),
                "--fee-per-item",
                "1",
                "--account",
                client.toString(),
                "--folder",
                file("jobs"),
                "--private-networks"));
    arguments.addAll(List.of(further));
    return sent(folder.resolve("password"), arguments.toArray(String[]::new));
  }

  @Tag("long")
  @Test
  void aJobThatHardwareVouchesForIsSettledWithFiveSeats() throws Exception {
    Path client = keystore("client", CLIENT);
    succeeds(asked("attestation", "policy"), "for trials", "platforms    SGX");
    String subjects = bringCollateral(client);
    Hash _ =
        new ModelClient(RpcJobChain.sending(chain, signers.get(CLIENT), Duration.ofSeconds(60)))
            .register(model(), "sums");
    Path _ = Files.write(folder.resolve("sums.model"), model().encoded());
    Path _ = Files.write(folder.resolve("inputs"), ItemFile.encoded(inputs()));
    assertEquals(2, order(client, "--class", "ATTESTED"));
    assertEquals(2, order(client, "--code", CODE.toString()));
    assertEquals(1, order(client, "--class", "ATTESTED", "--code", CODE.toString()));
    assertTrue(printed.toString().contains("is not approved"), printed.toString());
    await("an epoch that is over", () -> chain.blockNumber() > Epochs.LENGTH_BLOCKS);
    decided(client, "1", "--approve-code", approval());
    execute("1");
    succeeds(asked("attestation", "code", CODE.toString()), "0: SGX, version 0 or later");

    int port = FreePorts.one();
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
            "--attester",
            "development",
            "--attester-setting",
            "platform=SGX",
            "--attester-setting",
            "seed=" + SEED,
            "--attester-collateral",
            subjects);
    for (int i = 2; i < 4; i++) {
      Service _ = service("auditor" + i, i, "--bond", "100", "--reach", "any");
    }
    worker.awaitPrinted("classes=[EXACT, ATTESTED]");
    String account = signers.get(WORKER).address().toString();
    succeeds(asked("worker", "status", account), "classes      EXACT, ATTESTED");
    await("the auditors' secrets", () -> hasSecrets(2) && hasSecrets(3));
    int ordered = order(client, "--class", "ATTESTED", "--code", CODE.toString());
    assertEquals(0, ordered, () -> printed + printedOf(worker));

    JsonNode job = rpc.call("aitbc_job", 1);
    assertEquals("ATTESTED", job.path("class").asText());
    assertEquals(CODE.toString(), job.path("code").asText());
    JsonNode claim = job.path("claims").get(0);
    assertEquals("SETTLED", claim.path("state").asText(), job.toString());
    assertEquals(5, claim.path("seats").size(), job.toString());
    assertEquals(1, claim.path("attestation").path("level").asInt(), job.toString());
    assertEquals(Amount.aitbc(48), credit(WORKER));
    succeeds(
        asked("job", "status", "1"),
        "class ATTESTED of code " + CODE,
        "level 1: fewer auditors are drawn");
    succeeds(
        asked("job", "explain", "1", "--folder", file("nothing")),
        "hardware must vouch for code " + CODE,
        "vouches for the outputs",
        "5 seats of auditors are drawn");
    String machine = claim.path("attestation").path("hardware").asText();
    decided(client, "2", "--deny-machine", machine);
    aGatewayOrdersItToo();
    theRestOfTheSeatsIsDrawnWhenTheMachineIsDenied(machine, worker);
    succeeds(asked("worker", "status", account, "--json"));
    assertEquals(
        "[\"EXACT\",\"ATTESTED\"]",
        new ObjectMapper().readTree(printed.toString()).path("classes").toString());
  }

  /// Job 2 is revealed, and its window is open.
  private void theRestOfTheSeatsIsDrawnWhenTheMachineIsDenied(String machine, Service worker)
      throws Exception {
    await("five seats", () -> claimOf(2).path("seats").size() == 5);
    execute("2");
    succeeds(asked("attestation", "machine", machine), "denied");
    await("the settlement", () -> claimOf(2).path("state").asText().equals("SETTLED"));
    assertEquals(10, claimOf(2).path("seats").size(), worker.printed());
    assertTrue(worker.printed().contains("draw the rest"), worker.printed());
  }

  private JsonNode claimOf(long job) throws Exception {
    return rpc.call("aitbc_job", job).path("claims").path(0);
  }

  private void aGatewayOrdersItToo() throws Exception {
    int port = FreePorts.one();
    Service gateway =
        service(
            "gateway",
            EVALUATOR,
            "--listen",
            "127.0.0.1:" + port,
            "--model",
            "sums:0.1:" + file("sums.model"),
            "--code",
            CODE.toString(),
            "--batch-items",
            "60",
            "--reach",
            "any");
    URI base = URI.create("http://127.0.0.1:" + port);
    gateway.awaitPrinted("gateway");
    try (HttpClient http = HttpClient.newHttpClient();
        OpenInferenceEngine engine =
            new OpenInferenceEngine(
                base,
                "",
                "sums",
                new OpenInferenceEngine.Tensor("input", Element.INT8, 1_200),
                new OpenInferenceEngine.Tensor("output", Element.INT32, 600))) {
      await(
          "readiness",
          () ->
              http.send(
                          HttpRequest.newBuilder(base.resolve("/v2/models/sums/ready")).build(),
                          BodyHandlers.discarding())
                      .statusCode()
                  == 200);
      List<Bytes> outputs = engine.run(inputs(), Duration.ofSeconds(WAIT_SECONDS_MAX));
      assertEquals(ITEMS, outputs.size());
      JsonNode batch =
          new ObjectMapper().readTree(Files.readAllBytes(folder.resolve("gateway/batches/1.json")));
      String id = "1-" + batch.path("requests").get(0).path("secret").asText();
      String receipt =
          http.send(
                  HttpRequest.newBuilder(base.resolve("/receipts/" + id)).build(),
                  BodyHandlers.ofString())
              .body();
      assertTrue(receipt.contains("\"class\":\"ATTESTED\""), receipt);
      assertTrue(receipt.contains("\"code\":\"" + CODE), receipt);
    }
    assertEquals("ATTESTED", rpc.call("aitbc_job", 2).path("class").asText());
  }

  private static String printedOf(Service service) {
    try {
      return service.printed();
    } catch (IOException unreadable) {
      return String.valueOf(unreadable.getMessage());
    }
  }
}
