// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.mempool.Mempool;
import io.aitbc.network.Network;
import io.aitbc.network.NetworkCounters;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;

/// What is read when somebody asks for a node's series, because others count it already.
///
/// @param mempool pending transactions
/// @param network the peers
/// @param data the folder with the chain
/// @param signer the validator's key, if the node is one
record MetricSources(Mempool mempool, Network network, Path data, Optional<NodeSigner> signer) {
  private static final String DIRECTION = "direction";

  /// Adds their series to `registry`.
  void registerAt(PrometheusRegistry registry) {
    gauge(registry, "aitbc_peers", "Peers connected.", () -> network.peers().size());
    gauge(
        registry, "aitbc_pool_transactions", "Transactions that wait in the pool.", mempool::size);
    gauge(registry, "aitbc_pool_bytes", "Bytes of the transactions in the pool.", mempool::bytes);
    gauge(
        registry,
        "aitbc_disk_free_bytes",
        "Bytes that the disk with the chain has left; NaN where it does not say.",
        this::freeBytes);
    gauge(
        registry,
        "aitbc_signer_reachable",
        "1 while the holder of this node's key would sign, 0 while it is gone or waits after a move; NaN without a key.",
        () ->
            signer.map(each -> each.isReachable() ? 1 : 0).map(Double::valueOf).orElse(Double.NaN));
    pair(
        registry,
        "aitbc_network_bytes",
        "Bytes of frames.",
        DIRECTION,
        new Labelled("in", NetworkCounters.Reading::bytesRead),
        new Labelled("out", NetworkCounters.Reading::bytesWritten));
    pair(
        registry,
        "aitbc_network_messages",
        "Frames.",
        DIRECTION,
        new Labelled("in", NetworkCounters.Reading::messagesRead),
        new Labelled("out", NetworkCounters.Reading::messagesWritten));
    pair(
        registry,
        "aitbc_network_dropped_frames",
        "Frames that had no room in a peer's queue.",
        "kind",
        new Labelled("transactions", NetworkCounters.Reading::transactionFramesDropped),
        new Labelled("sync", NetworkCounters.Reading::framesRefused));
    counter(
        registry,
        "aitbc_network_connections_opened",
        "Connections opened by either side.",
        NetworkCounters.Reading::connectionsOpened);
    counter(
        registry,
        "aitbc_network_connections_refused",
        "Connections closed before anything was read from them.",
        NetworkCounters.Reading::connectionsRefused);
    counter(
        registry,
        "aitbc_network_handshakes_failed",
        "Connections that ended before both sides had said who they are.",
        NetworkCounters.Reading::handshakesFailed);
    counter(
        registry,
        "aitbc_network_malformed",
        "Connections closed for bytes that are no message.",
        NetworkCounters.Reading::malformed);
    counter(
        registry,
        "aitbc_network_slow_readers",
        "Connections closed because the peer did not read.",
        NetworkCounters.Reading::slowReaders);
    counter(
        registry,
        "aitbc_network_bans",
        "Bans of peers and address blocks.",
        NetworkCounters.Reading::bans);
    counter(
        registry,
        "aitbc_network_pauses",
        "Times that a peer was not read because it had spent its budget.",
        NetworkCounters.Reading::pauses);
  }

  /// A counter of the network's under a label's value.
  private record Labelled(String label, ToDoubleFunction<NetworkCounters.Reading> count) {}

  private double freeBytes() {
    try {
      FileStore disk = Files.getFileStore(data);
      return disk.getUsableSpace();
    } catch (IOException silent) {
      return Double.NaN;
    }
  }

  private static void gauge(
      PrometheusRegistry registry, String name, String help, DoubleSupplier value) {
    GaugeWithCallback _ =
        GaugeWithCallback.builder()
            .name(name)
            .help(help)
            .callback(callback -> callback.call(value.getAsDouble()))
            .register(registry);
  }

  private void counter(
      PrometheusRegistry registry,
      String name,
      String help,
      ToDoubleFunction<NetworkCounters.Reading> count) {
    CounterWithCallback _ =
        CounterWithCallback.builder()
            .name(name)
            .help(help)
            .callback(callback -> callback.call(count.applyAsDouble(network.counters().read())))
            .register(registry);
  }

  private void pair(
      PrometheusRegistry registry,
      String name,
      String help,
      String label,
      Labelled first,
      Labelled second) {
    CounterWithCallback _ =
        CounterWithCallback.builder()
            .name(name)
            .help(help)
            .labelNames(label)
            .callback(callback -> {
              NetworkCounters.Reading now = network.counters().read();
              callback.call(first.count().applyAsDouble(now), first.label());
              callback.call(second.count().applyAsDouble(now), second.label());
            })
            .register(registry);
  }
}
