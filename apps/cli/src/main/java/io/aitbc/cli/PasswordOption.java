// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.node.ConfigurationException;
import io.aitbc.signer.KeyFileException;
import io.aitbc.signer.Password;
import java.io.Console;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where a command takes a password from: a file, or the terminal. Never the command line, which
/// others can read.
final class PasswordOption {
  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "A file of mode 0600 with the password in its first line; asked for if absent.")
  private @Nullable Path file;

  /// The password of something that exists.
  ///
  /// @throws ConfigurationException if there is neither file nor terminal
  Password existing() throws KeyFileException, ConfigurationException {
    return file == null ? asked("Password: ") : Password.read(file);
  }

  /// The password of something new; a terminal asks twice.
  ///
  /// @throws ConfigurationException if there is neither file nor terminal, or the two differ
  Password chosen() throws KeyFileException, ConfigurationException {
    if (file != null) {
      return Password.read(file);
    }
    char[] first = read("New password: ");
    char[] second = read("Once more: ");
    try {
      if (!Arrays.equals(first, second)) {
        throw new ConfigurationException("the two passwords differ; nothing was written");
      }
      return Password.of(first);
    } finally {
      Arrays.fill(first, '\0');
      Arrays.fill(second, '\0');
    }
  }

  private static Password asked(String prompt) throws ConfigurationException {
    char[] characters = read(prompt);
    try {
      return Password.of(characters);
    } finally {
      Arrays.fill(characters, '\0');
    }
  }

  private static char[] read(String prompt) throws ConfigurationException {
    return Optional.ofNullable(System.console())
        .filter(Console::isTerminal)
        .map(console -> console.readPassword("%s", prompt))
        .orElseThrow(() ->
            new ConfigurationException("no terminal to ask for a password; use --password-file"));
  }
}
