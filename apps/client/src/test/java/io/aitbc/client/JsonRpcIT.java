// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Sha256;
import io.aitbc.model.Amount;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionCodec;
import io.aitbc.signer.AccountSigner;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The client over HTTP, with a server that answers as the test says: also as no honest node would.
class JsonRpcIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @SuppressWarnings("NullAway.Init") // Set before every test.
  private HttpServer server;

  @SuppressWarnings("NullAway.Init") // Set before every test.
  private JsonRpc rpc;

  private final List<JsonNode> asked = new CopyOnWriteArrayList<>();
  private volatile Function<JsonNode, String> answer = _ -> "";
  private volatile IntSupplier status = () -> 200;

  @BeforeEach
  void aServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          JsonNode request = JSON.readTree(exchange.getRequestBody());
          asked.add(request);
          byte[] body = answer.apply(request).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status.getAsInt(), body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    rpc =
        new JsonRpc(
            URI.create("http://127.0.0.1:" + server.getAddress().getPort()), Duration.ofSeconds(2));
  }

  @AfterEach
  void theEnd() {
    rpc.close();
    server.stop(0);
  }

  @Test
  void whereNobodyListensTheAddressIsNamed() throws IOException {
    URI nowhere;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nowhere = URI.create("http://127.0.0.1:" + closed.getLocalPort());
    }
    try (JsonRpc toNobody = new JsonRpc(nowhere, Duration.ofSeconds(2))) {
      IOException failed = assertThrows(IOException.class, () -> toNobody.call("eth_chainId"));
      assertEquals("no node answers at " + nowhere, failed.getMessage());
    }
  }

  private static String result(JsonNode request, String result) {
    return "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":%s}".formatted(request.path("id"), result);
  }

  @Test
  void aCallCarriesMethodAndParametersAndBringsItsResult() throws Exception {
    answer = request -> result(request, "\"0x10\"");
    assertEquals("0x10", rpc.call("eth_getBalance", "0xab", "latest").asText());
    assertEquals("2.0", asked.getFirst().path("jsonrpc").asText());
    assertEquals("eth_getBalance", asked.getFirst().path("method").asText());
    assertEquals("[\"0xab\",\"latest\"]", asked.getFirst().path("params").toString());
  }

  private static String busy(JsonNode request) {
    return "{\"jsonrpc\":\"2.0\",\"id\":%s,\"error\":{\"code\":-32010,\"message\":\"too many calls at one time\"}}"
        .formatted(request.path("id"));
  }

  @Test
  void aBusyNodeIsAskedAgain() throws Exception {
    answer = request -> asked.size() < 3 ? busy(request) : result(request, "\"0x10\"");
    assertEquals("0x10", rpc.call("eth_call").asText());
    assertEquals(3, asked.size());
  }

  @Test
  void ofABatchOnlyWhatTheNodeWasTooBusyForIsAskedAgain() throws Exception {
    answer =
        batch -> {
          List<String> answers = new ArrayList<>();
          batch.forEach(each ->
              answers.add(
                  asked.size() == 1 && each.path("method").asText().equals("b")
                      ? busy(each)
                      : result(each, each.path("params").get(0).toString())));
          return answers.toString();
        };
    List<JsonNode> results =
        rpc.batch(
            List.of(JsonRpc.Call.of("a", 1), JsonRpc.Call.of("b", 2), JsonRpc.Call.of("c", 3)));
    assertEquals(List.of("1", "2", "3"), results.stream().map(JsonNode::toString).toList());
    assertEquals(List.of(3, 1), asked.stream().map(JsonNode::size).toList());
  }

  @Test
  void aNodeWithNoPlaceForARequestIsAskedAgain() throws Exception {
    status = () -> asked.size() < 3 ? 503 : 200;
    answer =
        request ->
            asked.size() < 3
                ? "busy"
                : request.isArray()
                    ? "[" + result(request.get(0), "\"0x10\"") + "]"
                    : result(request, "\"0x10\"");
    assertEquals("0x10", rpc.call("eth_call").asText());
    asked.clear();
    assertEquals("0x10", rpc.batch(List.of(JsonRpc.Call.of("eth_call"))).getFirst().asText());
    assertEquals(3, asked.size());
    status = () -> 503;
    RpcException error = assertThrows(RpcException.class, () -> rpc.call("eth_call"));
    assertEquals(RpcException.BUSY, error.code());
  }

  @Test
  void whatAServerSaysWithAnotherStatusIsTold() {
    status = () -> 403;
    answer = _ -> "host not allowed";
    IOException error = assertThrows(IOException.class, () -> rpc.call("eth_chainId"));
    assertTrue(
        String.valueOf(error.getMessage()).endsWith("HTTP status 403: host not allowed"),
        String.valueOf(error.getMessage()));
  }

  @Test
  void aNodeThatStaysBusyIsARefusal() {
    answer = JsonRpcIT::busy;
    RpcException error = assertThrows(RpcException.class, () -> rpc.call("eth_call"));
    assertEquals(RpcException.BUSY, error.code());
    assertTrue(asked.size() > 1);
  }

  @Test
  void aResultOfNullIsAnAnswer() throws Exception {
    answer = request -> result(request, "null");
    assertTrue(rpc.call("eth_getTransactionReceipt", "0x00").isNull());
  }

  @Test
  void anErrorCarriesItsCodeAndItsData() {
    answer =
        request ->
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":3,\"message\":\"execution reverted\",\"data\":\"0x08c379a0\"}}";
    RpcException error = assertThrows(RpcException.class, () -> rpc.call("eth_call"));
    assertEquals(3, error.code());
    assertEquals("execution reverted", error.getMessage());
    assertEquals("0x08c379a0", error.data());
  }

  @Test
  void whatIsNoAnswerIsAnIoError() {
    for (String text : List.of("", "<html>", "{\"id\":1}", "[]", "{\"result\":", "7")) {
      answer = _ -> text;
      assertThrows(IOException.class, () -> rpc.call("eth_chainId"), text);
    }
  }

  @Test
  void anAnswerThatDoesNotComeInTimeIsAnIoError() {
    answer =
        request -> {
          try {
            Thread.sleep(4_000);
          } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
          }
          return result(request, "1");
        };
    assertThrows(IOException.class, () -> rpc.call("eth_chainId"));
  }

  @Test
  void whereNobodyListensThereIsAnIoError() throws IOException {
    server.stop(0);
    assertThrows(IOException.class, () -> rpc.call("eth_chainId"));
    aServer();
  }

  @Test
  void theResultsOfABatchComeInItsOrder() throws Exception {
    answer =
        batch -> {
          List<String> answers = new ArrayList<>();
          batch.forEach(
              each -> answers.addFirst(result(each, each.path("params").get(0).toString())));
          return answers.toString();
        };
    List<JsonNode> results = rpc.batch(List.of(JsonRpc.Call.of("a", 1), JsonRpc.Call.of("b", 2)));
    assertEquals(List.of("1", "2"), results.stream().map(JsonNode::toString).toList());
  }

  @Test
  void aBatchWithAMissingStrangeOrRepeatedAnswerIsAnIoError() {
    List<JsonRpc.Call> calls = List.of(JsonRpc.Call.of("a", 1), JsonRpc.Call.of("b", 2));
    answer = batch -> "[" + result(batch.get(0), "1") + "]";
    assertThrows(IOException.class, () -> rpc.batch(calls));
    answer = batch -> "[" + result(batch.get(0), "1") + ",{\"id\":99,\"result\":1}]";
    assertThrows(IOException.class, () -> rpc.batch(calls));
    answer = batch -> "[" + result(batch.get(0), "1") + "," + result(batch.get(0), "1") + "]";
    assertThrows(IOException.class, () -> rpc.batch(calls));
  }

  @Test
  void whatIsSentIsTheTransactionThatWasSigned() throws Exception {
    try (AccountSigner account = AccountSigner.fromSeed(Sha256.hash(new byte[] {1}).toArray())) {
      Transaction transfer =
          ChainClient.transfer(
              account, 26_473, 0, account.address(), Amount.aitbc(1), Amount.wei(9));
      answer = request -> result(request, "\"" + transfer.hash().toHex() + "\"");
      Hash hash = new ChainClient(rpc).send(transfer);
      assertEquals(transfer.hash(), hash);
      String raw = asked.getFirst().path("params").get(0).asText();
      assertEquals(transfer, TransactionCodec.decode(io.aitbc.crypto.Bytes.fromHex(raw)));
    }
  }

  @Test
  void aReceiptIsWaitedForAndNotForEver() throws Exception {
    Hash hash = Sha256.hash(new byte[] {2});
    answer = request -> result(request, asked.size() < 3 ? "null" : "{\"status\":\"0x1\"}");
    assertEquals("0x1", new ChainClient(rpc).awaitReceipt(hash, 10_000).path("status").asText());
    answer = request -> result(request, "null");
    assertThrows(IOException.class, () -> new ChainClient(rpc).awaitReceipt(hash, 100));
  }

  @Test
  void aQuantityThatIsNoneIsAnIoError() {
    for (String text :
        List.of("\"12\"", "\"0x\"", "\"0xZZ\"", "7", "null", "\"0x" + "f".repeat(65) + "\"")) {
      answer = request -> result(request, text);
      assertThrows(IOException.class, () -> new ChainClient(rpc).chainId(), text);
    }
  }

  /// Sends batches of one call on threads of their own; the first is held until the others wait.
  ///
  /// @param then what the server answers
  private List<Future<List<JsonRpc.Answer<JsonNode>>>> sentAtOneTime(
      JsonRpc to, int batches, Function<JsonNode, String> then) throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    answer =
        batch -> {
          held.countDown();
          await(goesOn);
          return then.apply(batch);
        };
    List<Future<List<JsonRpc.Answer<JsonNode>>>> sent = new ArrayList<>();
    for (int i = 0; i < batches; i++) {
      JsonRpc.Call call = JsonRpc.Call.of("m" + i, i);
      FutureTask<List<JsonRpc.Answer<JsonNode>>> task =
          new FutureTask<>(() -> to.together(List.of(call)));
      Thread sender = Thread.ofPlatform().start(task);
      sent.add(task);
      if (i == 0) {
        held.await();
      }
      while (sender.getState() != Thread.State.WAITING
          && sender.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
    }
    goesOn.countDown();
    return sent;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private static String results(JsonNode batch) {
    List<String> answers = new ArrayList<>();
    batch.forEach(each -> answers.add(result(each, each.path("params").get(0).toString())));
    return answers.toString();
  }

  @Test
  void batchesOfSeveralThreadsAreJoinedWhileAnotherOneIsOnItsWay() throws Exception {
    try (JsonRpc patient = new JsonRpc(rpc.endpoint(), Duration.ofMinutes(1))) {
      List<Future<List<JsonRpc.Answer<JsonNode>>>> sent =
          sentAtOneTime(patient, 5, JsonRpcIT::results);
      for (int i = 0; i < sent.size(); i++) {
        assertEquals(i, sent.get(i).get().getFirst().get().asInt());
      }
    }
    assertEquals(List.of(1, 4), asked.stream().map(JsonNode::size).toList());
  }

  @Test
  void whatFailsTogetherGoesAloneForAWhile() throws Exception {
    Function<JsonNode, String> only = batch -> batch.size() > 1 ? "none" : results(batch);
    try (JsonRpc patient = new JsonRpc(rpc.endpoint(), Duration.ofMinutes(1))) {
      List<Future<List<JsonRpc.Answer<JsonNode>>>> sent = sentAtOneTime(patient, 3, only);
      assertEquals(0, sent.getFirst().get().getFirst().get().asInt());
      for (Future<?> each : sent.subList(1, 3)) {
        Throwable failed = assertThrows(ExecutionException.class, each::get).getCause();
        assertInstanceOf(IOException.class, failed);
      }
      sent = sentAtOneTime(patient, 3, only);
      for (int i = 0; i < sent.size(); i++) {
        assertEquals(i, sent.get(i).get().getFirst().get().asInt());
      }
    }
    assertEquals(List.of(1, 2, 1, 1, 1), asked.stream().map(JsonNode::size).toList());
  }
}
