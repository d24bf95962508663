// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class AitbcCommandTest {
  private final StringWriter errors = new StringWriter();
  private final CommandLine line =
      AitbcCommand.commandLine().setErr(new PrintWriter(errors)).setOut(new PrintWriter(errors));

  @Test
  void withoutACommandTheUsageIsShownAndTheStatusIsTwo() {
    assertEquals(2, line.execute());
    assertTrue(errors.toString().contains("Usage: aitbc"), errors.toString());
  }

  @Test
  void anUnknownCommandIsWrongUsage() {
    assertEquals(2, line.execute("no-such-command"));
  }

  @Test
  void theCommandThatIsNamedIsMadeAlone() {
    Set<String> named = AitbcCommand.commandLine("wallet", "keys").getSubcommands().keySet();
    assertEquals(Set.of("wallet"), named);
    Set<String> all = AitbcCommand.commandLine("--help").getSubcommands().keySet();
    assertEquals(line.getSubcommands().keySet(), all);
    assertTrue(all.containsAll(Set.of("wallet", "keys", "node")), all::toString);
  }

  @TempDir private Path folder;

  @Test
  void helpIsNoFailure() {
    assertEquals(0, line.execute("--help"));
  }

  @Test
  void anUnknownKindOrPresetOfANetworkIsRefusedWithTheAllowedOnes() {
    PrintStream before = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      assertEquals(2, line.execute("devnet", "--consensus", "pow"));
      assertEquals(2, line.execute("devnet", "--consensus", "poa", "--proposer", "me"));
      String data = folder.toString();
      assertEquals(2, line.execute("devnet", "--data", data, "--preset", "mainnet"));
      assertEquals(
          2, line.execute("devnet", "--data", data, "--consensus", "poa", "--preset", "classic"));
      assertEquals(2, line.execute("devnet", "--data", data, "--policy", "fastest"));
      assertEquals(2, line.execute("devnet", "--data", data, "--port-shift", "2401"));
    } finally {
      System.setErr(before);
    }
    String text = printed.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains("--consensus is \"pow\"; allowed are hybrid, poa"), text);
    assertTrue(text.contains("--preset is \"mainnet\"; allowed are hybrid, classic, dev"), text);
    assertTrue(
        text.contains("--policy is \"fastest\"; allowed are operational, whitepaper, pinned"),
        text);
    assertTrue(text.contains("--preset is for networks that decide by votes"), text);
    assertTrue(text.contains("--proposer is \"me\"; allowed is the address"), text);
  }
}
