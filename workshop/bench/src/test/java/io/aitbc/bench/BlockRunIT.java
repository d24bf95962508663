// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class BlockRunIT {
  @Test
  void everyStageOfABlockIsMeasured() throws Exception {
    BlockReport report = new BlockRun(200, 40, 20, 2, 1 << 20, BlockRun.Disk.ENCRYPTED).report();
    assertEquals(2, report.blocks().size());
    for (BlockTimes times : report.blocks()) {
      for (BlockTimes.Stage stage : BlockTimes.Stage.values()) {
        assertTrue(times.nanos(stage) > 0, stage::title);
      }
    }
    StringWriter text = new StringWriter();
    report.print(new PrintWriter(text));
    assertTrue(text.toString().contains("2 blocks of 20 transfers"), text::toString);
  }

  @Test
  void moreSendersThanAccountsIsWrongUsage() {
    int status =
        new CommandLine(new BenchCommand())
            .setErr(new PrintWriter(new StringWriter()))
            .execute("block", "--accounts", "100", "--transactions", "50");
    assertEquals(2, status);
  }
}
