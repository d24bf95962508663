// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.DerivedState;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.WorkEvent;
import io.aitbc.mempool.Admission;
import io.aitbc.model.Address;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Log;
import io.aitbc.model.Mode;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.Receipt;
import io.aitbc.model.Round;
import io.aitbc.model.Validator;
import io.aitbc.rpc.CallWatch;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// What a node measures of itself, for Prometheus, and what its parts tell it. docs/operator.md
/// lists every series. Safe for use by several threads.
final class NodeMetrics implements AutoCloseable {
  private static final String CLASS = "class";
  private static final String AUTHORITY = "authority";
  private static final String STAKER = "staker";
  private static final String METHOD = "method";
  private static final double NANOS_PER_SECOND = 1e9;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Gauge height = gauge("aitbc_height", "Height of the last block that was kept.");
  private final Gauge timestamp =
      gauge("aitbc_block_timestamp_seconds", "When the last block was made, by its header.");
  private final Gauge baseFee =
      gauge("aitbc_base_fee_wei", "What the last block's transactions paid per gas at least.");
  private final Gauge gasLimit =
      gauge("aitbc_block_gas_limit", "Gas that the last block could hold.");
  private final Counter transactions =
      counter("aitbc_block_transactions", "Transactions in the blocks that were kept.");
  private final Counter gas = counter("aitbc_block_gas", "Gas used by the blocks that were kept.");
  private final Gauge mode =
      gauge("aitbc_mode", "1 for the mode whose quorums decide the next height.", "mode");
  private final Histogram finality =
      seconds(
          "aitbc_finality_seconds",
          "From the first sight of a proposal to its durable final block.",
          new double[] {0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.4, 0.5, 1, 2, 5, 10});
  private final Counter failedCalls =
      counter(
          "aitbc_failed_epoch_calls",
          "Calls at the end of an epoch that failed, by the contract called.",
          "contract");
  private final Counter failedRounds =
      counter("aitbc_failed_rounds", "Rounds that passed before a height was decided.");
  private final Gauge validators =
      gauge("aitbc_validators", "Validators of the next block's set.", CLASS);
  private final Gauge present =
      gauge("aitbc_present_validators", "Those who signed lately (protocol §3.3).", CLASS);
  private final Gauge margin =
      gauge(
          "aitbc_quorum_margin",
          "Validators that signed lately and may go, in the worst order, before a mode has no quorum; -1 where it has none.",
          "mode");
  private final Gauge stakeShareMax =
      gauge(
          "aitbc_stake_share_max",
          "Greatest part of the next block's set's stake that one account holds; 0 without stake.");
  private final Gauge ownPresent =
      gauge("aitbc_own_present", "1 while this node's validator is in the set and signed lately.");
  private final Gauge ownReputation =
      gauge("aitbc_own_reputation", "This node's validator's reputation, 0 to 1,000.");
  private final Gauge round =
      gauge("aitbc_round", "Round of the height that is being decided; more than 0 means trouble.");
  private final Gauge stalled =
      gauge("aitbc_stalled", "1 while a height takes longer than a healthy network needs for it.");
  private final Gauge syncing =
      gauge("aitbc_syncing", "1 while this node fetches blocks that others have.");
  private final Gauge syncDistance =
      gauge(
          "aitbc_sync_distance_blocks", "Blocks above this node's head that peers say they have.");
  private final Counter admissions =
      counter("aitbc_pool_admissions", "Transactions that were brought to the pool.", "outcome");
  private final Histogram execution =
      seconds(
          "aitbc_execution_seconds",
          "Executing a proposal or block.",
          new double[] {0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30});
  private final Histogram storing =
      seconds(
          "aitbc_store_seconds",
          "Making a block durable.",
          new double[] {0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1});
  private final Counter calls =
      counter(
          "aitbc_rpc_requests",
          "Calls of JSON-RPC, each of a batch for itself; other: no method that is served.",
          METHOD,
          "outcome");
  private final Histogram answering =
      histogram("aitbc_rpc_seconds", "Answering a call of JSON-RPC.")
          .labelNames(METHOD)
          .classicUpperBounds(0.001, 0.005, 0.02, 0.1, 0.5, 2, 10)
          .register(registry);

  private record Answer(String method, CallWatch.Outcome outcome) {}

  private record Answered(CounterDataPoint count, DistributionDataPoint seconds) {}

  /// The series of calls, which are slow to find by their labels; as many as methods are served.
  private final Map<Answer, Answered> answered = new ConcurrentHashMap<>();

  private final Counter work =
      counter(
          "aitbc_work_events",
          "What the contracts of AI work wrote in the blocks that were kept, by event.",
          "event");
  private Optional<HTTPServer> server = Optional.empty();

  /// @param version of the node
  /// @param secp256k1 the implementation of account signatures that was chosen
  /// @param kind how blocks are decided
  NodeMetrics(String version, String secp256k1, NetworkKind kind) {
    Info.builder()
        .name("aitbc_node_info")
        .help(
            "Version, the implementation of account signatures that was chosen, how blocks are decided, and whether they are final.")
        .labelNames("version", "secp256k1", "consensus", "finality")
        .register(registry)
        .addLabelValues(
            version,
            secp256k1,
            kind.title(),
            kind instanceof NetworkKind.Hybrid ? "final" : "not final");
    // A counter that only appears with its first failure is no increase, and would raise no alarm.
    for (EconomyContract each : EconomyContract.values()) {
      failedCalls.initLabelValues(each.artifact());
    }
    for (Class<?> each : WorkEvent.class.getPermittedSubclasses()) {
      work.initLabelValues(each.getSimpleName());
    }
    for (CallWatch.Outcome each : CallWatch.Outcome.values()) {
      calls.initLabelValues(CallWatch.OTHER, title(each));
    }
    answering.initLabelValues(CallWatch.OTHER);
    JvmMetrics.builder().register(registry);
  }

  /// Reads `sources` whenever somebody asks for the series.
  void watch(MetricSources sources) {
    sources.registerAt(registry);
  }

  /// Serves the series at `/metrics` and the node's health at `/health`.
  ///
  /// @return the port that it listens at
  /// @throws IOException if the address cannot be listened at
  int serve(InetSocketAddress address, HealthPage health) throws IOException {
    HTTPServer started =
        HTTPServer.builder()
            .inetAddress(address.getAddress())
            .port(address.getPort())
            .registry(registry)
            .registerHealthHandler(false)
            .defaultHandler(health)
            .buildAndStart();
    server = Optional.of(started);
    return started.getPort();
  }

  /// A block was kept, or it is the head again after others were taken back.
  void head(BlockHeader header) {
    height.set((double) header.number());
    timestamp.set((double) header.timestampSeconds());
    baseFee.set(header.baseFeePerGas().wei().toBigInteger().doubleValue());
    gasLimit.set((double) header.gasLimit());
  }

  /// A block was kept that was not there before.
  void block(BlockHeader header, List<Receipt> receipts) {
    head(header);
    transactions.inc((double) receipts.size());
    gas.inc((double) header.gasUsed());
    for (Receipt receipt : receipts) {
      for (Log log : receipt.logs()) {
        WorkEvent.of(log).ifPresent(it -> work.labelValues(it.getClass().getSimpleName()).inc());
      }
    }
  }

  /// A call of JSON-RPC was answered.
  void answered(String method, CallWatch.Outcome outcome, long nanos) {
    Answered series =
        answered.computeIfAbsent(
            new Answer(method, outcome),
            answer ->
                new Answered(
                    calls.labelValues(answer.method, title(answer.outcome)),
                    answering.labelValues(answer.method)));
    series.count.inc();
    series.seconds.observe(nanos / NANOS_PER_SECOND);
  }

  private static String title(CallWatch.Outcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT);
  }

  /// What the chain says of validators and modes.
  ///
  /// @param own whom this node signs for
  void chain(DerivedState derived, Optional<Address> own) {
    Mode deciding = derived.mode().quorumMode();
    for (Mode each : Mode.values()) {
      mode.labelValues(each.name()).set(each == deciding ? 1 : 0);
      margin.labelValues(each.name()).set(derived.headroom(each));
    }
    members(AUTHORITY, derived.set().authorities(), derived);
    members(STAKER, derived.set().stakers(), derived);
    stakeShareMax.set(greatestShare(derived.set().stakers()));
    own.ifPresent(account -> {
      boolean signs = derived.set().contains(account) && derived.isPresent(account);
      ownPresent.set(signs ? 1 : 0);
      ownReputation.set(derived.reputation(account));
    });
  }

  private static double greatestShare(List<Validator> stakers) {
    long total = 0;
    long greatest = 0;
    for (Validator each : stakers) {
      total += each.stake().units(); // Of a set: at most 2^60.
      greatest = Math.max(greatest, each.stake().units());
    }
    return total == 0 ? 0 : (double) greatest / total;
  }

  private void members(String group, List<Validator> members, DerivedState derived) {
    validators.labelValues(group).set(members.size());
    present
        .labelValues(group)
        .set((double) members.stream().filter(v -> derived.isPresent(v.account())).count());
  }

  /// A call of this contract at the end of an epoch failed.
  void callFailed(EconomyContract contract) {
    failedCalls.labelValues(contract.artifact()).inc();
  }

  /// A height was decided in `decided`.
  void decided(Round decided) {
    failedRounds.inc(decided.number());
  }

  /// A proposal that this node saw has become final after `millis`.
  void finality(long millis) {
    finality.observe(millis / 1_000.0);
  }

  /// What consensus says now.
  void loop(LiveView.Loop now) {
    round.set(now.round());
    stalled.set(now.isStalled() ? 1 : 0);
    syncing.set(now.isSyncing() ? 1 : 0);
    syncDistance.set((double) now.blocksBehind());
  }

  /// A transaction was brought to the pool.
  void admission(Admission outcome) {
    admissions.labelValues(outcome.getClass().getSimpleName()).inc();
  }

  /// A block or proposal was executed in `nanos`.
  void executed(long nanos) {
    execution.observe(nanos / NANOS_PER_SECOND);
  }

  /// A block was made durable in `nanos`.
  void stored(long nanos) {
    storing.observe(nanos / NANOS_PER_SECOND);
  }

  @Override
  public void close() {
    server.ifPresent(HTTPServer::close);
  }

  // Without exemplars, of which there are none: a library looks for them at each observation, and
  // sets a timer.

  private Gauge gauge(String name, String help, String... labels) {
    return Gauge.builder()
        .name(name)
        .help(help)
        .labelNames(labels)
        .withoutExemplars()
        .register(registry);
  }

  private Counter counter(String name, String help, String... labels) {
    return Counter.builder()
        .name(name)
        .help(help)
        .labelNames(labels)
        .withoutExemplars()
        .register(registry);
  }

  private static Histogram.Builder histogram(String name, String help) {
    return Histogram.builder().name(name).help(help).classicOnly().withoutExemplars();
  }

  private Histogram seconds(String name, String help, double[] bounds) {
    return histogram(name, help).classicUpperBounds(bounds).register(registry);
  }
}
