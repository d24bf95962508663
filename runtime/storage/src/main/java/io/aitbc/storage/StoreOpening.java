// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.crypto.Hash;

/// What came of opening a chain store.
public sealed interface StoreOpening {
  /// It is usable.
  record Opened(ChainStore store) implements StoreOpening {}

  /// There is nothing in it yet.
  record Empty() implements StoreOpening {}

  /// It is of another network.
  record OtherNetwork(Hash found, Hash expected) implements StoreOpening {}

  /// It was written by a version of the node with another layout.
  record OtherVersion(long found, long expected) implements StoreOpening {}
}
