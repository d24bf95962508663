// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.Address;
import io.aitbc.node.ConfigurationException;
import java.io.IOException;
import java.nio.file.Path;

/// That an account's validator holds its key, in one network. Protocol §8.2.
///
/// @param account of the validator
/// @param proof its signature
record PossessionProof(Address account, BlsSignature proof) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// Reads a proof; whether it holds is not looked at.
  ///
  /// @throws ConfigurationException if it is none
  static PossessionProof read(Path file) throws IOException, ConfigurationException {
    JsonNode root = PublicFile.read(file);
    try {
      return new PossessionProof(
          Address.fromHex(root.path("account").asText()),
          new BlsSignature(Bytes.fromHex(root.path("proofOfPossession").asText())));
    } catch (IllegalArgumentException wrong) {
      throw new ConfigurationException(
          file + " is no proof.json of `aitbc keys prove`: " + wrong.getMessage());
    }
  }

  String toJson() {
    return JSON.createObjectNode()
            .put("account", account.toString())
            .put("proofOfPossession", proof.bytes().toHex())
            .toPrettyString()
        + "\n";
  }
}
