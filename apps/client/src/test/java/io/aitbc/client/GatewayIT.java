// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.client.gateway.GatewayKeys;
import io.aitbc.client.gateway.GatewayServer;
import io.aitbc.client.gateway.ServedModel;
import io.aitbc.client.gateway.Verification;
import io.aitbc.compute.EngineRefusal;
import io.aitbc.compute.EngineRefusedException;
import io.aitbc.compute.OpenInferenceEngine;
import io.aitbc.compute.OpenInferenceEngine.Element;
import io.aitbc.compute.RefereeEngine;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.JuryCall;
import io.aitbc.referee.Kernel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// A gateway over HTTP against the real contracts and a worker's real store. Protocol §17.12,
/// §17.13, docs/ai-work.md.
class GatewayIT extends GatewayNetwork {
  private static final String PROFILE = "any order, fp32";

  @Test
  void modelsAreDescribedAndRunAsTheOpenInferenceProtocolSays() throws Exception {
    workerWorks();
    Running at = new Running(limits(8, 100, 60), GatewayKeys.NONE);
    assertEquals("aitbc", get(at, "/v2").path("name").asText());
    assertTrue(get(at, "/v2/health/live").path("live").asBoolean());
    assertTrue(get(at, "/v2/health/ready").path("ready").asBoolean());
    String version = sums().id().toHex();
    assertTrue(get(at, "/v2/models/sums/versions/" + version + "/ready").path("ready").asBoolean());
    JsonNode about = get(at, "/v2/models/products");
    assertEquals(
        "[{\"name\":\"input_0\",\"datatype\":\"FP32\",\"shape\":[-1,2,3]},"
            + "{\"name\":\"input_1\",\"datatype\":\"FP32\",\"shape\":[-1,2,3]}]",
        about.path("inputs").toString());
    assertEquals(
        "[{\"name\":\"output\",\"datatype\":\"INT32\",\"shape\":[-1,2]}]",
        get(at, "/v2/models/sums").path("outputs").toString());

    HttpResponse<String> answer = post(at, "/v2/models/sums/infer", sumsOf(5, -128));
    JsonNode sums = good(answer);
    assertEquals("[-1,-11,-134,122]", sums.path("outputs").get(0).path("data").toString());
    assertEquals("[2,2]", sums.path("outputs").get(0).path("shape").toString());
    assertEquals("q", sums.path("id").asText());
    assertEquals(version, sums.path("model_version").asText());
    JsonNode receipt = sums.path("parameters");
    assertEquals("final", receipt.path("status").asText());
    assertEquals("EXACT", receipt.path("class").asText());
    assertEquals(2, receipt.path("items").asInt());
    assertEquals(FEE.times(2).wei().toString(), receipt.path("fee").asText());
    assertEquals(
        receipt.path("receipt").asText(), answer.headers().firstValue("Aitbc-Receipt").orElse(""));

    JsonNode products =
        good(
            post(
                at,
                "/v2/models/products/versions/" + products().id().toHex() + "/infer",
                """
                {"outputs":[{"name":"output"}],"inputs":[
                  {"data":[1,2,3,0.5,-1e2,0.1],"shape":[1,6],"datatype":"FP32","name":"input_1"},
                  {"name":"input_0","shape":[1,2,3],"datatype":"FP32","data":[[[2,2,2],[2,3,1]]]}]}
                """));
    assertEquals(
        "[2.0,4.0,6.0,1.0,-300.0,0.1]", products.path("outputs").get(0).path("data").toString());
    assertEquals("[1,2,3]", products.path("outputs").get(0).path("shape").toString());
  }

  @Test // Protocol §17.12
  void codeThatIsNotApprovedIsNotOrdered() throws Exception {
    Hash code = Hash.fromHex("c0de".repeat(16));
    ServedModel attested = new ServedModel("sums", sums(), FEE, new Verification.Attested(code));
    Running at = new Running(limits(8, 300, 60), GatewayKeys.NONE, List.of(attested));
    HttpResponse<String> ready = send(HttpRequest.newBuilder(at.at("/v2/models/sums/ready")));
    assertEquals(400, ready.statusCode());
    assertTrue(ready.body().contains("code " + code + " is not approved"), ready.body());
    assertEquals(503, post(at, "/v2/models/sums/infer", sumsOf(5, -128)).statusCode());
  }

  @Test // Protocol §17.17
  void workWithinAToleranceIsOrderedUnderItsProfile() throws Exception {
    Hash profile = JuryCall.profile(PROFILE);
    ServedModel tolerant =
        new ServedModel("products", products(), FEE, new Verification.Tolerance(profile));
    Running early = new Running(limits(8, 100, 60), GatewayKeys.NONE, List.of(tolerant));
    HttpResponse<String> ready =
        send(HttpRequest.newBuilder(early.at("/v2/models/products/ready")));
    assertEquals(400, ready.statusCode());
    assertTrue(ready.body().contains("no tolerance under profile " + profile), ready.body());
    early.stop();

    calibrated(products().id(), PROFILE);
    workerServesTolerance();
    workerWorks();
    Running at = new Running(limits(8, 100, 60), GatewayKeys.NONE, List.of(tolerant));
    String items =
        """
        {"inputs":[{"name":"input_0","shape":[1,6],"datatype":"FP32","data":[1,2,3,4,5,6]},
          {"name":"input_1","shape":[1,6],"datatype":"FP32","data":[1,2,3,4,5,6]}]}
        """;
    JsonNode answer = good(post(at, "/v2/models/products/infer", items));
    assertEquals(
        "[1.0,4.0,9.0,16.0,25.0,36.0]", answer.path("outputs").get(0).path("data").toString());
    JsonNode receipt = answer.path("parameters");
    assertEquals("TOLERANCE", receipt.path("class").asText());
    assertEquals(profile.toHex(), receipt.path("profile").asText());
    assertEquals(profile, job(receipt.path("job").asLong()).profile());

    // What it is of is on the disk.
    at.stop();
    Running again = new Running(limits(8, 100, 60), GatewayKeys.NONE, List.of(tolerant));
    JsonNode kept = get(again, "/receipts/" + receipt.path("receipt").asText());
    assertEquals("TOLERANCE", kept.path("class").asText());
    assertEquals(profile.toHex(), kept.path("profile").asText());
  }

  @Test
  void requestsThatComeTogetherFillOneClaim() throws Exception {
    workerWorks();
    Running at = new Running(limits(8, 30_000, 60), GatewayKeys.NONE);
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      answers.add(
          http.sendAsync(
              HttpRequest.newBuilder(at.at("/v2/models/sums/infer"))
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofString(sumsOf(i, i + 10)))
                  .build(),
              BodyHandlers.ofString()));
    }
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      JsonNode answer = good(answers.get(i).get(WAIT_SECONDS_MAX, TimeUnit.SECONDS));
      assertEquals(
          "[%d,%d,%d,%d]".formatted(i - 6, -i - 6, i + 4, -i - 16),
          answer.path("outputs").get(0).path("data").toString(),
          "each its own");
      assertEquals(1, answer.path("parameters").path("job").asInt());
      places.add(answer.path("parameters").path("item").asInt());
    }
    assertEquals(List.of(0, 2, 4, 6), places.stream().sorted().toList());
    assertEquals(1, jobs());
  }

  @Test
  void ourOwnEngineOfTheProtocolRunsItemsThroughTheGateway() throws Exception {
    workerWorks();
    Running at = new Running(limits(64, 50, 60), GatewayKeys.NONE);
    List<Bytes> items =
        List.of(
            Bytes.of((byte) 1, (byte) 2, (byte) 3, (byte) 4),
            Bytes.of((byte) 9),
            Bytes.of((byte) -1, (byte) 0, (byte) 127, (byte) -128));
    try (OpenInferenceEngine through =
            new OpenInferenceEngine(
                at.at("/"),
                "",
                "sums",
                new OpenInferenceEngine.Tensor("input", Element.INT8, 4),
                new OpenInferenceEngine.Tensor("output", Element.INT32, 2));
        RefereeEngine referee = new RefereeEngine(sums(), Kernel.plain(), Workers.NONE)) {
      assertEquals(
          referee.run(items, Duration.ofMinutes(1)), through.run(items, Duration.ofMinutes(1)));
    }
    try (OpenInferenceEngine wrong =
        new OpenInferenceEngine(
            at.at("/"),
            "",
            "sums",
            new OpenInferenceEngine.Tensor("input", Element.INT8, 5),
            new OpenInferenceEngine.Tensor("output", Element.INT32, 2))) {
      EngineRefusedException refused =
          assertThrows(
              EngineRefusedException.class,
              () -> wrong.run(List.of(Bytes.wrap(new byte[5])), Duration.ofMinutes(1)));
      assertInstanceOf(EngineRefusal.Failed.class, refused.refusal());
    }
  }

  @Test
  void embeddingsOfOpenAisApiAreTheModelsOutputs() throws Exception {
    workerWorks();
    Running at = new Running(limits(8, 50, 60), GatewayKeys.NONE);
    JsonNode models = get(at, "/v1/models");
    assertEquals("products", models.path("data").get(0).path("id").asText());
    assertEquals("model", get(at, "/v1/models/sums").path("object").asText());
    JsonNode one = good(post(at, "/v1/embeddings", "{\"model\":\"sums\",\"input\":[5,1,0,-2]}"));
    assertEquals("[-1,-11]", one.path("data").get(0).path("embedding").toString());
    assertEquals(4, one.path("usage").path("total_tokens").asInt());
    assertEquals("final", one.path("receipt").path("status").asText());
    JsonNode two =
        good(
            post(
                at,
                "/v1/embeddings",
                "{\"input\":[[5,1,0,-2],[0,0,1,0]],\"model\":\"sums\",\"user\":\"u\","
                    + "\"encoding_format\":\"float\"}"));
    assertEquals("[3,5]", two.path("data").get(1).path("embedding").toString());

    refusedByOpenAi(at, "{\"model\":\"sums\",\"input\":\"hello\"}", 400, "unsupported");
    refusedByOpenAi(at, "{\"model\":\"sums\",\"input\":[\"hello\"]}", 400, "unsupported");
    refusedByOpenAi(at, "{\"model\":\"sums\",\"input\":[1,2,3]}", 400, "malformed");
    refusedByOpenAi(at, "{\"model\":\"sums\",\"input\":[[1,2,3,4],5]}", 400, "malformed");
    refusedByOpenAi(at, "{\"model\":\"sums\",\"input\":[]}", 400, "malformed");
    refusedByOpenAi(at, "{\"model\":\"sums\"}", 400, "malformed");
    refusedByOpenAi(at, "{\"model\":\"none\",\"input\":[1]}", 404, "not_found");
    refusedByOpenAi(at, "{\"model\":\"products\",\"input\":[1]}", 400, "unsupported");
    refusedByOpenAi(
        at,
        "{\"model\":\"sums\",\"input\":[1,2,3,4],\"encoding_format\":\"base64\"}",
        400,
        "unsupported");
    JsonNode chat =
        JSON.readTree(
            post(at, "/v1/chat/completions", "{\"model\":\"sums\",\"messages\":[]}").body());
    assertEquals("unsupported", chat.path("error").path("code").asText());
    assertEquals("invalid_request_error", chat.path("error").path("type").asText());
    assertEquals(2, jobs());
  }

  private void refusedByOpenAi(Running at, String body, int status, String code) throws Exception {
    HttpResponse<String> answer = post(at, "/v1/embeddings", body);
    assertEquals(status, answer.statusCode(), answer.body());
    assertEquals(code, JSON.readTree(answer.body()).path("error").path("code").asText(), body);
  }

  @Test
  void whatIsNoRequestIsRefusedAndCostsNothing() throws Exception {
    Running at = new Running(limits(2, 50, 60), GatewayKeys.NONE);
    for (String wrong :
        List.of(
            "",
            "[]",
            "{",
            "{}",
            "{\"inputs\":[]}",
            "{\"inputs\":[3]}",
            sumsOf(1) + "x",
            sumsOf(1).replace("\"q\"", "7"),
            sumsOf(1).replace("\"input\"", "\"in\""),
            sumsOf(1).replace("INT8", "INT32"),
            sumsOf(1).replace("[1,4]", "[1,5]"),
            sumsOf(1).replace("[1,4]", "[2]"),
            sumsOf(1).replace("[1,4]", "[0,4]"),
            sumsOf(1).replace("[1,4]", "[1.5,4]"),
            sumsOf(1).replace("[1,4]", "[99999999999999999999,4]"),
            sumsOf(200),
            sumsOf(1).replace("-2]", "-2,3]"),
            sumsOf(1).replace(",-2]", "]"),
            sumsOf(1).replace("-2]", "\"x\"]"),
            sumsOf(1).replace("-2]", "1.5]"),
            sumsOf(1).replace("-2]", "null]"),
            sumsOf(1).replace("\"data\"", "\"bytes\""),
            sumsOf(1).replace("\"id\"", "\"inputs\":[],\"id\""),
            "{\"outputs\":[{\"name\":\"other\"}]," + sumsOf(1).substring(1))) {
      HttpResponse<String> answer = post(at, "/v2/models/sums/infer", wrong);
      assertEquals(400, answer.statusCode(), wrong + answer.body());
      assertTrue(JSON.readTree(answer.body()).path("error").isTextual(), answer.body());
    }
    assertEquals(413, post(at, "/v2/models/sums/infer", sumsOf(1, 2, 3)).statusCode());
    assertEquals(404, post(at, "/v2/models/none/infer", sumsOf(1)).statusCode());
    assertEquals(404, post(at, "/v2/models/sums/versions/1/infer", sumsOf(1)).statusCode());
    assertEquals(404, post(at, "/v3", "").statusCode());
    assertEquals(405, post(at, "/v2/models/sums", "").statusCode());
    String big = " ".repeat(GatewayServer.REQUEST_BYTES_MAX) + sumsOf(1);
    try {
      assertEquals(413, post(at, "/v2/models/sums/infer", big).statusCode());
    } catch (IOException cutOff) {
      assertTrue(get(at, "/v2/health/live").path("live").asBoolean(), cutOff::toString);
    }
    HttpResponse<String> form =
        send(
            HttpRequest.newBuilder(at.at("/v2/models/sums/infer"))
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString(sumsOf(1))));
    assertEquals(415, form.statusCode(), "what a page could send without being asked");
    assertEquals(
        404, send(HttpRequest.newBuilder(at.at("/receipts/1-" + "0".repeat(32)))).statusCode());
    assertEquals(0, jobs());
  }

  @Test
  void receiptsAndOpenJobsSurviveARestart() throws Exception {
    Running first = new Running(limits(8, 50, 60), GatewayKeys.NONE);
    CompletableFuture<HttpResponse<String>> cutOff =
        http.sendAsync(
            HttpRequest.newBuilder(first.at("/v2/models/sums/infer"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(sumsOf(5)))
                .build(),
            BodyHandlers.ofString());
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS_MAX);
    while (jobs() == 0) {
      assertTrue(System.nanoTime() < end, "no job");
      Thread.sleep(10);
    }
    first.gateway.close();
    HttpResponse<String> stopped = cutOff.get(WAIT_SECONDS_MAX, TimeUnit.SECONDS);
    assertEquals(502, stopped.statusCode(), stopped.body());
    String receipt = JSON.readTree(stopped.body()).path("receipt").asText();
    first.stop();

    workerWorks();
    Running second = new Running(limits(8, 50, 60), GatewayKeys.NONE);
    assertEquals("accepted", get(second, "/receipts/" + receipt).path("status").asText());
    awaitStatus(second, receipt, "settled");
    JsonNode outputs = get(second, "/receipts/" + receipt + "/outputs");
    assertEquals("[-1,-11]", outputs.path("outputs").get(0).path("data").toString());
    assertEquals(1, jobs(), "nothing is ordered twice");
    second.stop();

    Running third = new Running(limits(8, 50, 60), GatewayKeys.NONE);
    assertEquals("settled", get(third, "/receipts/" + receipt).path("status").asText());
    assertEquals(
        "[-1,-11]",
        get(third, "/receipts/" + receipt + "/outputs")
            .path("outputs")
            .get(0)
            .path("data")
            .toString());
  }

  @Test // Protocol §17.12 rule 4
  void withoutAWorkerARequestIsLateAndItsFeeComesBack() throws Exception {
    GatewayKeys keys = GatewayKeys.read(List.of(GatewayKeys.line("a", FEE.times(3), "secret a")));
    Running at = new Running(limits(8, 50, 2), keys);
    HttpResponse<String> late = withKey(at, "secret a", sumsOf(1, 2));
    assertEquals(504, late.statusCode(), late.body());
    String receipt = JSON.readTree(late.body()).path("receipt").asText();
    assertEquals(429, withKey(at, "secret a", sumsOf(1, 2)).statusCode(), "it may yet cost");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS_MAX);
    String said = "";
    while (!said.contains("\"refunded\"")) {
      assertTrue(System.nanoTime() < end, said);
      Thread.sleep(50);
      said =
          send(HttpRequest.newBuilder(at.at("/receipts/" + receipt))
                  .header("Authorization", "Bearer secret a"))
              .body();
    }
    assertTrue(said.contains("no worker took the claim"), said);
    while (!balance().isZero()) {
      assertTrue(System.nanoTime() < end, "the credit is not withdrawn");
      Thread.sleep(50);
    }
    HttpResponse<String> again = withKey(at, "secret a", sumsOf(1, 2, 3));
    assertEquals(504, again.statusCode(), "what came back is the key's again: " + again.body());
  }

  /// Includes no order, and keeps the last one, as a pool does at a base fee above its offer.
  private final class Pool extends Guarded {
    private Optional<EconomyCall> waiting = Optional.empty();
    private volatile boolean answers;

    /// Whether the order comes before its nonce is used up, and all that is sent later too.
    private volatile boolean comesFirst;

    Pool() {
      super(GatewayIT.this.chain, account);
    }

    @Override
    public List<DatedEvent> send(EconomyCall call) throws IOException {
      if (comesFirst) {
        return super.send(call);
      }
      waiting = Optional.of(call);
      throw new IOException("not final in time");
    }

    @Override
    public void useUpNonces() throws IOException {
      if (!answers) {
        throw new IOException("the node does not answer");
      }
      if (comesFirst) {
        var _ = super.send(waiting.orElseThrow());
      }
      waiting = Optional.empty();
    }
  }

  /// Orders what the pool keeps, and waits until it is looked for no more.
  private String orderIn(Pool pool, Running at) throws Exception {
    HttpResponse<String> late = post(at, "/v2/models/sums/infer", sumsOf(5));
    assertEquals(504, late.statusCode(), late.body());
    at.stepping.join(); // It ended where the node did not take the order.
    at.gateway.step();
    assertTrue(pool.waiting.isPresent());
    now = Optional.of(Instant.now().plus(Duration.ofMinutes(11)));
    assertThrows(IOException.class, at.gateway::step);
    String receipt = JSON.readTree(late.body()).path("receipt").asText();
    assertEquals("accepted", get(at, "/receipts/" + receipt).path("status").asText());
    return receipt;
  }

  @Test
  void anOrderIsGivenUpOnlyWhenItCannotComeAnyMore() throws Exception {
    Pool pool = new Pool();
    guarded = pool;
    Running at = new Running(limits(8, 50, 2), GatewayKeys.NONE);
    String receipt = orderIn(pool, at);
    pool.answers = true;
    at.gateway.step();
    assertTrue(pool.waiting.isEmpty(), "its nonce is used up");
    at.gateway.step();
    assertEquals("failed", get(at, "/receipts/" + receipt).path("status").asText());
    assertEquals(0, jobs());
  }

  @Test
  void anOrderThatComesBeforeItsNonceIsUsedUpIsFollowed() throws Exception {
    Pool pool = new Pool();
    guarded = pool;
    Running at = new Running(limits(8, 50, 2), GatewayKeys.NONE);
    String receipt = orderIn(pool, at);
    pool.answers = true;
    pool.comesFirst = true;
    at.gateway.step();
    at.gateway.step();
    workerWorks();
    awaitStatus(at, receipt, "settled");
    assertEquals(1, jobs());
  }

  private HttpResponse<String> withKey(Running at, String key, String body) throws Exception {
    return send(
        HttpRequest.newBuilder(at.at("/v2/models/sums/infer"))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + key)
            .POST(BodyPublishers.ofString(body)));
  }

  @Test
  void aKeySpendsItsLimitAndSeesItsOwnReceiptsAlone() throws Exception {
    workerWorks();
    GatewayKeys keys =
        GatewayKeys.read(
            List.of(
                "# two programs",
                GatewayKeys.line("a", FEE.times(3), "secret a"),
                GatewayKeys.line("b", FEE.times(1), "secret b")));
    Running at = new Running(limits(8, 50, 60), keys);
    assertEquals(200, send(HttpRequest.newBuilder(at.at("/v2/health/ready"))).statusCode());
    HttpResponse<String> nobody = send(HttpRequest.newBuilder(at.at("/v2/models/sums")));
    assertEquals(401, nobody.statusCode());
    assertEquals("Bearer", nobody.headers().firstValue("WWW-Authenticate").orElse(""));
    assertEquals(401, withKey(at, "secret c", sumsOf(1)).statusCode());
    JsonNode two = good(withKey(at, "secret a", sumsOf(1, 2)));
    HttpResponse<String> more = withKey(at, "secret a", sumsOf(1, 2));
    assertEquals(429, more.statusCode(), more.body());
    assertTrue(more.body().contains("insufficient_quota"), more.body());
    String path = "/receipts/" + two.path("parameters").path("receipt").asText();
    assertEquals(
        200,
        send(HttpRequest.newBuilder(at.at(path)).header("Authorization", "Bearer secret a"))
            .statusCode());
    assertEquals(
        404,
        send(HttpRequest.newBuilder(at.at(path)).header("Authorization", "Bearer secret b"))
            .statusCode());
    at.stop();
    Running again = new Running(limits(8, 50, 60), keys);
    assertEquals(
        429, withKey(again, "secret a", sumsOf(1, 2)).statusCode(), "spent before it began");
    JsonNode last = good(withKey(again, "secret a", sumsOf(3)));
    assertEquals(1, last.path("parameters").path("items").asInt());
  }

  @Test
  void withoutKeysOnlyThisMachineIsServed() throws Exception {
    Running at = new Running(limits(8, 50, 60), GatewayKeys.NONE);
    IOException refused =
        assertThrows(
            IOException.class,
            () ->
                GatewayServer.start(
                    new InetSocketAddress(0), // At all addresses.
                    at.gateway,
                    GatewayKeys.NONE,
                    InstantSource.system()));
    assertTrue(String.valueOf(refused.getMessage()).contains("without keys"), refused::toString);
    // A page that led its own name to this machine.
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), at.server.port())) {
      String head = "GET /v2 HTTP/1.1\r\nHost: page.example\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertTrue(answer.startsWith("HTTP/1.1 403"), answer);
    }
  }

  @Test
  void aModelThatIsNotRegisteredIsNotReady() throws Exception {
    new ModelClient(new Guarded(chain, account)).close(products().id());
    Running at = new Running(limits(8, 50, 60), GatewayKeys.NONE);
    HttpResponse<String> ready = send(HttpRequest.newBuilder(at.at("/v2/models/products/ready")));
    assertEquals(400, ready.statusCode(), "as the protocol wants it");
    assertTrue(ready.body().contains("model products is CLOSED"), ready.body());
    assertEquals(200, send(HttpRequest.newBuilder(at.at("/v2/models/sums/ready"))).statusCode());
    HttpResponse<String> refused =
        post(
            at,
            "/v2/models/products/infer",
            """
            {"inputs":[{"name":"input_0","datatype":"FP32","shape":[1,6],"data":[1,2,3,4,5,6]},
              {"name":"input_1","datatype":"FP32","shape":[1,6],"data":[1,2,3,4,5,6]}]}
            """);
    assertEquals(503, refused.statusCode(), refused.body());
  }
}
