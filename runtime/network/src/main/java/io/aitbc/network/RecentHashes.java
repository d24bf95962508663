// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import io.aitbc.crypto.Hash;
import java.util.LinkedHashSet;
import java.util.Set;

/// A set of the hashes added last; the oldest gives way to the newest. Belongs to one thread.
final class RecentHashes {
  private final int max;
  private final Set<Hash> hashes = new LinkedHashSet<>();

  /// An empty set.
  ///
  /// @param max how many hashes it holds; each takes about 100 bytes
  RecentHashes(int max) {
    this.max = max;
  }

  /// Adds `hash`.
  ///
  /// @return whether it was not there
  boolean add(Hash hash) {
    if (!hashes.add(hash)) {
      return false;
    }
    if (hashes.size() > max) {
      hashes.remove(hashes.iterator().next());
    }
    return true;
  }

  boolean contains(Hash hash) {
    return hashes.contains(hash);
  }

  boolean remove(Hash hash) {
    return hashes.remove(hash);
  }

  int size() {
    return hashes.size();
  }
}
