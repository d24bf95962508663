// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client.gateway;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.Amount;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// A request that has no answer yet.
final class Waiting {
  final String key;
  final List<Bytes> items;
  final Amount fee;
  final long sinceNanos = System.nanoTime();
  final CompletableFuture<Gateway.Answer> answer = new CompletableFuture<>();
  volatile String receipt = "";

  /// A request that begins to wait.
  ///
  /// @param key whose limit the fee counts to
  /// @param fee of all items
  Waiting(String key, List<Bytes> items, Amount fee) {
    this.key = key;
    this.items = items;
    this.fee = fee;
  }

  /// What the items take of their claim's file.
  long bytes() {
    return items.stream().mapToLong(item -> 4L + item.length()).sum();
  }
}
