// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// The body of a request, taken piece by piece by another thread than the event loop. As many
/// pieces as were taken are asked for, so no more than {@link #PIECES_MAX} wait.
final class RequestBody {
  /// Bytes of the longest piece.
  static final int PIECE_BYTES_MAX = 64 << 10;

  /// Pieces that wait at one time: 2 MiB, so that the line is busy while a chunk is hashed.
  static final int PIECES_MAX = 32;

  /// Slowest sender, in bytes a second, once it has had {@link #GRACE_SECONDS}: slower ones would
  /// keep a place for days.
  private static final long BYTES_PER_SECOND_MIN = 16 << 10;

  private static final long GRACE_SECONDS = 60;
  private static final long PIECE_SECONDS_MAX = 30;

  private final HttpServerRequest request;
  private final Context context;
  // Two more places: for the end, and for a fault after it.
  // An empty piece is the end, none a fault.
  private final BlockingQueue<Optional<Buffer>> pieces = new ArrayBlockingQueue<>(PIECES_MAX + 2);
  private final long startNanos = System.nanoTime();
  private long bytes;
  private int taken;

  /// Begins to take; the request must be paused.
  RequestBody(HttpServerRequest request, Context context) {
    this.request = request;
    this.context = context;
    context.runOnContext(_ -> {
      // What does not fit was not asked for, so it cannot come; `offer` never blocks the loop.
      request.handler(piece -> give(Optional.of(piece)));
      request.endHandler(_ -> give(Optional.of(Buffer.buffer())));
      request.exceptionHandler(_ -> give(Optional.empty()));
      request.fetch(PIECES_MAX);
    });
  }

  private void give(Optional<Buffer> piece) {
    boolean fits = pieces.offer(piece);
    if (!fits) {
      var _ = request.connection().close();
    }
  }

  /// The next piece; empty at the end.
  ///
  /// @throws IOException if the connection broke, or its other end is too slow
  Buffer next() throws IOException {
    Optional<Buffer> next;
    try {
      next =
          Objects.requireNonNullElse(
              pieces.poll(PIECE_SECONDS_MAX, TimeUnit.SECONDS), Optional.empty());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", interrupted);
    }
    Buffer piece = next.orElseThrow(() -> new IOException("the request's body stopped"));
    bytes += piece.length();
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos);
    if (bytes < (seconds - GRACE_SECONDS) * BYTES_PER_SECOND_MIN) {
      throw new IOException("the request's body comes too slowly");
    }
    taken++;
    if (taken == PIECES_MAX / 2) {
      taken = 0;
      context.runOnContext(_ -> request.fetch(PIECES_MAX / 2));
    }
    return piece;
  }
}
