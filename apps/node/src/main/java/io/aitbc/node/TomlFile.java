// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;

/// The values of a configuration file, read strictly: a key that nobody knows is refused, and every
/// refusal names the file, the line and what is allowed.
///
/// @param file that the values stand in
/// @param toml what stands there
record TomlFile(Path file, TomlParseResult toml) {
  /// Most bytes of a file: the addresses of about 500 peers.
  private static final int FILE_BYTES_MAX = 64 * 1024;

  /// Deepest nesting: a list in a table, and room for what a comment says.
  private static final int DEPTH_MAX = 16;

  /// Most dots, each of which may nest a table in another: those in the addresses of 500 peers.
  private static final int DOTS_MAX = 2_048;

  /// Where a validator's key lies, in whatever process holds it.
  static final List<String> VALIDATOR_KEYS =
      List.of("validator.keystore", "validator.password_file", "validator.signing_record");

  private static final Pattern ID = Pattern.compile("(?:0x)?([0-9a-f]{64})");

  /// Reads a file in which `keys` may stand.
  ///
  /// @throws ConfigurationException naming the file, the line and what is allowed there
  /// @throws IOException if the file cannot be read
  static TomlFile read(Path file, List<String> keys) throws IOException, ConfigurationException {
    if (!Files.exists(file)) {
      throw new ConfigurationException(
          file + " does not exist; `aitbc devnet` writes configurations that can be copied");
    }
    if (Files.size(file) > FILE_BYTES_MAX) {
      throw new ConfigurationException(file + " is larger than " + FILE_BYTES_MAX + " bytes");
    }
    return parse(file, new String(Files.readAllBytes(file), StandardCharsets.UTF_8), keys);
  }

  /// The values in `text`, which stands or would stand in `file`.
  static TomlFile parse(Path file, String text, List<String> keys) throws ConfigurationException {
    requireShallow(file, text);
    TomlParseResult toml = Toml.parse(text);
    for (TomlParseError error : toml.errors()) {
      throw new ConfigurationException(
          file + ", line " + error.position().line() + ": " + error.getMessage());
    }
    TomlFile values = new TomlFile(file, toml);
    for (String key : toml.dottedKeySet()) {
      if (!keys.contains(key)) {
        throw values.refusal(key, "is no key; allowed are " + String.join(", ", keys));
      }
    }
    return values;
  }

  /// The parser recurses, and its stack is no bound that can be told to anybody.
  private static void requireShallow(Path file, String text) throws ConfigurationException {
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      switch (text.charAt(i)) {
        case '[', '{' -> depth++;
        case ']', '}' -> depth--;
        default -> {}
      }
      if (depth > DEPTH_MAX) {
        throw new ConfigurationException(file + " nests deeper than " + DEPTH_MAX);
      }
    }
    if (text.chars().filter(each -> each == '.').count() > DOTS_MAX) {
      throw new ConfigurationException(file + " has more than " + DOTS_MAX + " dots");
    }
  }

  boolean has(String key) {
    return toml.contains(key);
  }

  /// A path, relative to the file's folder.
  Path path(String key) throws ConfigurationException {
    return file.toAbsolutePath().resolveSibling(text(key)).normalize();
  }

  NodeConfiguration.ValidatorKey validatorKey() throws ConfigurationException {
    return new NodeConfiguration.ValidatorKey(
        path("validator.keystore"),
        path("validator.password_file"),
        path("validator.signing_record"));
  }

  /// The identity of a process, 64 hexadecimal digits.
  String peerId(String key) throws ConfigurationException {
    String text = text(key).toLowerCase(Locale.ROOT);
    if (!ID.matcher(text).matches()) {
      throw refusal(key, "is \"" + text + "\"; allowed are 64 hexadecimal digits");
    }
    return text.substring(text.length() - 64);
  }

  List<Object> list(String key, String form) throws ConfigurationException {
    if (!has(key)) {
      return List.of();
    }
    if (!(toml.get(key) instanceof TomlArray array)) {
      throw refusal(key, "is a list of " + form);
    }
    return array.toList();
  }

  /// An address of this machine, to listen at.
  InetSocketAddress listening(String key) throws ConfigurationException {
    InetSocketAddress address = address(key);
    if (address.isUnresolved()) {
      throw refusal(
          key,
          "is \"%s\", and this machine knows no host of that name; allowed are its own addresses"
                  .formatted(text(key))
              + " and names, and 0.0.0.0 for all");
    }
    return address;
  }

  InetSocketAddress address(String key) throws ConfigurationException {
    return address(key, text(key));
  }

  InetSocketAddress address(String key, String text) throws ConfigurationException {
    int colon = text.lastIndexOf(':');
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (colon > 0 && port >= 0 && port <= 65535) {
        String host = text.substring(0, colon).replaceAll("^\\[|]$", "");
        return new InetSocketAddress(host, port);
      }
    } catch (NumberFormatException notANumber) {
      throw refusal(key, "is \"" + text + "\"; allowed is HOST:PORT with a port of 0 to 65535");
    }
    throw refusal(key, "is \"" + text + "\"; allowed is HOST:PORT with a port of 0 to 65535");
  }

  /// A number from 0 to `max`, or `otherwise` if there is none.
  int number(String key, int otherwise, int max) throws ConfigurationException {
    if (!has(key)) {
      return otherwise;
    }
    if (!(toml.get(key) instanceof Long number) || number < 0 || number > max) {
      throw refusal(key, "must be a number from 0 to " + max);
    }
    return number.intValue();
  }

  /// Whether `key` is true; it is not where nothing is said.
  boolean flag(String key) throws ConfigurationException {
    if (!has(key)) {
      return false;
    }
    if (!(toml.get(key) instanceof Boolean flag)) {
      throw refusal(key, "must be true or false");
    }
    return flag;
  }

  String text(String key) throws ConfigurationException {
    if (!has(key)) {
      throw new ConfigurationException(file + ": " + key + " is missing");
    }
    if (!(toml.get(key) instanceof String text) || text.isBlank()) {
      throw refusal(key, "must be a text that is not empty");
    }
    return text;
  }

  ConfigurationException refusal(String key, String problem) {
    var position = toml.inputPositionOf(key);
    String line = position == null ? "" : ", line " + position.line();
    return new ConfigurationException(file + line + ": " + key + " " + problem);
  }
}
