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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Asks servers that may be anybody's: answers are bounded in bytes and, body included, in time;
/// redirects are not followed. Calls block.
public final class BoundedHttp implements AutoCloseable {
  private static final Duration CONNECT_TIME_MAX = Duration.ofSeconds(5);

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

  @Override
  public void close() {
    http.shutdownNow();
  }
}
