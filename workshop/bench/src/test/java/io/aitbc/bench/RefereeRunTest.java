// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class RefereeRunTest { // Protocol §17.5
  private static final double SECONDS = 0.001;

  @Test // Each is judged, right as it is and fraud with a bit turned, on the way.
  void theLongestProofOfEachModelFitsIntoATransaction() throws Exception {
    StringWriter text = new StringWriter();
    assertTrue(new RefereeRun(SECONDS, new PrintWriter(text, true)).proofs(), text::toString);
    List<String> lines = text.toString().lines().skip(1).toList();
    assertEquals(6, lines.size());
    for (String line : lines) {
      assertFalse(line.endsWith("MISSED"), line);
    }
  }
}
