// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.model.NetworkKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/// What callers hear of a network without votes. Protocol §10.4.
class NotFinalTest {
  private static final NetworkKind POA = new NetworkKind.Poa(NetworkKind.Poa.SLOT_MILLIS_DEFAULT);

  private final Rpc rpc = new Rpc(POA);
  private final List<JsonNode> told = new ArrayList<>();
  private final List<Runnable> waiting = new ArrayList<>();
  private int seen;

  private static String finality(JsonNode answer) {
    return answer.path("finality").asText();
  }

  @Test
  void everyAnswerSaysThatItIsNotFinal() {
    for (String method : rpc.methods.names()) {
      assertEquals("not final", finality(rpc.call(method, "")), method);
    }
    assertEquals("not final", finality(rpc.answer("no json")));
    assertEquals("not final", finality(rpc.answer("[]")));
    JsonNode batch = rpc.answer("[" + Rpc.request("eth_chainId", "") + ",7]");
    assertEquals("not final", finality(batch.get(0)));
    assertEquals("not final", finality(batch.get(1)));
    assertFalse(new Rpc().call("eth_chainId", "").has("finality"), "where votes decide");
  }

  @Test
  void whatElseIsAnsweredIsWhatEthereumsClientsExpect() {
    JsonNode answer = rpc.call("eth_blockNumber", "");
    TreeSet<String> members = new TreeSet<>();
    answer.fieldNames().forEachRemaining(members::add);
    assertEquals(new TreeSet<>(List.of("finality", "id", "jsonrpc", "result")), members);
    assertEquals("0x2", answer.get("result").asText());
    assertEquals(
        "0x2", rpc.result("eth_getBlockByNumber", "'latest',false").get("number").asText());
    assertEquals(
        "0x2", rpc.result("eth_getBlockByNumber", "'pending',false").get("number").asText());
  }

  @Test
  void thereIsNoFinalBlockToAskFor() {
    for (String tag : List.of("safe", "finalized")) {
      String expected =
          "-32000 "
              + tag
              + " block not found: no block of this network (CONSENSUS_MODE=poa) is ever final";
      assertEquals(expected, rpc.error("eth_getBlockByNumber", "'" + tag + "',false"));
      assertEquals(
          expected, rpc.error("eth_getBalance", "'" + TestChain.SENDER + "','" + tag + "'"));
      assertEquals(expected, rpc.error("eth_getLogs", "{'fromBlock':'" + tag + "'}"));
    }
  }

  @Test
  void insteadOfFinalityThereAreConfirmations() {
    assertEquals(
        Rpc.parse("{'height':1,'final':false,'confirmations':2}"),
        rpc.result("aitbc_finality", "'0x1'"));
    assertEquals(
        rpc.result("aitbc_finality", "'0x1'"),
        rpc.result("aitbc_finality", "'" + rpc.transactionHash(0).toHex() + "'"));
    assertEquals(1, rpc.result("aitbc_finality", "'latest'").get("confirmations").asInt());
  }

  @Test
  void logsOfBlocksThatAreTakenBackAreToldAsRemovedBeforeWhatComesInstead() {
    Subscriptions subscriptions = subscribed();
    rpc.chain.growLikeTheFirst();
    changed(subscriptions);
    assertEquals(List.of("head 0x3", "log 0x3 false"), lines());
    String abandoned = rpc.chain.block(3).orElseThrow().hash().toHex();

    rpc.chain.takeBack(2);
    rpc.chain.grow();
    rpc.chain.growLikeTheFirst();
    changed(subscriptions);
    assertEquals(List.of("log 0x3 true", "head 0x3", "head 0x4", "log 0x4 false"), lines());
    JsonNode removed = told.get(2).path("params").path("result");
    assertEquals(abandoned, removed.path("blockHash").asText());
    told.forEach(message -> assertEquals("not final", finality(message)));
  }

  @Test
  void blocksOfBeforeTheNodeServedAreTakenBackToo() {
    rpc.chain.growLikeTheFirst();
    Subscriptions subscriptions = subscribed();
    rpc.chain.takeBack(2);
    changed(subscriptions);
    assertEquals(List.of("log 0x3 true"), lines());
    rpc.chain.grow();
    changed(subscriptions);
    assertEquals(List.of("log 0x3 true", "head 0x3"), all());
  }

  private Subscriptions subscribed() {
    Executor threads = waiting::add;
    Subscriptions subscriptions = new Subscriptions(rpc.chain, rpc.methods.live(), POA, threads);
    Subscriptions.Session session = subscriptions.open(text -> told.add(Rpc.parse(text)));
    Dispatcher dispatcher = new Dispatcher(session.methods(), POA, (_, _, _) -> {});
    for (String topic : List.of("newHeads", "logs")) {
      byte[] request =
          Rpc.request("eth_subscribe", "'" + topic + "'").getBytes(StandardCharsets.UTF_8);
      assertTrue(Rpc.parse(dispatcher.answer(request).orElseThrow()).has("result"));
    }
    return subscriptions;
  }

  private void changed(Subscriptions subscriptions) {
    subscriptions.headChanged();
    List.copyOf(waiting).forEach(Runnable::run);
    waiting.clear();
  }

  /// What was told since the last time.
  private List<String> lines() {
    List<String> lines = all().subList(seen, told.size());
    seen = told.size();
    return lines;
  }

  private List<String> all() {
    return told.stream()
        .map(message -> message.path("params").path("result"))
        .map(result ->
            result.has("removed")
                ? "log " + result.path("blockNumber").asText() + " " + result.path("removed")
                : "head " + result.path("number").asText())
        .toList();
  }
}
