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
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import io.aitbc.crypto.MerkleTree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobServerIT {
  private static final String ID = "GET /blobs/" + "ab".repeat(32);

  @TempDir Path folder;
  private TestStore test;
  private BlobServer server;
  private BlobClient client;

  /// A request is on the account of whom it names; who names nobody may only read.
  private static final BlobAccess ACCESS =
      new BlobAccess() {
        @Override
        public Optional<BlobOwner> owner(String authorization) {
          return BlobOwner.parse(authorization);
        }

        @Override
        public boolean mayRead(BlobId id, String authorization) {
          return !authorization.equals("stranger");
        }
      };

  @BeforeEach
  void start() throws IOException {
    test = new TestStore(folder);
    server =
        BlobServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), test.store, ACCESS);
    client = client("alice");
  }

  private BlobClient client(String name) {
    return new BlobClient(URI.create("http://127.0.0.1:" + server.port()), name, Reach.ANY);
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private Path file(byte[] content) throws IOException {
    return Files.write(folder.resolve("file"), content);
  }

  private byte[] download(BlobId id, long from, long to) throws Exception {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    client.download(id, from, to, content::writeBytes);
    return content.toByteArray();
  }

  /// Sends these lines and then these bytes, and gives all that comes until the connection ends.
  private String raw(String head, byte[] body) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      String all = head + "\r\nHost: x\r\nConnection: close\r\n\r\n";
      out.write(all.getBytes(StandardCharsets.ISO_8859_1));
      out.write(body);
      out.flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private String status(String head) throws IOException {
    String answer = raw(head, new byte[0]);
    return answer.isEmpty() ? "" : answer.substring(9, 12);
  }

  @Test // Protocol §17.8.
  void aFileIsUploadedAndDownloaded() throws Exception {
    byte[] content = Content.bytes(3 * CHUNK + 77, 1);
    BlobId id = BlobHasher.id(content);
    client.upload(id, file(content), HOUR);
    assertTrue(client.has(id));
    assertArrayEquals(content, download(id, 0, content.length));
    assertArrayEquals(
        Arrays.copyOfRange(content, CHUNK - 5, 2 * CHUNK + 9),
        download(id, CHUNK - 5, 2 * CHUNK + 9));
    assertArrayEquals(new byte[0], download(id, 9, 9));
    client.upload(id, file(content), HOUR.plus(HOUR)); // It is there: leased for longer.
    assertEquals(1, test.store.usage().blobs());
    BlobId nothing = BlobHasher.id(new byte[0]);
    client.upload(nothing, file(new byte[0]), HOUR);
    assertTrue(client.has(nothing));
  }

  @Test
  void aBrokenUploadGoesOnFromTheLastByteThatCame() throws Exception {
    byte[] content = Content.bytes(2 * CHUNK + 10, 1);
    BlobId id = BlobHasher.id(content);
    Container upload = test.store.begin(id, ALICE, HOUR);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      OutputStream out = socket.getOutputStream();
      String head = patch(upload, 0) + "\r\nHost: x\r\nContent-Length: " + content.length;
      out.write((head + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
      out.write(content, 0, CHUNK + 1_000);
      out.flush();
      // Nobody asks the store before: who asks has the upload for that moment.
      Path hashes = folder.resolve("uploads").resolve(upload.name() + ".hashes");
      await(() -> Files.exists(hashes) && Files.size(hashes) > 0);
    } // Cut off.
    await(() -> {
      try {
        return test.store.state(upload, ALICE).offset() >= CHUNK;
      } catch (BlobRefusedException busy) {
        assertTrue(busy.refusal() instanceof BlobRefusal.Busy, busy.toString());
        return false;
      }
    });
    long offset = test.store.state(upload, ALICE).offset();
    byte[] rest = Arrays.copyOfRange(content, (int) offset, content.length);
    String wrong = patch(upload, offset - 1) + "\r\nContent-Length: 1";
    assertTrue(raw(wrong, new byte[1]).startsWith("HTTP/1.1 409"));
    String answer = raw(patch(upload, offset) + "\r\nContent-Length: " + rest.length, rest);
    assertTrue(answer.startsWith("HTTP/1.1 204"), answer);
    assertArrayEquals(content, test.get(id));
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    for (int i = 0; !condition.call(); i++) {
      assertTrue(i < 1_000, "waited for ten seconds");
      Thread.sleep(10);
    }
  }

  private static String patch(Container upload, long offset) {
    return "PATCH /uploads/"
        + upload.name()
        + " HTTP/1.1\r\nAuthorization: alice\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: "
        + offset
        + "\r\nContent-Type: application/offset+octet-stream";
  }

  @Test
  void whoSendsSlowlyKeepsNoReaderOut() throws Exception {
    BlobId id = test.put(Content.bytes(1_000, 1), ALICE);
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < BlobServer.REQUESTS_MAX; i++) {
        // Twice as many of each owner as it has places.
        String owner = "owner" + i / (2 * BlobServer.OWNER_UPLOADING_MAX);
        BlobId wanted = BlobHasher.id(Content.bytes(1_000, 2 + i));
        Container upload = test.store.begin(wanted, new BlobOwner(owner), HOUR);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        slow.add(socket);
        String head =
            patch(upload, 0).replace("alice", owner)
                + "\r\nHost: x\r\nContent-Length: 1000\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
      }
      await(() -> {
        int refused = 0;
        for (Socket each : slow) {
          refused += each.getInputStream().available() > 0 ? 1 : 0;
        }
        return refused == BlobServer.REQUESTS_MAX - BlobServer.UPLOADING_MAX;
      });
      assertArrayEquals(Content.bytes(1_000, 1), download(id, 0, 1_000));
    } finally {
      for (Socket each : slow) {
        each.close();
      }
    }
    byte[] content = Content.bytes(2_000, 3);
    client.upload(BlobHasher.id(content), file(content), HOUR); // Their places are free again.
  }

  @Test
  void aPublicAddressHasAShareOfTheConnections() throws Exception {
    Connections connections = new Connections(6, 2);
    InetAddress first = InetAddress.ofLiteral("198.51.100.1");
    InetAddress second = InetAddress.ofLiteral("2001:db8:0:1::1");
    InetAddress sameNetwork = InetAddress.ofLiteral("2001:db8:0:1:2::3");
    assertTrue(connections.take(first));
    assertTrue(connections.take(first));
    assertFalse(connections.take(first));
    connections.giveBack(first);
    connections.giveBack(first);
    assertTrue(connections.take(first));
    assertTrue(connections.take(second));
    assertTrue(connections.take(sameNetwork));
    assertFalse(connections.take(sameNetwork));
    connections.giveBack(sameNetwork);
    InetAddress proxy = InetAddress.ofLiteral("10.0.0.1");
    assertTrue(connections.take(proxy));
    assertTrue(connections.take(proxy));
    assertFalse(connections.take(proxy), "seven in all");
  }

  @Test
  void anUploadThatBreaksLeavesNoFileOpen() throws Exception {
    byte[] content = Content.bytes(16 << 20, 1);
    Path file = file(content);
    HttpServer breaking =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    breaking.createContext(
        "/",
        exchange -> {
          switch (exchange.getRequestMethod()) {
            case "POST" -> {
              exchange.getResponseHeaders().add("Location", "/uploads/" + "ab".repeat(16));
              exchange.sendResponseHeaders(201, -1);
            }
            case "PATCH" -> {
              int _ = exchange.getRequestBody().read();
            }
            default -> exchange.sendResponseHeaders(404, -1);
          }
          exchange.close();
        });
    breaking.start();
    URI base = URI.create("http://127.0.0.1:" + breaking.getAddress().getPort());
    try (BlobClient uploading = new BlobClient(base, "alice", Reach.ANY)) {
      assertThrows(
          BlobRefusedException.class, () -> uploading.upload(BlobHasher.id(content), file, HOUR));
    } finally {
      breaking.stop(0);
    }
    assertEquals(0, openFiles(file));
  }

  /// How often this process has a file open.
  private static long openFiles(Path file) throws IOException {
    Path descriptors = Path.of("/proc/self/fd");
    assumeTrue(Files.isDirectory(descriptors));
    long count = 0;
    try (DirectoryStream<Path> all = Files.newDirectoryStream(descriptors)) {
      for (Path each : all) {
        count += Files.exists(each) && Files.isSameFile(each, file) ? 1 : 0;
      }
    }
    return count;
  }

  @Test // Protocol §17.8.
  void contentOfAnotherIdIsRefused() throws Exception {
    byte[] content = Content.bytes(100, 1);
    BlobId id = BlobHasher.id(content);
    content[3] ^= 1;
    BlobRefusedException refused =
        assertThrows(BlobRefusedException.class, () -> client.upload(id, file(content), HOUR));
    assertTrue(refused.refusal() instanceof BlobRefusal.Remote(var status, _) && status == 460);
    assertFalse(client.has(id));
  }

  @Test
  void moreThanTheQuotaIsRefused() throws Exception {
    byte[] content = Content.bytes(11 * CHUNK, 1);
    BlobId id = BlobHasher.id(content);
    BlobRefusedException refused =
        assertThrows(BlobRefusedException.class, () -> client.upload(id, file(content), HOUR));
    assertTrue(refused.refusal() instanceof BlobRefusal.Remote(var status, _) && status == 507);
  }

  @Test
  void whoMayNotReadIsNotEvenToldWhatIsThere() throws Exception {
    BlobId id = test.put(Content.bytes(10, 1), ALICE);
    try (BlobClient stranger = client("stranger")) {
      assertFalse(stranger.has(id));
      BlobRefusedException refused =
          assertThrows(BlobRefusedException.class, () -> stranger.hashes(id));
      assertTrue(refused.refusal() instanceof BlobRefusal.Remote(var status, _) && status == 404);
    }
  }

  @Test
  void rangesAreThoseOfTheRfc() throws Exception {
    byte[] content = "0123456789".getBytes(StandardCharsets.US_ASCII);
    BlobId id = test.put(content, ALICE);
    String get = "GET /blobs/" + id + " HTTP/1.1\r\nRange: bytes=";
    assertTrue(raw(get + "2-4", new byte[0]).endsWith("\r\n\r\n234"));
    assertTrue(raw(get + "-3", new byte[0]).endsWith("\r\n\r\n789"));
    assertTrue(raw(get + "8-99", new byte[0]).endsWith("\r\n\r\n89"));
    assertTrue(raw(get + "0-", new byte[0]).endsWith("\r\n\r\n0123456789"));
    assertEquals("416", status(get + "10-"));
    assertEquals("416", status(get + "-0"));
    for (String whole : List.of("4-2", "0-1,3-4", "x-y", "-", "99999999999999999999-")) {
      assertEquals("200", status(get + whole), whole);
    }
    String tagged = "GET /blobs/" + id + " HTTP/1.1\r\nIf-None-Match: \"" + id + "\"";
    assertEquals("304", status(tagged));
  }

  @Test
  void pathsAndNumbersOfStrangersAreRefused() throws Exception {
    for (String head :
        List.of(
            "GET /blobs/../../etc/passwd HTTP/1.1",
            "GET /blobs/%2e%2e/uploads HTTP/1.1",
            "GET /blobs/ HTTP/1.1",
            ID + "-1/../x HTTP/1.1",
            ID + "-0 HTTP/1.1",
            ID + "-999999999999 HTTP/1.1",
            ID + "-99999999999999999999 HTTP/1.1",
            ID + "-10 HTTP/1.1",
            "DELETE /uploads HTTP/1.1")) {
      assertEquals("404", status(head), head);
    }
    String post = "POST /uploads HTTP/1.1\r\nTus-Resumable: 1.0.0\r\nAuthorization: alice";
    String root = "\r\nUpload-Metadata: root " + base64("ab".repeat(32)) + ",lease ";
    String lease = base64("60");
    String length = "\r\nUpload-Length: ";
    assertEquals("413", status(post + root + lease + length + "999999999999999"));
    for (String head :
        List.of(
            post,
            post + length + "-1" + root + lease,
            post + length + "99999999999999999999" + root + lease,
            post + length + "10",
            post + length + "10" + root + "!!!",
            post + length + "10" + root + base64("-5"),
            post + length + "10" + root + base64("0"),
            post + length + "10\r\nUpload-Metadata: root " + base64("../x") + ",lease " + lease)) {
      assertEquals("400", status(head), head);
    }
    assertEquals("412", status("POST /uploads HTTP/1.1\r\nAuthorization: alice"));
    assertEquals("401", status("POST /uploads HTTP/1.1\r\nTus-Resumable: 1.0.0"));
    assertEquals("201", status(post + length + "10" + root + lease));
    assertEquals("204", status("OPTIONS /uploads HTTP/1.1"));
    assertEquals("405", status("PATCH /blobs/" + "ab".repeat(32) + "-10 HTTP/1.1"));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void aBodyLongerThanTheBlobIsRefused() throws Exception {
    Container upload = test.store.begin(BlobHasher.id(new byte[10]), ALICE, HOUR);
    String answer = raw(patch(upload, 0) + "\r\nContent-Length: 11", new byte[11]);
    assertTrue(answer.startsWith("HTTP/1.1 413"), answer);
  }

  @Test
  void aDamagedChunkIsFetchedFromTheOtherNode() throws Exception {
    byte[] content = Content.bytes(2 * CHUNK, 1);
    BlobId id = test.put(content, ALICE);
    Path other = Files.createDirectory(folder.resolve("other"));
    BlobStore second =
        BlobStore.open(
            other,
            new DirectoryChunks(other.resolve("chunks")),
            TestStore.LIMITS,
            new HttpHolders(_ -> List.of(client("stranger"), client("alice"))),
            () -> test.now);
    Container upload = second.begin(id, ALICE, HOUR);
    try (UploadWriter writer = second.goOn(upload, ALICE)) {
      writer.append(Part.of(content), content.length);
    }
    try (var files = Files.walk(other.resolve("chunks"))) {
      Path chunks = files.filter(Files::isRegularFile).findFirst().orElseThrow();
      Path _ = Files.write(chunks, new byte[CHUNK + 5]);
    }
    assertArrayEquals(Arrays.copyOf(content, CHUNK), second.read(id).chunk(0));
    assertArrayEquals(Arrays.copyOfRange(content, CHUNK, 2 * CHUNK), second.read(id).chunk(1));
    assertEquals(2, second.damagesRepaired());
  }

  @Test
  void aLyingNodeARedirectAndAnEndlessAnswerAreRefused() throws Exception {
    byte[] content = Content.bytes(100, 1);
    BlobId id = BlobHasher.id(content);
    byte[] lie = content.clone();
    lie[0] ^= 1;
    HttpServer liar =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    URI address = URI.create("http://127.0.0.1:" + liar.getAddress().getPort());
    liar.createContext(
        "/blobs/" + id,
        exchange -> {
          exchange.sendResponseHeaders(206, lie.length);
          exchange.getResponseBody().write(lie);
          exchange.close();
        });
    liar.createContext(
        "/blobs/" + id + "/hashes",
        exchange -> {
          exchange.getResponseHeaders().add("Location", address + "/elsewhere");
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    liar.createContext(
        "/blobs/" + id + "/lease",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try {
            while (true) {
              exchange.getResponseBody().write(lie);
            }
          } catch (IOException closed) {
            exchange.close();
          }
        });
    liar.start();
    try (BlobClient asking = new BlobClient(address, "", Reach.ANY)) {
      ChunkHashes hashes = hashesOf(content);
      assertEquals(
          new BlobRefusal.ChunkLost(id, 0),
          assertThrows(BlobRefusedException.class, () -> asking.chunk(id, hashes, 0)).refusal());
      assertEquals(
          new BlobRefusal.Remote(302, ""),
          assertThrows(BlobRefusedException.class, () -> asking.hashes(id)).refusal());
      IOException _ = assertThrows(IOException.class, () -> asking.lease(id, HOUR));
    } finally {
      liar.stop(0);
    }
  }

  /// The hashes of content of one chunk.
  private static ChunkHashes hashesOf(byte[] content) {
    byte[] leaf = MerkleTree.leaf(content).toArray();
    return ChunkHashes.of(BlobHasher.id(content), leaf).orElseThrow();
  }

  @Test
  void addressesOfStrangersCannotLeadInside() throws Exception {
    for (String host :
        List.of(
            "127.0.0.1",
            "10.1.2.3",
            "192.168.0.1",
            "172.16.9.9",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "[::1]",
            "[fe80::1]",
            "[fc00::1]",
            "[::ffff:10.0.0.1]",
            "[64:ff9b::a00:1]",
            "[2002:a00:1::]",
            "[2001::1]")) {
      URI address = URI.create("http://" + host + ":80");
      BlobRefusedException refused =
          assertThrows(BlobRefusedException.class, () -> Reach.PUBLIC.check(address), host);
      assertTrue(refused.refusal() instanceof BlobRefusal.AddressNotAllowed);
      Reach.ANY.check(address);
    }
    for (String text :
        List.of("file:///etc/passwd", "ftp://1.1.1.1", "http://a@1.1.1.1", "http:x")) {
      BlobRefusedException _ =
          assertThrows(BlobRefusedException.class, () -> Reach.ANY.check(URI.create(text)), text);
    }
    Reach.PUBLIC.check(URI.create("https://1.1.1.1"));
    Reach.PUBLIC.check(URI.create("https://[2606:4700::1111]:8080"));
  }

  @Test // Protocol §17.8.
  void aBlobOfOthersIsLeasedOnlyToWhoSendsItWhole() throws Exception {
    byte[] content = Content.bytes(2 * CHUNK, 3);
    BlobId id = BlobHasher.id(content);
    client.upload(id, file(content), HOUR);
    try (BlobClient mallory = client("mallory")) {
      BlobRefusedException refused =
          assertThrows(BlobRefusedException.class, () -> mallory.lease(id, HOUR));
      assertEquals(404, ((BlobRefusal.Remote) refused.refusal()).status());
      Path other = file(Content.bytes(2 * CHUNK, 4));
      assertThrows(BlobRefusedException.class, () -> mallory.upload(id, other, HOUR));
      assertFalse(test.store.isLeasedBy(id, new BlobOwner("mallory")));
    }
    try (BlobClient bob = client("bob")) {
      bob.upload(id, file(content), HOUR);
      bob.lease(id, HOUR);
    }
    assertTrue(test.store.isLeasedBy(id, new BlobOwner("bob")));
    assertEquals(1, test.store.usage().blobs());
  }
}
