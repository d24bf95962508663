// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aitbc.node.NodeProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `aitbc devnet` as a process of its own: however it ends, its nodes end with it.
class DevnetStopIT {
  private static final long START_MILLIS_MAX = 300_000;

  /// Of nodes whose network has ended.
  private static final long END_SECONDS_MAX = 30;

  private static final int POLL_MILLIS = 20;

  @TempDir private Path folder;

  /// All that was started, whatever became of it.
  private final List<ProcessHandle> started = new ArrayList<>();

  @AfterEach
  void leaveNothing() {
    for (ProcessHandle each : started) {
      boolean _ = each.destroyForcibly();
    }
  }

  /// In a process group of its own, stopped as a terminal does it: all get SIGINT.
  @Test
  void ctrlCWhileNodesStartSaysNothingOfThem() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/setsid")), "setsid makes the group");
    Process devnet = start(List.of("/usr/bin/setsid"), List.of("--validators", "2"));
    List<ProcessHandle> nodes = awaitNodes(devnet, 2);
    assertEquals(0, signal("-INT", -devnet.pid()));
    assertTrue(devnet.waitFor(START_MILLIS_MAX, TimeUnit.MILLISECONDS));
    awaitEnd(nodes);
    String text = printed();
    assertTrue(text.contains("making a network of 2"), text);
    assertFalse(text.contains("has ended"), text);
    assertFalse(text.contains("aitbc devnet:"), text);
  }

  @Test
  void nodesEndWithANetworkThatIsKilled() throws Exception {
    Process devnet = start(List.of(), List.of("--validators", "1", "--no-work"));
    List<ProcessHandle> nodes = awaitNodes(devnet, 1);
    awaitText(devnet, "has money");
    int status = devnet.destroyForcibly().waitFor();
    assertEquals(128 + 9, status, printed());
    awaitEnd(nodes);
  }

  /// What went wrong is said, and where one may look.
  @Test
  void aRunThatFailsLeavesItsFolderAndNoProcess() throws Exception {
    Process devnet = start(List.of(), List.of("--once", "--validators", "1", "--no-work"));
    List<ProcessHandle> nodes = awaitNodes(devnet, 1);
    awaitText(devnet, "making a network of 1");
    assertEquals(0, signal("-KILL", nodes.getFirst().pid()));
    assertTrue(devnet.waitFor(START_MILLIS_MAX, TimeUnit.MILLISECONDS), this::printed);
    awaitEnd(nodes);
    String text = printed();
    assertEquals(1, devnet.exitValue(), text);
    assertTrue(text.contains("aitbc devnet: node1 has ended"), text);
    List<Path> left;
    try (Stream<Path> folders = Files.list(folder.resolve("data"))) {
      left = folders.toList();
    }
    assertEquals(1, left.size(), text);
    assertTrue(text.contains("logs and data of this run stay in " + left.getFirst()), text);
    assertTrue(Files.exists(left.getFirst().resolve("genesis.json")), left.toString());
  }

  private Process start(List<String> before, List<String> options) throws IOException {
    List<String> command = new ArrayList<>(before);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            Aitbc.class.getName(),
            "devnet",
            "--port-shift",
            String.valueOf(DevnetRun.PORT_SHIFT),
            "--data",
            folder.resolve("data").toString()));
    command.addAll(options);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    Process devnet =
        builder
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("printed").toFile())
            .start();
    boolean _ = started.add(devnet.toHandle());
    return devnet;
  }

  /// Until the last of so many nodes has begun to start.
  private List<ProcessHandle> awaitNodes(Process devnet, int count) throws InterruptedException {
    long end = System.nanoTime() + START_MILLIS_MAX * 1_000_000;
    List<ProcessHandle> nodes = nodes(devnet);
    while (nodes.size() < count) {
      assertTrue(devnet.isAlive() && System.nanoTime() < end, this::printed);
      Thread.sleep(POLL_MILLIS);
      nodes = nodes(devnet);
    }
    started.addAll(nodes);
    return nodes;
  }

  private static List<ProcessHandle> nodes(Process devnet) {
    String program = NodeProgram.class.getName();
    return devnet
        .descendants()
        .filter(each -> each.info().commandLine().orElse("").contains(program))
        .toList();
  }

  private void awaitText(Process devnet, String text) throws InterruptedException {
    long end = System.nanoTime() + START_MILLIS_MAX * 1_000_000;
    while (!printed().contains(text)) {
      assertTrue(devnet.isAlive() && System.nanoTime() < end, this::printed);
      Thread.sleep(POLL_MILLIS);
    }
  }

  private void awaitEnd(List<ProcessHandle> nodes) throws Exception {
    for (ProcessHandle node : nodes) {
      try {
        var _ = node.onExit().get(END_SECONDS_MAX, TimeUnit.SECONDS);
      } catch (TimeoutException outlives) {
        throw new AssertionError(
            "outlives its network: " + node.info() + "\n" + printed(), outlives);
      }
    }
  }

  private static int signal(String name, long process) throws Exception {
    return new ProcessBuilder("kill", name, "--", String.valueOf(process))
        .inheritIO()
        .start()
        .waitFor();
  }

  private String printed() {
    try {
      return Files.readString(folder.resolve("printed"));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
