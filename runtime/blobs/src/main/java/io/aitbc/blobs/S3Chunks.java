// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.SortedMap;
import java.util.TreeMap;

/// Chunks in a bucket of an S3-compatible store, an object for each. The store checks the hash of
/// what it takes; records of blobs stay on this node's disk.
public final class S3Chunks implements ChunkStore, AutoCloseable {
  private static final Duration REQUEST_TIME_MAX = Duration.ofSeconds(30);

  /// Attempts before a request has failed: stores answer 503 when they are busy.
  private static final int ATTEMPTS_MAX = 4;

  private static final long PAUSE_MILLIS = 100;

  /// Bytes of an answer that is no chunk.
  private static final int TEXT_BYTES_MAX = 64 << 10;

  private final S3Endpoint endpoint;
  private final InstantSource clock;
  private final BoundedHttp http = new BoundedHttp();

  /// Keeps chunks in this bucket.
  ///
  /// @param clock for signatures, which hold for a quarter of an hour
  public S3Chunks(S3Endpoint endpoint, InstantSource clock) {
    this.endpoint = endpoint;
    this.clock = clock;
  }

  private String path(Container container, int chunk) {
    return "/%s/%s%s/%08x".formatted(endpoint.bucket(), endpoint.prefix(), container.name(), chunk);
  }

  /// Sends a request until the store has an answer to it.
  private HttpResponse<byte[]> send(String method, String path, byte[] content, int answerMax)
      throws IOException {
    String last = "";
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      try {
        HttpResponse<byte[]> answer = sendOnce(method, path, content, answerMax);
        if (answer.statusCode() < 500) {
          return answer;
        }
        last = "status " + answer.statusCode();
      } catch (IOException failed) {
        last = String.valueOf(failed.getMessage());
      }
      pause(attempt);
    }
    throw new IOException(method + " " + endpoint.address() + path + " failed: " + last);
  }

  private static void pause(int attempt) throws IOException {
    try {
      Thread.sleep(PAUSE_MILLIS << (2 * attempt));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", interrupted);
    }
  }

  private HttpResponse<byte[]> sendOnce(String method, String path, byte[] content, int answerMax)
      throws IOException {
    URI address = endpoint.address().resolve(path);
    SortedMap<String, String> signed = new TreeMap<>();
    int port = address.getPort();
    signed.put("host", port < 0 ? address.getHost() : address.getHost() + ":" + port);
    signed.put("x-amz-content-sha256", S3Signature.hash(content));
    signed.put("x-amz-date", S3Signature.time(clock.instant()));
    HttpRequest request =
        HttpRequest.newBuilder(address)
            .method(
                method,
                method.equals("PUT")
                    ? BodyPublishers.ofByteArray(content)
                    : BodyPublishers.noBody())
            .header("x-amz-content-sha256", signed.get("x-amz-content-sha256"))
            .header("x-amz-date", signed.get("x-amz-date"))
            .header(
                "Authorization",
                S3Signature.authorization(endpoint, method, address.getRawPath(), signed))
            .build();
    return http.send(request, answerMax, REQUEST_TIME_MAX);
  }

  private static IOException refused(String what, HttpResponse<byte[]> answer) {
    return new IOException("the store refuses to " + what + ": status " + answer.statusCode());
  }

  @Override
  public void write(Container container, int chunk, ByteBuffer bytes) throws IOException {
    byte[] content = new byte[bytes.remaining()];
    ByteBuffer _ = bytes.get(content);
    HttpResponse<byte[]> answer = send("PUT", path(container, chunk), content, TEXT_BYTES_MAX);
    if (answer.statusCode() != 200) {
      throw refused("take a chunk", answer);
    }
  }

  @Override
  public boolean read(Container container, int chunk, ByteBuffer target) throws IOException {
    HttpResponse<byte[]> answer =
        send("GET", path(container, chunk), new byte[0], BlobId.CHUNK_BYTES);
    if (answer.statusCode() == 404) {
      return false;
    }
    if (answer.statusCode() != 200) {
      throw refused("give a chunk", answer);
    }
    byte[] content = answer.body();
    int length = Math.min(content.length, target.remaining());
    ByteBuffer _ = target.put(content, 0, length);
    return !target.hasRemaining();
  }

  /// Nothing to do: what the store has taken, it keeps.
  @Override
  public void sync(Container container) {}

  @Override
  public void delete(Container container, int chunks) throws IOException {
    for (int chunk = 0; chunk < chunks; chunk++) {
      HttpResponse<byte[]> answer =
          send("DELETE", path(container, chunk), new byte[0], TEXT_BYTES_MAX);
      if (answer.statusCode() >= 300 && answer.statusCode() != 404) {
        throw refused("remove a chunk", answer);
      }
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
