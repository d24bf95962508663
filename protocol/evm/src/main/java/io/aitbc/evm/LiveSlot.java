// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.model.UInt256;
import org.jspecify.annotations.Nullable;

/// A slot of an account's storage, or of its transient storage (EIP-1153), while a transaction
/// runs.
final class LiveSlot {
  final LiveAccount owner;

  /// The key, lowest limb first.
  final long key0;

  final long key1;
  final long key2;
  final long key3;

  /// What it holds now, lowest limb first.
  final long[] value = new long[4];

  /// What it held when the transaction began (EIP-2200).
  final long[] original = new long[4];

  /// Next slot of the same bucket.
  @Nullable LiveSlot next;

  /// Next slot in the order of first mention.
  @Nullable LiveSlot younger;

  /// Whether the state was asked for its value.
  boolean loaded;

  /// Whether the transaction touched the slot before (EIP-2929).
  boolean warm;

  LiveSlot(LiveAccount owner, long key0, long key1, long key2, long key3) {
    this.owner = owner;
    this.key0 = key0;
    this.key1 = key1;
    this.key2 = key2;
    this.key3 = key3;
  }

  UInt256 key() {
    return new UInt256(key3, key2, key1, key0);
  }

  UInt256 valueNumber() {
    return new UInt256(value[3], value[2], value[1], value[0]);
  }

  boolean isChanged() {
    return value[0] != original[0]
        || value[1] != original[1]
        || value[2] != original[2]
        || value[3] != original[3];
  }

  void load(UInt256 stored) {
    Words.set(stored, value, 0);
    Words.set(stored, original, 0);
    loaded = true;
  }
}
