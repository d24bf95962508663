// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.MalformedException;
import io.aitbc.state.StateDiff;
import java.util.List;
import java.util.Optional;

/// The rows of {@link Table#CHANGES}: what a block changed in accounts and slots, before and after.
/// Forward they make the tables of state anew that a crash took, back they make older states. Codes
/// have a table of their own, and trie nodes follow from the rest. Protocol §13.4.
final class Changes {
  private Changes() {}

  /// The row of one block.
  static byte[] encode(StateDiff diff) {
    return StateDiff.ofValues(
            diff.rootBefore(), diff.rootAfter(), diff.accounts(), diff.storage(), List.of())
        .encoded()
        .toArray();
  }

  /// What holds after block `to` of what changed since block `from`.
  ///
  /// @throws DiskException if the changes of a block between are not kept
  static Values forward(KeyValues.View view, long from, long to) {
    Values values = new Values();
    for (long height = from + 1; height <= to; height++) {
      long missing = height;
      values.addAfter(
          read(view, height)
              .orElseThrow(() -> new DiskException("no changes of block " + missing)));
    }
    return values;
  }

  /// What held after block `to` of what changed from then to block `from`; empty if the changes of
  /// a block between are not kept, or are more than `changesMax` accounts and slots.
  static Optional<Values> back(KeyValues.View view, long from, long to, int changesMax) {
    Values values = new Values();
    for (long height = to + 1; height <= from; height++) {
      Optional<StateDiff> changes = read(view, height);
      if (changes.isEmpty()) {
        return Optional.empty();
      }
      values.addBefore(changes.get());
      if (values.size() > changesMax) {
        return Optional.empty();
      }
    }
    return Optional.of(values);
  }

  /// What the block at `height` changed, if it is kept.
  static Optional<StateDiff> read(KeyValues.View view, long height) {
    return view.get(Table.CHANGES, Keys.of(height)).map(Changes::decode);
  }

  private static StateDiff decode(byte[] row) {
    try {
      return StateDiff.decode(Bytes.wrap(row));
    } catch (MalformedException damage) {
      throw new DiskException("a damaged row in " + Table.CHANGES.title(), damage);
    }
  }
}
