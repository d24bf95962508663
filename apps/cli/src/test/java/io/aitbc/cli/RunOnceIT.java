// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `./run --once` shows, as a process, of a network of one validator: {@link DevnetIT} has
/// four.
@Tag("long")
class RunOnceIT {
  /// Blocks of two epochs, on a machine that does a lot besides.
  private static final long MINUTES_MAX = 10;

  @TempDir private Path folder;

  @Test // Protocol §17.12 to §17.14
  void workIsDoneAndPaidAndACheatIsCaught() throws Exception {
    Path printed = folder.resolve("printed");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-Xmx512m",
            Aitbc.class.getName(),
            "devnet",
            "--port-shift",
            String.valueOf(DevnetRun.PORT_SHIFT),
            "--once",
            "--validators",
            "1",
            "--data",
            folder.resolve("data").toString());
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    Process process = builder.redirectErrorStream(true).redirectOutput(printed.toFile()).start();
    try {
      assertTrue(process.waitFor(MINUTES_MAX, TimeUnit.MINUTES), () -> read(printed));
    } finally {
      process.destroy();
    }
    String lines = read(printed);
    assertEquals(0, process.exitValue(), lines);
    assertEquals(4, count(lines, "settled: worker[12] is paid [34][0-9.]+ AITBC"), lines);
    assertTrue(count(lines, "scored: quality [01][.][0-9]{3} by [1-7] seats") >= 1, lines);
    assertEquals(1, count(lines, "FRAUD of cheat is proven by (auditor|evaluator)[1-3]"), lines);
    assertEquals(1, count(lines, "cheat +nothing; its bond is 299520 AITBC of 300000"), lines);
    assertEquals(1, count(lines, "client +60 AITBC, its fee of job"), lines);
    assertEquals(1, count(lines, "3[0-9]{3} of 3600 pictures are read right"), lines);
    assertEquals(1, count(lines, "made the same model as this machine, bit for bit"), lines);
    assertEquals(1, count(lines, "the preset dev shortens its times"), lines);
    try (Stream<Path> left = Files.list(folder.resolve("data"))) {
      assertEquals(List.of(), left.toList(), "its folder is gone");
    }
  }

  private static long count(String lines, String wanted) {
    return lines.lines().filter(line -> line.matches(".*" + wanted + ".*")).count();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException missing) {
      return missing.toString();
    }
  }
}
