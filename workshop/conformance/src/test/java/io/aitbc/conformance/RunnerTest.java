// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RunnerTest {
  private static final Pattern ALL = Pattern.compile("");
  private static final String GOOD = "{\"seven\": {\"in\": 7, \"out\": \"0x07\"}}";
  private static final String BAD =
      "{\"seven\": {\"in\": 7, \"out\": \"0x08\"}, \"zero\": {\"in\": 0, \"out\": \"0x80\"}}";

  @TempDir
  @SuppressWarnings("NullAway.Init") // Set by JUnit.
  private Path folder;

  private final StringWriter output = new StringWriter();

  private void write(String path, String content) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private Summary run() throws Exception {
    return new Runner(new RlpSuite(), ALL, 2).run(folder);
  }

  private int command(String... more) {
    CommandLine line = new CommandLine(new ConformanceCommand()).setOut(new PrintWriter(output));
    line.setErr(new PrintWriter(output));
    String[] arguments = {"ethereum", "--vectors", folder.toString(), "--suite"};
    String[] all = java.util.Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return line.execute(all);
  }

  @Test
  void filesInTheSuitesFolderAreRun() throws Exception {
    write("x/RLPTests/a.json", GOOD);
    write("x/OtherTests/b.json", BAD);
    Summary summary = run();
    assertEquals(1, summary.passed());
    assertTrue(summary.isGood());
  }

  @Test
  void withoutSuchAFolderFilesAreKnownByTheirFormat() throws Exception {
    write("a.json", GOOD);
    write("b.json", "{\"other\": {\"txbytes\": \"0x\", \"result\": {}}}");
    assertEquals(1, run().passed());
  }

  @Test
  void aCaseThatFailsIsNamed() throws Exception {
    write("RLPTests/a.json", BAD);
    Summary summary = run();
    assertEquals(
        Map.of("RLPTests/a.json seven", "encoding: expected 0x08, found 0x07"), summary.failures());
    assertEquals(1, summary.passed());
    assertFalse(summary.isGood());
  }

  @Test
  void aFileThatIsNoJsonFails() throws Exception {
    write("RLPTests/a.json", "{");
    assertEquals(1, run().failures().size());
  }

  @Test
  void archivesAreReadAsFolders() throws Exception {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    String deep = "d".repeat(120) + "/RLPTests/long.json";
    tar.write(entry("././@LongLink", 'L', deep.getBytes(StandardCharsets.UTF_8)));
    tar.write(entry("cut", '0', BAD.getBytes(StandardCharsets.UTF_8)));
    tar.write(entry("RLPTests", '5', new byte[0]));
    tar.write(entry("RLPTests/a.json", '0', GOOD.getBytes(StandardCharsets.UTF_8)));
    tar.write(entry("other/b.json", '0', BAD.getBytes(StandardCharsets.UTF_8)));
    tar.write(new byte[1024]);
    try (GZIPOutputStream packed =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve("v.tar.gz")))) {
      packed.write(tar.toByteArray());
    }
    Summary summary = run();
    assertEquals(2, summary.passed());
    assertEquals(List.of("RLPTests/long.json seven"), List.copyOf(summary.failures().keySet()));
  }

  private static byte[] entry(String path, char type, byte[] content) {
    byte[] entry = new byte[512 + (content.length + 511) / 512 * 512];
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(name, 0, entry, 0, name.length);
    byte[] size = String.format("%011o", content.length).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(size, 0, entry, 124, size.length);
    entry[156] = (byte) type;
    System.arraycopy(content, 0, entry, 512, content.length);
    return entry;
  }

  @Test
  void skippedCasesAreCountedByTheirReason() throws Exception {
    write("RLPTests/a.json", BAD);
    SkipRules rules = SkipRules.parse(List.of("# no", "", "rlp | a.json (seven|x) | a reason"));
    Summary summary = new Runner(new RlpSuite(), ALL, 1, rules).run(folder);
    assertEquals(Map.of("a reason", 1), summary.skipped());
    assertTrue(summary.isGood());
  }

  @Test
  void aRuleWithoutAReasonIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> SkipRules.parse(List.of("rlp | x")));
  }

  @Test
  void theCommandEndsWithTheCounts() throws Exception {
    write("RLPTests/a.json", GOOD);
    assertEquals(0, command("rlp"), output::toString);
    assertTrue(output.toString().endsWith("1 passed, 0 failed, 0 skipped\n"), output::toString);
  }

  @Test
  void theCommandFailsIfACaseFailsOrNothingWasRun() throws Exception {
    assertEquals(1, command("rlp"), output::toString);
    write("RLPTests/a.json", BAD);
    assertEquals(1, command("rlp"));
    assertEquals(0, command("rlp", "--only", "zero"));
    assertEquals(2, command("no-such-suite"));
  }
}
