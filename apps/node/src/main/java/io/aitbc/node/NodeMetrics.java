// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.model.NetworkKind;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;

/// What a node measures of itself, for Prometheus. docs/operator.md lists the series.
final class NodeMetrics implements AutoCloseable {
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Gauge height =
      Gauge.builder()
          .name("aitbc_height")
          .help("Height of the last block that was kept.")
          .register(registry);
  private final Gauge peers =
      Gauge.builder().name("aitbc_peers").help("Peers connected.").register(registry);
  private final Gauge pending =
      Gauge.builder()
          .name("aitbc_pool_transactions")
          .help("Transactions that wait in the pool.")
          .register(registry);
  private final Gauge round =
      Gauge.builder()
          .name("aitbc_round")
          .help("Round of the height that is being decided; more than 0 means trouble.")
          .register(registry);
  private final Histogram finality =
      Histogram.builder()
          .name("aitbc_finality_seconds")
          .help("From the first sight of a proposal to its durable final block.")
          .classicUpperBounds(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
          .register(registry);
  private HTTPServer server;

  private NodeMetrics(InetSocketAddress address, String version, String secp256k1, NetworkKind kind)
      throws IOException {
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
    server =
        HTTPServer.builder()
            .inetAddress(address.getAddress())
            .port(address.getPort())
            .registry(registry)
            .buildAndStart();
  }

  /// Starts to serve at `address`.
  static NodeMetrics start(
      InetSocketAddress address, String version, String secp256k1, NetworkKind kind)
      throws IOException {
    return new NodeMetrics(address, version, secp256k1, kind);
  }

  void head(long newHeight) {
    height.set((double) newHeight);
  }

  void finality(long millis) {
    finality.observe(millis / 1000.0);
  }

  void live(int connected, int waiting, int presentRound) {
    peers.set(connected);
    pending.set(waiting);
    round.set(presentRound);
  }

  @Override
  public void close() {
    server.close();
  }
}
