// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/// What is skipped and why, as the file skipped.txt lists it.
final class SkipRules {
  private record Rule(String suite, Pattern name, String reason) {}

  private final List<Rule> rules;

  private SkipRules(List<Rule> rules) {
    this.rules = rules;
  }

  /// The rules of the module.
  static SkipRules load() {
    try (InputStream file = SkipRules.class.getResourceAsStream("skipped.txt")) {
      InputStream present = Objects.requireNonNull(file, "skipped.txt is missing");
      return parse(
          new BufferedReader(new InputStreamReader(present, StandardCharsets.UTF_8))
              .lines()
              .toList());
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /// Rules from lines `suite | regular expression | reason`; empty lines and those that begin with
  /// `#` are comments.
  ///
  /// @throws IllegalArgumentException if a line is none of these
  static SkipRules parse(List<String> lines) {
    List<Rule> rules = new ArrayList<>();
    for (String line : lines) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      int first = line.indexOf(" | ");
      int last = line.lastIndexOf(" | ");
      if (first < 0 || first == last) {
        throw new IllegalArgumentException("not `suite | expression | reason`: " + line);
      }
      rules.add(
          new Rule(
              line.substring(0, first).strip(),
              Pattern.compile(line.substring(first + 3, last).strip()),
              line.substring(last + 3).strip()));
    }
    return new SkipRules(rules);
  }

  /// Why a case is skipped, if it is.
  Optional<String> reason(String suite, String name) {
    return rules.stream()
        .filter(rule -> rule.suite.equals(suite) && rule.name.matcher(name).find())
        .map(Rule::reason)
        .findFirst();
  }
}
