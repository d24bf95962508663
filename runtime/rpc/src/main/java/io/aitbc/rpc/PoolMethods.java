// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.mempool.Mempool;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Transaction;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// What waits in the pool: `pending` could be in the next block, before `queued` a nonce is
/// missing.
final class PoolMethods {
  /// Transactions in one answer: some 15 MB of JSON.
  static final int TRANSACTIONS_MAX = 20_000;

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final LiveNode node;

  PoolMethods(LiveNode node) {
    this.node = node;
  }

  void register(Map<String, Dispatcher.Method> methods) {
    methods.put("txpool_status", _ -> status());
    methods.put(
        "txpool_content",
        _ -> bySender(bounded(node.waiting(Optional.empty())), PoolMethods::whole));
    methods.put(
        "txpool_inspect",
        _ -> bySender(bounded(node.waiting(Optional.empty())), PoolMethods::line));
    methods.put("txpool_contentFrom", this::contentFrom);
  }

  private JsonNode status() {
    Mempool.Waiting waiting = node.waiting(Optional.empty());
    return NODES
        .objectNode()
        .put("pending", EthereumJson.quantity(waiting.executable().size()))
        .put("queued", EthereumJson.quantity(waiting.later().size()));
  }

  private JsonNode contentFrom(Parameters p) throws RpcError {
    Mempool.Waiting waiting = node.waiting(Optional.of(p.address(0)));
    ObjectNode json = NODES.objectNode();
    byNonce(json.putObject("pending"), waiting.executable());
    byNonce(json.putObject("queued"), waiting.later());
    return json;
  }

  private static void byNonce(ObjectNode json, List<RecoveredTransaction> transactions) {
    transactions.forEach(
        each -> json.set(Long.toUnsignedString(each.transaction().nonce()), whole(each)));
  }

  private static Mempool.Waiting bounded(Mempool.Waiting waiting) throws RpcError {
    int count = waiting.executable().size() + waiting.later().size();
    if (count > TRANSACTIONS_MAX) {
      throw new RpcError(
          RpcError.Code.LIMIT_EXCEEDED,
          "%d transactions wait, one answer has %d: ask for those of one sender (txpool_contentFrom)"
              .formatted(count, TRANSACTIONS_MAX));
    }
    return waiting;
  }

  private static JsonNode bySender(
      Mempool.Waiting waiting, Function<RecoveredTransaction, JsonNode> shown) {
    ObjectNode json = NODES.objectNode();
    bySender(json.putObject("pending"), waiting.executable(), shown);
    bySender(json.putObject("queued"), waiting.later(), shown);
    return json;
  }

  private static void bySender(
      ObjectNode json,
      List<RecoveredTransaction> transactions,
      Function<RecoveredTransaction, JsonNode> shown) {
    for (RecoveredTransaction each : transactions) {
      json.withObjectProperty(each.sender().toString())
          .set(Long.toUnsignedString(each.transaction().nonce()), shown.apply(each));
    }
  }

  private static JsonNode whole(RecoveredTransaction waiting) {
    return EthereumJson.transaction(waiting.transaction(), Optional.empty());
  }

  /// In go-ethereum's words, which tools take apart.
  private static JsonNode line(RecoveredTransaction waiting) {
    Transaction transaction = waiting.transaction();
    return NODES.textNode(
        "%s: %s wei + %d gas × %s wei"
            .formatted(
                transaction.to().map(Object::toString).orElse("contract creation"),
                transaction.value().wei(),
                transaction.gasLimit(),
                transaction.maxFeePerGas().wei()));
  }
}
