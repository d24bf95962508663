// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.devnet.Devnet;
import io.aitbc.devnet.DevnetFiles;
import io.aitbc.devnet.NodeProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// What a node has used since its start.
///
/// @param cpu processor time; of nodes that share a process, an equal part of it
/// @param bytes frames read and written
/// @param residentBytes memory now, as the operating system counts it, likewise; 0 where it does
///   not say
record NodeUse(Duration cpu, long bytes, long residentBytes) {
  /// What every node of `devnet` has used.
  static List<NodeUse> of(Devnet devnet) throws IOException, InterruptedException {
    List<NodeUse> uses = new ArrayList<>();
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (int i = 0; i < devnet.nodes().size(); i++) {
        DevnetFiles.Node node = devnet.nodes().get(i);
        NodeProcess process = devnet.processes().get(i);
        int sharing = Collections.frequency(devnet.processes(), process);
        URI page = URI.create("http://127.0.0.1:" + node.metrics().getPort() + "/metrics");
        String text =
            client
                .send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString())
                .body();
        uses.add(
            new NodeUse(
                ProcessHandle.of(process.pid())
                    .flatMap(handle -> handle.info().totalCpuDuration())
                    .orElse(Duration.ZERO)
                    .dividedBy(sharing),
                sum(text, "aitbc_network_bytes_total"),
                sum(text, "process_resident_memory_bytes") / sharing));
      }
    }
    return uses;
  }

  private static long sum(String text, String series) {
    return (long)
        text.lines()
            .filter(line -> line.startsWith(series))
            .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
            .sum();
  }
}
