// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.blobs.BlobId;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkJob;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Outputs of claims that a service has compared with the chain, those that were used last, for all
/// services of a process: the evaluators of a claim fetch and compare the same ones. They are what
/// the chain says, whoever has fetched them; whether an account may read them, who asks has seen on
/// the chain. How many claims wait to be judged at a time is the clients' affair: what more would
/// take is read, or fetched, again. Safe for use by several threads. Protocol §17.9.
final class OutputMemory {
  /// Of the memory that the process may take.
  private static final int MEMORY_PART = 16;

  /// What an output takes beside its bytes.
  private static final int OUTPUT_BYTES = 64;

  /// How long what another service fetches is waited for: its worker may let that one wait, and not
  /// this one.
  private static final Duration WAIT_MAX = Duration.ofSeconds(2);

  /// That of this process.
  static final OutputMemory SHARED =
      new OutputMemory(Runtime.getRuntime().maxMemory() / MEMORY_PART, WAIT_MAX);

  private final long bytesMax;
  private final Duration waitMax;

  /// The one that was used last is the last. Guarded by this.
  private final LinkedHashMap<Key, Kept> claims = new LinkedHashMap<>();

  /// What comes of outputs that are fetched now. Guarded by this.
  private final Map<Key, CompletableFuture<List<Bytes>>> underWay = new LinkedHashMap<>();

  /// All that a claim's outputs are compared with.
  record Key(Hash root, long items) {
    static Key of(ClaimId claim, WorkJob job, WorkClaim state) {
      return new Key(state.outputs(), JobWork.itemsOf(claim, job));
    }
  }

  /// What came of fetching outputs.
  ///
  /// @param outputs empty if what the file holds is not the claim's, or was not looked at
  /// @param file in which a worker said that they are; empty if it was not asked, as they were here
  record Fetched(Optional<List<Bytes>> outputs, Optional<BlobId> file) {}

  private record Kept(List<Bytes> outputs, long bytes) {}

  /// @param bytesMax what claims may take together; the last one stays however long it is
  /// @param waitMax how long what another service fetches is waited for
  OutputMemory(long bytesMax, Duration waitMax) {
    this.bytesMax = bytesMax;
    this.waitMax = waitMax;
  }

  /// The outputs of a claim, if they are here.
  synchronized Optional<List<Bytes>> get(Key claim) {
    Kept kept = claims.get(claim);
    if (kept == null) {
      return Optional.empty();
    }
    Kept _ = claims.putLast(claim, kept);
    return Optional.of(kept.outputs);
  }

  /// Keeps outputs until those of others were used since.
  synchronized void put(Key claim, List<Bytes> outputs) {
    long bytes = outputs.stream().mapToLong(each -> each.length() + OUTPUT_BYTES).sum();
    Kept _ = claims.putLast(claim, new Kept(List.copyOf(outputs), bytes));
    while (claims.size() > 1 && claims.values().stream().mapToLong(Kept::bytes).sum() > bytesMax) {
      var _ = claims.pollFirstEntry();
    }
  }

  /// What one service fetches and compares for all that want it meanwhile. Where it fails, or takes
  /// long, each of the others fetches for itself: a worker may serve one and not another.
  Fetched together(Key claim, Callable<Fetched> fetching) throws Exception {
    CompletableFuture<List<Bytes>> own = new CompletableFuture<>();
    CompletableFuture<List<Bytes>> others;
    synchronized (this) {
      Optional<List<Bytes>> known = get(claim);
      if (known.isPresent()) {
        return here(known.get());
      }
      others = underWay.putIfAbsent(claim, own);
    }
    if (others != null) {
      try {
        return here(others.get(waitMax.toNanos(), TimeUnit.NANOSECONDS));
      } catch (ExecutionException | TimeoutException notForThatOne) {
        return fetched(claim, fetching);
      }
    }
    try {
      Fetched fetched = fetched(claim, fetching);
      fetched.outputs.ifPresent(own::complete);
      return fetched;
    } finally {
      synchronized (this) {
        boolean _ = underWay.remove(claim, own);
      }
      boolean _ = own.completeExceptionally(new IOException("not served"));
    }
  }

  private static Fetched here(List<Bytes> outputs) {
    return new Fetched(Optional.of(outputs), Optional.empty());
  }

  private Fetched fetched(Key claim, Callable<Fetched> fetching) throws Exception {
    Fetched fetched = fetching.call();
    fetched.outputs.ifPresent(it -> put(claim, it));
    return fetched;
  }
}
