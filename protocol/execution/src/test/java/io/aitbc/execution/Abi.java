// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What compiled contracts tell about themselves, read from the artifacts, for tests.
final class Abi {
  private static final Pattern FUNCTION =
      Pattern.compile(
          "\\{\"inputs\":(.*),\"name\":\"(\\w+)\",\"outputs\":.*"
              + "\"stateMutability\":\"(\\w+)\",\"type\":\"function\"}");
  private static final Pattern TYPE = Pattern.compile("\"type\":\"([\\w\\[\\]]+)\"");

  private Abi() {}

  /// Signatures of the functions that may change something.
  static List<String> changingFunctions(String contract) {
    List<String> signatures = new ArrayList<>();
    for (String line : lines(contract + ".abi")) {
      Matcher function = FUNCTION.matcher(line);
      if (function.matches()
          && !function.group(3).equals("view")
          && !function.group(3).equals("pure")) {
        List<String> types = new ArrayList<>();
        Matcher type = TYPE.matcher(function.group(1));
        while (type.find()) {
          types.add(type.group(1));
        }
        signatures.add(function.group(2) + "(" + String.join(",", types) + ")");
      }
    }
    return signatures;
  }

  /// Slot, offset, type and name of every variable, those inside of others indented.
  static List<String> layout(String contract) {
    return lines(contract + ".layout");
  }

  /// Whether variables only come after those that were there: what an upgrade of a contract that a
  /// network runs must keep.
  static boolean continuesLayout(List<String> before, List<String> after) {
    return after.size() >= before.size() && after.subList(0, before.size()).equals(before);
  }

  private static List<String> lines(String file) {
    try (InputStream in = Abi.class.getResourceAsStream("/io/aitbc/contracts/" + file)) {
      if (in == null) {
        throw new IllegalArgumentException("no artifact: " + file);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
