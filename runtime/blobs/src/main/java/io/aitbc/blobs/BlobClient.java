// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import io.aitbc.crypto.Hash;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/// Speaks to another node's {@link BlobServer}. Whatever comes is judged by the blob's id; answers
/// are bounded in bytes and in time; redirects are not followed. Calls block. Protocol §17.8.
public final class BlobClient implements AutoCloseable {
  /// Bytes that one request of an upload carries: what is sent again at most when an answer is
  /// lost.
  private static final int PATCH_BYTES_MAX = 64 << 20;

  private static final Duration PATCH_TIME_MAX = Duration.ofMinutes(2);

  /// Slowest node that a file is given to, in bytes a second, once it has had {@link
  /// #GRACE_SECONDS}: a byte of progress now and then would keep an upload going for ever.
  private static final long BYTES_PER_SECOND_MIN = 256 << 10;

  private static final long GRACE_SECONDS = 60;
  private static final Duration REQUEST_TIME_MAX = Duration.ofSeconds(30);
  private static final int TEXT_BYTES_MAX = 4_096;
  private static final int TOLD_CHARACTERS_MAX = 200;

  /// Attempts without a byte of progress before an upload or a chunk is given up.
  private static final int ATTEMPTS_MAX = 5;

  private static final long PAUSE_MILLIS = 200;

  private final BoundedHttp http;
  private final boolean owned;
  private final URI base;
  private final Supplier<String> authorization;
  private final Reach reach;

  /// A client of one node.
  ///
  /// @param base where it serves, such as `http://host:port`
  /// @param authorization the Authorization header to send; empty for none
  /// @param reach where the address may lead
  public BlobClient(URI base, String authorization, Reach reach) {
    this(base, () -> authorization, reach);
  }

  /// A client of one node whose authorization lasts for a while only.
  ///
  /// @param base where it serves, such as `http://host:port`
  /// @param authorization the Authorization header of the next request; empty for none
  /// @param reach where the address may lead
  public BlobClient(URI base, Supplier<String> authorization, Reach reach) {
    this(new BoundedHttp(), true, base, authorization, reach);
  }

  /// A client of one node over connections that others use too, and who gives them closes.
  ///
  /// @param base where it serves, such as `http://host:port`
  /// @param authorization the Authorization header of the next request; empty for none
  /// @param reach where the address may lead
  public BlobClient(BoundedHttp http, URI base, Supplier<String> authorization, Reach reach) {
    this(http, false, base, authorization, reach);
  }

  private BlobClient(
      BoundedHttp http, boolean owned, URI base, Supplier<String> authorization, Reach reach) {
    this.http = http;
    this.owned = owned;
    this.base = base;
    this.authorization = authorization;
    this.reach = reach;
  }

  /// Takes content in order.
  @FunctionalInterface
  public interface Sink {
    /// Takes the next bytes, which are right.
    ///
    /// @throws IOException if it cannot; ends the download
    void take(byte[] bytes) throws IOException;
  }

  private HttpRequest.Builder request(String path) throws BlobRefusedException, IOException {
    reach.check(base);
    HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path));
    String header = authorization.get();
    return header.isEmpty() ? request : request.header("Authorization", header);
  }

  private static BlobRefusedException remote(HttpResponse<byte[]> answer) {
    String text = new String(answer.body(), StandardCharsets.US_ASCII).replaceAll("[^ -~]", "");
    String told = text.substring(0, Math.min(TOLD_CHARACTERS_MAX, text.length()));
    return new BlobRefusedException(new BlobRefusal.Remote(answer.statusCode(), told));
  }

  /// Uploads a file, or renews the lease that this account has of the blob. Goes on where it
  /// stopped when the connection breaks or the other node starts again.
  ///
  /// @param id what the file is
  /// @param file the file
  /// @param lease how long the blob shall be kept
  /// @throws BlobRefusedException if the other node refuses
  /// @throws IOException if the file cannot be read, or the node not be reached again and again
  public void upload(BlobId id, Path file, Duration lease)
      throws BlobRefusedException, IOException {
    upload(id, file, lease, _ -> {});
  }

  /// The same, and tells how far it is.
  ///
  /// @param sent is told, on another thread, how many bytes of the file are on their way; less than
  ///   before when some have to be sent again
  /// @throws BlobRefusedException if the other node refuses
  /// @throws IOException if the file cannot be read, or the node not be reached again and again
  public void upload(BlobId id, Path file, Duration lease, LongConsumer sent)
      throws BlobRefusedException, IOException {
    HttpRequest create =
        request("/uploads")
            .header(BlobRoutes.TUS_RESUMABLE, BlobRoutes.TUS)
            .header(BlobRoutes.UPLOAD_LENGTH, Long.toString(id.length()))
            .header(BlobRoutes.UPLOAD_METADATA, BlobRoutes.metadata(id, lease))
            .POST(BodyPublishers.noBody())
            .build();
    HttpResponse<byte[]> created = http.send(create, TEXT_BYTES_MAX, REQUEST_TIME_MAX);
    if (created.statusCode() == 409) { // It is there, by this account.
      lease(id, lease);
      return;
    }
    if (created.statusCode() != 201) {
      throw remote(created);
    }
    Container upload =
        created
            .headers()
            .firstValue("Location")
            .flatMap(BlobRoutes::uploadAt)
            .orElseThrow(() -> remote(created));
    send(upload, id, file, sent);
  }

  private void send(Container upload, BlobId id, Path file, LongConsumer sent)
      throws BlobRefusedException, IOException {
    // Closed at the end, also under a request that broke and still reads.
    try (FileChannel content = FileChannel.open(file, StandardOpenOption.READ)) {
      send(upload, id, content, sent);
    }
  }

  private void send(Container upload, BlobId id, FileChannel content, LongConsumer sent)
      throws BlobRefusedException, IOException {
    FileBody.Buffers buffers = new FileBody.Buffers();
    long secondsMax = GRACE_SECONDS + id.length() / BYTES_PER_SECOND_MIN;
    long startNanos = System.nanoTime();
    long offset = 0;
    int failures = 0;
    while (offset < id.length()) {
      try {
        int length = (int) Math.min(PATCH_BYTES_MAX, id.length() - offset);
        FileBody body = new FileBody(content, offset, offset + length, buffers, sent);
        offset = patch(upload, body, offset, length);
        failures = 0;
      } catch (IOException broken) {
        failures++;
        buffers = new FileBody.Buffers(); // The request may still take from the others.
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos);
        if (failures == ATTEMPTS_MAX || seconds > secondsMax) {
          throw broken;
        }
        pause(failures);
        long known = offset(upload, id, offset);
        failures = known > offset ? 0 : failures;
        offset = known;
      }
    }
  }

  private long patch(Container upload, FileBody body, long offset, int length)
      throws BlobRefusedException, IOException {
    HttpRequest patch =
        request("/uploads/" + upload.name())
            .header(BlobRoutes.TUS_RESUMABLE, BlobRoutes.TUS)
            .header(BlobRoutes.UPLOAD_OFFSET, Long.toString(offset))
            .header("Content-Type", BlobRoutes.OFFSET_TYPE)
            .method("PATCH", BodyPublishers.fromPublisher(body, length))
            .build();
    HttpResponse<byte[]> answer = http.send(patch, TEXT_BYTES_MAX, PATCH_TIME_MAX);
    return switch (answer.statusCode()) {
      case 204 -> offset + length;
      case 409, 423 -> throw new IOException("the upload stands elsewhere: " + answer.statusCode());
      default -> throw remote(answer);
    };
  }

  /// Where an upload stands. One that is gone although all was sent may have been finished.
  private long offset(Container upload, BlobId id, long sent)
      throws BlobRefusedException, IOException {
    HttpRequest head =
        request("/uploads/" + upload.name())
            .header(BlobRoutes.TUS_RESUMABLE, BlobRoutes.TUS)
            .HEAD()
            .build();
    HttpResponse<byte[]> answer;
    try {
      answer = http.send(head, TEXT_BYTES_MAX, REQUEST_TIME_MAX);
    } catch (IOException unreachable) {
      return sent; // Counts as an attempt without progress.
    }
    if (answer.statusCode() == 404 && has(id)) {
      return id.length();
    }
    if (answer.statusCode() == 423) { // Still busy with the broken request.
      return sent;
    }
    return answer
        .headers()
        .firstValue(BlobRoutes.UPLOAD_OFFSET)
        .filter(text -> text.matches("[0-9]{1,15}"))
        .map(Long::parseLong)
        .filter(offset -> offset <= id.length())
        .orElseThrow(() -> remote(answer));
  }

  private static void pause(int failures) throws IOException {
    try {
      Thread.sleep(PAUSE_MILLIS << failures);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", interrupted);
    }
  }

  /// Whether the other node has a blob, and lets this one read it.
  ///
  /// @throws BlobRefusedException if the address may not be asked
  /// @throws IOException if it cannot be reached
  public boolean has(BlobId id) throws BlobRefusedException, IOException {
    HttpRequest head = request("/blobs/" + id).HEAD().build();
    return http.send(head, TEXT_BYTES_MAX, REQUEST_TIME_MAX).statusCode() == 200;
  }

  /// Leases a blob for longer that this account leases.
  ///
  /// @throws BlobRefusedException if the other node refuses
  /// @throws IOException if it cannot be reached
  public void lease(BlobId id, Duration lease) throws BlobRefusedException, IOException {
    HttpRequest put =
        request("/blobs/" + id + "/lease")
            .header(BlobRoutes.LEASE_SECONDS, Long.toString(lease.toSeconds()))
            .PUT(BodyPublishers.noBody())
            .build();
    HttpResponse<byte[]> answer = http.send(put, TEXT_BYTES_MAX, REQUEST_TIME_MAX);
    if (answer.statusCode() != 204) {
      throw remote(answer);
    }
  }

  /// The hashes of a blob's chunks, checked.
  ///
  /// @throws BlobRefusedException if the other node refuses, or gives others
  /// @throws IOException if it cannot be reached
  public ChunkHashes hashes(BlobId id) throws BlobRefusedException, IOException {
    HttpRequest get = request("/blobs/" + id + "/hashes").GET().build();
    int bytes = Math.max(TEXT_BYTES_MAX, id.chunks() * Hash.BYTES);
    HttpResponse<byte[]> answer = http.ask(get, bytes, REQUEST_TIME_MAX);
    if (answer.statusCode() != 200) {
      throw remote(answer);
    }
    return ChunkHashes.of(id, answer.body())
        .orElseThrow(() -> new BlobRefusedException(new BlobRefusal.HashesLost(id)));
  }

  /// A chunk, checked.
  ///
  /// @param id the blob
  /// @param hashes the hashes of its chunks
  /// @param chunk its number
  /// @throws BlobRefusedException if the other node refuses, or gives something else
  /// @throws IOException if it cannot be reached
  public byte[] chunk(BlobId id, ChunkHashes hashes, int chunk)
      throws BlobRefusedException, IOException {
    return chunk(id, hashes, chunk, REQUEST_TIME_MAX);
  }

  private byte[] chunk(BlobId id, ChunkHashes hashes, int chunk, Duration timeMax)
      throws BlobRefusedException, IOException {
    long from = (long) chunk * BlobId.CHUNK_BYTES;
    long last = from + id.chunkLength(chunk) - 1;
    HttpRequest get =
        request("/blobs/" + id).header("Range", "bytes=" + from + "-" + last).GET().build();
    int bytesMax = Math.max(TEXT_BYTES_MAX, id.chunkLength(chunk));
    HttpResponse<byte[]> answer = http.ask(get, bytesMax, timeMax);
    if (answer.statusCode() != 206) {
      throw remote(answer);
    }
    byte[] bytes = answer.body();
    if (bytes.length != id.chunkLength(chunk) || !hashes.hold(chunk, bytes, bytes.length)) {
      throw new BlobRefusedException(new BlobRefusal.ChunkLost(id, chunk));
    }
    return bytes;
  }

  /// Downloads bytes of a blob, each of them checked before it is given.
  ///
  /// @param id the blob
  /// @param from the first byte
  /// @param to the byte after the last
  /// @param sink takes them
  /// @throws BlobRefusedException if the other node refuses, or gives something else
  /// @throws IOException if it cannot be reached again and again, or the sink fails
  public void download(BlobId id, long from, long to, Sink sink)
      throws BlobRefusedException, IOException {
    download(id, from, to, Deadline.NONE, sink);
  }

  /// Downloads a blob, each byte of it checked before it is given.
  ///
  /// @param id the blob
  /// @param timeMax until all of it is here, however the other node spreads it
  /// @param sink takes the bytes
  /// @throws BlobRefusedException if the other node refuses, or gives something else
  /// @throws IOException if it does not come in time, or the sink fails
  public void download(BlobId id, Duration timeMax, Sink sink)
      throws BlobRefusedException, IOException {
    download(id, 0, id.length(), Deadline.in(timeMax), sink);
  }

  /// When a download ends, by {@link System#nanoTime}.
  private record Deadline(boolean isSet, long atNanos) {
    static final Deadline NONE = new Deadline(false, 0);

    static Deadline in(Duration time) {
      return new Deadline(true, System.nanoTime() + time.toNanos());
    }

    /// Time for a request.
    ///
    /// @throws HttpTimeoutException if there is none left
    Duration request() throws HttpTimeoutException {
      if (!isSet) {
        return REQUEST_TIME_MAX;
      }
      Duration left = Duration.ofNanos(atNanos - System.nanoTime());
      if (!left.isPositive()) {
        throw new HttpTimeoutException("it takes too long");
      }
      return left.compareTo(REQUEST_TIME_MAX) < 0 ? left : REQUEST_TIME_MAX;
    }
  }

  private void download(BlobId id, long from, long to, Deadline deadline, Sink sink)
      throws BlobRefusedException, IOException {
    if (from < 0 || from > to || to > id.length()) {
      throw new IllegalArgumentException("no part of " + id + ": " + from + " to " + to);
    }
    // The root of a single chunk is its hash: there is nothing to ask for.
    Optional<ChunkHashes> single = ChunkHashes.of(id, id.root().toArray());
    ChunkHashes hashes = single.isPresent() ? single.get() : hashes(id);
    long position = from;
    while (position < to) {
      int chunk = (int) (position / BlobId.CHUNK_BYTES);
      int begin = (int) (position % BlobId.CHUNK_BYTES);
      byte[] bytes = patiently(id, hashes, chunk, deadline);
      int end = (int) Math.min(bytes.length, begin + to - position);
      sink.take(begin == 0 && end == bytes.length ? bytes : Arrays.copyOfRange(bytes, begin, end));
      position += end - begin;
    }
  }

  private byte[] patiently(BlobId id, ChunkHashes hashes, int chunk, Deadline deadline)
      throws BlobRefusedException, IOException {
    for (int failures = 1; ; failures++) {
      Duration timeMax = deadline.request();
      try {
        return chunk(id, hashes, chunk, timeMax);
      } catch (IOException broken) {
        if (failures == ATTEMPTS_MAX) {
          throw broken;
        }
        pause(failures);
      }
    }
  }

  @Override
  public void close() {
    if (owned) {
      http.close();
    }
  }
}
