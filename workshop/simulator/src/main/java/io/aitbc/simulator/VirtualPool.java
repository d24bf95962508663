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
import java.util.function.Consumer;

/// The pending entries of one node, first come first served.
final class VirtualPool implements Ports.Pool {
  private static final int REMEMBERED_MAX = 256;

  private final Execution execution;
  private final int entriesMax;
  private final Map<Hash, Bytes> pending = new LinkedHashMap<>();
  private final Map<Hash, Bytes> decided =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Hash, Bytes> eldest) {
          return size() > REMEMBERED_MAX;
        }
      };

  /// A pool with room for so many.
  VirtualPool(Execution execution, int entriesMax) {
    this.execution = execution;
    this.entriesMax = entriesMax;
  }

  /// Adds an entry.
  ///
  /// @return whether it is new and there was room
  boolean add(Bytes entry) {
    Hash hash = Keccak256.hash(entry);
    if (decided.containsKey(hash) || pending.size() >= entriesMax) {
      return false;
    }
    return pending.putIfAbsent(hash, entry) == null;
  }

  boolean isEmpty() {
    return pending.isEmpty();
  }

  int size() {
    return pending.size();
  }

  @Override
  public Batch select(int countMax, int bytesMax) {
    List<Hash> hashes = new ArrayList<>();
    List<Bytes> entries = new ArrayList<>();
    long bytes = 0;
    for (Map.Entry<Hash, Bytes> each : pending.entrySet()) {
      bytes += each.getValue().length();
      if (hashes.size() == countMax || bytes > bytesMax) {
        break;
      }
      hashes.add(each.getKey());
      entries.add(each.getValue());
    }
    return new Batch(hashes, entries);
  }

  @Override
  public Optional<Bytes> transaction(Hash hash) {
    return Optional.ofNullable(pending.get(hash)).or(() -> Optional.ofNullable(decided.get(hash)));
  }

  @Override
  public void decided(List<Hash> transactions) {
    for (Hash hash : transactions) {
      Bytes entry = pending.remove(hash);
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
