// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import static io.aitbc.blobs.TestStore.ALICE;
import static io.aitbc.blobs.TestStore.CHUNK;
import static io.aitbc.blobs.TestStore.HOUR;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class S3ChunksIT {
  private static final Instant NOW = Instant.parse("2013-05-24T00:00:00Z");

  @TempDir Path folder;
  private final Map<String, byte[]> objects = new ConcurrentHashMap<>();
  private final AtomicInteger failing = new AtomicInteger();
  private HttpServer server;
  private S3Endpoint endpoint;
  private S3Chunks chunks;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::serve);
    server.start();
    endpoint =
        new S3Endpoint(
            URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
            "us-east-1",
            "bucket",
            "node/blobs/",
            "access",
            "secret");
    chunks = new S3Chunks(endpoint, () -> NOW);
  }

  @AfterEach
  void stop() {
    chunks.close();
    server.stop(0);
  }

  /// An S3 store that holds what came against the headers and the signature that came with it.
  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      TreeMap<String, String> signed = new TreeMap<>();
      for (String name : new String[] {"host", "x-amz-content-sha256", "x-amz-date"}) {
        signed.put(name, String.valueOf(exchange.getRequestHeaders().getFirst(name)));
      }
      String path = exchange.getRequestURI().getRawPath();
      String expected =
          S3Signature.authorization(endpoint, exchange.getRequestMethod(), path, signed);
      boolean genuine =
          expected.equals(exchange.getRequestHeaders().getFirst("Authorization"))
              && S3Signature.hash(body).equals(signed.get("x-amz-content-sha256"));
      if (!genuine) {
        exchange.sendResponseHeaders(403, -1);
      } else if (failing.getAndDecrement() > 0) {
        exchange.sendResponseHeaders(503, -1);
      } else {
        answer(exchange, path, body);
      }
    }
  }

  private void answer(HttpExchange exchange, String path, byte[] body) throws IOException {
    switch (exchange.getRequestMethod()) {
      case "PUT" -> {
        byte[] _ = objects.put(path, body);
        exchange.sendResponseHeaders(200, -1);
      }
      case "DELETE" -> {
        byte[] _ = objects.remove(path);
        exchange.sendResponseHeaders(204, -1);
      }
      default -> {
        byte[] object = objects.get(path);
        exchange.sendResponseHeaders(
            object == null ? 404 : 200, object == null ? -1 : object.length);
        if (object != null) {
          exchange.getResponseBody().write(object);
        }
      }
    }
  }

  @Test // The examples of "Signature Calculations for the Authorization Header" in Amazon's S3 API.
  void signaturesAreThoseThatAmazonPublishes() {
    S3Endpoint example =
        new S3Endpoint(
            URI.create("https://examplebucket.s3.amazonaws.com"),
            "us-east-1",
            "examplebucket",
            "",
            "AKIAIOSFODNN7EXAMPLE",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    TreeMap<String, String> get = new TreeMap<>();
    get.put("host", "examplebucket.s3.amazonaws.com");
    get.put("range", "bytes=0-9");
    get.put("x-amz-content-sha256", S3Signature.hash(new byte[0]));
    get.put("x-amz-date", S3Signature.time(NOW));
    assertEquals(
        "AWS4-HMAC-SHA256"
            + " Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
            + "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature="
            + "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        S3Signature.authorization(example, "GET", "/test.txt", get));
    TreeMap<String, String> put = new TreeMap<>();
    put.put("date", "Fri, 24 May 2013 00:00:00 GMT");
    put.put("host", "examplebucket.s3.amazonaws.com");
    put.put(
        "x-amz-content-sha256",
        S3Signature.hash("Welcome to Amazon S3.".getBytes(StandardCharsets.US_ASCII)));
    put.put("x-amz-date", S3Signature.time(NOW));
    put.put("x-amz-storage-class", "REDUCED_REDUNDANCY");
    assertTrue(
        S3Signature.authorization(example, "PUT", "/test%24file.text", put)
            .endsWith("98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"));
  }

  @Test
  void blobsAreKeptInABucketAndRemovedFromIt() throws Exception {
    BlobStore store = open();
    byte[] content = Content.bytes(2 * CHUNK + 9, 1);
    BlobId id = BlobHasher.id(content);
    Container upload = store.begin(id, ALICE, HOUR);
    failing.set(2); // A busy store is asked again.
    try (UploadWriter writer = store.goOn(upload, ALICE)) {
      writer.append(Part.of(Arrays.copyOf(content, CHUNK)), CHUNK);
    }
    store = open(); // After a restart it goes on.
    assertEquals(CHUNK, store.state(upload, ALICE).offset());
    try (UploadWriter writer = store.goOn(upload, ALICE)) {
      byte[] rest = Arrays.copyOfRange(content, CHUNK, content.length);
      writer.append(Part.of(rest), rest.length);
    }
    assertEquals(3, objects.size());
    Blob blob = store.read(id);
    assertArrayEquals(Arrays.copyOfRange(content, 2 * CHUNK, content.length), blob.chunk(2));
    objects.replaceAll((_, _) -> new byte[5]);
    BlobRefusedException refused = assertThrows(BlobRefusedException.class, () -> blob.chunk(0));
    assertEquals(new BlobRefusal.ChunkLost(id, 0), refused.refusal());
    store.release(id, ALICE);
    assertEquals(new BlobStore.Collected(1, 0), store.collect());
    assertTrue(objects.isEmpty());
  }

  private BlobStore open() throws IOException {
    return BlobStore.open(folder, chunks, TestStore.LIMITS, Holders.NONE, () -> NOW);
  }

  @Test
  void aStoreThatRefusesOrFailsIsAFault() {
    try (S3Chunks stranger =
        new S3Chunks(
            new S3Endpoint(endpoint.address(), "us-east-1", "bucket", "", "access", "guessed"),
            () -> NOW)) {
      Container container = Container.random();
      IOException refused =
          assertThrows(
              IOException.class, () -> stranger.write(container, 0, ByteBuffer.allocate(5)));
      assertTrue(String.valueOf(refused.getMessage()).contains("403"), refused.toString());
      assertFalse(endpoint.toString().contains("secret"));
    }
  }
}
