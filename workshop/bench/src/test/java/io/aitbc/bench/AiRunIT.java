// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.model.Mode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class AiRunIT {
  @Test
  void jobsAreDoneAuditedAndSettledByProcessesAndMeasured() throws Exception {
    List<String> progress = new ArrayList<>();
    AiOptions options = new AiOptions(Mode.FAST, 1, 1, 1, 1, 1, 1, 4, 2, 1, 0, 10);
    AiReport report = new AiRun("tiny", List.of(16, 8, 4), options).report(progress::add);
    JsonNode json = report.json();
    assertTrue(report.settledMillis().size() >= 1, progress::toString);
    assertEquals(0, report.unaudited(), progress::toString);
    assertTrue(json.path("settledMillis").path("p50").asDouble() > 0, json::toString);
    assertTrue(json.path("cpuSeconds").path("worker").size() > 0, json::toString);
    assertTrue(json.path("cpuSeconds").path("auditor").size() > 0, json::toString);
    assertTrue(json.path("cpuSeconds").path("evaluator").size() > 0, json::toString);
    assertEquals(8, json.path("options").path("items").asInt());
    StringWriter text = new StringWriter();
    report.print(new PrintWriter(text));
    assertTrue(text.toString().contains("order to settled"), text::toString);
  }

  @Test
  void noWorkerIsWrongUsage() {
    int status =
        new CommandLine(new BenchCommand())
            .setErr(new PrintWriter(new StringWriter()))
            .execute("ai", "--workers", "0");
    assertEquals(2, status);
  }
}
