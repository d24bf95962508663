// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.Encodable;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.RlpReader;
import io.aitbc.model.ValidatorSet;
import io.aitbc.state.MerkleProof;
import io.aitbc.state.ReceiptProof;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// A header and what a light client follows it with, as a node answers with them; nothing of it is
/// judged yet. Protocol §10.3.
///
/// @param header the header
/// @param extension its consensus extension
/// @param certificate its certificate
/// @param set the validators of its epoch
record LightBlock(
    BlockHeader header,
    ConsensusExtension extension,
    CommitCertificate certificate,
    ValidatorSet set) {
  /// Nodes from a root to a leaf: the key of a position has at most 5 bytes, 10 nibbles, each with
  /// a branch and perhaps an extension in front of it.
  private static final int NODES_MAX = 21;

  Height height() {
    return new Height(header.number());
  }

  /// @throws IOException if a part is missing, or none
  static LightBlock of(JsonNode json) throws IOException {
    LightBlock block =
        new LightBlock(
            part(json, "header", BlockHeader::read),
            part(json, "extension", ConsensusExtension::readFrom),
            part(json, "certificate", CommitCertificate::readFrom),
            part(json, "validators", ValidatorSet::readFrom));
    if (block.header.number() < 0 || block.header.number() > Height.NUMBER_MAX) {
      throw new IOException("no height: " + block.header.number());
    }
    return block;
  }

  private static <T> T part(JsonNode json, String name, RlpReader.Element<T> element)
      throws IOException {
    JsonNode text = json.path(name);
    if (!text.isTextual()) {
      throw new IOException(
          "the node has no " + name + " of block " + json.path("height").asText("?"));
    }
    try {
      return Encodable.decode(Bytes.fromHex(text.asText()), element);
    } catch (MalformedException | IllegalArgumentException malformed) {
      throw new IOException("no " + name + ": " + malformed.getMessage(), malformed);
    }
  }

  /// The proof of a receipt that the node answers with beside the header of its block.
  ///
  /// @throws IOException if it is none
  static ReceiptProof receiptProof(JsonNode json) throws IOException {
    JsonNode position = json.path("position");
    if (!position.canConvertToInt() || position.asInt() < 0) {
      throw new IOException("no position: " + position);
    }
    return new ReceiptProof(
        position.asInt(), nodes(json.path("transactionProof")), nodes(json.path("receiptProof")));
  }

  private static MerkleProof nodes(JsonNode list) throws IOException {
    if (!list.isArray() || list.size() > NODES_MAX) {
      throw new IOException("no list of at most " + NODES_MAX + " trie nodes");
    }
    List<Bytes> nodes = new ArrayList<>();
    try {
      list.forEach(node -> nodes.add(Bytes.fromHex(node.asText())));
    } catch (IllegalArgumentException malformed) {
      throw new IOException("no trie node: " + malformed.getMessage(), malformed);
    }
    return new MerkleProof(nodes);
  }
}
