// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/// What the documents tell people to type is there: every command and option that README.md and
/// docs/ name, and in blocks of code every option that a command cannot do without.
class DocumentsTest {
  private static final Pattern FENCE = Pattern.compile("(?m)^ *```.*$");
  private static final Pattern SPAN = Pattern.compile("`([^`\n]+)`");

  /// A command, up to where a shell would end it or a comment begins.
  private static final Pattern COMMAND =
      Pattern.compile(
          "(?<![\\w./-])(?:(?:\\./)?aitbc|(\\./run))(?![\\w.-])((?: +(?!#)[^\\s;|&>`]+)*)");

  /// Commands of the workshop, which is no part of this room.
  private static final Set<String> OF_THE_WORKSHOP = Set.of("simulate", "conformance", "bench");

  /// Words that stand for any command.
  private static final Set<String> PLACEHOLDERS = Set.of("", "...", "COMMAND");

  private final CommandLine aitbc = AitbcCommand.commandLine();
  private final List<String> wrong = new ArrayList<>();
  private int commands;

  @Test
  void everyCommandAndOptionThatTheDocumentsNameIsThere() throws IOException {
    Path docs = Monitored.docs();
    List<Path> documents = new ArrayList<>();
    for (Path folder : List.of(docs.resolveSibling("README.md"), docs)) {
      try (var files = Files.walk(folder)) {
        files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(documents::add);
      }
    }
    for (Path document : documents) {
      read(document);
    }
    assertEquals(List.of(), wrong);
    assertTrue(commands > 150, commands + " commands were found");
  }

  private void read(Path document) throws IOException {
    String[] parts = FENCE.split(Files.readString(document).replaceAll("\\\\\n *", ""), -1);
    assertEquals(1, parts.length % 2, document + " leaves a block of code open");
    for (int i = 0; i < parts.length; i++) {
      if (i % 2 == 1) {
        parts[i].lines().forEach(line -> check(document, line, true));
      } else {
        Matcher spans = SPAN.matcher(parts[i]);
        while (spans.find()) {
          check(document, spans.group(1), false);
        }
      }
    }
  }

  private void check(Path document, String text, boolean whole) {
    Matcher found = COMMAND.matcher(text);
    while (found.find()) {
      List<String> words = new ArrayList<>(List.of(found.group(2).strip().split(" +", -1)));
      if (found.group(1) != null) {
        words.addFirst("devnet");
      }
      if (!OF_THE_WORKSHOP.contains(words.getFirst())) {
        commands++;
        String where = document.getFileName() + ": " + found.group().strip();
        check(where, words, whole && !text.contains("…"));
      }
    }
  }

  /// Goes down to the command that the words name, and holds the rest against its options.
  private void check(String where, List<String> words, boolean whole) {
    CommandLine command = aitbc;
    int next = 0;
    while (next < words.size() && !command.getSubcommands().isEmpty()) {
      String word = words.get(next);
      if (word.startsWith("-") || PLACEHOLDERS.contains(word)) {
        break;
      }
      if (!command.getSubcommands().containsKey(word)) {
        wrong.add(where + " has no command " + word);
        return;
      }
      command = command.getSubcommands().get(word);
      next++;
    }
    Set<String> given = new TreeSet<>();
    for (String word : words.subList(next, words.size())) {
      String option = word.replaceAll("^[\\[(]+|=.*|[\\]),.:]+$", "");
      if (option.startsWith("--")) {
        given.add(option);
        if (!command.getCommandSpec().optionsMap().containsKey(option)) {
          wrong.add(where + " has no option " + option);
        }
      }
    }
    for (ArgSpec each : command.getCommandSpec().requiredArgs()) {
      if (whole && each instanceof OptionSpec option && !given.contains(option.longestName())) {
        wrong.add(where + " lacks " + option.longestName());
      }
    }
  }
}
