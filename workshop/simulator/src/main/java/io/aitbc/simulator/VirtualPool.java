// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.node.Ports;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// The pending entries of one node: those that pay the most, then the others, first come first
/// served.
final class VirtualPool implements Ports.Pool {
  private static final int REMEMBERED_MAX = 256;

  private final Execution execution;
  private final int entriesMax;
  private final Predicate<Bytes> paysMost;
  private final BooleanSupplier censors;
  private final Map<Hash, Bytes> first = new LinkedHashMap<>();
  private final Map<Hash, Bytes> pending = new LinkedHashMap<>();
  private final Map<Hash, Bytes> decided =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Hash, Bytes> eldest) {
          return size() > REMEMBERED_MAX;
        }
      };
  private Optional<Hash> hadFirst = Optional.empty();

  /// A pool with room for so many.
  ///
  /// @param paysMost which entries go before all others; there is always room for them
  /// @param censors whether the node leaves these out of what it proposes and passes on
  VirtualPool(
      Execution execution, int entriesMax, Predicate<Bytes> paysMost, BooleanSupplier censors) {
    this.execution = execution;
    this.entriesMax = entriesMax;
    this.paysMost = paysMost;
    this.censors = censors;
  }

  /// Adds an entry.
  ///
  /// @return whether it is new and there was room
  boolean add(Bytes entry) {
    Hash hash = Keccak256.hash(entry);
    if (decided.containsKey(hash)) {
      return false;
    }
    if (paysMost.test(entry)) {
      return first.putIfAbsent(hash, entry) == null;
    }
    return pending.size() < entriesMax && pending.putIfAbsent(hash, entry) == null;
  }

  boolean isEmpty() {
    return pending.isEmpty() && (first.isEmpty() || censors.getAsBoolean());
  }

  /// What a proposal must order before all else: the entry that paid the most when its transactions
  /// were chosen.
  Optional<Hash> hadFirst() {
    return hadFirst;
  }

  @Override
  public Batch select(int countMax, int bytesMax) {
    hadFirst = first.keySet().stream().findFirst();
    return best(countMax, bytesMax);
  }

  /// The entries that go before others, to be passed on.
  Batch best(int countMax, int bytesMax) {
    List<Hash> hashes = new ArrayList<>();
    List<Bytes> entries = new ArrayList<>();
    long bytes = 0;
    List<Map<Hash, Bytes>> parts =
        censors.getAsBoolean() ? List.of(pending) : List.of(first, pending);
    for (Map<Hash, Bytes> part : parts) {
      for (Map.Entry<Hash, Bytes> each : part.entrySet()) {
        bytes += each.getValue().length();
        if (hashes.size() == countMax || bytes > bytesMax) {
          return new Batch(hashes, entries);
        }
        hashes.add(each.getKey());
        entries.add(each.getValue());
      }
    }
    return new Batch(hashes, entries);
  }

  @Override
  public Optional<Bytes> transaction(Hash hash) {
    return Optional.ofNullable(pending.get(hash))
        .or(() -> Optional.ofNullable(first.get(hash)))
        .or(() -> Optional.ofNullable(decided.get(hash)));
  }

  @Override
  public void decided(List<Hash> transactions) {
    for (Hash hash : transactions) {
      Bytes cheap = pending.remove(hash);
      Bytes entry = cheap == null ? first.remove(hash) : cheap;
      if (entry != null) {
        decided.put(hash, entry);
      }
    }
  }

  @Override
  public void judge(Batch transactions, Consumer<Boolean> answer) {
    boolean valid = true;
    for (Bytes entry : transactions.transactions()) {
      boolean decodes = execution.isEntry(entry);
      boolean _ = decodes && add(entry);
      valid &= decodes;
    }
    answer.accept(valid);
  }
}
