// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RestServerIT {
  private final Rpc rpc = new Rpc();
  private final HttpClient client = HttpClient.newHttpClient();
  private RpcServer server = start(true);

  private RpcServer start(boolean servesRest) {
    RpcServer.Access access =
        new RpcServer.Access(
            List.of("localhost", "127.0.0.1"),
            List.of("https://wallet.example"),
            Methods.NAMESPACES,
            servesRest);
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try {
      return RpcServer.start(any, access, rpc.methods, (_, _, _) -> {});
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void aPathIsAnsweredBesideJsonRpc() throws Exception {
    HttpResponse<String> head = send(to("/rpc/head").GET());
    assertEquals(200, head.statusCode());
    assertEquals("application/json", head.headers().firstValue("Content-Type").orElseThrow());
    assertEquals(2, Rpc.parse(head.body()).path("height").asInt());
    assertEquals(404, send(to("/rpc/chains").GET()).statusCode());
    String raw = "{\"raw\":\"" + Rpc.raw(4).toHex() + "\"}";
    assertEquals(200, send(to("/rpc/transaction").POST(body(raw))).statusCode());
    HttpResponse<String> call = send(to("/").POST(body(Rpc.request("eth_blockNumber", ""))));
    assertEquals("0x2", Rpc.parse(call.body()).path("result").asText());
    assertEquals(405, send(to("/").GET()).statusCode());
    assertEquals(405, send(to("/rpc/head").DELETE()).statusCode());
  }

  @Test
  void hostsAndOriginsAreJudgedAsForJsonRpc() throws Exception {
    HttpResponse<String> listed =
        send(to("/rpc/head").header("Origin", "https://wallet.example").GET());
    assertEquals(200, listed.statusCode());
    assertEquals(
        "https://wallet.example",
        listed.headers().firstValue("Access-Control-Allow-Origin").orElseThrow());
    assertTrue(
        listed.headers().firstValue("Access-Control-Allow-Methods").orElseThrow().contains("GET"));
    assertEquals(
        403, send(to("/rpc/head").header("Origin", "https://evil.example").GET()).statusCode());
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      String request = "GET /rpc/head HTTP/1.1\r\nHost: evil.example\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
      assertEquals("HTTP/1.1 403", answer);
    }
  }

  @Test
  void nothingOfItIsServedUnlessItIsWished() throws Exception {
    server.close();
    server = start(false);
    assertEquals(405, send(to("/rpc/head").GET()).statusCode());
    HttpResponse<String> posted = send(to("/rpc/transaction").POST(body("{\"raw\":\"0x\"}")));
    assertEquals("invalid request", Rpc.parse(posted.body()).at("/error/message").asText());
  }

  private static HttpRequest.BodyPublisher body(String text) {
    return HttpRequest.BodyPublishers.ofString(text);
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
