// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.client.ChainClient;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
import io.aitbc.crypto.Bytes;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.DisputeCall;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.WorkCall;
import io.aitbc.model.Amount;
import io.aitbc.model.MalformedException;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionCodec;
import io.aitbc.model.UInt256;
import io.aitbc.model.UnsignedTransaction;
import io.aitbc.signer.AccountSigner;
import io.aitbc.testkit.PretendedServer;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What becomes of a service's calls when the base fee rises above what they offer. The node is one
/// of the test's own that speaks JSON-RPC: it holds a transaction for each nonce, takes another in
/// its place for a tenth more, and includes in order what pays the base fee.
class ClientWorkChainIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long GWEI = 1_000_000_000L;
  private static final int INTERNAL = -32_603;

  private final AccountSigner signer = AccountSigner.fromSeed(new byte[32]);
  private final TreeMap<Long, Transaction> pool = new TreeMap<>();
  private final List<Transaction> included = new ArrayList<>();
  private volatile long height = 1;
  private volatile long baseFee = GWEI;
  private volatile boolean refused;

  /// Whether the account has less than what calls take along.
  private volatile boolean poor;

  /// What the pool is full of.
  private volatile long fullBelow;

  /// Whether nothing gets into a block, whatever it offers.
  private volatile boolean passedOver;

  /// Of a call that a contract refuses, and of those that the pool does not take.
  private volatile Bytes wrong = Bytes.EMPTY;

  private final Set<Bytes> untaken = new ConcurrentSkipListSet<>();

  /// With which code the pool says so.
  private volatile int untakenCode = RpcException.TRANSACTION_REFUSED;

  /// Of a call of which the node cannot say what it takes.
  private volatile Bytes unknown = Bytes.EMPTY;

  /// Whether the node breaks off when it is given transactions, before it takes them or after.
  private volatile Breaking breaking = Breaking.NEVER;

  /// What the account has.
  private volatile Amount balance = new Amount(UInt256.MAX);

  private enum Breaking {
    NEVER,
    BEFORE,
    AFTER
  }

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private PretendedServer server;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private JsonRpc rpc;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private ClientWorkChain chain;

  @BeforeEach
  void start() throws IOException {
    server = PretendedServer.start(this::answer);
    rpc = new JsonRpc(server.address(), Duration.ofSeconds(60));
    chain =
        new ClientWorkChain(
            NodeView.asking(new ChainClient(rpc)), signer, UInt256.of(7), InstantSource.system());
  }

  @AfterEach
  void stop() {
    rpc.close();
    server.close();
    signer.close();
  }

  private Optional<byte[]> answer(byte[] body) throws IOException {
    JsonNode request = JSON.readTree(body);
    boolean breaks = breaking != Breaking.NEVER && request.toString().contains("eth_sendRaw");
    if (breaks && breaking == Breaking.BEFORE) {
      return Optional.empty();
    }
    ArrayNode answers = JSON.createArrayNode();
    if (request.isArray()) {
      request.forEach(each -> answers.add(answer(each)));
    }
    byte[] bytes = JSON.writeValueAsBytes(request.isArray() ? answers : answer(request));
    return breaks ? Optional.empty() : Optional.of(bytes);
  }

  private ObjectNode answer(JsonNode request) {
    ObjectNode answer = JSON.createObjectNode().put("jsonrpc", "2.0");
    answer.set("id", request.path("id"));
    answer(request, answer);
    return answer;
  }

  private synchronized void answer(JsonNode request, ObjectNode answer) {
    String first = request.path("params").path(0).asText();
    switch (request.path("method").asText()) {
      case "eth_blockNumber" -> answer.put("result", hex(height));
      case "eth_gasPrice" -> answer.put("result", hex(baseFee + 1));
      case "eth_getTransactionCount" ->
          answer.put(
              "result",
              hex(
                  included.size()
                      + (request.path("params").path(1).asText().equals("pending")
                          ? pool.size()
                          : 0)));
      case "eth_estimateGas" -> {
        String input = request.path("params").path(0).path("input").asText();
        if (refused || input.equals(wrong.toHex())) {
          fail(answer, RpcException.REVERTED, "execution reverted");
        } else if (input.equals(unknown.toHex())) {
          fail(answer, INTERNAL, "the node is broken");
        } else if (poor) {
          fail(answer, RpcException.REFUSED, "insufficient funds for transfer");
        } else {
          answer.put("result", hex(100_000));
        }
      }
      case "eth_sendRawTransaction" -> take(Bytes.fromHex(first), answer);
      default -> fail(answer, -32_601, "no such method");
    }
  }

  private static String hex(long number) {
    return "0x" + Long.toHexString(number);
  }

  private static void fail(ObjectNode answer, int code, String message) {
    ObjectNode _ = answer.putObject("error").put("code", code).put("message", message);
  }

  private void take(Bytes encoded, ObjectNode answer) {
    Transaction given;
    try {
      given = TransactionCodec.decode(encoded);
    } catch (MalformedException malformed) {
      fail(answer, -32_602, "malformed");
      return;
    }
    UnsignedTransaction asked = given.unsigned();
    Transaction before = pool.get(asked.nonce());
    Amount others =
        pool.values().stream()
            .map(Transaction::unsigned)
            .filter(it -> it.nonce() != asked.nonce())
            .map(UnsignedTransaction::value)
            .reduce(Amount.ZERO, Amount::plus);
    if (untaken.contains(asked.data())) {
      fail(answer, untakenCode, "not now");
    } else if (others.plus(asked.value()).compareTo(balance) > 0) {
      fail(
          answer,
          RpcException.TRANSACTION_REFUSED,
          "insufficient funds for gas * price + value: have less than all of them cost");
    } else if (asked.nonce() < included.size()) {
      fail(answer, RpcException.TRANSACTION_REFUSED, "nonce too low");
    } else if (before != null && before.hash().equals(given.hash())) {
      fail(answer, RpcException.TRANSACTION_REFUSED, "already known");
    } else if (asked.maxFeePerGas().compareTo(Amount.wei(fullBelow)) <= 0) {
      fail(
          answer,
          RpcException.TRANSACTION_REFUSED,
          "txpool is full: more than " + fullBelow + " per gas gets in");
    } else if (before != null && !isTenthMore(before.unsigned(), asked)) {
      fail(answer, RpcException.TRANSACTION_REFUSED, "replacement transaction underpriced");
    } else {
      Transaction _ = pool.put(asked.nonce(), given);
      answer.put("result", given.hash().toHex());
    }
  }

  private static boolean isTenthMore(UnsignedTransaction before, UnsignedTransaction asked) {
    return tenthMore(before.maxFeePerGas()).compareTo(asked.maxFeePerGas()) <= 0
        && tenthMore(before.maxPriorityFeePerGas()).compareTo(asked.maxPriorityFeePerGas()) <= 0;
  }

  private static Amount tenthMore(Amount amount) {
    return new Amount(
        amount.wei().times(UInt256.of(11)).plus(UInt256.of(9)).dividedBy(UInt256.of(10)));
  }

  /// The next block.
  private synchronized void grow() {
    height = height + 1;
    Transaction next = pool.get(0L + included.size());
    while (!passedOver
        && next != null
        && next.unsigned().maxFeePerGas().compareTo(Amount.wei(baseFee)) >= 0) {
      Transaction _ = pool.remove(0L + included.size());
      boolean _ = included.add(next);
      next = pool.get(0L + included.size());
    }
  }

  private static EconomyCall call(long job) {
    return WorkCall.accept(new ClaimId(job, 0));
  }

  private List<Bytes> inputs() {
    return included.stream().map(each -> each.unsigned().data()).toList();
  }

  @Test
  void aCallThatIsStuckBecauseTheBaseFeeRoseIsSentAgainForMoreUnderItsNonce() throws Exception {
    long _ = chain.height();
    assertTrue(chain.send(call(1)));
    assertTrue(chain.send(call(2)));
    baseFee = 5 * GWEI; // Above the double that they offer.
    for (int block = 1; block < ClientWorkChain.REPEAT_BLOCKS; block++) {
      grow();
      long _ = chain.height();
    }
    assertEquals(List.of(), included);
    grow();
    long _ = chain.height();
    grow();
    long _ = chain.height();
    assertEquals(List.of(call(1).input(), call(2).input()), inputs(), "both, in order");
    assertTrue(chain.send(call(3)));
    grow();
    assertEquals(3, included.size());
  }

  @Test
  void aFeeThatRisesOnIsFollowed() throws Exception {
    long _ = chain.height();
    assertTrue(chain.send(call(1)));
    for (int block = 0; block < 40 && included.isEmpty(); block++) {
      long before = baseFee;
      baseFee = before + before / 8; // Full blocks.
      grow();
      long _ = chain.height();
      if (block == 30) {
        baseFee = baseFee / 2;
      }
    }
    assertEquals(1, included.size());
    assertEquals(call(1).input(), included.getFirst().unsigned().data());
  }

  @Test
  void whatAContractRefusesByThenGivesWayToATransferOfNothing() throws Exception {
    long _ = chain.height();
    assertTrue(chain.send(call(1)));
    baseFee = 5 * GWEI;
    refused = true;
    assertFalse(chain.send(call(2)));
    for (int block = 0; block <= ClientWorkChain.REPEAT_BLOCKS; block++) {
      grow();
      long _ = chain.height();
    }
    UnsignedTransaction nothing = included.getFirst().unsigned();
    assertEquals(Optional.of(signer.address()), nothing.recipient());
    assertEquals(Bytes.EMPTY, nothing.data());
    assertEquals(Amount.ZERO, nothing.value());
    refused = false;
    assertTrue(chain.send(call(3)));
    grow();
    assertEquals(call(3).input(), included.getLast().unsigned().data());
  }

  @Test
  void aCallThatTheAccountCannotPayForIsNotSentAndHoldsUpNothing() throws Exception {
    long _ = chain.height();
    poor = true;
    assertFalse(chain.send(call(1)));
    poor = false;
    assertTrue(chain.send(call(2)));
    poor = true; // By then: it gives way, as those behind it wait for its nonce.
    baseFee = 5 * GWEI;
    for (int block = 0; block <= ClientWorkChain.REPEAT_BLOCKS + 1; block++) {
      grow();
      assertEquals(height, chain.height());
    }
    assertEquals(List.of(Bytes.EMPTY), inputs());
  }

  @Test
  void aTipDoesNotGrowWhereTheBaseFeeIsOfferedAndNoBlockComesOfIt() throws Exception {
    long _ = chain.height();
    passedOver = true;
    assertTrue(chain.send(call(1)));
    UnsignedTransaction first = pool.firstEntry().getValue().unsigned();
    for (int block = 0; block < 500; block++) {
      if (block == 250) {
        pool.clear(); // The node forgets it.
      }
      grow();
      long _ = chain.height();
    }
    assertEquals(first, pool.firstEntry().getValue().unsigned(), "the same, given again");
  }

  @Test
  void whatOthersLeftInFrontAndTheBaseFeePassedGivesWayToATransferOfNothing() throws Exception {
    long low = GWEI / 2;
    for (long nonce = 0; nonce < 2; nonce++) {
      var _ =
          new ChainClient(rpc)
              .send(
                  ChainClient.call(
                      signer,
                      7,
                      nonce,
                      call(1).contract().address(),
                      Amount.ZERO,
                      call(1).input(),
                      100_000,
                      Amount.wei(low)));
    }
    long _ = chain.height();
    assertTrue(chain.send(call(2)));
    for (int block = 0; block < 30 && included.size() < 3; block++) {
      grow();
      long _ = chain.height();
    }
    assertEquals(List.of(Bytes.EMPTY, Bytes.EMPTY, call(2).input()), inputs());
  }

  @Test
  void aPoolThatIsFullIsOfferedMoreThanItAsksFor() throws Exception {
    long _ = chain.height();
    fullBelow = 9 * GWEI;
    assertTrue(chain.send(call(1)));
    UnsignedTransaction taken = pool.firstEntry().getValue().unsigned();
    assertTrue(taken.maxFeePerGas().compareTo(Amount.wei(fullBelow)) > 0);
    pool.clear(); // It is pushed out.
    fullBelow = 20 * GWEI;
    passedOver = true;
    for (int block = 0; block <= ClientWorkChain.REPEAT_BLOCKS; block++) {
      grow();
      long _ = chain.height();
    }
    assertEquals(call(1).input(), pool.firstEntry().getValue().unsigned().data());
  }

  @Test
  void callsAreSentInTwoRequestsEachAsIfItWereAlone() throws Exception {
    long _ = chain.height();
    wrong = call(2).input();
    int before = server.requests();
    assertEquals(List.of(true, false, true), chain.send(List.of(call(1), call(2), call(3))));
    assertEquals(2, server.requests() - before);
    grow();
    assertEquals(List.of(call(1).input(), call(3).input()), inputs());
  }

  @Test
  void whatIsNotTakenInFrontOfOthersIsGivenAgainAndTheLastGivesItsNonceBack() throws Exception {
    long _ = chain.height();
    boolean _ = untaken.add(call(1).input());
    assertEquals(List.of(true, true), chain.send(List.of(call(1), call(2))));
    untaken.clear();
    boolean _ = untaken.add(call(3).input());
    assertEquals(List.of(false), chain.send(List.of(call(3))));
    for (int block = 0; block <= ClientWorkChain.REPEAT_BLOCKS; block++) {
      grow();
      long _ = chain.height();
    }
    assertEquals(List.of(call(1).input(), call(2).input()), inputs());
    assertTrue(chain.send(call(4)));
    grow();
    assertEquals(call(4).input(), included.getLast().unsigned().data());
  }

  private void blocks(int count) throws IOException {
    for (int block = 0; block < count; block++) {
      grow();
      long _ = chain.height();
    }
  }

  @Test
  void ofManyThatAreNotTakenInFrontOfOthersEachIsGivenAgain() throws Exception {
    long _ = chain.height();
    boolean _ = untaken.addAll(List.of(call(1).input(), call(2).input()));
    List<EconomyCall> all = List.of(call(1), call(2), call(3));
    assertEquals(List.of(true, true, true), chain.send(all));
    untaken.clear();
    blocks(2);
    assertEquals(all.stream().map(EconomyCall::input).toList(), inputs(), "no nonce is missing");
  }

  @Test
  void theNodesTroubleWithOneCallHoldsUpNoOther() throws Exception {
    long _ = chain.height();
    unknown = call(1).input();
    boolean _ = untaken.add(call(2).input());
    untakenCode = INTERNAL;
    List<EconomyCall> all = List.of(call(1), call(2), call(3));
    assertEquals(List.of(false, true, true), chain.send(all));
    assertTrue(chain.send(call(4)), "under a nonce of its own");
    untaken.clear();
    blocks(2);
    assertEquals(List.of(call(2).input(), call(3).input(), call(4).input()), inputs());
  }

  @Test
  void whatANodeTookThatDidNotAnswerIsSentOnce() throws Exception {
    long _ = chain.height();
    breaking = Breaking.AFTER;
    assertEquals(List.of(true, true), chain.send(List.of(call(1), call(2))));
    breaking = Breaking.NEVER;
    assertTrue(chain.send(call(3)));
    blocks(ClientWorkChain.REPEAT_BLOCKS + 2);
    assertEquals(List.of(call(1).input(), call(2).input(), call(3).input()), inputs());
    assertEquals(Map.of(), pool);
  }

  @Test
  void whatDidNotGetToTheNodeIsGivenAgainAfterTheNextBlock() throws Exception {
    long _ = chain.height();
    breaking = Breaking.BEFORE;
    assertEquals(List.of(true, true), chain.send(List.of(call(1), call(2))));
    breaking = Breaking.NEVER;
    blocks(2);
    assertEquals(List.of(call(1).input(), call(2).input()), inputs());
  }

  private static EconomyCall challenge(long job, long money) {
    return DisputeCall.challenge(new ClaimId(job, 0), 0, Amount.aitbc(money));
  }

  @Test
  void whatTheAccountCannotPayBesideThoseThatWaitForItGivesWay() throws Exception {
    long _ = chain.height();
    balance = Amount.aitbc(6);
    List<EconomyCall> all = List.of(challenge(1, 3), challenge(2, 4), challenge(3, 3));
    assertEquals(List.of(true, true, true), chain.send(all), "the second one later");
    assertTrue(chain.isPending(challenge(2, 4)));
    blocks(ClientWorkChain.REPEAT_BLOCKS + 2);
    assertEquals(List.of(challenge(1, 3).input(), Bytes.EMPTY, challenge(3, 3).input()), inputs());
    assertFalse(chain.isPending(challenge(2, 4)), "it may be sent anew");
  }

  @Test
  void aCallIsPendingUntilItIsFinal() throws Exception {
    long _ = chain.height();
    passedOver = true;
    assertTrue(chain.send(call(1)));
    blocks(50);
    assertTrue(chain.isPending(call(1)));
    assertFalse(chain.isPending(call(2)));
    passedOver = false;
    blocks(1);
    assertFalse(chain.isPending(call(1)));
  }

  @Test
  void aNodeThatIsBehindWhatItShowedIsNotAskedUntilItHasCaughtUp() throws Exception {
    height = 10;
    assertEquals(10, chain.height());
    height = 4;
    IOException behind = assertThrows(IOException.class, chain::height);
    assertEquals(
        "the node is behind: it has block 4, and had 10", String.valueOf(behind.getMessage()));
    height = 11;
    assertEquals(11, chain.height());
  }
}
