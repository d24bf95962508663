// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/// Values read or written last, each with the height from which on it stands; the least recently
/// used go first. Any number of threads read; one writes.
final class RecentValues<K, V> {
  /// Locks; a power of two, many more than threads.
  private static final int SHARDS = 64;

  /// @param weight what it counts for, so that who drops it need not look at the value
  private record Entry<V>(V value, long since, int weight) {}

  private final class Shard {
    final Map<K, Entry<V>> entries = new LinkedHashMap<>(16, 0.75f, true);
    long weight;

    synchronized Optional<V> get(K key, long height) {
      Entry<V> entry = entries.get(key);
      return entry != null && entry.since <= height ? Optional.of(entry.value) : Optional.empty();
    }

    /// Keeps a value read from the state at `since`, unless that is the head no more: then a newer
    /// one may have come and gone.
    synchronized void offer(K key, V value, long since) {
      if (since == height) {
        put(key, value, since);
      }
    }

    synchronized void put(K key, V value, long since) {
      Entry<V> entry = new Entry<>(value, since, weigh.applyAsInt(value));
      Entry<V> old = entries.put(key, entry);
      weight += entry.weight;
      if (old != null) {
        weight -= old.weight;
      }
      if (weight > shardWeightMax) {
        dropEldest();
      }
    }

    private void dropEldest() {
      var eldest = entries.entrySet().iterator();
      while (weight > shardWeightMax && eldest.hasNext()) {
        weight -= eldest.next().getValue().weight;
        eldest.remove();
      }
    }
  }

  private final List<Shard> shards = new ArrayList<>();
  private final long shardWeightMax;
  private final ToIntFunction<V> weigh;
  private volatile long height;

  /// No values yet of the state at `height`.
  ///
  /// @param weigh bytes that a value takes with its key and entry
  RecentValues(long bytesMax, long height, ToIntFunction<V> weigh) {
    this.shardWeightMax = bytesMax / SHARDS;
    this.height = height;
    this.weigh = weigh;
    for (int i = 0; i < SHARDS; i++) {
      shards.add(new Shard());
    }
  }

  /// The value of `key` in the state at `stateHeight`: from here, else from `load`.
  V get(K key, long stateHeight, Supplier<V> load) {
    Shard shard = shard(key);
    Optional<V> known = shard.get(key, stateHeight);
    if (known.isPresent()) {
      return known.get();
    }
    V value = load.get();
    shard.offer(key, value, stateHeight);
    return value;
  }

  /// The state at `next` is being made: from here on values of the one before are not kept. It is
  /// readable when every changed value was {@link #set}.
  void advance(long next) {
    height = next;
  }

  /// A value that the state at the present height changed.
  void set(K key, V value) {
    shard(key).put(key, value, height);
  }

  private Shard shard(K key) {
    int hash = key.hashCode() * 0x9e3779b9;
    return shards.get(hash >>> 26);
  }
}
