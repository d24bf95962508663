// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/// One line of a class that is changed, so that a rule is missing.
///
/// @param rule what is taken away
/// @param source the file, from the checkout's root
/// @param before the text that stands there exactly once
/// @param after what stands there instead
/// @param concerns whether a run rests on the rule enough to be worth its time
/// @param shows invariants of which one must fail
record Patch(
    String rule,
    String source,
    String before,
    String after,
    Predicate<Options> concerns,
    List<Invariant> shows) {
  private static final String MAIN = "/src/main/java/";

  /// The whole text with the change.
  ///
  /// @throws IllegalStateException if the text does not hold `before` once: the patch is stale
  String applied(String text) {
    int place = text.indexOf(before);
    if (place < 0 || text.indexOf(before, place + 1) >= 0) {
      throw new IllegalStateException("the patch \"%s\" does not apply".formatted(rule));
    }
    return text.substring(0, place) + after + text.substring(place + before.length());
  }

  /// The file below a checkout's root.
  Path file(Path root) {
    return root.resolve(source);
  }

  /// The class's full name.
  String className() {
    String file = source.substring(source.indexOf(MAIN) + MAIN.length());
    return file.substring(0, file.length() - ".java".length()).replace('/', '.');
  }

  @Override
  public String toString() {
    return rule;
  }
}
