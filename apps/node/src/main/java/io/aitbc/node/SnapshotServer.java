// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.Peer;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.Height;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.SnapshotMessage;
import io.aitbc.storage.ChainSnapshot;
import io.aitbc.storage.ChainStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/// Serves the snapshots of this node, on one thread of its own: reading them takes longer than
/// consensus may wait. Protocol §13.5, §15.5.
final class SnapshotServer implements AutoCloseable {
  /// Rows that are read for one request: about eight ranges, and then some that are too large.
  private static final int ROWS_PER_REQUEST = 16 * SnapshotMessage.ROWS_MAX;

  /// Bytes around a part in an answer.
  private static final int PART_OVERHEAD_BYTES = 8;

  private final ChainStore store;
  private final BiConsumer<Peer, PeerMessage> send;
  private final AnswerThread thread;

  /// Serves what `store` keeps; answers go to `send`, and what reading throws to `whenBroken`.
  SnapshotServer(
      ChainStore store, BiConsumer<Peer, PeerMessage> send, Consumer<Throwable> whenBroken) {
    this.store = store;
    this.send = send;
    this.thread = new AnswerThread("snapshots", _ -> false, whenBroken);
  }

  /// Takes a message; answers are none of this server's.
  void received(Peer from, SnapshotMessage message) {
    switch (message) {
      case SnapshotMessage.Request request ->
          thread.serve(from, () -> send.accept(from, answer(request)));
      case SnapshotMessage.PartsRequest request ->
          thread.serve(from, () -> send.accept(from, answer(request)));
      case SnapshotMessage.Beginning _, SnapshotMessage.Parts _ -> {}
    }
  }

  /// What begins a snapshot, or nothing if it is not kept.
  SnapshotMessage.Beginning answer(SnapshotMessage.Request request) {
    return read(
            request.height(),
            kept ->
                new SnapshotMessage.Beginning(
                    request.request(), kept.derivedState(), kept.headers()))
        .orElse(new SnapshotMessage.Beginning(request.request(), Bytes.EMPTY, List.of()));
  }

  /// Parts in the order asked for, as far as one answer holds them and they are known.
  SnapshotMessage.Parts answer(SnapshotMessage.PartsRequest request) {
    return new SnapshotMessage.Parts(
        request.request(),
        read(request.height(), kept -> parts(kept, request.items())).orElse(List.of()));
  }

  /// What is read of a snapshot; empty if it is not kept, or gave way to a later one meanwhile.
  <T> Optional<T> read(Height height, Function<ChainSnapshot, T> reading) {
    Optional<ChainSnapshot> kept = store.snapshot(height);
    try {
      return kept.map(reading);
    } catch (IllegalStateException closed) {
      if (store.snapshot(height).equals(kept)) {
        throw closed;
      }
      return Optional.empty();
    }
  }

  private static List<SnapshotMessage.Part> parts(ChainSnapshot kept, List<Bytes> items) {
    List<SnapshotMessage.Part> parts = new ArrayList<>();
    long bytes = 0;
    long rows = 0;
    for (Bytes item : items) {
      Optional<SnapshotMessage.Part> part = kept.part(item);
      if (part.isEmpty()) {
        break;
      }
      bytes += part.get().encoded().length() + PART_OVERHEAD_BYTES;
      if (bytes > SnapshotMessage.PARTS_BYTES_MAX) {
        break;
      }
      parts.add(part.get());
      rows +=
          switch (part.get()) {
            case SnapshotMessage.Range range -> range.rows().size();
            case SnapshotMessage.Node _ -> SnapshotMessage.ROWS_MAX;
            case SnapshotMessage.Code _ -> 1;
          };
      if (rows > ROWS_PER_REQUEST) {
        break;
      }
    }
    return parts;
  }

  /// Ends; what is being read is read to its end, before the store closes.
  @Override
  public void close() {
    thread.close();
  }
}
