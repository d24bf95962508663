// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.Workers;
import io.aitbc.mempool.Admission;
import io.aitbc.mempool.Mempool;
import io.aitbc.model.Fork;
import io.aitbc.model.MalformedException;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionCodec;
import io.aitbc.model.TransactionRules;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The pool as consensus's loop sees it: encodings in, encodings out.
final class NodePool implements Ports.Pool {
  /// An honest proposer lists gas limits of at most so many blocks: a limit says little of what is
  /// used. Protocol §14.2.
  static final int BLOCKS_OF_GAS_LIMITS_MAX = 2;

  private final Mempool mempool;
  private final TransactionRules rules;
  private final Supplier<BlockRules> next;
  private final Executor threads;
  private final Workers workers;
  private final Consumer<Runnable> loop;
  private Set<Hash> decided = new LinkedHashSet<>();

  /// What the next block allows.
  ///
  /// @param gasMax gas of the block
  /// @param fork its rules
  record BlockRules(long gasMax, Fork fork) {}

  /// @param threads where transactions are judged
  /// @param workers who share in it
  /// @param loop where answers go: it runs at once what it hands itself
  NodePool(
      Mempool mempool,
      TransactionRules rules,
      Supplier<BlockRules> next,
      Executor threads,
      Workers workers,
      Consumer<Runnable> loop) {
    this.mempool = mempool;
    this.rules = rules;
    this.next = next;
    this.threads = threads;
    this.workers = workers;
    this.loop = loop;
  }

  @Override
  public Batch select(int countMax, int bytesMax) {
    List<RecoveredTransaction> selected =
        mempool.select(
            new Mempool.Selection(
                countMax, bytesMax, BLOCKS_OF_GAS_LIMITS_MAX * next.get().gasMax()));
    List<Hash> hashes = new ArrayList<>();
    List<Bytes> encodings = new ArrayList<>();
    for (RecoveredTransaction each : selected) {
      if (decided.contains(each.transaction().hash())) {
        continue;
      }
      hashes.add(each.transaction().hash());
      encodings.add(each.transaction().encoded());
    }
    return new Batch(hashes, encodings);
  }

  @Override
  public void decided(List<Hash> transactions) {
    decided = new LinkedHashSet<>(transactions);
  }

  @Override
  public Optional<Bytes> transaction(Hash hash) {
    return mempool.find(hash).map(recovered -> recovered.transaction().encoded());
  }

  @Override
  public void judge(Batch transactions, Consumer<Boolean> answer) {
    List<Bytes> others = new ArrayList<>();
    for (int i = 0; i < transactions.hashes().size(); i++) {
      if (mempool.find(transactions.hashes().get(i)).isEmpty()) {
        others.add(transactions.transactions().get(i));
      }
    }
    if (others.isEmpty()) {
      loop.accept(() -> answer.accept(true)); // They were judged when they came.
      return;
    }
    Fork fork = next.get().fork();
    threads.execute(() -> {
      try {
        boolean valid = areValid(others, fork);
        loop.accept(() -> answer.accept(valid));
      } catch (RuntimeException broken) { // No transaction's fault: the loop stops the node.
        loop.accept(() -> {
          throw broken;
        });
      }
    });
  }

  private boolean areValid(List<Bytes> transactions, Fork fork) {
    AtomicBoolean valid = new AtomicBoolean(true);
    workers.forEach(
        transactions.size(),
        i -> {
          if (valid.get() && !isValid(transactions.get(i), fork)) {
            valid.set(false);
          }
        });
    return valid.get();
  }

  private boolean isValid(Bytes encoding, Fork fork) {
    try {
      Transaction transaction = TransactionCodec.decode(encoding);
      return rules.judge(transaction, fork).isEmpty()
          && (mempool.add(transaction) instanceof Admission.Admitted
              || transaction.sender(Secp256k1.chosen()).isPresent());
    } catch (MalformedException malformed) {
      return false;
    }
  }
}
