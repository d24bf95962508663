// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.aitbc.crypto.Hash;
import io.aitbc.model.NetworkKind;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Filters, which callers without a WebSocket ask again and again for what is new: blocks, logs, or
/// transactions in the pool. A filter that nobody asks for five minutes is gone.
///
/// Without votes a filter goes on from the last of its blocks that still counts; that logs were
/// taken back is told to subscribers alone.
final class FilterMethods {
  /// Filters of all callers; the one that was not asked for longest gives way.
  static final int FILTERS_MAX = 1_024;

  /// How long a filter lives without a question, as with Ethereum's clients.
  static final long IDLE_NANOS_MAX = 300_000_000_000L;

  /// Hashes of pending transactions that wait for one filter; older ones are forgotten.
  static final int PENDING_MAX = 4_096;

  /// Blocks that a filter can be behind; of older ones nothing is told.
  static final int BLOCKS_BEHIND_MAX = BlockMethods.LOG_BLOCKS_MAX;

  /// Bits of a filter's name, which is nobody's business but its maker's.
  private static final int NAME_BITS = 128;

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final ChainView chain;
  private final BlockMethods blocks;
  private final LongSupplier nanoTime;
  private final SecureRandom random = new SecureRandom();

  /// By name, the one that was asked last at the end.
  private final Map<String, Filter> filters = new LinkedHashMap<>();

  /// @param nanoTime a clock like `System.nanoTime`
  FilterMethods(ChainView chain, BlockMethods blocks, LongSupplier nanoTime) {
    this.chain = chain;
    this.blocks = blocks;
    this.nanoTime = nanoTime;
  }

  void register(Map<String, Dispatcher.Method> methods) {
    methods.put("eth_newBlockFilter", _ -> add(new Filter.Blocks(position())));
    methods.put("eth_newPendingTransactionFilter", _ -> add(new Filter.Pending()));
    methods.put(
        "eth_newFilter",
        p -> add(new Filter.Logs(position(), p.value(0), LogFilter.of(p.value(0)))));
    methods.put("eth_getFilterChanges", this::changes);
    methods.put("eth_getFilterLogs", this::logs);
    methods.put("eth_uninstallFilter", this::remove);
  }

  /// A transaction was taken into the pool.
  synchronized void pendingAdded(Hash transaction) {
    for (Filter each : filters.values()) {
      if (each instanceof Filter.Pending pending) {
        if (pending.hashes.size() == PENDING_MAX) {
          var _ = pending.hashes.remove();
        }
        pending.hashes.add(transaction);
      }
    }
  }

  /// What a caller wants to hear, and what it has heard.
  private abstract static sealed class Filter {
    private long askedAt;

    static final class Blocks extends Filter {
      private final Position position;

      Blocks(Position position) {
        this.position = position;
      }
    }

    static final class Logs extends Filter {
      private final Position position;
      private final JsonNode wanted;
      private final LogFilter filter;

      Logs(Position position, JsonNode wanted, LogFilter filter) {
        this.position = position;
        this.wanted = wanted;
        this.filter = filter;
      }
    }

    static final class Pending extends Filter {
      private final ArrayDeque<Hash> hashes = new ArrayDeque<>();
    }
  }

  /// The last blocks that a filter told, as many as can be taken back.
  private static final class Position {
    private final ArrayDeque<Told> told = new ArrayDeque<>();

    long height() {
      return told.getLast().height();
    }

    void moveTo(Position other) {
      told.clear();
      told.addAll(other.told);
    }
  }

  private record Told(long height, Hash hash) {}

  /// Behind the last block.
  private Position position() throws RpcError {
    return positionAt(chain.reader().height());
  }

  private Position positionAt(long head) throws RpcError {
    Position position = new Position();
    int kept =
        chain.kind() instanceof NetworkKind.Poa ? NetworkKind.Poa.REORGANIZATION_BLOCKS_MAX : 1;
    for (long height = Math.max(0, head - kept + 1); height <= head; height++) {
      position.told.add(new Told(height, chain.header(height).hash()));
    }
    return position;
  }

  /// Height of the first block that was not told.
  private long next(Position position) {
    long from = Math.max(0, chain.reader().height() - BLOCKS_BEHIND_MAX + 1);
    while (!position.told.isEmpty()) {
      Told last = position.told.getLast();
      if (chain.reader().heightOf(last.hash()).equals(Optional.of(last.height()))) {
        from = Math.max(from, last.height() + 1);
        break;
      }
      var _ = position.told.removeLast();
    }
    return from;
  }

  private synchronized JsonNode add(Filter filter) {
    long now = nanoTime.getAsLong();
    filters.values().removeIf(each -> now - each.askedAt > IDLE_NANOS_MAX);
    if (filters.size() == FILTERS_MAX) {
      var _ = filters.remove(filters.keySet().iterator().next());
    }
    String name = "0x" + new BigInteger(NAME_BITS, random).setBit(NAME_BITS - 1).toString(16);
    filter.askedAt = now;
    filters.put(name, filter);
    return NODES.textNode(name);
  }

  private synchronized JsonNode remove(Parameters p) throws RpcError {
    return NODES.booleanNode(filters.remove(p.text(0)) != null);
  }

  private synchronized Filter find(Parameters p) throws RpcError {
    String name = p.text(0);
    Filter filter = filters.remove(name);
    long now = nanoTime.getAsLong();
    if (filter == null || now - filter.askedAt > IDLE_NANOS_MAX) {
      throw new RpcError(RpcError.Code.REFUSED, "filter not found");
    }
    filter.askedAt = now;
    filters.put(name, filter);
    return filter;
  }

  private JsonNode changes(Parameters p) throws RpcError {
    Filter filter = find(p);
    synchronized (filter) {
      return switch (filter) {
        case Filter.Blocks newest -> hashes(newest.position);
        case Filter.Logs logs -> {
          ArrayNode found = NODES.arrayNode();
          long from = next(logs.position);
          long last = blocks.addLogs(logs.filter, from, chain.reader().height(), found);
          logs.position.moveTo(positionAt(last)); // Not before there is an answer.
          yield found;
        }
        case Filter.Pending pending -> taken(pending);
      };
    }
  }

  private JsonNode hashes(Position position) throws RpcError {
    ArrayNode found = NODES.arrayNode();
    Position head = position();
    for (long height = next(position); height <= head.height(); height++) {
      found.add(chain.header(height).hash().toHex());
    }
    position.moveTo(head);
    return found;
  }

  private synchronized JsonNode taken(Filter.Pending pending) {
    ArrayNode found = NODES.arrayNode();
    List.copyOf(pending.hashes).forEach(hash -> found.add(hash.toHex()));
    pending.hashes.clear();
    return found;
  }

  private JsonNode logs(Parameters p) throws RpcError {
    if (find(p) instanceof Filter.Logs logs) {
      return blocks.logs(logs.wanted);
    }
    throw Parameters.invalid("the filter is not one of logs");
  }
}
