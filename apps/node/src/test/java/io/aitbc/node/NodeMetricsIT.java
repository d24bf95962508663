// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.WorkEvent;
import io.aitbc.mempool.ChainHead;
import io.aitbc.mempool.Mempool;
import io.aitbc.mempool.MempoolLimits;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Bloom;
import io.aitbc.model.Fork;
import io.aitbc.model.Log;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.Receipt;
import io.aitbc.model.TransactionRules;
import io.aitbc.model.TransactionType;
import io.aitbc.model.UInt256;
import io.aitbc.rpc.CallWatch;
import io.aitbc.state.MemoryState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NodeMetricsIT { // docs/operator.md
  private final NodeMetrics metrics = new NodeMetrics("test", "test", new NetworkKind.Hybrid());
  private final HttpClient http = HttpClient.newHttpClient();
  private final LiveView live =
      new LiveView(
          new Mempool(
              MempoolLimits.DEFAULT,
              TransactionRules.of(UInt256.of(7)),
              Secp256k1.chosen(),
              new ChainHead(new MemoryState(), Amount.wei(1), 25_000_000, Fork.OSAKA)),
          new FinalityLog(),
          _ -> {
            throw new IllegalStateException("nobody brings transactions");
          },
          () -> 3,
          "11".repeat(32),
          Hash.ZERO,
          false,
          Optional.empty(),
          _ -> Optional.empty(),
          new LiveView.Present(5, "BALANCED", Amount.ZERO, List.of(), Optional.empty()));
  private int port;

  @BeforeEach
  void serve() throws IOException {
    port =
        metrics.serve(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), new HealthPage(live));
  }

  @AfterEach
  void end() {
    http.close();
    metrics.close();
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static Log committed(Address contract) {
    Hash topic =
        Keccak256.hash(
            Bytes.of("Committed(uint256,uint256,bytes32)".getBytes(StandardCharsets.US_ASCII)));
    return new Log(contract, List.of(topic, Hash.ZERO, Hash.ZERO), Hash.ZERO.toBytes());
  }

  private Optional<String> value(String series) throws IOException, InterruptedException {
    return get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .map(line -> line.substring(series.length() + 1))
        .findFirst();
  }

  @Test
  void whatContractsOfWorkSayIsCountedAndNobodyElsesWord() throws Exception {
    Address ledger = EconomyContract.WORK_LEDGER.address();
    assertEquals(
        Optional.of(WorkEvent.Committed.class),
        WorkEvent.of(committed(ledger)).map(Object::getClass));
    String series = "aitbc_work_events_total{event=\"Committed\"}";
    assertEquals(Optional.of("0.0"), value(series));
    metrics.block(
        header(),
        List.of(
            Receipt.of(
                TransactionType.DYNAMIC_FEE,
                Receipt.Outcome.SUCCEEDED,
                21_000,
                List.of(committed(ledger), committed(Address.ZERO), committed(ledger)))));
    assertEquals(Optional.of("2.0"), value(series));
    assertEquals(Optional.of("0.0"), value("aitbc_work_events_total{event=\"Settled\"}"));
    assertEquals(Optional.of("1.0"), value("aitbc_block_transactions_total"));
  }

  @Test
  void callsAreCountedByMethodAndOutcomeAndTimed() throws Exception {
    metrics.answered("eth_chainId", CallWatch.Outcome.OK, 3_000_000);
    metrics.answered("eth_chainId", CallWatch.Outcome.OK, 700_000_000);
    metrics.answered(CallWatch.OTHER, CallWatch.Outcome.NOT_KEPT, 1);
    String requests = "aitbc_rpc_requests_total{method=\"%s\",outcome=\"%s\"}";
    assertEquals(Optional.of("2.0"), value(requests.formatted("eth_chainId", "ok")));
    assertEquals(Optional.of("1.0"), value(requests.formatted("other", "not_kept")));
    // An alarm about an increase needs a series from the start.
    assertEquals(Optional.of("0.0"), value(requests.formatted("other", "failed")));
    assertEquals(
        Optional.of("1"), value("aitbc_rpc_seconds_bucket{method=\"eth_chainId\",le=\"0.5\"}"));
    assertEquals(Optional.of("2"), value("aitbc_rpc_seconds_count{method=\"eth_chainId\"}"));
    assertFalse(value(requests.formatted("eth_call", "ok")).isPresent());
  }

  @Test
  void healthIsWhatTheLoopSays() throws Exception {
    assertEquals(503, get("/health").statusCode(), "the loop has not looked yet");
    live.is(new LiveView.Loop(0, false, 0, false, List::of));
    assertEquals(200, get("/health").statusCode());
    live.is(new LiveView.Loop(0, true, 7, false, List::of));
    assertEquals(503, get("/health").statusCode());
    live.is(new LiveView.Loop(1, false, 0, true, () -> List.of("missing: 2 authorities")));
    HttpResponse<String> stalled = get("/health");
    assertEquals(503, stalled.statusCode());
    assertTrue(stalled.body().contains("missing: 2 authorities"), stalled.body());
    live.is(new LiveView.Loop(1, true, 0, true, () -> List.of("missing: 2 authorities")));
    assertTrue(get("/health").body().contains("\"stalled\""), "which says more");
  }

  private static BlockHeader header() {
    return new BlockHeader(
        Hash.ZERO,
        Address.ZERO,
        Hash.ZERO,
        BlockHeader.EMPTY_TRIE_ROOT,
        BlockHeader.EMPTY_TRIE_ROOT,
        Bloom.EMPTY,
        6,
        30_000_000,
        21_000,
        1_700_000_000,
        Bytes.EMPTY,
        Hash.ZERO,
        Amount.wei(1),
        BlockHeader.EMPTY_TRIE_ROOT,
        0,
        0,
        Hash.ZERO,
        Optional.of(BlockHeader.NO_REQUESTS_HASH));
  }
}
