// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.Workers;
import io.aitbc.mempool.Mempool;
import io.aitbc.model.Address;
import io.aitbc.model.Block;
import io.aitbc.model.MalformedException;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionCodec;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
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
    return recovered(transactions.stream().map(Transaction::hash).toList(), transactions::get);
  }

  /// The same of encodings, of which only those are decoded that were not in the pool.
  ///
  /// @param hashes of the encodings, in their order
  List<RecoveredTransaction> recovered(List<Hash> hashes, List<Bytes> encodings) {
    return recovered(hashes, i -> decoded(encodings.get(i)));
  }

  private List<RecoveredTransaction> recovered(
      List<Hash> hashes, IntFunction<Transaction> transactions) {
    List<Optional<RecoveredTransaction>> waited = hashes.stream().map(mempool::find).toList();
    int[] others = IntStream.range(0, hashes.size()).filter(i -> waited.get(i).isEmpty()).toArray();
    @Nullable RecoveredTransaction[] recovered = new @Nullable RecoveredTransaction[hashes.size()];
    workers.forEach(
        others.length,
        i ->
            recovered[others[i]] =
                RecoveredTransaction.of(transactions.apply(others[i]), Secp256k1.chosen())
                    .orElse(null));
    List<RecoveredTransaction> present = new ArrayList<>(hashes.size());
    for (int i = 0; i < hashes.size(); i++) {
      RecoveredTransaction each = waited.get(i).orElse(recovered[i]);
      if (each != null) {
        present.add(each);
      }
    }
    return present;
  }

  private static Transaction decoded(Bytes encoding) {
    try {
      return TransactionCodec.decode(encoding);
    } catch (MalformedException malformed) {
      throw new IllegalStateException("completed with a malformed transaction", malformed);
    }
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
