// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.crypto.Hash;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.Signers;
import io.aitbc.model.ValidatorSet;
import java.util.Map;
import java.util.Optional;

/// How final a block or a transaction is. Protocol §10.1, §10.4.
final class FinalityMethods {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final ChainReader chain;
  private final ChainView view;
  private final LiveNode node;

  FinalityMethods(ChainReader chain, ChainView view, LiveNode node) {
    this.chain = chain;
    this.view = view;
    this.node = node;
  }

  void register(Map<String, Dispatcher.Method> methods) {
    methods.put("aitbc_finality", this::finality);
  }

  /// Of a block, or of the block that a transaction is in. What waits in the pool has no
  /// confirmation; what nobody knows has no answer.
  private JsonNode finality(Parameters p) throws RpcError {
    Parameters.BlockTag tag = p.block(0);
    Optional<Long> height = view.find(tag);
    if (height.isEmpty() && tag instanceof Parameters.BlockTag.ByHash(Hash hash)) {
      height = chain.place(hash).map(ChainReader.Place::height);
      if (height.isEmpty() && node.pending(hash).isPresent()) {
        return NODES.objectNode().put("final", false).put("confirmations", 0);
      }
    }
    return height.isPresent() ? of(height.get()) : NODES.nullNode();
  }

  private ObjectNode of(long height) {
    ObjectNode json =
        NODES
            .objectNode()
            .put("height", height)
            .put("final", view.kind() instanceof NetworkKind.Hybrid)
            .put("confirmations", Math.max(0, chain.height() - height) + 1);
    if (view.kind() instanceof NetworkKind.Hybrid) {
      json.put("anchored", node.anchored().orElse(-1) >= height);
      decision(height, json);
      chain
          .extension(height)
          .map(ConsensusExtension::mode)
          .ifPresent(mode -> ConsensusMethods.put(json.putObject("mode"), mode));
    }
    return json;
  }

  /// As the node saw it, else as the certificate says it.
  private void decision(long height, ObjectNode json) {
    Optional<LiveNode.Finality> seen = node.finality(height);
    if (seen.isPresent()) {
      LiveNode.Finality finality = seen.get();
      json.put("millis", finality.millis())
          .put("round", finality.round())
          .put("authorities", finality.authorities())
          .put("authoritiesTotal", finality.authoritiesTotal())
          .put("stakers", finality.stakers())
          .put("stakersTotal", finality.stakersTotal());
      return;
    }
    Optional<CommitCertificate> stored = chain.certificate(height);
    if (stored.isPresent()) {
      Signers signers = stored.get().aggregate().signers();
      Optional<ValidatorSet> set = node.set(height);
      json.put("round", stored.get().round().number())
          .put("authorities", signers.authorities().count());
      set.ifPresent(known -> json.put("authoritiesTotal", known.authorities().size()));
      json.put("stakers", signers.stakers().count());
      set.ifPresent(known -> json.put("stakersTotal", known.stakers().size()));
    }
  }
}
