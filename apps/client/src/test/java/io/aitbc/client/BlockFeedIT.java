// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.execution.EconomyContract;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A feed of a node that is the test's own: it takes subscriptions and tells what the test says.
class BlockFeedIT {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final List<ServerWebSocket> sockets = new CopyOnWriteArrayList<>();

  /// What the feed's clock says.
  private long now;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private Vertx vertx;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private HttpServer server;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private BlockFeed feed;

  @BeforeEach
  void start() throws Exception {
    vertx = Vertx.vertx();
    server =
        vertx
            .createHttpServer()
            .webSocketHandler(socket -> {
              sockets.add(socket);
              socket.textMessageHandler(text -> {
                JsonObject request = new JsonObject(text);
                String topic = request.getJsonArray("params").getString(0);
                var _ =
                    socket.writeTextMessage(
                        new JsonObject()
                            .put("jsonrpc", "2.0")
                            .put("id", request.getValue("id"))
                            .put("result", topic)
                            .encode());
              });
            })
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(LONG.toSeconds(), TimeUnit.SECONDS);
    feed =
        new BlockFeed(
            URI.create("http://127.0.0.1:" + server.actualPort()),
            List.of(EconomyContract.WORK_LEDGER),
            () -> now);
  }

  @AfterEach
  void stop() {
    feed.close();
    var _ = vertx.close();
  }

  /// Opens it, in as many attempts as this machine needs.
  private void open() throws InterruptedException {
    while (!feed.open()) {
      now += BlockFeed.RETRY_NANOS;
    }
  }

  private void tell(String subscription, JsonObject result) {
    var _ =
        sockets
            .getLast()
            .writeTextMessage(
                new JsonObject()
                    .put("jsonrpc", "2.0")
                    .put("method", "eth_subscription")
                    .put(
                        "params",
                        new JsonObject().put("subscription", subscription).put("result", result))
                    .encode());
  }

  private void tellBlock(long height) {
    tell(
        "aitbc_blocks",
        new JsonObject()
            .put("number", "0x" + Long.toHexString(height))
            .put("logs", new JsonArray()));
  }

  private List<BlockFeed.Heard> heard(int blocks) throws InterruptedException {
    List<BlockFeed.Heard> all = new ArrayList<>();
    while (all.size() < blocks && feed.await(LONG)) {
      all.addAll(feed.heard());
    }
    return all;
  }

  @Test
  void blocksAreHeardInOrderUntilTheNodeIsGone() throws Exception {
    assertFalse(feed.isOpen());
    open();
    assertFalse(feed.open(), "it is open");
    tellBlock(7);
    tellBlock(8);
    assertEquals(
        List.of(new BlockFeed.Heard(7, List.of()), new BlockFeed.Heard(8, List.of())), heard(2));
    var _ = sockets.getLast().close();
    while (feed.isOpen()) {
      boolean _ = feed.await(Duration.ofMillis(10));
    }
    assertEquals(List.of(), feed.heard());
  }

  @Test
  void whatMakesNoSenseEndsTheConnectionAndItIsOpenedAnew() throws Exception {
    open();
    tell("aitbc_blocks", new JsonObject().put("number", "seven"));
    boolean _ = feed.await(LONG);
    assertEquals(List.of(), feed.heard());
    assertFalse(feed.isOpen());
    assertFalse(feed.open(), "not at once: the node may be ill");
    now += BlockFeed.RETRY_NANOS - 1;
    assertFalse(feed.open());
    now++;
    open();
    tellBlock(9);
    assertEquals(List.of(new BlockFeed.Heard(9, List.of())), heard(1));
    assertTrue(sockets.size() >= 2);
  }

  @Test
  void nothingIsToldWhereNobodyListens() throws Exception {
    try (BlockFeed none = new BlockFeed(URI.create("http://127.0.0.1:1"), List.of())) {
      assertFalse(none.open());
      assertFalse(none.isOpen());
      assertFalse(none.await(Duration.ofMillis(1)));
    }
  }
}
