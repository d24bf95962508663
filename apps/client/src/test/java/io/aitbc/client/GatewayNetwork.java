// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aitbc.blobs.Reach;
import io.aitbc.client.gateway.Gateway;
import io.aitbc.client.gateway.GatewayKeys;
import io.aitbc.client.gateway.GatewayLimits;
import io.aitbc.client.gateway.GatewayServer;
import io.aitbc.client.gateway.ServedModel;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.ContractRead;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Model;
import io.aitbc.referee.Operator;
import io.aitbc.referee.PlanBuilder;
import io.aitbc.referee.Tensor;
import io.aitbc.signer.AccountSigner;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A chain with the real contracts, a worker's real store, and gateways that serve two models.
abstract class GatewayNetwork {
  static final ObjectMapper JSON = new ObjectMapper();
  static final Amount FEE = Amount.wei(1_000_000_000_000_000L);
  static final long WAIT_SECONDS_MAX = 60;
  private static final int BLOCK_MILLIS = 150;

  @TempDir private Path folder;

  final HttpClient http = HttpClient.newHttpClient();
  private final List<AccountSigner> signers =
      IntStream.range(1, 4)
          .mapToObj(i -> {
            byte[] seed = new byte[32];
            seed[0] = (byte) i;
            return AccountSigner.fromSeed(seed);
          })
          .toList();

  final ExecutedChain chain =
      new ExecutedChain(signers.stream().map(AccountSigner::address).toList());

  @SuppressWarnings("NullAway.Init") // Set before each test.
  ExecutedChain.View account;

  /// The chain that gateways see.
  @SuppressWarnings("NullAway.Init") // Set before each test.
  Guarded guarded;

  /// What the clock of gateways says; empty for the time of day.
  volatile Optional<Instant> now = Optional.empty();

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private TestWorker worker;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private Thread growing;

  private final List<Running> running = new ArrayList<>();

  /// The chain for several threads.
  static class Guarded implements JobChain {
    private final ExecutedChain chain;
    private final ExecutedChain.View view;

    Guarded(ExecutedChain chain, ExecutedChain.View view) {
      this.chain = chain;
      this.view = view;
    }

    @Override
    public void useUpNonces() throws IOException {
      synchronized (chain) {
        view.useUpNonces();
      }
    }

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
  final class Running {
    final Gateway gateway;
    final GatewayServer server;
    final Thread stepping;

    Running(GatewayLimits limits, GatewayKeys keys) throws Exception {
      this(
          limits,
          keys,
          List.of(
              new ServedModel("sums", sums(), FEE),
              new ServedModel("products", products(), FEE.times(2))));
    }

    Running(GatewayLimits limits, GatewayKeys keys, List<ServedModel> models) throws Exception {
      gateway =
          new Gateway(
              guarded,
              folder.resolve("gateway"),
              StoreOpening.signed(
                  signers.get(0), ExecutedChain.CHAIN_ID, InstantSource.system(), Reach.ANY),
              Reach.ANY,
              models,
              limits,
              () -> now.orElseGet(Instant::now));
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

  static GatewayLimits limits(int items, int waitMillis, int seconds) {
    return new GatewayLimits(
        items, Duration.ofMillis(waitMillis), Duration.ofSeconds(seconds), 60, 60);
  }

  @BeforeEach
  void network() throws Exception {
    account = chain.new View(signers.get(0));
    guarded = new Guarded(chain, account);
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

  void workerWorks() {
    synchronized (chain) {
      chain.eachBlock(worker::step);
    }
  }

  void workerServesTolerance() {
    synchronized (chain) {
      assertTrue(worker.describe(WorkJob.EXACT | WorkJob.TOLERANCE, worker.address()));
    }
  }

  /// The registrant has measured a model under a profile.
  void calibrated(Hash model, String profile) throws IOException {
    synchronized (chain) {
      var _ = new ModelClient(account).calibrate(model, profile, 1);
    }
  }

  WorkJob job(long number) {
    synchronized (chain) {
      return account.read(WorkRead.job(number)).orElseThrow();
    }
  }

  /// Four numbers into two sums.
  static Model sums() throws Exception {
    PlanBuilder plan = new PlanBuilder();
    Tensor x = plan.input(ElementType.INT8, 1, 4);
    Tensor w = plan.constant(Elements.of(new byte[] {1, 2, 3, 4, -1, -2, 5, 2}), 2, 4);
    Tensor bias = plan.constant(Elements.of(new int[2]), 1, 2);
    return plan.inference(plan.sumProducts(x, w, 1, List.of(bias)));
  }

  /// Two matrices of two rows and three columns into their products.
  static Model products() throws Exception {
    PlanBuilder plan = new PlanBuilder();
    Tensor a = plan.input(ElementType.FLOAT32, 2, 3);
    Tensor b = plan.input(ElementType.FLOAT32, 2, 3);
    return plan.inference(plan.binary(Operator.MULTIPLY, a, b));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), BodyHandlers.ofString());
  }

  HttpResponse<String> post(Running at, String path, String body) throws Exception {
    return send(
        HttpRequest.newBuilder(at.at(path))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  JsonNode get(Running at, String path) throws Exception {
    HttpResponse<String> answer = send(HttpRequest.newBuilder(at.at(path)));
    assertEquals(200, answer.statusCode(), answer.body());
    return JSON.readTree(answer.body());
  }

  static JsonNode good(HttpResponse<String> answer) throws Exception {
    assertEquals(200, answer.statusCode(), answer.body());
    return JSON.readTree(answer.body());
  }

  static String sumsOf(int... rows) {
    StringBuilder data = new StringBuilder();
    for (int row : rows) {
      data.append(data.isEmpty() ? "" : ",").append("[%d,1,0,-2]".formatted(row));
    }
    return """
    {"id":"q","inputs":[{"name":"input","datatype":"INT8","shape":[%d,4],"data":[%s]}]}\
    """
        .formatted(rows.length, data);
  }

  void awaitStatus(Running at, String receipt, String status) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS_MAX);
    while (!get(at, "/receipts/" + receipt).path("status").asText().equals(status)) {
      assertTrue(System.nanoTime() < end, () -> "not " + status);
      Thread.sleep(50);
    }
  }

  Amount balance() {
    synchronized (chain) {
      return account.read(WorkRead.credit(account.account())).orElse(Amount.ZERO);
    }
  }

  long jobs() {
    synchronized (chain) {
      return account.read(WorkRead.jobCount()).orElseThrow();
    }
  }
}
