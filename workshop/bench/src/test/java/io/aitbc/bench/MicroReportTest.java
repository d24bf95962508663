// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MicroReportTest {
  private static final MicroTarget TARGET =
      new MicroTarget("x", "an x", "a.B.c", "", 2, OptionalDouble.of(1.5));

  @Test
  void aResultStandsBesideItsTargetAndThePrototype() {
    String row = MicroReport.row(new MicroResult(TARGET, 3.5, 2.25));
    assertEquals(
        List.of("x", "an", "x", "3.50", "2.25", "2.00", "1.50", "MISSED"),
        List.of(row.strip().split("\\s+")));
  }

  @Test
  void jsonHasTheSameNumbers() throws Exception {
    JsonNode row =
        new ObjectMapper()
            .readTree(MicroReport.json(List.of(new MicroResult(TARGET, 2, 1))))
            .get(0);
    assertEquals(2.0, row.get("wallMicros").asDouble());
    assertTrue(row.get("met").asBoolean());
  }

  @Test
  void everyTargetHasItsBenchmark() throws Exception {
    for (MicroTarget target : MicroTarget.all()) {
      int dot = target.benchmark().lastIndexOf('.');
      Class<?> type = Class.forName(target.benchmark().substring(0, dot));
      assertEquals(
          1,
          java.util.Arrays.stream(type.getMethods())
              .filter(m -> m.getName().equals(target.benchmark().substring(dot + 1)))
              .count(),
          target.benchmark());
    }
  }

  @Test
  void anUnknownNameIsWrongUsage() {
    StringWriter errors = new StringWriter();
    int status =
        new CommandLine(new BenchCommand())
            .setErr(new PrintWriter(errors))
            .execute("micro", "no-such-benchmark");
    assertEquals(2, status);
    assertFalse(errors.toString().isEmpty());
  }
}
