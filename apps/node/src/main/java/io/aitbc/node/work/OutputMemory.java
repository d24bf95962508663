// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.crypto.Bytes;
import io.aitbc.execution.ClaimId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Outputs of claims that a service has compared with the chain, those that were used last. How
/// many claims wait to be judged at a time is the clients' affair: what more would take is read, or
/// fetched, again. Belongs to one thread. Protocol §17.9.
final class OutputMemory {
  /// Of the memory that the process may take: it may have a few dozen services.
  private static final int MEMORY_PART = 64;

  /// What an output takes beside its bytes.
  private static final int OUTPUT_BYTES = 64;

  private final long bytesMax;

  /// The one that was used last is the last.
  private final LinkedHashMap<ClaimId, Kept> claims = new LinkedHashMap<>();

  private record Kept(List<Bytes> outputs, long bytes) {}

  /// Nothing is kept yet.
  OutputMemory() {
    this(Runtime.getRuntime().maxMemory() / MEMORY_PART);
  }

  /// @param bytesMax what claims may take together; the last one stays however long it is
  OutputMemory(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// The outputs of a claim, if they are here.
  Optional<List<Bytes>> get(ClaimId claim) {
    Kept kept = claims.get(claim);
    if (kept == null) {
      return Optional.empty();
    }
    Kept _ = claims.putLast(claim, kept);
    return Optional.of(kept.outputs);
  }

  /// Keeps outputs until those of others were used since.
  void put(ClaimId claim, List<Bytes> outputs) {
    long bytes = outputs.stream().mapToLong(each -> each.length() + OUTPUT_BYTES).sum();
    Kept _ = claims.putLast(claim, new Kept(List.copyOf(outputs), bytes));
    while (claims.size() > 1 && claims.values().stream().mapToLong(Kept::bytes).sum() > bytesMax) {
      var _ = claims.pollFirstEntry();
    }
  }

  /// Forgets all other claims.
  void retain(Set<ClaimId> kept) {
    boolean _ = claims.keySet().retainAll(kept);
  }
}
