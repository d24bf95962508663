// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.houserules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.houserules.Tree.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The specification and the code point at each other.
class SpecReferencesTest {
  private static final Pattern REFERENCE = Pattern.compile("Protocol §(\\d+(?:\\.\\d+)*)");
  private static final Pattern HEADING = Pattern.compile("^#{2,4} (\\d+(?:\\.\\d+)*) .*");

  /// A row of the parameters table whose first cell is a constant of the code.
  private static final Pattern CONSTANT_ROW =
      Pattern.compile("^\\| `(\\w+)\\.([A-Z][A-Z0-9_]+)` \\| ([0-9,]+) \\|.*");

  @Test
  void everyReferenceInTheTreeResolves() throws IOException {
    Map<String, String> sections = sections();
    List<String> dangling = new ArrayList<>();
    for (Source source : Tree.sources(".java", ".sol", ".md", ".sh", ".js")) {
      Matcher reference = REFERENCE.matcher(source.text());
      while (reference.find()) {
        if (!sections.containsKey(reference.group(1))) {
          dangling.add(source.path() + ": §" + reference.group(1));
        }
      }
    }
    assertEquals(List.of(), dangling);
  }

  @Test
  void everyNormativeSectionIsCitedByCodeAndByATest() throws IOException {
    Set<String> byCode = new TreeSet<>();
    Set<String> byTests = new TreeSet<>();
    for (Source source : Tree.sources(".java", ".sol")) {
      Matcher reference = REFERENCE.matcher(source.text());
      while (reference.find()) {
        (source.path().contains("/src/test/") ? byTests : byCode).add(reference.group(1));
      }
    }
    List<String> missing = new ArrayList<>();
    for (Map.Entry<String, String> section : sections().entrySet()) {
      if (section.getValue().contains("MUST") && !section.getKey().equals("0")) {
        if (!cited(section.getKey(), byCode)) {
          missing.add("§" + section.getKey() + " by no code");
        }
        if (!cited(section.getKey(), byTests)) {
          missing.add("§" + section.getKey() + " by no test");
        }
      }
    }
    assertEquals(List.of(), missing);
  }

  @Test // Protocol §19.
  void theConstantsOfTheParametersTableAreThoseOfTheCode() throws IOException {
    List<String> different = new ArrayList<>();
    int rows = 0;
    for (String line : Files.readAllLines(Tree.ROOT.resolve("docs/protocol.md"))) {
      Matcher row = CONSTANT_ROW.matcher(line);
      if (row.matches()) {
        rows++;
        String expected = row.group(3).replace(",", "");
        String actual = constant(row.group(1), row.group(2));
        if (!expected.equals(actual)) {
          different.add(row.group(1) + "." + row.group(2) + ": table " + expected + ", " + actual);
        }
      }
    }
    assertEquals(List.of(), different);
    assertEquals(true, rows > 0, "the table of §19 names no constant");
  }

  /// The value in the source, if it is written as a number or a product of numbers.
  private static String constant(String type, String name) throws IOException {
    Pattern declaration =
        Pattern.compile("\\b" + name + "\\s*=\\s*([0-9_L]+(?:\\s*(?:\\*|<<)\\s*[0-9_L]+)*)\\s*;");
    for (Source source : Tree.sources("/" + type + ".java")) {
      Matcher found = declaration.matcher(source.text());
      if (found.find()) {
        return Long.toString(value(found.group(1)));
      }
    }
    return "not found in the code";
  }

  private static long value(String expression) {
    long value = 1;
    for (String factor : expression.replace("_", "").replace("L", "").split("\\*", -1)) {
      String[] shift = factor.strip().split("<<", -1);
      long number = Long.parseLong(shift[0].strip());
      value = Math.multiplyExact(value, shift.length == 1 ? number : number << shift(shift[1]));
    }
    return value;
  }

  private static int shift(String text) {
    return Integer.parseInt(text.strip());
  }

  private static boolean cited(String section, Set<String> references) {
    return references.stream().anyMatch(r -> r.equals(section) || r.startsWith(section + "."));
  }

  /// Section number -> its own text, without that of its subsections.
  private static Map<String, String> sections() throws IOException {
    Map<String, StringBuilder> sections = new LinkedHashMap<>();
    StringBuilder current = new StringBuilder();
    for (String line : Files.readAllLines(Tree.ROOT.resolve("docs/protocol.md"))) {
      Matcher heading = HEADING.matcher(line);
      if (heading.matches()) {
        current = new StringBuilder();
        sections.put(heading.group(1), current);
      }
      current.append(line).append('\n');
    }
    Map<String, String> texts = new LinkedHashMap<>();
    sections.forEach((number, text) -> texts.put(number, text.toString()));
    return texts;
  }
}
