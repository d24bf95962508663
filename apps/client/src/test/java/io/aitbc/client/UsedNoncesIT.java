// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.crypto.Bytes;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.WorkCall;
import io.aitbc.model.Amount;
import io.aitbc.model.MalformedException;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionCodec;
import io.aitbc.model.UInt256;
import io.aitbc.signer.AccountSigner;
import io.aitbc.testkit.PretendedServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a client has sent and cannot be included, at a server that keeps it as a pool does.
class UsedNoncesIT {
  private final AccountSigner signer = AccountSigner.fromSeed(new byte[32]);
  private final TreeMap<Long, Transaction> pool = new TreeMap<>();
  private final List<Transaction> included = new ArrayList<>();
  private long gasPrice = 100;
  private long baseFee = 1_000;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private PretendedServer server;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private JsonRpc rpc;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private RpcJobChain chain;

  /// Which waits for nothing that takes long.
  @SuppressWarnings("NullAway.Init") // Set before each test.
  private RpcJobChain hasty;

  @BeforeEach
  void start() throws IOException {
    server = PretendedNode.start(this::answer);
    rpc = new JsonRpc(server.address(), Duration.ofSeconds(60));
    chain = waiting(Duration.ofSeconds(3));
    hasty = waiting(Duration.ofMillis(100));
  }

  private RpcJobChain waiting(Duration finalTimeMax) {
    return RpcJobChain.sending(new ChainClient(rpc), signer, finalTimeMax);
  }

  @AfterEach
  void stop() {
    rpc.close();
    server.close();
    signer.close();
  }

  private synchronized void answer(JsonNode request, ObjectNode answer) {
    JsonNode parameters = request.path("params");
    switch (request.path("method").asText()) {
      case "eth_chainId" -> answer.put("result", "0x7");
      case "eth_gasPrice" -> answer.put("result", hex(gasPrice));
      case "eth_estimateGas" -> answer.put("result", hex(100_000));
      case "eth_getTransactionReceipt" -> receipt(parameters.path(0).asText(), answer);
      case "eth_getTransactionCount" -> {
        grow();
        boolean pending = parameters.path(1).asText().equals("pending");
        answer.put("result", hex(included.size() + (pending ? pool.size() : 0)));
      }
      case "eth_sendRawTransaction" -> take(Bytes.fromHex(parameters.path(0).asText()), answer);
      default -> throw new IllegalArgumentException(request.toString());
    }
  }

  private void receipt(String hash, ObjectNode answer) {
    grow();
    boolean isIn = included.stream().anyMatch(each -> each.hash().toHex().equals(hash));
    if (isIn) {
      answer.putObject("result").put("status", "0x1").putArray("logs");
    } else {
      answer.putNull("result");
    }
  }

  private static String hex(long number) {
    return "0x" + Long.toHexString(number);
  }

  private void take(Bytes encoded, ObjectNode answer) {
    Transaction given;
    try {
      given = TransactionCodec.decode(encoded);
    } catch (MalformedException malformed) {
      throw new IllegalArgumentException(malformed);
    }
    Transaction before = pool.get(given.nonce());
    if (before != null
        && (!isTenthMore(before.maxFeePerGas(), given.maxFeePerGas())
            || !isTenthMore(before.maxPriorityFeePerGas(), given.maxPriorityFeePerGas()))) {
      ObjectNode _ =
          answer
              .putObject("error")
              .put("code", -32_003)
              .put("message", "replacement transaction underpriced");
      return;
    }
    Transaction _ = pool.put(given.nonce(), given);
    answer.put("result", given.hash().toHex());
  }

  private static boolean isTenthMore(Amount before, Amount asked) {
    return asked.wei().times(UInt256.of(10)).compareTo(before.wei().times(UInt256.of(11))) >= 0;
  }

  private void grow() {
    Transaction next = pool.get(0L + included.size());
    while (next != null && next.maxFeePerGas().compareTo(Amount.wei(baseFee)) >= 0) {
      Transaction _ = pool.remove(next.nonce());
      boolean _ = included.add(next);
      next = pool.get(0L + included.size());
    }
  }

  private void orderThatIsStuck(RpcJobChain from) {
    assertThrows(IOException.class, () -> from.send(WorkCall.accept(new ClaimId(1, 0))));
    assertEquals(1, pool.size());
  }

  private void assertNothingIsIncluded(int count) {
    assertTrue(pool.isEmpty());
    assertEquals(count, included.size());
    assertTrue(included.stream().allMatch(each -> each.unsigned().data().length() == 0));
  }

  @Test
  void aNonceThatIsUsedUpLetsNothingComeLater() throws Exception {
    orderThatIsStuck(hasty);
    gasPrice = 1_250;
    hasty.useUpNonces();
    assertNothingIsIncluded(1);
  }

  @Test
  void whatOffersMoreThanIsAskedForNowIsReplacedByMore() throws Exception {
    orderThatIsStuck(hasty);
    baseFee = 201; // It offers 200.
    gasPrice = 10;
    hasty.useUpNonces();
    assertNothingIsIncluded(1);
  }

  @Test
  void whatTheNodeHasForgottenIsUsedUpToo() throws Exception {
    orderThatIsStuck(hasty);
    pool.clear();
    gasPrice = 1_250;
    hasty.useUpNonces();
    assertNothingIsIncluded(1);
  }

  @Test
  void noncesThatAreNotFinalInTimeAreTold() {
    orderThatIsStuck(hasty);
    assertThrows(IOException.class, hasty::useUpNonces);
  }

  @Test
  void aCallIsAskedAboutInOneRequestAndSentInAnother() throws Exception {
    baseFee = 1;
    assertEquals(List.of(), chain.send(WorkCall.accept(new ClaimId(1, 0))));
    int before = server.requests();
    assertEquals(List.of(), chain.send(WorkCall.accept(new ClaimId(2, 0))));
    assertEquals(3, server.requests() - before, "with the one for its receipt");
  }

  private synchronized void baseFeeIsPaidBy(long price) {
    gasPrice = price;
  }

  @Test // Or all that is sent later would wait behind it.
  void whatABaseFeeRoseAboveIsOfferedForMore() throws Exception {
    orderThatIsStuck(chain);
    baseFeeIsPaidBy(1_250);
    assertEquals(List.of(), chain.send(WorkCall.accept(new ClaimId(2, 0))));
    assertTrue(pool.isEmpty());
    assertEquals(
        List.of(WorkCall.accept(new ClaimId(1, 0)), WorkCall.accept(new ClaimId(2, 0))).stream()
            .map(EconomyCall::input)
            .toList(),
        included.stream().map(each -> each.unsigned().data()).toList());
    assertEquals(Amount.wei(2_500), included.getFirst().maxFeePerGas());
  }

  @Test
  void aBaseFeeThatOthersPayNowIsPaidWhileItIsWaitedFor() throws Exception {
    Thread rising =
        Thread.ofVirtual()
            .start(() -> {
              while (held() == 0) {
                Thread.onSpinWait();
              }
              baseFeeIsPaidBy(1_250);
            });
    assertEquals(List.of(), chain.send(WorkCall.accept(new ClaimId(1, 0))));
    rising.join();
    assertEquals(1, included.size());
    assertEquals(Amount.wei(2_500), included.getFirst().maxFeePerGas());
  }

  private synchronized int held() {
    return pool.size();
  }
}
