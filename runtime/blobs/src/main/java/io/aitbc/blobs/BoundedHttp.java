// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/// Asks servers that may be anybody's: answers are bounded in bytes and, body included, in time;
/// redirects are not followed. Calls block.
public final class BoundedHttp implements AutoCloseable {
  /// The header with the seconds after which a server that has no answer yet may be asked again.
  static final String RETRY_AFTER = "Retry-After";

  private static final int NOT_YET = 503;
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,6}");
  private static final Duration CONNECT_TIME_MAX = Duration.ofSeconds(5);

  /// Before it asks again for the first time; each time is twice the one before.
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  private static final Duration PAUSE_MAX = Duration.ofSeconds(1);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIME_MAX)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  /// A client with connections of its own.
  public BoundedHttp() {}

  /// The answer to a request, whatever its status.
  ///
  /// @param request what to ask
  /// @param bytesMax bytes of the answer's body
  /// @param timeMax time until all of it is here
  /// @throws HttpTimeoutException if it was late
  /// @throws IOException if there is none, or a longer one
  public HttpResponse<byte[]> send(HttpRequest request, long bytesMax, Duration timeMax)
      throws IOException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        http.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), bytesMax));
    try {
      return answer.get(timeMax.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException failed) {
      throw new IOException(request.method() + " " + request.uri() + " failed", failed.getCause());
    } catch (TimeoutException late) {
      throw new HttpTimeoutException(request.method() + " " + request.uri() + " took too long");
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } finally {
      boolean _ = answer.cancel(true); // Ends what is still going on.
    }
  }

  /// The answer to a request that changes nothing, whatever its status; while the server says that
  /// it has none yet (503 with Retry-After), it is asked again.
  ///
  /// @param request what to ask
  /// @param bytesMax bytes of the answer's body
  /// @param timeMax time until all of it is here, however often it is asked
  /// @throws HttpTimeoutException if it was late
  /// @throws IOException if there is none, or a longer one
  public HttpResponse<byte[]> ask(HttpRequest request, long bytesMax, Duration timeMax)
      throws IOException {
    long end = System.nanoTime() + timeMax.toNanos();
    Duration pause = FIRST_PAUSE;
    while (true) {
      HttpResponse<byte[]> answer =
          send(request, bytesMax, Duration.ofNanos(end - System.nanoTime()));
      Optional<Duration> after = retryAfter(answer);
      if (after.isEmpty()) {
        return answer;
      }
      Duration now = pause.compareTo(after.get()) < 0 ? after.get() : pause;
      if (System.nanoTime() + now.toNanos() - end >= 0) {
        return answer;
      }
      try {
        Thread.sleep(now);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted");
      }
      pause = pause.multipliedBy(2).compareTo(PAUSE_MAX) < 0 ? pause.multipliedBy(2) : PAUSE_MAX;
    }
  }

  private static Optional<Duration> retryAfter(HttpResponse<byte[]> answer) {
    return answer.statusCode() == NOT_YET
        ? answer
            .headers()
            .firstValue(RETRY_AFTER)
            .filter(text -> SECONDS.matcher(text).matches())
            .map(text -> Duration.ofSeconds(Long.parseLong(text)))
        : Optional.empty();
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
