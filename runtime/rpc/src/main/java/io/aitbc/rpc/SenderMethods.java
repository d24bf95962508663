// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.aitbc.mempool.Mempool;
import io.aitbc.model.Address;
import io.aitbc.model.Block;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Transaction;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A transaction by who sent it as which one. There is no index of this: a sender's nonce never
/// falls, so the block after which it is higher is found by halving the heights of which states are
/// kept, in at most 63 reads of an account.
final class SenderMethods {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final ChainView chain;
  private final LiveNode node;

  SenderMethods(ChainView chain, LiveNode node) {
    this.chain = chain;
    this.node = node;
  }

  void register(Map<String, Dispatcher.Method> methods) {
    methods.put("eth_getTransactionBySenderAndNonce", this::transaction);
  }

  private JsonNode transaction(Parameters p) throws RpcError {
    Address sender = p.address(0);
    long nonce = Parameters.word64(p.text(1));
    long after = chain.reader().height();
    if (!hasSent(sender, nonce, after)) {
      return waiting(sender, nonce);
    }
    long before = chain.reader().kept().states().oldest();
    if (hasSent(sender, nonce, before)) {
      if (before == 0) {
        return NODES.nullNode(); // No transaction: the genesis gave the account its nonce.
      }
      throw new RpcError(
          RpcError.Code.NOT_KEPT,
          "nonce was used before block %d, the first whose state is kept".formatted(before + 1));
    }
    while (after - before > 1) {
      long middle = before + (after - before) / 2;
      if (hasSent(sender, nonce, middle)) {
        after = middle;
      } else {
        before = middle;
      }
    }
    return in(chain.block(after), sender, nonce);
  }

  /// Whether the sender's nonce was used in or before the block at `height`.
  private boolean hasSent(Address sender, long nonce, long height) throws RpcError {
    return Long.compareUnsigned(chain.state(height).account(sender).nonce(), nonce) > 0;
  }

  /// Null if another's transaction raised the nonce, by an authorization (EIP-7702).
  private static JsonNode in(Block block, Address sender, long nonce) {
    List<Transaction> transactions = block.transactions();
    for (int i = 0; i < transactions.size(); i++) {
      Transaction each = transactions.get(i);
      if (each.nonce() == nonce && EthereumJson.sender(each).equals(sender.toString())) {
        return BlockMethods.transaction(block, i);
      }
    }
    return NODES.nullNode();
  }

  private JsonNode waiting(Address sender, long nonce) {
    Mempool.Waiting waiting = node.waiting(Optional.of(sender));
    for (List<RecoveredTransaction> list : List.of(waiting.executable(), waiting.later())) {
      for (RecoveredTransaction each : list) {
        if (each.transaction().nonce() == nonce) {
          return EthereumJson.transaction(each.transaction(), Optional.empty());
        }
      }
    }
    return NODES.nullNode();
  }
}
