// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The accounts that a transaction mentioned, by address, in the order of first mention. Buckets as
/// in {@link SlotTable}.
final class AccountTable {
  private static final int BUCKETS_MIN = 64;

  private final Mixing mixing;
  private final Precompiles precompiles;
  private final List<LiveAccount> inOrder = new ArrayList<>();
  private @Nullable LiveAccount[] buckets = new LiveAccount[BUCKETS_MIN];

  AccountTable(Mixing mixing, Precompiles precompiles) {
    this.mixing = mixing;
    this.precompiles = precompiles;
  }

  /// The account whose address has these bits 128 to 159, 64 to 127 and 0 to 63, made if it is new.
  LiveAccount account(long high, long middle, long low) {
    int hash = mixing.bucket(0, low, middle, high, 0);
    LiveAccount account = buckets[hash & buckets.length - 1];
    while (account != null) {
      if (account.low == low && account.middle == middle && account.high == high) {
        return account;
      }
      account = account.next;
    }
    return add(new LiveAccount(high, middle, low, inOrder.size(), precompiles), hash);
  }

  private LiveAccount add(LiveAccount account, int hash) {
    if (inOrder.size() == buckets.length) {
      buckets = new LiveAccount[4 * buckets.length];
      for (LiveAccount older : inOrder) {
        link(older, mixing.bucket(0, older.low, older.middle, older.high, 0));
      }
    }
    inOrder.add(account);
    link(account, hash);
    return account;
  }

  private void link(LiveAccount account, int hash) {
    int bucket = hash & buckets.length - 1;
    account.next = buckets[bucket];
    buckets[bucket] = account;
  }

  List<LiveAccount> inOrder() {
    return inOrder;
  }
}
