// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.crypto.Bytes;
import java.util.List;
import java.util.Optional;

/// Ordered tables of bytes with atomic, durable writes and views that stand still. {@link
/// RocksKeyValues} in a node, {@link MemoryKeyValues} where nothing need survive. Any number of
/// threads may read and write. Every method throws {@link DiskException} when the disk fails.
public interface KeyValues extends AutoCloseable {
  /// A row.
  ///
  /// @param key the whole key
  /// @param value its value
  record Row(Bytes key, Bytes value) {}

  /// Something to be read.
  interface View {
    /// The value of `key`, which is not written to.
    Optional<byte[]> get(Table table, byte[] key);

    /// The first `rowsMax` rows with keys from `first` on, ascending as unsigned bytes.
    List<Row> from(Table table, byte[] first, int rowsMax);
  }

  /// The tables as they are now, for as long as the view is held.
  View view();

  /// Makes all changes of `batch` or none. Durable on return, and so is all that was written
  /// before.
  void write(Batch batch);

  /// Makes all changes of `batch` or none. Durable no later than what is written by a {@link
  /// #write} that begins after this has returned: a crash before may take it, whole, with all such
  /// writes after it.
  void writeLater(Batch batch);

  /// Keeps the tables as they are now under a number until {@link #drop}, over restarts too.
  /// Durable on return. Where nothing need survive, nothing is kept.
  default void keep(long number) {}

  /// The numbers under which something is kept, ascending.
  default List<Long> kept() {
    return List.of();
  }

  /// What is kept under a number of {@link #kept}.
  default View kept(long number) {
    throw new IllegalArgumentException("nothing is kept under " + number);
  }

  /// Forgets what is kept under a number, if something is. Whoever still reads it gets {@link
  /// IllegalStateException}.
  default void drop(long number) {}

  /// Closes the tables. Afterwards views throw {@link IllegalStateException}.
  @Override
  void close();
}
