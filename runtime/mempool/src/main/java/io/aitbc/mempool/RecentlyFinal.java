// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.mempool;

import io.aitbc.crypto.Hash;
import java.util.LinkedHashSet;
import java.util.Set;

/// Remembers the last hashes it was told, in bounded memory: at least {@link #REMEMBERED_MIN}, at
/// most twice as many.
final class RecentlyFinal {
  /// A minute at 2,500 transactions a second: long enough for copies that still travel.
  static final int REMEMBERED_MIN = 150_000;

  private Set<Hash> young = new LinkedHashSet<>();
  private Set<Hash> old = new LinkedHashSet<>();

  void add(Hash hash) {
    if (young.size() >= REMEMBERED_MIN) {
      old = young;
      young = new LinkedHashSet<>();
    }
    young.add(hash);
  }

  void remove(Hash hash) {
    var _ = young.remove(hash);
    var _ = old.remove(hash);
  }

  boolean contains(Hash hash) {
    return young.contains(hash) || old.contains(hash);
  }
}
