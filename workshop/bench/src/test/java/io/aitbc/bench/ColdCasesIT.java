// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

@Tag("long")
class ColdCasesIT {
  private static final long GAS = 2_000_000;

  @Test // A loop that failed would have taken all gas at once, and looked fast.
  void everyColdCaseEndsAsItShouldAndUsesItsGas() throws Exception {
    try (ColdState cold = new ColdState(4_000)) {
      for (EvmCase next : ColdCases.all(cold, GAS)) {
        for (int run = 0; run < 2; run++) {
          assertTrue(
              assertDoesNotThrow(() -> next.work().run(), next.name()) > GAS / 2, next.name());
        }
      }
    }
  }

  @Test
  void coldCasesAreOfTheCommandUnlessTheyAreLeftOut() {
    StringWriter out = new StringWriter();
    int status =
        new CommandLine(new BenchCommand())
            .setOut(new PrintWriter(out))
            .execute("evm", "cold SLOAD$", "--seconds", "0.01", "--cold", "20000");
    assertEquals(0, status);
    assertTrue(out.toString().contains("cold SLOAD"), out::toString);
    assertEquals(
        2,
        new CommandLine(new BenchCommand())
            .setErr(new PrintWriter(new StringWriter()))
            .execute("evm", "cold SLOAD$", "--cold", "0"));
  }
}
