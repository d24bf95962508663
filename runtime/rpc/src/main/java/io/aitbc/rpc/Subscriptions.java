// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Block;
import io.aitbc.model.Receipt;
import java.nio.charset.StandardCharsets;
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

/// What WebSocket connections have subscribed to (eth_subscribe). Every block is final when it is
/// told, so nothing is ever told to be removed.
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

    record PendingTransactions() implements Topic {}
  }

  /// One connection and what it wants to hear.
  static final class Session {
    private final Consumer<String> outbox;
    private final Map<String, Topic> topics = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();

    private Session(Consumer<String> outbox) {
      this.outbox = outbox;
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
            case "newPendingTransactions" -> new Topic.PendingTransactions();
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
      ObjectNode message = NODES.objectNode().put("jsonrpc", "2.0");
      message.put("method", "eth_subscription");
      ObjectNode parameters = message.putObject("params").put("subscription", id);
      parameters.set("result", result);
      outbox.accept(new String(Dispatcher.bytes(message), StandardCharsets.UTF_8));
    }
  }

  private final ChainReader chain;
  private final Executor threads;
  private final List<Session> sessions = new CopyOnWriteArrayList<>();
  private final AtomicLong wanted = new AtomicLong();
  private final AtomicBoolean telling = new AtomicBoolean();
  private long told;

  /// Nobody is connected.
  ///
  /// @param threads runs the telling, which reads blocks
  Subscriptions(ChainReader chain, Executor threads) {
    this.chain = chain;
    this.threads = threads;
    told = chain.height();
  }

  /// A connection was opened.
  ///
  /// @param outbox takes messages to it; must not block
  Session open(Consumer<String> outbox) {
    Session session = new Session(outbox);
    sessions.add(session);
    return session;
  }

  void close(Session session) {
    boolean _ = sessions.remove(session);
  }

  int connections() {
    return sessions.size();
  }

  /// A block has become final.
  void headChanged(long height) {
    long _ = wanted.accumulateAndGet(height, Math::max);
    if (telling.compareAndSet(false, true)) {
      threads.execute(this::tellBlocks);
    }
  }

  /// A transaction was taken into the pool.
  void pendingAdded(Hash transaction) {
    JsonNode hash = NODES.textNode(transaction.toHex());
    for (Session session : sessions) {
      session.topics.forEach((id, topic) -> {
        if (topic instanceof Topic.PendingTransactions) {
          session.tell(id, hash);
        }
      });
    }
  }

  private void tellBlocks() {
    do {
      try {
        tellUpTo(wanted.get());
      } catch (RuntimeException broken) {
        // One block that cannot be read must not silence all that follow.
        LOG.atError().addKeyValue("height", told).setCause(broken).log("subscribers not told");
      } finally {
        telling.set(false);
      }
      // Whoever raised the height before this moment may have found the telling still on.
    } while (wanted.get() > told && telling.compareAndSet(false, true));
  }

  private void tellUpTo(long last) {
    told = Math.max(told, last - BLOCKS_BEHIND_MAX);
    while (told < last) {
      told++;
      if (!sessions.isEmpty()) {
        chain.block(told).ifPresent(this::tellBlock);
      }
    }
  }

  private void tellBlock(Block block) {
    JsonNode header = EthereumJson.header(block.header());
    Optional<List<Receipt>> receipts = chain.receipts(block.header().number());
    for (Session session : sessions) {
      session.topics.forEach((id, topic) -> {
        switch (topic) {
          case Topic.NewHeads _ -> session.tell(id, header);
          case Topic.PendingTransactions _ -> {}
          case Topic.Logs(LogFilter filter) -> {
            ArrayNode found = NODES.arrayNode();
            if (receipts.isPresent() && filter.mayMatch(block.header().logsBloom())) {
              filter.addMatches(block, receipts.get(), found);
            }
            found.forEach(log -> session.tell(id, log));
          }
        }
      });
    }
  }
}
