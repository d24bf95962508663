// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Changes that a {@link KeyValues} makes all or none. Arrays given away are not written to any
/// more.
public final class Batch {
  /// One change.
  ///
  /// @param value the new value; null removes the key
  @SuppressWarnings("ArrayRecordComponent") // Never compared; a batch may hold 20,000.
  record Change(Table table, byte[] key, byte @Nullable [] value) {}

  private final List<Change> changes = new ArrayList<>();

  /// Sets the value of `key`.
  @CanIgnoreReturnValue
  public Batch put(Table table, byte[] key, byte[] value) {
    changes.add(new Change(table, key, value));
    return this;
  }

  /// Removes `key`, if it is there.
  @CanIgnoreReturnValue
  public Batch remove(Table table, byte[] key) {
    changes.add(new Change(table, key, null));
    return this;
  }

  /// The changes in order; a later one of the same key stands.
  List<Change> changes() {
    return changes;
  }
}
