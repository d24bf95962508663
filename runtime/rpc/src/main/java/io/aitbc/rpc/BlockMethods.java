// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.Block;
import io.aitbc.model.Bloom;
import io.aitbc.model.Receipt;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// What blocks hold: themselves, their transactions, receipts and logs.
final class BlockMethods {
  /// Blocks that one eth_getLogs looks through: 17 minutes at ten blocks a second.
  static final int LOG_BLOCKS_MAX = 10_000;

  /// Logs in one answer of eth_getLogs.
  static final int LOGS_MAX = 20_000;

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final ChainView chain;

  BlockMethods(ChainView chain) {
    this.chain = chain;
  }

  void register(Map<String, Dispatcher.Method> methods) {
    register(methods, "Number", p -> chain.blockOf(chain.find(p.block(0))));
    register(methods, "Hash", p -> chain.blockOf(chain.reader().heightOf(p.hash(0))));
    methods.put("eth_getTransactionReceipt", this::receipt);
    methods.put("eth_getBlockReceipts", this::blockReceipts);
    methods.put("eth_getLogs", this::logs);
    methods.put("debug_getRawBlock", p -> data(named(p).encode()));
    methods.put("debug_getRawHeader", p -> data(chain.header(height(p)).encode()));
    methods.put("debug_getRawReceipts", this::rawReceipts);
  }

  /// Finds the block that the first parameter names.
  @FunctionalInterface
  private interface Lookup {
    Optional<Block> block(Parameters p) throws RpcError;
  }

  private static void register(Map<String, Dispatcher.Method> methods, String by, Lookup lookup) {
    methods.put("eth_getBlockBy" + by, p -> block(p, lookup.block(p)));
    methods.put("eth_getBlockTransactionCountBy" + by, p -> transactionCount(lookup.block(p)));
    methods.put(
        "eth_getTransactionByBlock" + by + "AndIndex", p -> transactionAt(p, lookup.block(p)));
    methods.put("eth_getUncleCountByBlock" + by, p -> uncleCount(lookup.block(p)));
    methods.put("eth_getUncleByBlock" + by + "AndIndex", _ -> NODES.nullNode());
  }

  static JsonNode transaction(Block block, int index) {
    return EthereumJson.transaction(
        block.transactions().get(index),
        Optional.of(new EthereumJson.Position(block.header(), index)));
  }

  private static JsonNode block(Parameters p, Optional<Block> block) throws RpcError {
    var shown =
        p.has(1) && p.flag(1) ? EthereumJson.Transactions.FULL : EthereumJson.Transactions.HASHES;
    return block.isPresent() ? EthereumJson.block(block.get(), shown) : NODES.nullNode();
  }

  private static JsonNode transactionCount(Optional<Block> block) {
    return block.isPresent() ? quantity(block.get().transactions().size()) : NODES.nullNode();
  }

  private static JsonNode uncleCount(Optional<Block> block) {
    return block.isPresent() ? quantity(0) : NODES.nullNode();
  }

  private static JsonNode transactionAt(Parameters p, Optional<Block> block) throws RpcError {
    long index = p.number(1, Integer.MAX_VALUE);
    return block.isPresent() && index < block.get().transactions().size()
        ? transaction(block.get(), (int) index)
        : NODES.nullNode();
  }

  private JsonNode receipt(Parameters p) throws RpcError {
    Optional<ChainReader.Place> place = chain.reader().place(p.hash(0));
    if (place.isEmpty()) {
      return NODES.nullNode();
    }
    long height = place.get().height();
    return EthereumJson.receipt(chain.block(height), chain.receipts(height), place.get().index());
  }

  private JsonNode blockReceipts(Parameters p) throws RpcError {
    Optional<Block> block = chain.blockOf(chain.find(p.block(0)));
    if (block.isEmpty()) {
      return NODES.nullNode();
    }
    List<Receipt> receipts = chain.receipts(block.get().header().number());
    ArrayNode list = NODES.arrayNode();
    for (int i = 0; i < receipts.size(); i++) {
      list.add(EthereumJson.receipt(block.get(), receipts, i));
    }
    return list;
  }

  /// The block that the first parameter names.
  private Block named(Parameters p) throws RpcError {
    return chain.block(height(p));
  }

  private long height(Parameters p) throws RpcError {
    JsonNode _ = p.value(0); // It must be named.
    return chain.height(p.block(0));
  }

  private JsonNode rawReceipts(Parameters p) throws RpcError {
    ArrayNode list = NODES.arrayNode();
    chain
        .receipts(named(p).header().number())
        .forEach(receipt -> list.add(receipt.encode().toHex()));
    return list;
  }

  private JsonNode logs(Parameters p) throws RpcError {
    return logs(p.value(0));
  }

  /// The logs that the filter object of eth_getLogs asks for.
  JsonNode logs(JsonNode wanted) throws RpcError {
    LogFilter filter = LogFilter.of(wanted);
    boolean oneBlock = wanted.hasNonNull("blockHash");
    if (oneBlock && (wanted.hasNonNull("fromBlock") || wanted.hasNonNull("toBlock"))) {
      throw Parameters.invalid("cannot specify both BlockHash and FromBlock/ToBlock");
    }
    long from = chain.height(oneBlock ? tag(wanted, "blockHash") : tag(wanted, "fromBlock"));
    long to = oneBlock ? from : last(wanted);
    if (from > to) {
      throw Parameters.invalid("invalid block range params");
    }
    if (to - from >= LOG_BLOCKS_MAX) {
      throw new RpcError(
          RpcError.Code.LIMIT_EXCEEDED, "query covers more than " + LOG_BLOCKS_MAX + " blocks");
    }
    return logs(filter, from, to);
  }

  /// The matching logs of the blocks from one height to another.
  ArrayNode logs(LogFilter filter, long from, long to) throws RpcError {
    ArrayNode found = NODES.arrayNode();
    if (addLogs(filter, from, to, found) < to) {
      throw tooManyLogs();
    }
    return found;
  }

  /// Adds the matching logs of the blocks from one height on, as many blocks as an answer holds.
  ///
  /// @return height of the last block whose logs were added, `to` at most
  /// @throws RpcError if those of the first block alone are more than an answer holds
  long addLogs(LogFilter filter, long from, long to, ArrayNode found) throws RpcError {
    Predicate<Bloom> mayMatch = filter.mayMatch();
    for (long height = from; height <= to; height++) {
      ArrayNode more = NODES.arrayNode();
      if (mayMatch.test(chain.keptHeader(height, from).logsBloom())) {
        filter.addMatches(chain.block(height), chain.receipts(height), more);
      }
      if (found.size() + more.size() > LOGS_MAX) {
        if (height == from) {
          throw tooManyLogs();
        }
        return height - 1;
      }
      var _ = found.addAll(more);
    }
    return to;
  }

  private static RpcError tooManyLogs() {
    return new RpcError(
        RpcError.Code.LIMIT_EXCEEDED, "query returned more than " + LOGS_MAX + " results");
  }

  private long last(JsonNode wanted) throws RpcError {
    Parameters.BlockTag tag = tag(wanted, "toBlock");
    return chain
        .find(tag)
        .orElseThrow(() -> Parameters.invalid("block range extends beyond current head block"));
  }

  private static Parameters.BlockTag tag(JsonNode wanted, String field) throws RpcError {
    return wanted.hasNonNull(field)
        ? new Parameters(NODES.arrayNode().add(wanted.get(field))).block(0)
        : new Parameters.BlockTag.Latest();
  }

  private static JsonNode data(Bytes bytes) {
    return NODES.textNode(bytes.toHex());
  }

  private static JsonNode quantity(long value) {
    return NODES.textNode(EthereumJson.quantity(value));
  }
}
