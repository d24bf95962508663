// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Hash;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkCall;
import io.aitbc.model.Address;
import io.aitbc.node.work.EmptyChain;
import io.aitbc.node.work.WorkChain;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServiceMetricsIT { // docs/operator.md
  private static final ClaimId CLAIM = new ClaimId(7, 0);

  /// A chain that takes calls, refuses them, or is not there.
  private static final class FakeChain extends EmptyChain {
    private boolean takes = true;
    private boolean isThere = true;
    private int batches;

    @Override
    public List<Boolean> send(List<EconomyCall> calls) throws IOException {
      batches++;
      return super.send(calls);
    }

    @Override
    public boolean send(EconomyCall call) throws IOException {
      if (!isThere) {
        throw new IOException("no answer");
      }
      return takes;
    }

    @Override
    public Optional<String> serves(ServiceRole role, Address account) {
      return Optional.of("http://127.0.0.1:1");
    }
  }

  private static String page(ServiceMetrics metrics) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI page = URI.create("http://127.0.0.1:" + metrics.port() + "/metrics");
      return http.send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  private static void assertCounted(String page, String call, String outcome, int count) {
    String line =
        "aitbc_service_calls_total{service=\"worker\",call=\"%s\",outcome=\"%s\"} %d.0"
            .formatted(call, outcome, count);
    assertTrue(
        page.lines().map(ServiceMetricsIT::labelled).anyMatch(labelled(line)::equals),
        () -> line + " in\n" + page);
  }

  /// A line with its labels in order.
  private static String labelled(String line) {
    int from = line.indexOf('{');
    int to = line.lastIndexOf('}');
    if (from < 0 || to < 0) {
      return line;
    }
    List<String> labels = List.of(line.substring(from + 1, to).split(",", -1));
    return line.substring(0, from) + labels.stream().sorted().toList() + line.substring(to + 1);
  }

  @Test
  void callsThatAreSentTogetherStayTogether() throws Exception {
    FakeChain chain = new FakeChain();
    try (ServiceMetrics metrics =
        ServiceMetrics.serve(
            ServiceRole.WORKER, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      List<EconomyCall> calls = List.of(WorkCall.settle(CLAIM), WorkCall.accept(CLAIM));
      assertEquals(List.of(true, true), metrics.counting(chain).send(calls));
      assertEquals(1, chain.batches);
      assertCounted(page(metrics), "WorkLedger.settle", "sent", 1);
      assertCounted(page(metrics), "JobMarket.accept", "sent", 1);
    }
  }

  @Test
  void callsAreCountedByNameAndByWhatBecameOfThem() throws Exception {
    FakeChain chain = new FakeChain();
    try (ServiceMetrics metrics =
        ServiceMetrics.serve(
            ServiceRole.WORKER, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      WorkChain counting = metrics.counting(chain);
      assertCounted(page(metrics), "other", "unreachable", 0);
      for (EconomyCall each :
          List.of(
              WorkCall.accept(CLAIM),
              WorkCall.commit(CLAIM, Hash.ZERO),
              WorkCall.reveal(CLAIM, Hash.ZERO, Hash.ZERO),
              WorkCall.report(CLAIM, 3, List.of(Hash.ZERO)),
              WorkCall.settle(CLAIM),
              WorkCall.settle(CLAIM),
              WorkCall.commitScore(CLAIM, Hash.ZERO),
              WorkCall.showSecret(Address.ZERO, 0, 1, Hash.ZERO))) {
        assertTrue(counting.send(each));
      }
      chain.takes = false;
      assertEquals(false, counting.send(WorkCall.accept(CLAIM)));
      chain.isThere = false;
      assertThrows(IOException.class, () -> counting.send(WorkCall.accept(CLAIM)));
      String page = page(metrics);
      assertCounted(page, "JobMarket.accept", "sent", 1);
      assertCounted(page, "JobMarket.accept", "refused", 1);
      assertCounted(page, "JobMarket.accept", "unreachable", 1);
      assertCounted(page, "WorkLedger.commit", "sent", 1);
      assertCounted(page, "WorkLedger.reveal", "sent", 1);
      assertCounted(page, "WorkLedger.report", "sent", 1);
      assertCounted(page, "WorkLedger.settle", "sent", 2);
      assertCounted(page, "EvaluatorCommittee.commit", "sent", 1);
      assertCounted(page, "ServiceRegistry.showSecret", "sent", 1);
      assertCounted(page, "other", "sent", 0);
      assertEquals(
          Optional.of("http://127.0.0.1:1"), counting.serves(ServiceRole.WORKER, Address.ZERO));
    }
  }
}
