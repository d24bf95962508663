// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.crypto.Hash;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RpcServerIT {
  private final Rpc rpc = new Rpc();
  private static final InetSocketAddress ANYWHERE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final RpcServer.Access ACCESS =
      new RpcServer.Access(
          List.of("localhost", "127.0.0.1"),
          List.of("https://wallet.example"),
          List.of("eth", "net"));

  private final HttpClient client = HttpClient.newHttpClient();
  private RpcServer server;

  @BeforeEach
  void start() throws IOException {
    server = RpcServer.start(ANYWHERE, ACCESS, rpc.methods, (_, _, _) -> {});
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void aRequestIsAnsweredAsJson() throws Exception {
    HttpResponse<String> response = post(Rpc.request("eth_chainId", ""));
    assertEquals(200, response.statusCode());
    assertEquals("application/json", response.headers().firstValue("Content-Type").orElseThrow());
    assertEquals("0x6769", Rpc.parse(response.body()).get("result").asText());
  }

  @Test
  void aForeignHostIsRefused() throws Exception {
    String answer = raw("POST / HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 2\r\n\r\n{}");
    assertTrue(answer.startsWith("HTTP/1.1 403"), answer);
  }

  @Test
  void onlyAListedOriginMayAsk() throws Exception {
    HttpResponse<String> listed = postFrom("https://wallet.example");
    assertEquals(200, listed.statusCode());
    assertEquals("https://wallet.example", allowed(listed));
    for (String other : List.of("https://evil.example", "null", "http://a-extension.example")) {
      HttpResponse<String> refused = postFrom(other);
      assertEquals(403, refused.statusCode(), other);
      assertEquals("origin not allowed", refused.body());
      assertEquals("", allowed(refused));
    }
    String preflight =
        raw("OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n\r\n");
    assertTrue(preflight.startsWith("HTTP/1.1 403"), preflight);
  }

  /// Whoever may not ask changes nothing either.
  @Test
  void aTransactionFromAnotherOriginIsNotTaken() throws Exception {
    String transaction = Rpc.request("eth_sendRawTransaction", raw(4));
    String hash = "'" + TestChain.transfer(4).hash().toHex() + "'";
    assertEquals(403, postFrom("https://evil.example", transaction).statusCode());
    assertTrue(rpc.result("eth_getTransactionByHash", hash).isNull());
    assertEquals(200, post(transaction).statusCode());
    assertFalse(rpc.result("eth_getTransactionByHash", hash).isNull());
  }

  @Test
  void anExtensionOfABrowserIsNoWebPage() throws Exception {
    HttpResponse<String> answer = postFrom("chrome-extension://nkbihfbeogaeaoehlefnkodbefgpgknn");
    assertEquals(200, answer.statusCode());
    assertEquals("", allowed(answer));
  }

  @Test
  void anAddressOfIpV6IsTheSameInAllItsForms() {
    RpcServer.Access access =
        new RpcServer.Access(List.of("[2001:db8:0:0:0:0:0:1]"), List.of(), List.of());
    for (String host :
        List.of("[2001:db8::1]", "[2001:DB8::1]:8545", "[2001:db8:0:0:0:0:0:1]:8545")) {
      assertTrue(access.allowsHost(host), host);
    }
    for (String host : List.of("[2001:db8::2]", "2001:db8:0:0:0:0:0:1", "[evil.example]", "[]")) {
      assertFalse(access.allowsHost(host), host);
    }
  }

  @Test
  void aHostIsTheSameInCapitals() throws Exception {
    String answer = raw("POST / HTTP/1.1\r\nHost: LocalHost:80\r\nContent-Length: 2\r\n\r\n{}");
    assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
  }

  @Test
  void aMethodOfANamespaceThatIsNotServedIsNotThere() throws Exception {
    JsonNode open = Rpc.parse(post(Rpc.request("net_peerCount", "")).body());
    assertEquals("0x3", open.get("result").asText());
    JsonNode closed = Rpc.parse(post(Rpc.request("debug_getRawTransaction", "'0x1'")).body());
    assertEquals(-32601, closed.path("error").path("code").asInt());
    Listener heard = new Listener();
    WebSocket socket =
        client.newWebSocketBuilder().buildAsync(uri("ws"), heard).get(10, TimeUnit.SECONDS);
    send(socket, Rpc.request("txpool_status", ""));
    assertEquals(-32601, heard.next().path("error").path("code").asInt());
    socket.abort();
  }

  private HttpResponse<String> postFrom(String origin) throws Exception {
    return postFrom(origin, Rpc.request("eth_chainId", ""));
  }

  private HttpResponse<String> postFrom(String origin, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri("http"))
            .header("Origin", origin)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static String allowed(HttpResponse<String> answer) {
    return answer.headers().firstValue("Access-Control-Allow-Origin").orElse("");
  }

  @Test
  void onlyPostIsServed() throws Exception {
    HttpRequest request = HttpRequest.newBuilder(uri("http")).GET().build();
    assertEquals(405, client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode());
  }

  @Test
  void aBodyBeyondTheLimitIsRefused() throws Exception {
    String head =
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
            + (RpcServer.REQUEST_BYTES_MAX + 10)
            + "\r\n\r\n";
    assertTrue(raw(head + " ".repeat(RpcServer.REQUEST_BYTES_MAX + 10)).startsWith("HTTP/1.1 413"));
  }

  @Test
  void bodiesThatDoNotEndLeaveRoomForOthers() throws Exception {
    int bytes = 4 << 20;
    String head =
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + (bytes + 1) + "\r\n\r\n";
    byte[] unended = (head + " ".repeat(bytes)).getBytes(StandardCharsets.US_ASCII);
    List<Socket> sockets = new ArrayList<>();
    try {
      int refused = 0;
      for (int i = 0; i < 20; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        sockets.add(socket);
        try {
          socket.getOutputStream().write(unended);
        } catch (IOException closedEarly) {
          refused++;
        }
      }
      for (int i = 0; refused == 0 && i < 100; i++) {
        Thread.sleep(100);
        for (Socket each : sockets) {
          refused += each.getInputStream().available() > 0 ? 1 : 0;
        }
      }
      assertTrue(refused > 0 && refused <= 5, refused + " refused");
      assertEquals(200, post(Rpc.request("eth_chainId", "")).statusCode());
      String large = Rpc.request("eth_chainId", "") + " ".repeat(bytes);
      assertTrue(isRefused(large));
    } finally {
      for (Socket each : sockets) {
        each.close();
      }
    }
    String large = Rpc.request("eth_chainId", "") + " ".repeat(bytes);
    for (int i = 0; i < 100 && isRefused(large); i++) {
      Thread.sleep(100);
    }
    assertEquals(200, post(large).statusCode());
  }

  @Test
  void whoReadsNoAnswersOverWebSocketGetsNoMoreOfThem() throws Exception {
    rpc.chain.growByLogs(BlockMethods.LOGS_MAX);
    Listener deaf =
        new Listener() {
          @Override
          public void onOpen(WebSocket socket) {
            // Asks for nothing.
          }
        };
    WebSocket socket =
        client.newWebSocketBuilder().buildAsync(uri("ws"), deaf).get(10, TimeUnit.SECONDS);
    for (int i = 0; i < 20; i++) {
      send(socket, Rpc.request("eth_getLogs", "{'fromBlock':'0x3'}"));
    }
    send(socket, Rpc.request("eth_sendRawTransaction", raw(4)));
    Thread.sleep(3_000);
    String hash = "'" + TestChain.transfer(4).hash().toHex() + "'";
    assertTrue(rpc.result("eth_getTransactionByHash", hash).isNull());
    socket.request(1); // Each message asks for the next.
    for (int i = 0; i < 20; i++) {
      assertEquals(BlockMethods.LOGS_MAX, deaf.next().get("result").size());
    }
    assertEquals(TestChain.transfer(4).hash().toHex(), deaf.next().get("result").asText());
    socket.abort();
  }

  @Test
  void whoReadsNoAnswersOverHttpGetsNoMoreOfThem() throws Exception {
    rpc.chain.growByLogs(BlockMethods.LOGS_MAX);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      StringBuilder requests = new StringBuilder();
      for (int i = 0; i < 20; i++) {
        requests.append(posted(Rpc.request("eth_getLogs", "{'fromBlock':'0x3'}")));
      }
      requests.append(posted(Rpc.request("eth_sendRawTransaction", raw(4))));
      socket.getOutputStream().write(requests.toString().getBytes(StandardCharsets.US_ASCII));
      Thread.sleep(3_000);
      String hash = "'" + TestChain.transfer(4).hash().toHex() + "'";
      assertTrue(rpc.result("eth_getTransactionByHash", hash).isNull());
    }
    assertEquals(200, post(Rpc.request("eth_chainId", "")).statusCode());
  }

  private static String posted(String body) {
    return "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(body.length(), body);
  }

  @Test
  void aSubscriberWithNothingToSayStaysAndOneWithoutASignOfLifeDoesNot() throws Exception {
    server.close();
    server = RpcServer.start(ANYWHERE, ACCESS, rpc.methods, (_, _, _) -> {}, 1);
    Listener heard = new Listener();
    WebSocket socket =
        client.newWebSocketBuilder().buildAsync(uri("ws"), heard).get(10, TimeUnit.SECONDS);
    String heads = subscribe(socket, heard, "'newHeads'");
    try (Socket dead = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      dead.setSoTimeout(10_000);
      dead.getOutputStream()
          .write(
              String.join(
                      "\r\n",
                      "GET / HTTP/1.1",
                      "Host: 127.0.0.1",
                      "Connection: Upgrade",
                      "Upgrade: websocket",
                      "Sec-WebSocket-Version: 13",
                      "Sec-WebSocket-Key: YWl0YmMgYWl0YmMgYWk=",
                      "",
                      "")
                  .getBytes(StandardCharsets.US_ASCII));
      assertTrue(
          new String(dead.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
              .startsWith("HTTP/1.1 101"));
    }
    // The dead one was cut off: the time that the other one has said nothing in is over.
    rpc.chain.growLikeTheFirst();
    server.headChanged();
    assertEquals(heads, heard.next().path("params").path("subscription").asText());
    socket.abort(); // Whoever closes its client waits for the end of it.
  }

  @Test
  void aNotificationIsAnsweredWithNothing() throws Exception {
    HttpResponse<String> response = post("{\"jsonrpc\":\"2.0\",\"method\":\"eth_chainId\"}");
    assertEquals(200, response.statusCode());
    assertEquals("", response.body());
  }

  @Test
  void subscribersHearOfHeadsLogsAndPendingTransactions() throws Exception {
    Listener heard = new Listener();
    WebSocket socket =
        client.newWebSocketBuilder().buildAsync(uri("ws"), heard).get(10, TimeUnit.SECONDS);
    String heads = subscribe(socket, heard, "'newHeads'");
    String logs = subscribe(socket, heard, "'logs',{'topics':['" + TestChain.TOPIC.toHex() + "']}");
    String pending = subscribe(socket, heard, "'newPendingTransactions'");
    rpc.chain.growLikeTheFirst();
    server.headChanged();
    JsonNode first = heard.next();
    JsonNode second = heard.next();
    JsonNode head =
        first.path("params").path("subscription").asText().equals(heads) ? first : second;
    JsonNode log = head.equals(first) ? second : first;
    assertEquals("0x3", head.path("params").path("result").path("number").asText());
    assertEquals(logs, log.path("params").path("subscription").asText());
    assertEquals(
        TestChain.TOPIC.toHex(), log.path("params").path("result").path("topics").path(0).asText());
    server.pendingAdded(rpc.transactionHash(0));
    JsonNode transaction = heard.next();
    assertEquals(pending, transaction.path("params").path("subscription").asText());
    assertEquals(
        rpc.transactionHash(0).toHex(), transaction.path("params").path("result").asText());
    send(socket, Rpc.request("eth_unsubscribe", "'" + heads + "'"));
    assertTrue(heard.next().get("result").asBoolean());
    rpc.chain.grow();
    server.headChanged();
    send(socket, Rpc.request("eth_blockNumber", ""));
    assertEquals("0x4", heard.next().get("result").asText());
    socket.abort();
  }

  @Test
  void subscribersHearOfEachBlockWithItsLogsInOneMessage() throws Exception {
    Listener heard = new Listener();
    WebSocket socket =
        client.newWebSocketBuilder().buildAsync(uri("ws"), heard).get(10, TimeUnit.SECONDS);
    String filter = "{'topics':['" + TestChain.TOPIC.toHex() + "']}";
    String blocks = subscribe(socket, heard, "'aitbc_blocks'," + filter);
    rpc.chain.growLikeTheFirst();
    server.headChanged();
    JsonNode told = heard.next().path("params");
    assertEquals(blocks, told.path("subscription").asText());
    assertEquals("0x3", told.path("result").path("number").asText());
    assertEquals(
        TestChain.TOPIC.toHex(),
        told.path("result").path("logs").path(0).path("topics").path(0).asText());
    rpc.chain.grow();
    server.headChanged();
    told = heard.next().path("params");
    assertEquals("0x4", told.path("result").path("number").asText());
    assertTrue(told.path("result").path("logs").isEmpty());
    socket.abort();
  }

  @Test
  void subscribersHearOfWholeTransactionsAndOfCatchingUp() throws Exception {
    Listener heard = new Listener();
    WebSocket socket =
        client.newWebSocketBuilder().buildAsync(uri("ws"), heard).get(10, TimeUnit.SECONDS);
    String pending = subscribe(socket, heard, "'newPendingTransactions',true");
    String syncing = subscribe(socket, heard, "'syncing'");
    Hash hash = Hash.fromHex(rpc.result("eth_sendRawTransaction", raw(4)).asText());
    server.pendingAdded(hash);
    JsonNode told = heard.next().path("params");
    assertEquals(pending, told.path("subscription").asText());
    assertEquals(hash.toHex(), told.path("result").path("hash").asText());
    assertEquals(TestChain.SENDER.toString(), told.path("result").path("from").asText());
    rpc.node.syncs(true);
    server.headChanged();
    told = heard.next().path("params");
    assertEquals(syncing, told.path("subscription").asText());
    assertTrue(told.path("result").path("syncing").asBoolean());
    assertEquals("0x2", told.path("result").path("status").path("currentBlock").asText());
    rpc.node.syncs(false);
    server.headChanged();
    assertTrue(heard.next().path("params").path("result").isBoolean());
    socket.abort();
  }

  private static String raw(long nonce) {
    return "'" + Rpc.raw(nonce).toHex() + "'";
  }

  @Test
  void everyBlockIsToldOnceAndInOrder() throws Exception {
    Listener heard = new Listener();
    WebSocket socket =
        client.newWebSocketBuilder().buildAsync(uri("ws"), heard).get(10, TimeUnit.SECONDS);
    String _ = subscribe(socket, heard, "'newHeads'");
    for (int height = 3; height < 40; height++) {
      rpc.chain.grow();
      server.headChanged();
    }
    for (int height = 3; height < 40; height++) {
      assertEquals(
          height, Long.decode(heard.next().path("params").path("result").path("number").asText()));
    }
    socket.abort();
  }

  @Test
  void aForeignPageCannotOpenAWebSocket() {
    CompletionException refused =
        assertThrows(
            CompletionException.class,
            () ->
                client
                    .newWebSocketBuilder()
                    .header("Origin", "https://evil.example")
                    .buildAsync(uri("ws"), new Listener())
                    .join());
    assertTrue(refused.getCause() instanceof IOException, refused.toString());
  }

  @Test
  void subscriptionsOfAConnectionAreBounded() throws Exception {
    Listener heard = new Listener();
    WebSocket socket =
        client.newWebSocketBuilder().buildAsync(uri("ws"), heard).get(10, TimeUnit.SECONDS);
    for (int i = 0; i < Subscriptions.PER_CONNECTION_MAX; i++) {
      String _ = subscribe(socket, heard, "'newHeads'");
    }
    send(socket, Rpc.request("eth_subscribe", "'newHeads'"));
    assertEquals(-32005, heard.next().path("error").path("code").asInt());
    socket.abort();
  }

  @Test
  void overHttpThereIsNothingToSubscribeTo() throws Exception {
    JsonNode answer = Rpc.parse(post(Rpc.request("eth_subscribe", "'newHeads'")).body());
    assertEquals(-32601, answer.path("error").path("code").asInt());
  }

  private String subscribe(WebSocket socket, Listener heard, String parameters) throws Exception {
    send(socket, Rpc.request("eth_subscribe", parameters));
    return heard.next().get("result").asText();
  }

  private static void send(WebSocket socket, String text) throws Exception {
    WebSocket _ = socket.sendText(text, true).get(10, TimeUnit.SECONDS);
  }

  /// Whether there is no room for a body. The connection may close before the answer was read, as
  /// the rest of the body is not.
  private boolean isRefused(String body) throws Exception {
    try {
      return post(body).statusCode() == 503;
    } catch (IOException closed) {
      return true;
    }
  }

  private HttpResponse<String> post(String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(uri("http")).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      try {
        out.write(request.getBytes(StandardCharsets.US_ASCII));
        out.flush();
      } catch (IOException closedEarly) {
        // The answer may be there although the rest was not taken.
      }
      InputStream in = socket.getInputStream();
      byte[] answer = in.readNBytes(12);
      return new String(answer, StandardCharsets.US_ASCII);
    }
  }

  private URI uri(String scheme) {
    return URI.create(scheme + "://127.0.0.1:" + server.port() + "/");
  }

  /// Keeps what a WebSocket hears, message by message.
  private static class Listener implements WebSocket.Listener {
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final StringBuilder part = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      part.append(data);
      if (last) {
        boolean _ = messages.add(part.toString());
        part.setLength(0);
      }
      socket.request(1);
      return null;
    }

    JsonNode next() throws InterruptedException {
      String message = messages.poll(10, TimeUnit.SECONDS);
      if (message == null) {
        throw new AssertionError("nothing was told");
      }
      return Rpc.parse(message);
    }
  }
}
