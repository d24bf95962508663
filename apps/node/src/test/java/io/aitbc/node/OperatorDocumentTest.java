// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The configurations that docs/operator.md shows are of keys that nodes and signers read, and
/// every key that they read is in it.
class OperatorDocumentTest {
  private static final Pattern BLOCK = Pattern.compile("```toml\n(.*?)```", Pattern.DOTALL);

  private static final List<String> KEYS =
      Stream.of(NodeConfiguration.KEYS, SignerConfiguration.KEYS).flatMap(List::stream).toList();

  private static Path manual() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("docs/operator.md"))) {
      folder = Objects.requireNonNull(folder.getParent(), "no docs above the working folder");
    }
    return folder.resolve("docs/operator.md");
  }

  @Test
  void everyKeyThatItShowsIsReadAndEveryKeyThatIsReadIsShown() throws Exception {
    String manual = Files.readString(manual());
    Set<String> shown = new TreeSet<>();
    Matcher blocks = BLOCK.matcher(manual);
    while (blocks.find()) {
      shown.addAll(
          TomlFile.parse(Path.of("operator.md"), blocks.group(1), KEYS).toml().dottedKeySet());
    }
    assertTrue(shown.size() > 30, shown::toString);
    Set<String> hidden = new TreeSet<>();
    for (String key : KEYS) {
      String name = key.substring(key.lastIndexOf('.') + 1);
      boolean told = manual.contains("`" + name + "`") || manual.contains(name + " = ");
      if (!shown.contains(key) && !told) {
        hidden.add(key);
      }
    }
    assertEquals(Set.of(), hidden);
  }
}
