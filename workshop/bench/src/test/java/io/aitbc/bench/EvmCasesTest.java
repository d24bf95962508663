// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.bench.EvmCase.Group;
import io.aitbc.crypto.Bytes;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class EvmCasesTest {
  /// Enough for one round of every loop beyond what it keeps.
  private static final long GAS = 4_000_000;

  @Test // A loop that failed would have taken all gas at once, and looked fast.
  void everyCaseEndsAsItShouldAndUsesItsGas() throws Exception {
    SortedSet<String> names = new TreeSet<>();
    for (EvmCase next : EvmCases.all(Optional.empty(), Optional.empty(), GAS)) {
      assertTrue(names.add(next.name()), next.name());
      assertTrue(assertDoesNotThrow(() -> next.work().run(), next.name()) > GAS / 2, next.name());
    }
    assertTrue(names.containsAll(EvmReport.EXCEPTIONS.keySet()), EvmReport.EXCEPTIONS::toString);
  }

  @Test
  void codeIsWhatItsWordsSay() {
    assertEquals(Bytes.fromHex("5f600761010061000180"), Assembly.of("0 7 256 0x0001 DUP1"));
    assertEquals(
        Bytes.fromHex("600a5b80506103e85a11600257" + "00"),
        Assembly.loop("10", "DUP1 POP", 1, 1_000));
  }

  @Test
  void aHeldCaseBelowTheFloorIsNotFine() {
    EvmCase held = new EvmCase("x", Group.ARITHMETIC, () -> 1);
    assertTrue(EvmReport.isFine(new EvmMeasure.Result(held, 1, 250, 1)));
    assertTrue(!EvmReport.isFine(new EvmMeasure.Result(held, 1, 249, 1)));
    EvmCase free = new EvmCase("x", Group.COLD, () -> 1);
    assertTrue(EvmReport.isFine(new EvmMeasure.Result(free, 1, 1, 1)));
    // What waits for the disk counts by the clock.
    EvmMeasure.Result slow = new EvmMeasure.Result(free, 1, 900, 5);
    EvmMeasure.Result fast = new EvmMeasure.Result(held, 1, 500, 1);
    assertEquals(List.of(slow), EvmReport.slowest(List.of(fast, slow), 1));
  }

  @Test
  void aTransferOfATokenIsMeasured() {
    double micros = OrdinaryCases.tokenMicros(0.01);
    assertTrue(micros > 0.1 && micros < 10_000, () -> "microseconds: " + micros);
  }

  @Test
  void theCommandMeasuresWhatIsAskedFor() {
    StringWriter out = new StringWriter();
    int status =
        new CommandLine(new BenchCommand())
            .setOut(new PrintWriter(out))
            .execute("evm", "PUSH0", "--json", "--seconds", "0.01");
    assertEquals(0, status);
    assertTrue(out.toString().contains("\"PUSH0 POP\""), out.toString());
  }
}
