// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.model.Mode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class NetworkRunIT {
  @Test
  @Tag("long")
  void whatWasOfferedIsCommittedAndMeasured() throws Exception {
    NetworkReport report =
        new NetworkRun(2, 1, 4, 2, 200, 100, Mode.FAST, 3_000, Duration.ofMillis(5), 1).report();
    assertTrue(report.finalMillis().size() > 100, () -> "" + report.finalMillis().size());
    JsonNode json = report.json();
    assertTrue(json.path("committedPerSecond").asDouble() > 0);
    assertTrue(json.path("ratio").asDouble() > 0);
    assertTrue(
        json.path("submitToFinalMillis").path("p50").asDouble()
            <= json.path("submitToFinalMillis").path("p99").asDouble());
    assertTrue(json.path("nodes").path(0).path("bytesPerSecond").isNumber());
    assertEquals("200", json.path("options").path("rate").asText());
    assertEquals(5, json.path("options").path("latencyMillis").asInt());
    StringWriter text = new StringWriter();
    report.print(new PrintWriter(text));
    assertTrue(text.toString().contains("submit to final, p99"), text::toString);
  }

  @Test
  void aRateThatIsNoneIsWrongUsage() {
    int status =
        new CommandLine(new BenchCommand())
            .setErr(new PrintWriter(new StringWriter()))
            .execute("network", "--rate", "fast");
    assertEquals(2, status);
  }
}
