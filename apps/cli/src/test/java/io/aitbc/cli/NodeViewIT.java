// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.aitbc.cli.ServiceLoop.ServiceRefusedException;
import io.aitbc.client.RpcException;
import io.aitbc.crypto.Bytes;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.ContractRead;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import io.aitbc.signer.AccountSigner;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Many services of a process that look at one node, which is one of the test's own: it tells
/// nothing of itself, counts what it is asked, and answers seven to all questions.
class NodeViewIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SERVICES = 10;
  private static final Duration WAIT_MAX = Duration.ofMinutes(2);

  private final ConcurrentLinkedQueue<String> questions = new ConcurrentLinkedQueue<>();

  /// Requests with questions to contracts.
  private final AtomicInteger asked = new AtomicInteger();

  private final AtomicInteger logs = new AtomicInteger();
  private final AtomicInteger nonces = new AtomicInteger();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile long height = 5;
  private volatile boolean logsAreTooLong;

  /// What the next answer waits for, once it is there.
  private volatile Optional<CountDownLatch> holding = Optional.empty();

  private final CountDownLatch held = new CountDownLatch(1);

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private HttpServer server;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private NodeView view;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
    view = NodeView.of(node());
  }

  private URI node() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @AfterEach
  void stop() {
    view.close();
    server.stop(0);
    var _ = threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    if (exchange.getRequestMethod().equals("GET")) { // It has no WebSocket.
      exchange.sendResponseHeaders(404, -1);
      exchange.close();
      return;
    }
    JsonNode request = JSON.readTree(exchange.getRequestBody());
    JsonNode answer;
    if (request.isArray()) {
      int _ = asked.incrementAndGet();
      Optional<CountDownLatch> wait = holding;
      holding = Optional.empty();
      if (wait.isPresent()) {
        held.countDown();
        await(wait.get());
      }
      ArrayNode answers = JSON.createArrayNode();
      request.forEach(each -> answers.add(answer(each)));
      answer = answers;
    } else {
      answer = answer(request);
    }
    byte[] bytes = JSON.writeValueAsBytes(answer);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      boolean _ = latch.await(WAIT_MAX.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
      throw new IOException(ended);
    }
  }

  private ObjectNode answer(JsonNode request) {
    ObjectNode answer = JSON.createObjectNode().put("jsonrpc", "2.0");
    answer.set("id", request.path("id"));
    switch (request.path("method").asText()) {
      case "eth_blockNumber" -> answer.put("result", "0x" + Long.toHexString(height));
      case "eth_chainId" -> answer.put("result", "0x7");
      case "eth_getLogs" -> {
        int _ = logs.incrementAndGet();
        if (logsAreTooLong) {
          ObjectNode _ = answer.putObject("error").put("code", RpcException.LIMIT_EXCEEDED);
        } else {
          ArrayNode _ = answer.putArray("result");
        }
      }
      case "eth_getTransactionCount" -> {
        int _ = nonces.incrementAndGet();
        answer.put("result", "0x9");
      }
      case "eth_call" -> {
        boolean _ = questions.add(request.path("params").path(0).path("input").asText());
        answer.put("result", UInt256.of(7).toHash().toHex());
      }
      default -> throw new AssertionError(request.toString());
    }
    return answer;
  }

  /// Waits until the view has seen a block.
  private void grow() throws Exception {
    long before = height;
    height = before + 1;
    long end = System.nanoTime() + WAIT_MAX.toNanos();
    while (view.height() <= before) {
      assertTrue(System.nanoTime() < end);
      view.awaitNews(before, Duration.ofSeconds(1));
    }
    questions.clear();
    asked.set(0);
    logs.set(0);
    nonces.set(0);
  }

  /// What a service asks after each block: some of it all others do too.
  private void look(int service) throws IOException {
    List<ContractRead<?>> all =
        List.of(
            WorkRead.activeSeconds(),
            WorkRead.objectionCount(),
            WorkRead.disputeCount(),
            WorkRead.claim(new ClaimId(1, 0)),
            WorkRead.turn(new ClaimId(service, 0)));
    for (ContractRead<?> each : all) {
      Optional<?> _ = view.read(each);
    }
    assertEquals(Optional.of(7L), view.read(WorkRead.turn(new ClaimId(service, 0))));
    assertEquals(List.of(), view.events(EconomyContract.WORK_LEDGER, List.of(), 2));
  }

  private void all() throws Exception {
    List<Future<?>> looking = new ArrayList<>();
    for (int i = 0; i < SERVICES; i++) {
      int service = i;
      looking.add(
          threads.submit(() -> {
            look(service);
            return service;
          }));
    }
    for (Future<?> each : looking) {
      Object _ = each.get(WAIT_MAX.toSeconds(), TimeUnit.SECONDS);
    }
  }

  @Test
  void aQuestionOfManyServicesIsAskedOnceAndAllOfABlockInOneGo() throws Exception {
    grow();
    all();
    assertEquals(4 + SERVICES, questions.size(), questions.toString());
    assertEquals(questions.size(), questions.stream().distinct().count());
    assertEquals(1, logs.get());
    for (int block = 0; block < 3; block++) {
      grow();
      all();
      assertEquals(2 + SERVICES, questions.size(), "the counts are known");
      assertEquals(1, asked.get(), "in one request");
      assertEquals(1, logs.get());
    }
  }

  private static Address account(int number) {
    byte[] bytes = new byte[Address.BYTES];
    bytes[0] = (byte) number;
    return new Address(Bytes.wrap(bytes));
  }

  private void allAskForTheirNonces() throws Exception {
    List<Future<Long>> looking = new ArrayList<>();
    for (int i = 0; i < SERVICES; i++) {
      Address account = account(1 + i);
      looking.add(threads.submit(() -> view.finalNonce(account)));
    }
    for (Future<Long> each : looking) {
      assertEquals(9, each.get(WAIT_MAX.toSeconds(), TimeUnit.SECONDS));
    }
  }

  @Test
  void whatServicesHaveSentIsAskedForInOneGo() throws Exception {
    grow();
    allAskForTheirNonces();
    for (int block = 0; block < 3; block++) {
      grow();
      allAskForTheirNonces();
      assertEquals(SERVICES, nonces.get(), "each once");
      assertEquals(1, asked.get(), "in one request");
    }
    grow();
    assertEquals(9, view.finalNonce(Address.ZERO));
    grow();
    assertEquals(9, view.finalNonce(Address.ZERO));
    assertEquals(1, nonces.get(), "the others wait for nothing any more");
  }

  @Test
  void anAnswerDuringWhichABlockCameIsGivenAndNotKept() throws Exception {
    grow();
    CountDownLatch goOn = new CountDownLatch(1);
    holding = Optional.of(goOn);
    Future<Optional<Long>> early = threads.submit(() -> view.read(WorkRead.disputeCount()));
    await(held);
    grow();
    Future<Optional<Long>> late = threads.submit(() -> view.read(WorkRead.disputeCount()));
    assertEquals(
        Optional.of(7L),
        late.get(WAIT_MAX.toSeconds(), TimeUnit.SECONDS),
        "it does not wait for an answer of the block before");
    goOn.countDown();
    assertEquals(Optional.of(7L), early.get(WAIT_MAX.toSeconds(), TimeUnit.SECONDS));
    assertEquals(2, questions.size());
  }

  @Test
  void whoWaitsForTheAnswerToAnotherThatIsStoppedAsksItself() throws Exception {
    grow();
    holding = Optional.of(new CountDownLatch(1));
    Future<Optional<Long>> first = threads.submit(() -> view.read(WorkRead.disputeCount()));
    await(held);
    Future<Optional<Long>> second = threads.submit(() -> view.read(WorkRead.disputeCount()));
    Thread.sleep(50); // It may wait by now.
    assertTrue(first.cancel(true));
    assertEquals(Optional.of(7L), second.get(WAIT_MAX.toSeconds(), TimeUnit.SECONDS));
  }

  @Test // A block's logs may be longer than a node answers with.
  void aBlockThatSaysTooMuchStopsNobody() throws Exception {
    grow();
    assertEquals(Optional.of(7L), view.read(WorkRead.jobCount()));
    logsAreTooLong = true;
    grow();
    assertEquals(Optional.of(7L), view.read(WorkRead.jobCount()));
    assertEquals(1, questions.size(), "what was known may have changed");
  }

  @Test
  void aNodeThatIsBehindWhatItShowedIsToldToAllUntilItHasCaughtUp() throws Exception {
    grow();
    long shown = height;
    height = 3;
    IOException behind =
        assertThrows(
            IOException.class,
            () -> {
              long end = System.nanoTime() + WAIT_MAX.toNanos();
              while (System.nanoTime() < end) {
                long _ = view.height();
                Thread.sleep(10);
              }
            });
    assertEquals(
        "the node is behind: it has block 3, and had " + shown,
        String.valueOf(behind.getMessage()));
    height = shown + 1;
    long end = System.nanoTime() + WAIT_MAX.toNanos();
    while (true) {
      try {
        assertEquals(shown + 1, view.height());
        break;
      } catch (IOException stillBehind) {
        assertTrue(System.nanoTime() < end);
        Thread.sleep(10);
      }
    }
  }

  @Test
  void theLastServiceClosesTheView() throws Exception {
    NodeView other = NodeView.of(node());
    assertSame(view, other);
    other.close();
    grow();
    assertEquals(Optional.of(7L), view.read(WorkRead.jobCount()));
    view.close();
    view = NodeView.of(node());
    assertNotSame(other, view);
    grow();
    assertEquals(Optional.of(7L), view.read(WorkRead.jobCount()));
  }

  @Test // Each service's secrets and leases are in its folder.
  void aFolderIsOneServicesAlone(@TempDir Path folder) throws Exception {
    AccountSigner first = AccountSigner.fromSeed(new byte[32]);
    AccountSigner second = AccountSigner.fromSeed(new byte[32]);
    try (WorkServices.Held _ = new WorkServices.Held(node(), first, folder);
        second) {
      ServiceRefusedException refused =
          assertThrows(
              ServiceRefusedException.class, () -> new WorkServices.Held(node(), second, folder));
      assertTrue(String.valueOf(refused.getMessage()).contains("each needs its own"));
    }
  }
}
