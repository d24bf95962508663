// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// How `aitbc signer` runs: one key, its record, and the one node that may ask. Protocol §8.3.3.
///
/// @param genesis the genesis file of its network
/// @param key what it holds
/// @param folder where the file `identity.pem` is with which it proves who it is
/// @param listen where it listens
/// @param node identity of the node, SHA-256 of its public key, 64 hexadecimal digits
public record SignerConfiguration(
    Path genesis,
    NodeConfiguration.ValidatorKey key,
    Path folder,
    InetSocketAddress listen,
    String node) {
  static final List<String> KEYS =
      List.of(
          "genesis",
          "validator.keystore",
          "validator.password_file",
          "validator.signing_record",
          "signer.folder",
          "signer.listen",
          "signer.node");

  /// Whether `file` is such a configuration, and not a node's.
  ///
  /// @throws ConfigurationException if it cannot be understood
  /// @throws IOException if it cannot be read
  static boolean isIn(Path file) throws IOException, ConfigurationException {
    return TomlFile.read(
            file, Stream.concat(KEYS.stream(), NodeConfiguration.KEYS.stream()).toList())
        .has("signer.listen");
  }

  /// Reads a TOML file. Paths in it are relative to its folder.
  ///
  /// @throws ConfigurationException naming the file, the line and what is allowed there
  /// @throws IOException if the file cannot be read
  public static SignerConfiguration read(Path file) throws IOException, ConfigurationException {
    TomlFile toml = TomlFile.read(file, KEYS);
    return new SignerConfiguration(
        toml.path("genesis"),
        toml.validatorKey(),
        toml.path("signer.folder"),
        toml.listening("signer.listen"),
        toml.peerId("signer.node"));
  }
}
