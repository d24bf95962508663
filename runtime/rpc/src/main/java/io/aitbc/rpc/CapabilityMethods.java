// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/// What this node can be asked for, and whose it is.
final class CapabilityMethods {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final ChainView chain;
  private final LiveNode node;

  CapabilityMethods(ChainView chain, LiveNode node) {
    this.chain = chain;
    this.node = node;
  }

  void register(Map<String, Dispatcher.Method> methods) {
    methods.put("eth_capabilities", _ -> capabilities());
    methods.put("eth_coinbase", _ -> coinbase());
  }

  private JsonNode coinbase() throws RpcError {
    return NODES.textNode(
        node.coinbase()
            .orElseThrow(() -> new RpcError(RpcError.Code.REFUSED, "this node is no validator"))
            .toString());
  }

  private JsonNode capabilities() throws RpcError {
    ChainReader.Kept kept = chain.reader().kept();
    long head = chain.reader().height();
    ObjectNode json = NODES.objectNode();
    json.putObject("head")
        .put("number", EthereumJson.quantity(head))
        .put("hash", chain.header(head).hash().toHex());
    json.set("state", window(kept.states()));
    json.set("tx", window(kept.bodies()));
    json.set("logs", window(kept.bodies()));
    json.set("receipts", window(kept.bodies()));
    json.set("blocks", window(kept.bodies()));
    json.set("stateproofs", window(kept.proofs()));
    return json;
  }

  private static ObjectNode window(ChainReader.Window window) {
    ObjectNode json = NODES.objectNode();
    json.put("disabled", false).put("oldestBlock", EthereumJson.quantity(window.oldest()));
    window
        .blocks()
        .ifPresent(blocks ->
            json.putObject("deleteStrategy")
                .put("type", "window")
                .put("retentionBlocks", EthereumJson.quantity(blocks)));
    return json;
  }
}
