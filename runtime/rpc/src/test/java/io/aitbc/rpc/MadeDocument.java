// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Files of `docs` that are made of what the code answers. For tests.
final class MadeDocument {
  private static final int ANSWER_CHARACTERS_MAX = 1_500;

  private MadeDocument() {}

  /// Holds that a file reads as it is made now; with `-Daitbc.document=write`, writes it so.
  static void assertMade(String name, String document) throws IOException {
    Path file = docs().resolve(name);
    if ("write".equals(System.getProperty("aitbc.document"))) {
      Files.writeString(file, document);
    }
    assertEquals(
        document,
        Files.readString(file),
        "docs/" + name + " is old: run this test with -Daitbc.document=write");
  }

  private static Path docs() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("docs/protocol.md"))) {
      folder = requireNonNull(folder.getParent(), "no docs above");
    }
    return folder.resolve("docs");
  }

  /// What is shown of an answer.
  static String shown(String answer) {
    return answer.length() <= ANSWER_CHARACTERS_MAX
        ? answer
        : answer.substring(0, ANSWER_CHARACTERS_MAX) + "…";
  }
}
