// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Block;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.Receipt;
import io.aitbc.model.RecoveredTransaction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What WebSocket connections have subscribed to (eth_subscribe). Where votes decide a block is
/// final when it is told; without votes it may be taken back, and then its logs are told once more,
/// as removed.
final class Subscriptions {
  /// Subscriptions of one connection.
  static final int PER_CONNECTION_MAX = 100;

  /// Blocks told one by one; a node that catches up tells its subscribers only of the last ones.
  static final int BLOCKS_BEHIND_MAX = 64;

  private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private sealed interface Topic {
    record NewHeads() implements Topic {}

    record Logs(LogFilter filter) implements Topic {}

    /// Blocks in short, each with its logs that match.
    record Blocks(LogFilter filter) implements Topic {}

    /// @param full whether transactions are told, and not their hashes alone
    record PendingTransactions(boolean full) implements Topic {}

    record Syncing() implements Topic {}
  }

  /// One connection and what it wants to hear.
  static final class Session {
    private final Consumer<String> outbox;
    private final NetworkKind kind;
    private final Map<String, Topic> topics = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();

    private Session(Consumer<String> outbox, NetworkKind kind) {
      this.outbox = outbox;
      this.kind = kind;
    }

    /// The two methods that only a connection has.
    Map<String, Dispatcher.Method> methods() {
      Map<String, Dispatcher.Method> own = new TreeMap<>();
      own.put("eth_subscribe", this::subscribe);
      own.put("eth_unsubscribe", p -> NODES.booleanNode(topics.remove(p.text(0)) != null));
      return own;
    }

    private JsonNode subscribe(Parameters p) throws RpcError {
      Topic topic =
          switch (p.text(0)) {
            case "newHeads" -> new Topic.NewHeads();
            case "newPendingTransactions" -> new Topic.PendingTransactions(p.has(1) && p.flag(1));
            case "syncing" -> new Topic.Syncing();
            case "aitbc_blocks" ->
                new Topic.Blocks(LogFilter.of(p.has(1) ? p.value(1) : NODES.objectNode()));
            case "logs" -> new Topic.Logs(LogFilter.of(p.has(1) ? p.value(1) : NODES.objectNode()));
            default -> throw Parameters.invalid("no \"" + p.text(0) + "\" subscription");
          };
      if (topics.size() >= PER_CONNECTION_MAX) {
        throw new RpcError(
            RpcError.Code.LIMIT_EXCEEDED,
            "a connection has at most " + PER_CONNECTION_MAX + " subscriptions");
      }
      String id = EthereumJson.quantity(numbers.incrementAndGet());
      topics.put(id, topic);
      return NODES.textNode(id);
    }

    private void tell(String id, JsonNode result) {
      ObjectNode message = Dispatcher.message(kind);
      message.put("method", "eth_subscription");
      ObjectNode parameters = message.putObject("params").put("subscription", id);
      parameters.set("result", result);
      outbox.accept(new String(Dispatcher.bytes(message), StandardCharsets.UTF_8));
    }
  }

  /// What is told of that is not in the chain.
  interface Live {
    /// A transaction that waits in the pool.
    Optional<RecoveredTransaction> pending(Hash transaction);

    /// The answer of eth_syncing.
    JsonNode syncing();
  }

  private final ChainReader chain;
  private final Live live;
  private final NetworkKind kind;
  private final Executor threads;
  private final List<Session> sessions = new CopyOnWriteArrayList<>();
  private final AtomicBoolean changed = new AtomicBoolean();
  private final AtomicBoolean telling = new AtomicBoolean();

  /// The last blocks that were told, ascending, where they may be taken back.
  private final ArrayDeque<Told> recent = new ArrayDeque<>();

  private long told;

  /// Whether the node fetched blocks when that was told last.
  private boolean wasSyncing;

  /// A block that was told.
  ///
  /// @param receipts none where they are not kept
  private record Told(Block block, Hash hash, List<Receipt> receipts) {
    long height() {
      return block.header().number();
    }

    boolean stands(Told on) {
      return block.header().parentHash().equals(on.hash);
    }

    /// What fits into one message however many logs there are.
    JsonNode brief(LogFilter filter) {
      ObjectNode brief = NODES.objectNode().put("number", EthereumJson.quantity(height()));
      brief.put("hash", hash.toHex()).set("logs", logs(filter));
      return brief;
    }

    ArrayNode logs(LogFilter filter) {
      ArrayNode found = NODES.arrayNode();
      if (!receipts.isEmpty() && filter.mayMatch().test(block.header().logsBloom())) {
        filter.addMatches(block, receipts, found);
      }
      return found;
    }
  }

  /// Nobody is connected.
  ///
  /// @param threads runs the telling, which reads blocks
  Subscriptions(ChainReader chain, Live live, NetworkKind kind, Executor threads) {
    this.chain = chain;
    this.live = live;
    this.kind = kind;
    this.threads = threads;
    told = chain.height();
    if (kind instanceof NetworkKind.Poa) {
      long first = told - NetworkKind.Poa.REORGANIZATION_BLOCKS_MAX + 1;
      for (long height = Math.max(0, first); height <= told; height++) {
        read(height).ifPresent(this::remember);
      }
    }
  }

  /// A connection was opened.
  ///
  /// @param outbox takes messages to it; must not block
  Session open(Consumer<String> outbox) {
    Session session = new Session(outbox, kind);
    sessions.add(session);
    return session;
  }

  void close(Session session) {
    boolean _ = sessions.remove(session);
  }

  int connections() {
    return sessions.size();
  }

  /// The chain's head is another one.
  void headChanged() {
    changed.set(true);
    if (telling.compareAndSet(false, true)) {
      threads.execute(this::tellBlocks);
    }
  }

  /// A transaction was taken into the pool.
  void pendingAdded(Hash transaction) {
    JsonNode hash = NODES.textNode(transaction.toHex());
    for (Session session : sessions) {
      session.topics.forEach((id, topic) -> {
        if (topic instanceof Topic.PendingTransactions(boolean full)) {
          if (full) {
            live.pending(transaction) // It may be gone already.
                .map(each -> EthereumJson.transaction(each.transaction(), Optional.empty()))
                .ifPresent(each -> session.tell(id, each));
          } else {
            session.tell(id, hash);
          }
        }
      });
    }
  }

  private void tellBlocks() {
    do {
      try {
        while (changed.getAndSet(false)) {
          tellUpTo(chain.height());
          tellSyncing();
        }
      } catch (RuntimeException broken) {
        // One block that cannot be read must not silence all that follow.
        LOG.atError().addKeyValue("height", told).setCause(broken).log("subscribers not told");
      } finally {
        telling.set(false);
      }
      // Whoever changed the head before this moment may have found the telling still on.
    } while (changed.get() && telling.compareAndSet(false, true));
  }

  /// That the node begins to fetch blocks, with how far it is, or has ended.
  private void tellSyncing() {
    JsonNode now = live.syncing();
    boolean isSyncing = now.isObject();
    if (isSyncing == wasSyncing) {
      return;
    }
    wasSyncing = isSyncing;
    JsonNode message = isSyncing ? NODES.objectNode().put("syncing", true).set("status", now) : now;
    for (Session session : sessions) {
      session.topics.forEach((id, topic) -> {
        if (topic instanceof Topic.Syncing) {
          session.tell(id, message);
        }
      });
    }
  }

  private void tellUpTo(long last) {
    switch (kind) {
      case NetworkKind.Hybrid _ -> tellFinal(last);
      case NetworkKind.Poa _ -> tellReversible(last);
    }
  }

  private void tellFinal(long last) {
    told = Math.max(told, last - BLOCKS_BEHIND_MAX);
    while (told < last) {
      told++;
      if (!sessions.isEmpty()) {
        read(told).ifPresent(this::tell);
      }
    }
  }

  /// Blocks may be taken back, and others come, while they are read here.
  private void tellReversible(long last) {
    takeBack();
    if (last - told > BLOCKS_BEHIND_MAX) {
      told = last - BLOCKS_BEHIND_MAX;
      recent.clear();
    }
    while (told < last) {
      Optional<Told> next = read(told + 1);
      if (next.isEmpty()) {
        return; // Taken back. What comes instead changes the head, and is told then.
      }
      if (!recent.isEmpty() && !next.get().stands(recent.getLast())) {
        takeBack();
      } else {
        told++;
        tell(next.get());
        remember(next.get());
      }
    }
  }

  /// Tells that the logs of blocks are removed which were told and are not in the chain any more,
  /// the last block first.
  private void takeBack() {
    while (!recent.isEmpty() && !isInChain(recent.getLast())) {
      Told gone = recent.removeLast();
      told = gone.height() - 1;
      for (Session session : sessions) {
        session.topics.forEach((id, topic) -> {
          if (topic instanceof Topic.Logs(LogFilter filter)) {
            for (JsonNode log : gone.logs(filter)) {
              session.tell(id, ((ObjectNode) log).put("removed", true));
            }
          }
        });
      }
    }
  }

  private boolean isInChain(Told block) {
    return chain.heightOf(block.hash()).equals(Optional.of(block.height()));
  }

  private void remember(Told block) {
    recent.addLast(block);
    if (recent.size() > NetworkKind.Poa.REORGANIZATION_BLOCKS_MAX) {
      recent.removeFirst();
    }
  }

  /// The block at a height with its own receipts; empty if it is not there, or not any more.
  private Optional<Told> read(long height) {
    Optional<Block> block = chain.block(height);
    Optional<List<Receipt>> receipts = chain.receipts(height);
    return block
        .map(each -> new Told(each, each.hash(), receipts.orElse(List.of())))
        .filter(each -> kind instanceof NetworkKind.Hybrid || isInChain(each));
  }

  private void tell(Told block) {
    JsonNode header = EthereumJson.header(block.block().header());
    Map<LogFilter, JsonNode> shorts = new HashMap<>();
    for (Session session : sessions) {
      session.topics.forEach((id, topic) -> {
        switch (topic) {
          case Topic.NewHeads _ -> session.tell(id, header);
          case Topic.PendingTransactions _, Topic.Syncing _ -> {}
          case Topic.Logs(LogFilter filter) ->
              block.logs(filter).forEach(log -> session.tell(id, log));
          case Topic.Blocks(LogFilter filter) ->
              session.tell(id, shorts.computeIfAbsent(filter, block::brief));
        }
      });
    }
  }
}
