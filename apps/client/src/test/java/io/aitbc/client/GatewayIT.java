// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aitbc.blobs.Reach;
import io.aitbc.client.gateway.Gateway;
import io.aitbc.client.gateway.GatewayKeys;
import io.aitbc.client.gateway.GatewayLimits;
import io.aitbc.client.gateway.GatewayServer;
import io.aitbc.client.gateway.ServedModel;
import io.aitbc.compute.EngineRefusal;
import io.aitbc.compute.EngineRefusedException;
import io.aitbc.compute.OpenInferenceEngine;
import io.aitbc.compute.OpenInferenceEngine.Element;
import io.aitbc.compute.RefereeEngine;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.ContractRead;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Model;
import io.aitbc.referee.Operator;
import io.aitbc.referee.PlanBuilder;
import io.aitbc.referee.Tensor;
import io.aitbc.signer.AccountSigner;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A gateway over HTTP against the real contracts and a worker's real store. Protocol §17.12,
/// §17.13, docs/ai-work.md.
class GatewayIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Amount FEE = Amount.wei(1_000_000_000_000_000L);
  private static final long WAIT_SECONDS_MAX = 60;
  private static final int BLOCK_MILLIS = 150;

  @TempDir private Path folder;

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<AccountSigner> signers =
      IntStream.range(1, 4)
          .mapToObj(i -> {
            byte[] seed = new byte[32];
            seed[0] = (byte) i;
            return AccountSigner.fromSeed(seed);
          })
          .toList();

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private ExecutedChain chain;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private ExecutedChain.View account;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private TestWorker worker;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private Thread growing;

  private final List<Running> running = new ArrayList<>();

  /// The chain for several threads.
  private record Guarded(ExecutedChain chain, ExecutedChain.View view) implements JobChain {
    @Override
    public Address account() {
      return view.account();
    }

    @Override
    public long height() {
      synchronized (chain) {
        return view.height();
      }
    }

    @Override
    public long awaitHeightAbove(long height) throws IOException {
      try {
        while (height() <= height) {
          Thread.sleep(BLOCK_MILLIS / 2);
        }
      } catch (InterruptedException interrupted) {
        throw new InterruptedIOException("interrupted");
      }
      return height();
    }

    @Override
    public <T> Optional<T> read(ContractRead<T> read) {
      synchronized (chain) {
        return view.read(read);
      }
    }

    @Override
    public List<DatedEvent> jobEvents(long job) {
      synchronized (chain) {
        return view.jobEvents(job);
      }
    }

    @Override
    public List<DatedEvent> events(EconomyContract contract, long fromHeight) {
      synchronized (chain) {
        return view.events(contract, fromHeight);
      }
    }

    @Override
    public Optional<String> serves(ServiceRole role, Address account) {
      synchronized (chain) {
        return view.serves(role, account);
      }
    }

    @Override
    public List<DatedEvent> send(EconomyCall call) throws IOException {
      synchronized (chain) {
        return view.send(call);
      }
    }
  }

  /// A gateway that serves, and the thread that steps it.
  private final class Running {
    final Gateway gateway;
    final GatewayServer server;
    final Thread stepping;

    Running(GatewayLimits limits, GatewayKeys keys) throws Exception {
      gateway =
          new Gateway(
              new Guarded(chain, account),
              folder.resolve("gateway"),
              StoreOpening.signed(
                  signers.get(0), ExecutedChain.CHAIN_ID, InstantSource.system(), Reach.ANY),
              Reach.ANY,
              List.of(
                  new ServedModel("sums", sums(), FEE),
                  new ServedModel("products", products(), FEE.times(2))),
              limits,
              InstantSource.system());
      gateway.step();
      server = GatewayServer.start(loopback(), gateway, keys, InstantSource.system());
      stepping = Thread.ofPlatform().start(this::step);
      running.add(this);
    }

    private void step() {
      try {
        while (true) {
          gateway.step();
          Thread.sleep(10);
        }
      } catch (IOException | InterruptedException ended) {
        Thread.currentThread().interrupt();
      }
    }

    URI at(String path) {
      return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    void stop() throws InterruptedException {
      stepping.interrupt();
      server.close();
      gateway.close();
      stepping.join();
      running.remove(this);
    }
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static GatewayLimits limits(int items, int waitMillis, int seconds) {
    return new GatewayLimits(
        items, Duration.ofMillis(waitMillis), Duration.ofSeconds(seconds), 60, 60);
  }

  @BeforeEach
  void network() throws Exception {
    chain = new ExecutedChain(signers.stream().map(AccountSigner::address).toList());
    account = chain.new View(signers.get(0));
    worker = new TestWorker(chain.new View(signers.get(1)), folder.resolve("worker"));
    assertTrue(worker.register(Amount.aitbc(5_000)));
    ExecutedChain.View auditor = chain.new View(signers.get(2));
    assertTrue(
        auditor.post(WorkCall.registerService(ServiceRole.AUDITOR, 1, "", Amount.aitbc(100))));
    assertEquals(sums().id(), new ModelClient(account).register(sums(), "sums"));
    assertEquals(products().id(), new ModelClient(account).register(products(), "products"));
    growing = Thread.ofPlatform().daemon().start(this::grow);
  }

  private void grow() {
    try {
      while (true) {
        Thread.sleep(BLOCK_MILLIS);
        synchronized (chain) {
          chain.grow();
        }
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void end() throws Exception {
    for (Running each : List.copyOf(running)) {
      each.stop();
    }
    growing.interrupt();
    growing.join();
    worker.close();
    http.close();
    signers.forEach(AccountSigner::close);
  }

  private void workerWorks() {
    synchronized (chain) {
      chain.eachBlock(worker::step);
    }
  }

  /// Four numbers into two sums.
  private static Model sums() throws Exception {
    PlanBuilder plan = new PlanBuilder();
    Tensor x = plan.input(ElementType.INT8, 1, 4);
    Tensor w = plan.constant(Elements.of(new byte[] {1, 2, 3, 4, -1, -2, 5, 2}), 2, 4);
    Tensor bias = plan.constant(Elements.of(new int[2]), 1, 2);
    return plan.inference(plan.sumProducts(x, w, 1, List.of(bias)));
  }

  /// Two matrices of two rows and three columns into their products.
  private static Model products() throws Exception {
    PlanBuilder plan = new PlanBuilder();
    Tensor a = plan.input(ElementType.FLOAT32, 2, 3);
    Tensor b = plan.input(ElementType.FLOAT32, 2, 3);
    return plan.inference(plan.binary(Operator.MULTIPLY, a, b));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(Running at, String path, String body) throws Exception {
    return send(
        HttpRequest.newBuilder(at.at(path))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  private JsonNode get(Running at, String path) throws Exception {
    HttpResponse<String> answer = send(HttpRequest.newBuilder(at.at(path)));
    assertEquals(200, answer.statusCode(), answer.body());
    return JSON.readTree(answer.body());
  }

  private static JsonNode good(HttpResponse<String> answer) throws Exception {
    assertEquals(200, answer.statusCode(), answer.body());
    return JSON.readTree(answer.body());
  }

  private static String sumsOf(int... rows) {
    StringBuilder data = new StringBuilder();
    for (int row : rows) {
      data.append(data.isEmpty() ? "" : ",").append("[%d,1,0,-2]".formatted(row));
    }
    return """
    {"id":"q","inputs":[{"name":"input","datatype":"INT8","shape":[%d,4],"data":[%s]}]}\
    """
        .formatted(rows.length, data);
  }

  private void awaitStatus(Running at, String receipt, String status) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS_MAX);
    while (!get(at, "/receipts/" + receipt).path("status").asText().equals(status)) {
      assertTrue(System.nanoTime() < end, () -> "not " + status);
      Thread.sleep(50);
    }
  }

  private Amount balance() {
    synchronized (chain) {
      return account.read(WorkRead.credit(account.account())).orElse(Amount.ZERO);
    }
  }

  private long jobs() {
    synchronized (chain) {
      return account.read(WorkRead.jobCount()).orElseThrow();
    }
  }

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
