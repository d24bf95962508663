// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.execution.ContractRead;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkEvent;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import io.aitbc.node.work.WorkChain;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// What a service of AI work measures of itself, for Prometheus: the calls that it sends, by name,
/// and those that could not be sent. docs/operator.md, "Watching a node". Safe for use by several
/// threads.
public final class ServiceMetrics implements AutoCloseable {
  private static final int SELECTOR_BYTES = 4;
  private static final String OTHER = "other";
  private static final String SENT = "sent";
  private static final String REFUSED = "refused";
  private static final String UNREACHABLE = "unreachable";

  private static final List<EconomyContract> CONTRACTS =
      List.of(
          EconomyContract.SERVICE_REGISTRY,
          EconomyContract.MODEL_REGISTRY,
          EconomyContract.JOB_MARKET,
          EconomyContract.WORK_LEDGER,
          EconomyContract.EVALUATOR_COMMITTEE,
          EconomyContract.DISPUTES,
          EconomyContract.JURIES);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Counter calls =
      Counter.builder()
          .name("aitbc_service_calls")
          .help("Calls that a service of AI work has tried to send, by contract and function.")
          .labelNames("service", "call", "outcome")
          .withoutExemplars()
          .register(registry);
  private final Map<EconomyContract, Map<Bytes, String>> functions = new TreeMap<>();
  private final String service;
  private final HTTPServer server;

  private ServiceMetrics(ServiceRole role, InetSocketAddress address) throws IOException {
    service = role.name().toLowerCase(Locale.ROOT);
    for (EconomyContract each : CONTRACTS) {
      functions.put(each, functions(each));
    }
    for (String outcome : List.of(SENT, REFUSED, UNREACHABLE)) {
      calls.initLabelValues(service, OTHER, outcome);
    }
    JvmMetrics.builder().register(registry);
    server =
        HTTPServer.builder()
            .inetAddress(address.getAddress())
            .port(address.getPort())
            .registry(registry)
            .buildAndStart();
  }

  /// Serves the series of a service at `/metrics`.
  ///
  /// @throws IOException if the address cannot be listened at
  public static ServiceMetrics serve(ServiceRole role, InetSocketAddress address)
      throws IOException {
    return new ServiceMetrics(role, address);
  }

  /// The port that it listens at.
  public int port() {
    return server.getPort();
  }

  /// The same chain, whose calls are counted.
  public WorkChain counting(WorkChain chain) {
    return new Counting(chain);
  }

  private void count(EconomyCall call, String outcome) {
    Bytes selector = call.input().slice(0, SELECTOR_BYTES);
    String name =
        Optional.ofNullable(functions.get(call.contract()))
            .map(known -> known.get(selector))
            .map(function -> call.contract().artifact() + "." + function)
            .orElse(OTHER);
    calls.labelValues(service, name, outcome).inc();
  }

  /// The functions of a contract by their selectors, out of its ABI.
  private static Map<Bytes, String> functions(EconomyContract contract) {
    Map<Bytes, String> functions = new TreeMap<>();
    String file = "/io/aitbc/contracts/" + contract.artifact() + ".abi";
    try (InputStream in = ServiceMetrics.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("no " + file);
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode entry = JSON.readTree(line);
        if (entry.path("type").asText().equals("function")) {
          String name = entry.path("name").asText();
          String signature = name + types(entry.path("inputs"));
          Hash hash = Keccak256.hash(signature.getBytes(StandardCharsets.US_ASCII));
          functions.put(hash.toBytes().slice(0, SELECTOR_BYTES), name);
        }
      }
      return functions;
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /// The types of parameters as a signature has them; those of a tuple in brackets of their own.
  private static String types(JsonNode inputs) {
    List<String> types = new ArrayList<>();
    for (JsonNode input : inputs) {
      String type = input.path("type").asText();
      types.add(
          type.startsWith("tuple")
              ? types(input.path("components")) + type.substring("tuple".length())
              : type);
    }
    return "(" + String.join(",", types) + ")";
  }

  @Override
  public void close() {
    server.close();
  }

  private final class Counting implements WorkChain {
    private final WorkChain chain;

    Counting(WorkChain chain) {
      this.chain = chain;
    }

    @Override
    public boolean send(EconomyCall call) throws IOException {
      try {
        boolean sent = chain.send(call);
        count(call, sent ? SENT : REFUSED);
        return sent;
      } catch (IOException unreachable) {
        count(call, UNREACHABLE);
        throw unreachable;
      }
    }

    @Override
    public List<Boolean> send(List<EconomyCall> calls) throws IOException {
      try {
        List<Boolean> sent = chain.send(calls);
        for (int i = 0; i < calls.size(); i++) {
          count(calls.get(i), sent.get(i) ? SENT : REFUSED);
        }
        return sent;
      } catch (IOException unreachable) {
        calls.forEach(each -> count(each, UNREACHABLE));
        throw unreachable;
      }
    }

    @Override
    public boolean isPending(EconomyCall call) {
      return chain.isPending(call);
    }

    @Override
    public Address account() {
      return chain.account();
    }

    @Override
    public UInt256 chainId() {
      return chain.chainId();
    }

    @Override
    public long height() throws IOException {
      return chain.height();
    }

    @Override
    public Hash blockHash(long height) throws IOException {
      return chain.blockHash(height);
    }

    @Override
    public <T> Optional<T> read(ContractRead<T> read) throws IOException {
      return chain.read(read);
    }

    @Override
    public OptionalLong version(long job) {
      return chain.version(job);
    }

    @Override
    public List<WorkEvent> events(EconomyContract contract, long fromHeight) throws IOException {
      return chain.events(contract, fromHeight);
    }

    @Override
    public List<WorkEvent> events(EconomyContract contract, long job, long fromHeight)
        throws IOException {
      return chain.events(contract, job, fromHeight);
    }

    @Override
    public List<WorkEvent> disputes(List<Long> numbers, long fromHeight) throws IOException {
      return chain.disputes(numbers, fromHeight);
    }

    @Override
    public List<WorkEvent.Opened> opened(long job, long fromHeight) throws IOException {
      return chain.opened(job, fromHeight);
    }

    @Override
    public Optional<String> serves(ServiceRole role, Address account) throws IOException {
      return chain.serves(role, account);
    }

    @Override
    public String authorization(Address holder) {
      return chain.authorization(holder);
    }
  }
}
