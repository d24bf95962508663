// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.model.NetworkKind;
import io.aitbc.testkit.DecoderTorture;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DispatcherTest {
  private static final CallWatch UNWATCHED = (_, _, _) -> {};

  private final Rpc rpc = new Rpc();

  @Test // JSON-RPC 2.0 §5
  void anAnswerRepeatsTheIdAsItCame() {
    assertEquals("\"x\"", rpc.answer(request("'x'")).get("id").toString());
    assertEquals("7", rpc.answer(request("7")).get("id").toString());
    assertEquals("null", rpc.answer(request("null")).get("id").toString());
  }

  @Test // JSON-RPC 2.0 §4.1
  void aNotificationIsNotAnswered() {
    assertTrue(rpc.answer("{\"jsonrpc\":\"2.0\",\"method\":\"eth_chainId\"}").isNull());
    assertEquals(
        1,
        rpc.answer("[{\"method\":\"eth_chainId\"},{\"method\":\"eth_chainId\",\"id\":1}]").size());
  }

  @Test // JSON-RPC 2.0 §6
  void aBatchIsAnsweredInItsOrder() {
    JsonNode answers =
        rpc.answer(
            "[" + Rpc.request("eth_chainId", "") + "," + Rpc.request("eth_none", "") + ",5]");
    assertEquals("0x6769", answers.get(0).get("result").asText());
    assertEquals(-32601, answers.get(1).get("error").get("code").asInt());
    assertEquals(-32600, answers.get(2).get("error").get("code").asInt());
  }

  @Test // JSON-RPC 2.0 §5.1
  void whatIsNoRequestIsRefusedByKind() {
    assertEquals(-32700, code("{"));
    assertEquals(-32700, code("{\"id\":1,\"id\":2}"));
    assertEquals(-32700, code("[".repeat(100)));
    assertEquals(-32600, code("[]"));
    assertEquals(-32600, code("{\"id\":1}"));
    assertEquals(-32600, code("{\"id\":1,\"method\":\"eth_chainId\",\"params\":{}}"));
    assertEquals(
        -32600, code("{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"eth_chainId\",\"params\":[]}"));
  }

  @Test
  void anUnknownMethodIsNamedInTheWordsThatLibrariesLookFor() {
    assertEquals(
        "-32601 the method eth_sign does not exist/is not available", rpc.error("eth_sign", ""));
  }

  @Test
  void aBatchHasABoundOnItsCalls() {
    String calls = "1,".repeat(Dispatcher.BATCH_CALLS_MAX) + "1";
    assertEquals(-32005, code("[" + calls + "]"));
  }

  @Test
  void theAnswersOfABatchHaveABoundTogether() {
    Dispatcher large =
        new Dispatcher(
            Map.of("large", _ -> Rpc.JSON.getNodeFactory().textNode("x".repeat(6 << 20))),
            new NetworkKind.Hybrid(),
            UNWATCHED);
    String call = "{\"id\":1,\"method\":\"large\"}";
    String batch = "[" + (call + ",").repeat(99) + call + "]";
    byte[] answer = large.answer(batch.getBytes(StandardCharsets.UTF_8)).orElseThrow();
    assertTrue(answer.length < Dispatcher.ANSWER_BYTES_MAX + (7 << 20));
    JsonNode answers = Rpc.parse(answer);
    assertEquals(100, answers.size());
    assertTrue(answers.get(0).has("result"));
    assertEquals(-32005, answers.get(99).get("error").get("code").asInt());
  }

  @Test
  void callsBeyondTheBoundsOfABatchAreCountedAndNotificationsAmongThemNotAnswered() {
    List<String> told = new ArrayList<>();
    AtomicLong now = new AtomicLong();
    Dispatcher slow =
        new Dispatcher(
            Map.of(
                "slow",
                _ -> {
                  long _ = now.addAndGet(Dispatcher.BATCH_NANOS_MAX / 2);
                  return Rpc.JSON.getNodeFactory().textNode("done");
                }),
            new NetworkKind.Hybrid(),
            (method, outcome, _) -> told.add(method + " " + outcome),
            now::get);
    String call = "{\"id\":1,\"method\":\"slow\"}";
    String notification = "{\"method\":\"slow\"}";
    String batch = "[%s,%s,%s,%s,%s]".formatted(call, call, call, call, notification);
    JsonNode answers = Rpc.parse(slow.answer(batch.getBytes(StandardCharsets.UTF_8)).orElseThrow());
    assertEquals(4, answers.size());
    assertTrue(answers.get(2).has("result"));
    assertEquals(RpcError.Code.BUSY.number(), answers.get(3).get("error").get("code").asInt());
    assertEquals(List.of("slow OK", "slow OK", "slow OK", "slow BUSY", "slow BUSY"), told);
  }

  @Test
  void aFailureOfTheNodeDoesNotShowItsInside() {
    List<String> told = new ArrayList<>();
    Dispatcher broken =
        new Dispatcher(
            Map.of(
                "broken",
                _ -> {
                  throw new IllegalStateException("secret");
                }),
            new NetworkKind.Hybrid(),
            (method, outcome, _) -> told.add(method + " " + outcome));
    byte[] answer =
        broken
            .answer("{\"id\":1,\"method\":\"broken\"}".getBytes(StandardCharsets.UTF_8))
            .orElseThrow();
    assertEquals(
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32603,\"message\":\"internal error\"}}",
        new String(answer, StandardCharsets.UTF_8));
    assertEquals(List.of("broken FAILED"), told);
  }

  @Test
  void whoWatchesIsToldOfEveryCallByNamesThatNoCallerChooses() {
    var _ = rpc.answer(Rpc.request("eth_chainId", ""));
    var _ = rpc.answer(Rpc.request("eth_mine", ""));
    var _ = rpc.answer(Rpc.request("eth_getBalance", "'0x00'"));
    var _ = rpc.answer("{");
    var _ = rpc.answer("[{\"method\":\"eth_chainId\"},5," + Rpc.request("web3_sha3", "'0x'") + "]");
    rpc.chain.forgetBodiesBelow(2);
    var _ = rpc.answer(Rpc.request("debug_getRawBlock", "'0x1'"));
    assertEquals(
        List.of(
            "eth_chainId OK",
            "other REFUSED",
            "eth_getBalance REFUSED",
            "other REFUSED",
            "eth_chainId OK",
            "other REFUSED",
            "web3_sha3 OK",
            "debug_getRawBlock NOT_KEPT"),
        rpc.calls);
  }

  @Test
  void anAnswerThatIsTooLargeCountsAsRefused() {
    List<String> told = new ArrayList<>();
    Dispatcher large =
        new Dispatcher(
            Map.of(
                "large",
                _ -> Rpc.JSON.getNodeFactory().textNode("x".repeat(Dispatcher.ANSWER_BYTES_MAX))),
            new NetworkKind.Hybrid(),
            (method, outcome, _) -> told.add(method + " " + outcome));
    byte[] answer =
        large
            .answer("{\"id\":1,\"method\":\"large\"}".getBytes(StandardCharsets.UTF_8))
            .orElseThrow();
    assertEquals(-32005, Rpc.parse(answer).get("error").get("code").asInt());
    assertEquals(List.of("large REFUSED"), told);
  }

  @Test
  void hostileBytesAreAnsweredLikeAnyOther() {
    Dispatcher dispatcher =
        new Dispatcher(new Rpc().methods.all(), new NetworkKind.Hybrid(), UNWATCHED);
    new DecoderTorture(dispatcher::answer, _ -> false)
        .run(1, 200, List.of(Rpc.request("eth_chainId", "").getBytes(StandardCharsets.UTF_8)));
  }

  private int code(String request) {
    return rpc.answer(request).get("error").get("code").asInt();
  }

  private static String request(String id) {
    return "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"eth_chainId\",\"params\":[]}"
        .formatted(id)
        .replace('\'', '"');
  }
}
