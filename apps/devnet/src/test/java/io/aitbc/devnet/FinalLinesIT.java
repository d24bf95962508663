// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.devnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a node says of its heights at the level that operators see: of each a line.
class FinalLinesIT {
  private static final int PORT_SHIFT = 300;

  /// With an interval of two seconds between them.
  private static final int BLOCKS = 4;

  private static final long WAIT_NANOS_MAX = 240_000_000_000L;

  /// A line of that level about a height, which comes first: time, logger, what is said of it.
  private static final Pattern INFO = Pattern.compile("^\\S+ INFO +\\S+ ([^=]*height=\\d+)");

  @TempDir private Path folder;

  @Test
  void aFinalBlockIsOneLine() throws Exception {
    DevnetFiles files = new DevnetFiles(folder.resolve("network"), PORT_SHIFT);
    files.create(1);
    Path log;
    try (Devnet devnet = Devnet.start(files)) {
      NodeProcess node = devnet.processes().getFirst();
      log = node.log();
      long end = System.nanoTime() + WAIT_NANOS_MAX;
      while (linesOfHeights(log).size() < BLOCKS) {
        assertTrue(node.isAlive() && System.nanoTime() < end, node::logTail);
        Thread.sleep(100);
      }
    }
    // Of the node that has ended: each line is whole.
    List<String> lines = linesOfHeights(log);
    assertEquals(
        IntStream.rangeClosed(1, lines.size()).mapToObj("final height=%d"::formatted).toList(),
        lines);
  }

  private static List<String> linesOfHeights(Path log) throws IOException {
    return Files.readAllLines(log).stream()
        .flatMap(line -> INFO.matcher(line).results())
        .map(line -> line.group(1))
        .toList();
  }
}
