// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.Workers;
import io.aitbc.mempool.Mempool;
import io.aitbc.model.Address;
import io.aitbc.model.Block;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Transaction;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds the senders of transactions.
///
/// @param mempool where most of them waited
/// @param workers who recover the others
record Senders(Mempool mempool, Workers workers) {
  /// Transactions with their senders: from the pool where they waited, so that a sender is
  /// recovered once; those that were not there are recovered at once. A transaction that is
  /// nobody's is left out.
  List<RecoveredTransaction> recovered(List<Transaction> transactions) {
    @Nullable RecoveredTransaction[] recovered =
        new @Nullable RecoveredTransaction[transactions.size()];
    workers.forEach(
        recovered.length,
        i -> {
          Transaction transaction = transactions.get(i);
          recovered[i] =
              mempool
                  .find(transaction.hash())
                  .or(() -> RecoveredTransaction.of(transaction, Secp256k1.chosen()))
                  .orElse(null);
        });
    List<RecoveredTransaction> present = new ArrayList<>();
    for (RecoveredTransaction each : recovered) {
      if (each != null) {
        present.add(each);
      }
    }
    return present;
  }

  /// The senders of a block's transactions, which are those of `proposed` that were not dropped.
  static List<Address> included(List<RecoveredTransaction> proposed, Block block) {
    List<Address> senders = new ArrayList<>();
    Iterator<RecoveredTransaction> all = proposed.iterator();
    for (Transaction included : block.transactions()) {
      RecoveredTransaction next = all.next();
      while (!next.transaction().hash().equals(included.hash())) {
        next = all.next();
      }
      senders.add(next.sender());
    }
    return senders;
  }
}
