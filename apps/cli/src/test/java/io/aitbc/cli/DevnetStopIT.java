// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `aitbc devnet` in a process group of its own, stopped as a terminal does it: all get SIGINT.
class DevnetStopIT {
  private static final long START_MILLIS_MAX = 300_000;
  private static final int POLL_MILLIS = 20;

  @TempDir private Path folder;

  @Test
  void ctrlCWhileNodesStartSaysNothingOfThem() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/setsid")), "setsid makes the group");
    Path printed = folder.resolve("printed");
    ProcessBuilder builder =
        new ProcessBuilder(
            "/usr/bin/setsid",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            Aitbc.class.getName(),
            "devnet",
            "--port-shift",
            String.valueOf(DevnetRun.PORT_SHIFT),
            "--data",
            folder.resolve("data").toString());
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    Process devnet = builder.redirectErrorStream(true).redirectOutput(printed.toFile()).start();
    try {
      awaitNodes(devnet);
      Process interrupt =
          new ProcessBuilder("kill", "-INT", "--", "-" + devnet.pid()).inheritIO().start();
      assertEquals(0, interrupt.waitFor());
      assertTrue(devnet.waitFor(START_MILLIS_MAX, TimeUnit.MILLISECONDS));
    } finally {
      List<ProcessHandle> left =
          Stream.concat(devnet.descendants(), Stream.of(devnet.toHandle())).toList();
      for (ProcessHandle each : left) {
        boolean _ = each.destroyForcibly();
      }
    }
    String text = Files.readString(printed);
    assertTrue(text.contains("making a network of 4"), text);
    assertFalse(text.contains("has ended"), text);
    assertFalse(text.contains("aitbc devnet:"), text);
  }

  /// Until the last of four nodes has begun to start.
  private static void awaitNodes(Process devnet) throws InterruptedException {
    long end = System.nanoTime() + START_MILLIS_MAX * 1_000_000;
    while (devnet.descendants().count() < 4) {
      assertTrue(devnet.isAlive() && System.nanoTime() < end, "no four nodes");
      Thread.sleep(POLL_MILLIS);
    }
  }
}
