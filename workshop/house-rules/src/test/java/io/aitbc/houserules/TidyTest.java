// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.houserules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.houserules.Tree.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Tidiness of all files: sizes, words, shapes of the documents.
class TidyTest {
  /// Lines of a source file; more, and a second noun is hiding in it.
  private static final int FILE_LINES_MAX = 600;

  /// Bytes of any file; larger data does not belong into a repository.
  private static final long FILE_BYTES_MAX = 1 << 20;

  // Put together so that this file does not find itself.
  private static final Pattern LEFT_OPEN =
      Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b|@Dis" + "abled|@Ign" + "ore");

  private static final Pattern MACHINE_PATH =
      Pattern.compile("(?<![\\w.])/(ro" + "ot|wo" + "rk|ho" + "me/\\w+)/");

  private static final Pattern FUZZ_TARGET = Pattern.compile("@FuzzTest.*\\R\\s+void (\\w+)\\(");

  private static final List<String> CHANGE_HEADINGS =
      List.of("Protocol (consensus-breaking)", "Safety", "Features", "Fixes", "Internals");

  @Test
  void noSourceFileIsTooLong() throws IOException {
    List<String> found = new ArrayList<>();
    for (Source source : Tree.sources(".java", ".sol")) {
      int lines = source.lines().size();
      if (lines > FILE_LINES_MAX) {
        found.add(source.path() + ": " + lines + " lines");
      }
    }
    assertEquals(List.of(), found);
  }

  @Test
  void nothingIsLeftOpenAndNoTestIsSwitchedOff() throws IOException {
    assertEquals(List.of(), matches(LEFT_OPEN, ".java", ".sol", ".sh", ".js", ".xml"));
  }

  @Test // Maven would pass over them without a word.
  void theBuildRunsTheIntegrationTestsOfEveryRoomThatHasThem() throws IOException {
    List<Source> tests = Tree.sources("IT.java");
    List<String> passedOver = new ArrayList<>();
    for (String module : Tree.modules()) {
      boolean has = tests.stream().anyMatch(test -> test.path().startsWith(module + "/"));
      String pom = Files.readString(Tree.ROOT.resolve(module).resolve("pom.xml"));
      if (has && !pom.contains("<artifactId>maven-failsafe-plugin</artifactId>")) {
        passedOver.add(module);
      }
    }
    assertEquals(List.of(), passedOver);
  }

  @Test // Without seeds the build would run it on nothing.
  void everyFuzzTargetHasSeeds() throws IOException {
    List<String> without = new ArrayList<>();
    for (Source source : Tree.sources("FuzzTest.java")) {
      String inputs =
          source
              .path()
              .replace("/src/test/java/", "/src/test/resources/")
              .replaceFirst("\\.java$", "Inputs/");
      Matcher target = FUZZ_TARGET.matcher(source.text());
      boolean has = target.find();
      if (!has) {
        without.add(source.path());
      }
      for (; has; has = target.find()) {
        Path folder = Tree.ROOT.resolve(inputs + target.group(1));
        if (!Files.isDirectory(folder) || isEmpty(folder)) {
          without.add(inputs + target.group(1));
        }
      }
    }
    assertEquals(List.of(), without);
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  @Test
  void noFileNamesAMachinesPaths() throws IOException {
    assertEquals(List.of(), matches(MACHINE_PATH, ".java", ".sol", ".sh", ".js", ".xml", ".md"));
  }

  @Test
  void noFileIsLarge() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : Tree.files()) {
      if (Files.size(file) > FILE_BYTES_MAX) {
        found.add(Tree.ROOT.relativize(file) + ": " + Files.size(file) + " bytes");
      }
    }
    assertEquals(List.of(), found);
  }

  @Test
  void everyDocumentHasOneTitle() throws IOException {
    List<String> found = new ArrayList<>();
    for (Source source : Tree.sources(".md")) {
      long titles = 0;
      boolean code = false;
      for (String line : source.lines()) {
        code ^= line.startsWith("```");
        titles += !code && line.startsWith("# ") ? 1 : 0;
      }
      if (titles != 1) {
        found.add(source.path() + ": " + titles + " titles");
      }
    }
    assertEquals(List.of(), found);
  }

  @Test
  void theIndexOfDecisionsIsWhole() throws IOException {
    String index = Files.readString(Tree.ROOT.resolve("docs/adr/README.md"));
    List<String> missing =
        Tree.sources(".md").stream()
            .map(Source::path)
            .filter(path -> path.matches("docs/adr/\\d{4}-.*"))
            .map(path -> path.substring("docs/adr/".length()))
            .filter(name -> !index.contains("(" + name + ")"))
            .toList();
    assertEquals(List.of(), missing);
  }

  @Test
  void theChangeLogKeepsItsShape() throws IOException {
    List<String> lines = Files.readAllLines(Tree.ROOT.resolve("CHANGELOG.md"));
    assertEquals("# Change log", lines.get(0));
    List<String> versions =
        lines.stream().filter(line -> line.startsWith("## ")).map(l -> l.substring(3)).toList();
    assertEquals("Unreleased", versions.get(0));
    List<String> unknown =
        lines.stream()
            .filter(line -> line.startsWith("### "))
            .map(line -> line.substring(4))
            .filter(heading -> !CHANGE_HEADINGS.contains(heading))
            .toList();
    assertEquals(List.of(), unknown);
  }

  private static List<String> matches(Pattern pattern, String... endings) throws IOException {
    List<String> found = new ArrayList<>();
    for (Source source : Tree.sources(endings)) {
      int number = 0;
      for (String line : source.lines()) {
        number++;
        if (pattern.matcher(line).find()) {
          found.add(source.path() + ":" + number + ": " + line.strip());
        }
      }
    }
    return found;
  }
}
