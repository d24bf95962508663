// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Other holders that are asked over HTTP, one after the other.
public final class HttpHolders implements Holders {
  /// Holders that are asked for one thing, each for half a minute at most.
  private static final int ASKED_MAX = 4;

  private final Function<BlobId, List<BlobClient>> clients;

  /// Asks these.
  ///
  /// @param clients who may have a blob, the likeliest first
  public HttpHolders(Function<BlobId, List<BlobClient>> clients) {
    this.clients = clients;
  }

  /// Asks one.
  @FunctionalInterface
  private interface Question {
    byte[] ask(BlobClient client) throws BlobRefusedException, IOException;
  }

  private Optional<byte[]> first(BlobId id, Question question) {
    return clients.apply(id).stream()
        .limit(ASKED_MAX)
        .flatMap(client -> ask(client, question).stream())
        .findFirst();
  }

  private static Optional<byte[]> ask(BlobClient client, Question question) {
    try {
      return Optional.of(question.ask(client));
    } catch (BlobRefusedException | IOException hasNot) {
      return Optional.empty(); // Expected: the next one may have it.
    }
  }

  @Override
  public Optional<byte[]> chunk(BlobId id, ChunkHashes hashes, int chunk) {
    return first(id, client -> client.chunk(id, hashes, chunk));
  }

  @Override
  public Optional<byte[]> hashes(BlobId id) {
    return first(id, client -> client.hashes(id).toArray());
  }
}
