// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is served: uploads by tus 1.0 (core, creation, termination), blobs by GET and HEAD with
/// ranges, the hashes of their chunks, and leases.
///
/// - `POST /uploads` with Upload-Length and Upload-Metadata `root BASE64` and `lease BASE64`, the
///   texts of the root and of a number of seconds; `HEAD`, `PATCH`, `DELETE /uploads/NAME`.
/// - `GET`, `HEAD /blobs/ID`; `GET /blobs/ID/hashes`.
/// - Whatever {@link Pages} the server was given.
/// - `PUT /blobs/ID/lease` with Lease-Seconds, by who leases it; `DELETE /blobs/ID/lease`.
final class BlobRoutes {
  /// The version of tus.
  static final String TUS = "1.0.0";

  static final String UPLOAD_LENGTH = "Upload-Length";
  static final String UPLOAD_OFFSET = "Upload-Offset";
  static final String UPLOAD_METADATA = "Upload-Metadata";
  static final String TUS_RESUMABLE = "Tus-Resumable";
  static final String OFFSET_TYPE = "application/offset+octet-stream";
  static final String LEASE_SECONDS = "Lease-Seconds";

  /// Longest time for a reader to take a chunk.
  private static final long WRITE_SECONDS_MAX = 30;

  /// Chunks that are written and not taken yet.
  private static final int WRITES_MAX = 2;

  private static final Logger LOG = LoggerFactory.getLogger(BlobServer.class);
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,15}");
  private static final Pattern BLOB =
      Pattern.compile("/blobs/([0-9a-f]{64}-[0-9]{1,12})(/hashes|/lease)?");
  private static final Pattern UPLOAD = Pattern.compile("/uploads/([0-9a-f]{32})");

  private final BlobStore store;
  private final BlobAccess access;
  private final Pages pages;
  private final UploadPlaces uploading =
      new UploadPlaces(BlobServer.UPLOADING_MAX, BlobServer.OWNER_UPLOADING_MAX);

  BlobRoutes(BlobStore store, BlobAccess access, Pages pages) {
    this.store = store;
    this.access = access;
    this.pages = pages;
  }

  /// A request that is wrong in itself.
  private static final class BadRequestException extends Exception {
    private static final long serialVersionUID = 1;
    private final int status;

    BadRequestException(int status, String text) {
      super(text, null, false, false);
      this.status = status;
    }
  }

  /// Answers a request, whose body is paused.
  void answer(HttpServerRequest request, Context context) {
    try {
      route(request, context);
    } catch (BadRequestException bad) {
      end(request, bad.status, String.valueOf(bad.getMessage()));
    } catch (BlobRefusedException refused) {
      end(request, status(refused.refusal()), refused.refusal().toString());
    } catch (PeerGoneException gone) {
      var _ = request.connection().close();
    } catch (IOException failed) {
      LOG.atWarn().setCause(failed).log("the disk of blobs fails");
      end(request, 500, "the store fails");
    }
  }

  private void route(HttpServerRequest request, Context context)
      throws BadRequestException, BlobRefusedException, IOException {
    String path = request.path() == null ? "" : request.path();
    Matcher blob = BLOB.matcher(path);
    Matcher upload = UPLOAD.matcher(path);
    if (blob.matches()) {
      BlobId id = BlobId.parse(blob.group(1)).orElseThrow(() -> notFound());
      String part = blob.group(2) == null ? "" : blob.group(2);
      blob(request, id, request.method().name() + part);
    } else if (upload.matches()) {
      checkVersion(request);
      Container container = Container.parse(upload.group(1)).orElseThrow(() -> notFound());
      upload(request, context, container, owner(request));
    } else if (path.equals("/uploads") && request.method().name().equals("POST")) {
      checkVersion(request);
      create(request, owner(request));
    } else if (path.equals("/uploads") && request.method().name().equals("OPTIONS")) {
      request
          .response()
          .putHeader("Tus-Version", TUS)
          .putHeader("Tus-Extension", "creation,termination")
          .putHeader("Tus-Max-Size", Long.toString(BlobId.LENGTH_BYTES_MAX));
      end(request, 204, "");
    } else if (request.method().name().equals("GET")) {
      String authorization = authorization(request);
      Optional<byte[]> page = pages.page(path, authorization);
      if (page.isEmpty()) {
        throw pages.isEarly(path, authorization) ? early(request) : notFound();
      }
      var _ = request.response().end(Buffer.buffer(page.get()));
    } else {
      throw notFound();
    }
  }

  private static BadRequestException notFound() {
    return new BadRequestException(404, "no such resource");
  }

  /// What is asked for may come to be there for who asks.
  private static BadRequestException early(HttpServerRequest request) {
    HttpServerResponse _ = request.response().putHeader(BoundedHttp.RETRY_AFTER, "0");
    return new BadRequestException(503, "not yet");
  }

  private static void checkVersion(HttpServerRequest request) throws BadRequestException {
    HttpServerResponse _ = request.response().putHeader(TUS_RESUMABLE, TUS);
    if (!TUS.equals(request.getHeader(TUS_RESUMABLE))) {
      HttpServerResponse _ = request.response().putHeader("Tus-Version", TUS);
      throw new BadRequestException(412, "tus " + TUS + " is spoken here");
    }
  }

  private static String authorization(HttpServerRequest request) {
    String header = request.getHeader("Authorization");
    return header == null ? "" : header;
  }

  private BlobOwner owner(HttpServerRequest request) throws BadRequestException {
    return access
        .owner(authorization(request))
        .orElseThrow(() -> new BadRequestException(401, "who uploads or leases must say who"));
  }

  private static long number(HttpServerRequest request, String header) throws BadRequestException {
    String text = request.getHeader(header);
    if (text == null || !NUMBER.matcher(text).matches()) {
      throw new BadRequestException(400, header + " is missing or no number");
    }
    return Long.parseLong(text);
  }

  private void create(HttpServerRequest request, BlobOwner owner)
      throws BadRequestException, BlobRefusedException, IOException {
    long length = number(request, UPLOAD_LENGTH);
    if (length > BlobId.LENGTH_BYTES_MAX) {
      throw new BadRequestException(
          413, "a blob has at most " + BlobId.LENGTH_BYTES_MAX + " bytes");
    }
    BlobId id =
        BlobId.parse(metadata(request, "root") + "-" + length)
            .orElseThrow(() -> new BadRequestException(400, "root and length are no id"));
    String lease = metadata(request, "lease");
    if (!NUMBER.matcher(lease).matches()) {
      throw new BadRequestException(400, "lease is no number of seconds");
    }
    Container upload = store.begin(id, owner, Duration.ofSeconds(Long.parseLong(lease)));
    HttpServerResponse _ = request.response().putHeader("Location", "/uploads/" + upload.name());
    end(request, 201, "");
  }

  private static String metadata(HttpServerRequest request, String key) throws BadRequestException {
    String all = request.getHeader(UPLOAD_METADATA);
    for (String pair : (all == null ? "" : all).split(",", -1)) {
      String[] words = pair.strip().split(" ", -1);
      if (words.length == 2 && words[0].equals(key)) {
        try {
          return new String(Base64.getDecoder().decode(words[1]), StandardCharsets.ISO_8859_1);
        } catch (IllegalArgumentException wrong) {
          throw new BadRequestException(400, UPLOAD_METADATA + " is not in base 64");
        }
      }
    }
    throw new BadRequestException(400, UPLOAD_METADATA + " has no " + key);
  }

  private void upload(
      HttpServerRequest request, Context context, Container container, BlobOwner owner)
      throws BadRequestException, BlobRefusedException, IOException {
    switch (request.method().name()) {
      case "HEAD" -> {
        BlobStore.UploadState state = store.state(container, owner);
        request
            .response()
            .putHeader("Cache-Control", "no-store")
            .putHeader(UPLOAD_OFFSET, Long.toString(state.offset()))
            .putHeader(UPLOAD_LENGTH, Long.toString(state.id().length()));
        end(request, 200, "");
      }
      case "PATCH" -> append(request, context, container, owner);
      case "DELETE" -> {
        store.cancel(container, owner);
        end(request, 204, "");
      }
      default -> throw new BadRequestException(405, "HEAD, PATCH or DELETE");
    }
  }

  private void append(
      HttpServerRequest request, Context context, Container container, BlobOwner owner)
      throws BadRequestException, BlobRefusedException, IOException {
    if (!OFFSET_TYPE.equals(request.getHeader("Content-Type"))) {
      throw new BadRequestException(415, "the content's type is " + OFFSET_TYPE);
    }
    long offset = number(request, UPLOAD_OFFSET);
    try (UploadPlaces.Place _ = uploading.take(owner);
        UploadWriter writer = store.goOn(container, owner)) {
      if (writer.offset() != offset) {
        throw new BlobRefusedException(new BlobRefusal.WrongOffset(writer.offset(), offset));
      }
      RequestBody body = new RequestBody(request, context);
      Buffer piece = next(body);
      while (piece.length() > 0) {
        Buffer now = piece;
        writer.append(
            (from, target, at, length) -> {
              Buffer _ = now.getBytes(from, from + length, target, at);
            },
            now.length());
        piece = next(body);
      }
      writer.settle();
      HttpServerResponse _ =
          request.response().putHeader(UPLOAD_OFFSET, Long.toString(writer.offset()));
    }
    end(request, 204, "");
  }

  /// The other end is gone or too slow: nobody is left to be told.
  private static final class PeerGoneException extends IOException {
    private static final long serialVersionUID = 1;

    PeerGoneException(Throwable cause) {
      super(cause);
    }
  }

  private static Buffer next(RequestBody body) throws PeerGoneException {
    try {
      return body.next();
    } catch (IOException gone) {
      throw new PeerGoneException(gone);
    }
  }

  private void blob(HttpServerRequest request, BlobId id, String what)
      throws BadRequestException, BlobRefusedException, IOException {
    switch (what) {
      case "GET", "HEAD" -> content(request, id);
      case "GET/hashes" -> {
        checkReader(request, id);
        Buffer hashes = Buffer.buffer(store.read(id).hashes().toArray());
        var _ =
            request.response().putHeader("Content-Type", "application/octet-stream").end(hashes);
      }
      case "PUT/lease" -> {
        Duration lease = Duration.ofSeconds(number(request, LEASE_SECONDS));
        Instant until = store.renew(id, owner(request), lease);
        HttpServerResponse _ =
            request.response().putHeader("Lease-Until", Long.toString(until.getEpochSecond()));
        end(request, 204, "");
      }
      case "DELETE/lease" -> {
        store.release(id, owner(request));
        end(request, 204, "");
      }
      default -> throw new BadRequestException(405, "not a method of this resource");
    }
  }

  private void checkReader(HttpServerRequest request, BlobId id)
      throws BadRequestException, BlobRefusedException {
    String authorization = authorization(request);
    if (!access.mayRead(id, authorization)) {
      if (access.isEarly(id, authorization)) {
        throw early(request);
      }
      // Whether it is here is nobody else's business.
      throw new BlobRefusedException(new BlobRefusal.Absent(id));
    }
  }

  private void content(HttpServerRequest request, BlobId id)
      throws BadRequestException, BlobRefusedException, IOException {
    checkReader(request, id);
    Blob blob = store.read(id);
    String tag = "\"" + id + "\"";
    HttpServerResponse response =
        request.response().putHeader("ETag", tag).putHeader("Accept-Ranges", "bytes");
    if (tag.equals(request.getHeader("If-None-Match"))) {
      end(request, 304, "");
      return;
    }
    ByteRange range = ByteRange.of(request.getHeader("Range"), id.length());
    switch (range.kind()) {
      case UNSATISFIABLE -> {
        HttpServerResponse _ = response.putHeader("Content-Range", "bytes */" + id.length());
        end(request, 416, "");
        return;
      }
      case PART -> {
        HttpServerResponse _ =
            response
                .setStatusCode(206)
                .putHeader(
                    "Content-Range",
                    "bytes " + range.from() + "-" + (range.to() - 1) + "/" + id.length());
      }
      case WHOLE -> {
        HttpServerResponse _ = response.setStatusCode(200);
      }
    }
    response
        .putHeader("Content-Type", "application/octet-stream")
        .putHeader("Content-Length", Long.toString(range.to() - range.from()));
    if (request.method().name().equals("GET")) {
      send(response, blob, range);
    }
    var _ = response.end();
  }

  private static void send(HttpServerResponse response, Blob blob, ByteRange range)
      throws BlobRefusedException, IOException {
    Deque<Future<Void>> writes = new ArrayDeque<>();
    long position = range.from();
    try {
      while (position < range.to()) {
        int chunk = (int) (position / BlobId.CHUNK_BYTES);
        int from = (int) (position % BlobId.CHUNK_BYTES);
        byte[] bytes = blob.chunk(chunk);
        int length = (int) Math.min(bytes.length - from, range.to() - position);
        if (writes.size() == WRITES_MAX) {
          await(writes.remove());
        }
        writes.add(response.write(Buffer.buffer(length).appendBytes(bytes, from, length)));
        position += length;
      }
      while (!writes.isEmpty()) {
        await(writes.remove());
      }
    } catch (BlobRefusedException lost) {
      if (position == range.from()) {
        throw lost; // Nothing has been sent: it can still be told.
      }
      throw new PeerGoneException(lost); // All that is left is to break off.
    }
  }

  private static void await(Future<Void> write) throws PeerGoneException {
    try {
      Void _ =
          write.toCompletionStage().toCompletableFuture().get(WRITE_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException gone) {
      throw new PeerGoneException(gone);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new PeerGoneException(interrupted);
    }
  }

  /// Ends a response without content, or with a line of text; a body that was not read, and may be
  /// long, ends the connection.
  static void end(HttpServerRequest request, int status, String text) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.headWritten()) {
      var _ = request.connection().close();
      return;
    }
    response.setStatusCode(status);
    response.headers().remove("Content-Length");
    if (!request.isEnded() && status >= 400) {
      HttpServerResponse _ = response.putHeader("Connection", "close");
    }
    boolean silent = text.isEmpty() || request.method().name().equals("HEAD");
    var _ = silent ? response.end() : response.end(text + "\n");
  }

  private static int status(BlobRefusal refusal) {
    return switch (refusal) {
      case BlobRefusal.Absent _, BlobRefusal.UnknownUpload _ -> 404;
      case BlobRefusal.Present _, BlobRefusal.WrongOffset _ -> 409;
      case BlobRefusal.Busy _ -> 423;
      case BlobRefusal.TooLong _ -> 413;
      case BlobRefusal.WrongContent _ -> 460; // Of tus: the checksum does not match.
      case BlobRefusal.QuotaExceeded _, BlobRefusal.StoreFull _ -> 507;
      case BlobRefusal.TooMany _ -> 429;
      case BlobRefusal.LeaseOutOfRange _ -> 400;
      case BlobRefusal.ChunkLost _, BlobRefusal.HashesLost _ -> 502;
      case BlobRefusal.AddressNotAllowed _, BlobRefusal.Remote _ -> 500; // A client's.
    };
  }

  /// The metadata of an upload.
  static String metadata(BlobId id, Duration lease) {
    String text = id.toString();
    String root = text.substring(0, text.indexOf('-'));
    return "root " + base64(root) + ",lease " + base64(Long.toString(lease.toSeconds()));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  /// The name of the upload at this path.
  static Optional<Container> uploadAt(String path) {
    Matcher match = UPLOAD.matcher(path);
    return match.matches() ? Container.parse(match.group(1)) : Optional.empty();
  }
}
