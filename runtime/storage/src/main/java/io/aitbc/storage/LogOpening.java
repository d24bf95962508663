// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.consensus.LogRecord;
import io.aitbc.crypto.Hash;
import java.util.List;

/// What came of opening a write-ahead log. Protocol §8.3.2.
public sealed interface LogOpening {
  /// It is usable.
  ///
  /// @param log to append to
  /// @param records everything that was made durable and not cut off, in order
  /// @param tornBytes length of an unfinished last record that was removed; its append never
  ///   returned, so nothing was done on its strength
  record Opened(WriteAheadLog log, List<LogRecord> records, long tornBytes) implements LogOpening {
    /// Copies the list.
    public Opened {
      records = List.copyOf(records);
    }
  }

  /// A record that was durable is damaged, or a file is missing. What the node promised is not
  /// known any more.
  ///
  /// @param file which file
  /// @param offset where in it, in bytes
  record Corrupt(String file, long offset) implements LogOpening {}

  /// It is the log of another network.
  record OtherNetwork(Hash found, Hash expected) implements LogOpening {}
}
