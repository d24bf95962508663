// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The pages that a running node has for those who watch it.
final class Monitored {
  private static final Path DOCS = docs();

  /// A series where an expression or a text names it; methods of JSON-RPC are in camel case, but
  /// one.
  private static final Pattern NAMED =
      Pattern.compile("\\b(?:aitbc|jvm|process)_[a-z0-9_]++(?![A-Z])");

  /// What the exposition format puts behind the name of a histogram or summary.
  private static final Pattern PARTS = Pattern.compile("_(?:bucket|sum|count)$");

  private static final long WAIT_NANOS_MAX = 30_000_000_000L;

  private final URI node;

  Monitored(URI node) {
    this.node = node;
  }

  /// Dashboard, alerts and the operator's table name no series that this node does not emit, and
  /// the table names every one of its own.
  void everySeriesIsEmittedAndDocumented() throws Exception {
    Set<String> emitted =
        get("/metrics")
            .body()
            .lines()
            .filter(line -> !line.startsWith("#"))
            .map(line -> line.split("[ {]", 2)[0])
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> shown = named(Files.readString(DOCS.resolve("monitoring/grafana.json")));
    shown.addAll(named(Files.readString(DOCS.resolve("monitoring/alerts.yml"))));
    assertTrue(shown.size() > 20, shown::toString);
    assertEquals(Set.of(), without(shown, emitted));

    // Of the first column alone: elsewhere stand methods of JSON-RPC, which could be named so too.
    String table =
        Files.readString(DOCS.resolve("operator.md"))
            .lines()
            .filter(line -> line.startsWith("| `aitbc_"))
            .map(line -> line.split("\\|", 3)[1])
            .collect(Collectors.joining("\n"));
    Set<String> documented = named(table);
    Set<String> own =
        emitted.stream()
            .filter(name -> name.startsWith("aitbc_"))
            .map(name -> PARTS.matcher(name).replaceFirst(""))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(Set.of(), without(own, documented));
    assertEquals(Set.of(), without(documented, own));
  }

  /// `GET /health` says that the node follows a chain that goes on, as soon as it has the blocks
  /// that others have.
  void saysThatItIsWell() throws Exception {
    long end = System.nanoTime() + WAIT_NANOS_MAX;
    HttpResponse<String> answer = get("/health");
    while (answer.body().contains("\"syncing\"") && System.nanoTime() < end) {
      Thread.sleep(50);
      answer = get("/health");
    }
    assertEquals(200, answer.statusCode(), answer.body());
    JsonNode body = new ObjectMapper().readTree(answer.body());
    assertEquals("ok", body.path("status").asText());
    assertTrue(body.path("height").asLong() > 0, answer.body());
    assertEquals(404, get("/elsewhere").statusCode());
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(node.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  private static Set<String> named(String text) {
    Matcher matcher = NAMED.matcher(text);
    return matcher
        .results()
        .map(found -> found.group())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> without(Set<String> names, Set<String> others) {
    Set<String> left = new TreeSet<>(names);
    left.removeAll(others);
    return left;
  }

  /// The folder `docs` of the source tree.
  static Path docs() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("docs/operator.md"))) {
      folder = Objects.requireNonNull(folder.getParent(), "no docs above the working folder");
    }
    return folder.resolve("docs");
  }
}
