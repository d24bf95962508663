// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What a figure is worth nothing without: the machine that it was measured on.
final class Machine {
  private static final Path LINUX = Path.of("/proc/cpuinfo");

  private Machine() {}

  /// Number and model of the processors, operating system and Java of this machine.
  static ObjectNode json() {
    return new ObjectMapper()
        .createObjectNode()
        .put("processors", Runtime.getRuntime().availableProcessors())
        .put("processor", processor(LINUX))
        .put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"))
        .put("java", Runtime.version().toString());
  }

  /// Name, family and model of the first processor, by which machines of one name are told apart.
  /// The empty string where there is no such file, or it names none.
  ///
  /// @param described what Linux says of the processors: lines of a name, a colon and a value, a
  ///   paragraph for each
  static String processor(Path described) {
    List<String> lines;
    try {
      lines = Files.readAllLines(described);
    } catch (IOException none) {
      return "";
    }
    String name = value(lines, "model name");
    String family = value(lines, "cpu family");
    String model = value(lines, "model");
    return family.isEmpty() || model.isEmpty()
        ? name
        : "%s (family %s model %s)".formatted(name, family, model).strip();
  }

  private static String value(List<String> lines, String key) {
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon >= 0 && line.substring(0, colon).strip().equals(key)) {
        return line.substring(colon + 1).strip();
      }
    }
    return "";
  }
}
