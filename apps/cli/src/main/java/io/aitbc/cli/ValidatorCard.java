// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.Address;
import io.aitbc.model.Candidate;
import io.aitbc.network.PeerId;
import io.aitbc.node.ConfigurationException;
import io.aitbc.node.GenesisFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// What a validator tells whoever makes the genesis file; nothing of it is secret.
///
/// @param account that the validator belongs to
/// @param key that it votes with
/// @param node identity of its node, 64 hexadecimal digits
record ValidatorCard(Address account, BlsPublicKey key, String node) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// Reads a card.
  ///
  /// @throws ConfigurationException if it is none
  static ValidatorCard read(Path file) throws IOException, ConfigurationException {
    JsonNode root = PublicFile.read(file);
    try {
      return new ValidatorCard(
          Address.fromHex(root.path("account").asText()),
          new BlsPublicKey(Bytes.fromHex(root.path("publicKey").asText())),
          PeerId.fromHex(root.path("node").asText()).hash().toHex());
    } catch (IllegalArgumentException wrong) {
      throw new ConfigurationException(
          file + " is no card.json of `aitbc keys create`: " + wrong.getMessage());
    }
  }

  /// Who it is in a genesis file that has no proof of the key's possession yet.
  GenesisFile.GenesisValidator unproven(Candidate candidate) {
    return new GenesisFile.GenesisValidator(candidate, Optional.empty(), Optional.of(node));
  }

  String toJson() {
    return JSON.createObjectNode()
            .put("account", account.toString())
            .put("publicKey", key.bytes().toHex())
            .put("node", node)
            .toPrettyString()
        + "\n";
  }
}
