// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aitbc.client.CommandProvider;
import io.aitbc.signer.KeystoreCost;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/// A command that somebody typed, carried out in this process, and what it printed. For tests.
///
/// @param status that it ended with
/// @param text on either stream
record Typed(int status, String text) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// Carries out a command. The keystores that it makes are light: what a test opens again and
  /// again is not to cost a second each time.
  static Typed run(Object... arguments) {
    return run(new String[0], arguments);
  }

  /// The same, with `more` behind its arguments.
  static Typed run(String[] more, Object... arguments) {
    String[] all =
        Stream.concat(Stream.of(arguments).map(Object::toString), Stream.of(more))
            .toArray(String[]::new);
    StringWriter printed = new StringWriter();
    PrintWriter printer = new PrintWriter(printed, true);
    int status =
        AitbcCommand.of(
                ServiceLoader.load(CommandProvider.class).stream()
                    .map(provider -> light(provider.get().command())),
                all)
            .setOut(printer)
            .setErr(printer)
            .execute(all);
    return new Typed(status, printed.toString());
  }

  private static Object light(Object command) {
    return switch (command) {
      case WalletCommand _ -> new WalletCommand(KeystoreCost.LIGHT);
      case KeysCommand _ -> new KeysCommand(KeystoreCost.LIGHT);
      default -> command;
    };
  }

  /// This, if it ended so and printed that.
  @CanIgnoreReturnValue
  Typed expect(int expected, String part) {
    assertEquals(expected, status, text);
    return has(part);
  }

  /// This, if it printed that.
  @CanIgnoreReturnValue
  Typed has(String part) {
    assertTrue(text.contains(part), text);
    return this;
  }

  /// What it printed, as JSON.
  JsonNode json() throws IOException {
    return JSON.readTree(text);
  }
}
