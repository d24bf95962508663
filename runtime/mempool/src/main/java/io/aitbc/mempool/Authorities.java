// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.mempool;

import io.aitbc.crypto.Secp256k1;
import io.aitbc.model.Address;
import io.aitbc.model.Authorization;
import io.aitbc.model.Transaction;
import io.aitbc.model.UInt256;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The accounts that waiting transactions may give delegated code (EIP-7702). Once they have it,
/// transactions of others can empty them, so each holds one place in the pool. Protocol §15.3.
final class Authorities {
  private final Map<Address, Integer> waiting = new HashMap<>();

  /// Who signed the authorizations of `transaction` that are for this chain, each once. Recovering
  /// one costs what recovering a sender does, and an authorization pays for more gas than a
  /// transfer.
  static List<Address> of(Transaction transaction, UInt256 chainId, Secp256k1 secp256k1) {
    Set<Address> authorities = new LinkedHashSet<>();
    for (Authorization each : transaction.authorizations()) {
      if (each.chainId().isZero() || each.chainId().equals(chainId)) {
        each.authority(secp256k1).ifPresent(authorities::add);
      }
    }
    return List.copyOf(authorities);
  }

  /// Whether a waiting transaction may give `account` code.
  boolean contains(Address account) {
    return waiting.containsKey(account);
  }

  void add(Pending pending) {
    pending.authorities().forEach(each -> waiting.merge(each, 1, Integer::sum));
  }

  void remove(Pending pending) {
    for (Address each : pending.authorities()) {
      waiting.computeIfPresent(each, (_, count) -> count > 1 ? count - 1 : null);
    }
  }
}
