// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// Values of one table of state: those that blocks have set and the table does not hold yet, which
/// stay until it does, and those read or written last. Any number of threads read; one writes.
///
/// The table holds the state at the base. A value has the height from which on it stands, and one
/// that is not in the table leads to the one before it since the base. So what is not found here
/// for a state between base and head is what the table holds, unless the base has moved on since.
final class RecentValues<K, V> {
  /// Locks; a power of two, many more than threads.
  private static final int SHARDS = 64;

  private record Earlier<V>(V value, long since, @Nullable Earlier<V> before) {}

  /// A value in its place. Guarded by the lock of its shard.
  private static final class Place<K, V> {
    final K key;
    V value;
    long since;

    /// What the value counts for, so that who drops it need not look at it.
    int weight;

    /// Only while the value is not in the table.
    @Nullable Earlier<V> earlier;

    boolean isInTable;

    /// Whether it was read since it was last looked at for being dropped.
    boolean isUsed;

    Place(K key, V value, long since, int weight, boolean isInTable) {
      this.key = key;
      this.value = value;
      this.since = since;
      this.weight = weight;
      this.isInTable = isInTable;
    }
  }

  private final class Shard {
    /// In the order of coming; a used one comes again when its turn to go has come.
    final Map<K, Place<K, V>> places = new LinkedHashMap<>();

    long weight;

    synchronized @Nullable V known(K key, long at) {
      Place<K, V> place = places.get(key);
      if (place == null) {
        return null;
      }
      if (place.since <= at) {
        place.isUsed = true;
        return place.value;
      }
      Earlier<V> earlier = place.earlier;
      while (earlier != null && earlier.since > at) {
        earlier = earlier.before;
      }
      return earlier == null ? null : earlier.value;
    }

    synchronized void offer(K key, V value, long since) {
      if (since == base && !places.containsKey(key)) {
        add(new Place<>(key, value, since, weigh.applyAsInt(value), true));
      }
    }

    synchronized void set(K key, V value, long since) {
      int weighed = weigh.applyAsInt(value);
      notInTableWeight += weighed;
      Place<K, V> place = places.get(key);
      if (place == null) {
        place = new Place<>(key, value, since, weighed, false);
        notInTable.add(place);
        add(place);
        return;
      }
      if (place.isInTable) {
        place.isInTable = false;
        notInTable.add(place);
      } else {
        place.earlier = new Earlier<>(place.value, place.since, place.earlier);
      }
      weight += weighed - place.weight;
      place.value = value;
      place.since = since;
      place.weight = weighed;
    }

    private void add(Place<K, V> place) {
      places.put(place.key, place);
      weight += place.weight;
      if (weight > shardWeightMax) {
        drop();
      }
    }

    /// Drops values that were not used, the first that came first, until there is room or the next
    /// one is not in the table.
    private void drop() {
      List<Place<K, V>> again = new ArrayList<>();
      Iterator<Place<K, V>> first = places.values().iterator();
      while (weight > shardWeightMax && first.hasNext()) {
        Place<K, V> place = first.next();
        if (!place.isInTable) {
          break;
        }
        first.remove();
        if (place.isUsed) {
          place.isUsed = false;
          again.add(place);
        } else {
          weight -= place.weight;
        }
      }
      again.forEach(place -> places.put(place.key, place));
    }

    synchronized void isNowInTable(Place<K, V> place) {
      place.isInTable = true;
      place.earlier = null;
    }
  }

  private final List<Shard> shards = new ArrayList<>();
  private final long shardWeightMax;
  private final ToIntFunction<V> weigh;
  private volatile long base;

  // Only the writer's.
  private final List<Place<K, V>> notInTable = new ArrayList<>();
  private long notInTableWeight;

  /// No values yet over a table that holds the state at `base`.
  ///
  /// @param bytesMax memory for values that are in the table; those that are not come on top
  /// @param weigh bytes that a value takes with its key and place
  RecentValues(long bytesMax, long base, ToIntFunction<V> weigh) {
    this.shardWeightMax = bytesMax / SHARDS;
    this.base = base;
    this.weigh = weigh;
    for (int i = 0; i < SHARDS; i++) {
      shards.add(new Shard());
    }
  }

  /// The value of `key` in the state at height `at`; null if it is not known here.
  @Nullable V known(K key, long at) {
    return shard(key).known(key, at);
  }

  /// Keeps a value that the table held when it held the state at `tableBase`, unless it holds
  /// another by now.
  void offer(K key, V value, long tableBase) {
    shard(key).offer(key, value, tableBase);
  }

  /// A value that the block at `height` set.
  void set(K key, V value, long height) {
    shard(key).set(key, value, height);
  }

  /// Memory that values take which are not in the table, about, older ones of the same key
  /// included.
  long notInTableWeight() {
    return notInTableWeight;
  }

  /// Tells of all values that are not in the table, the newest of each key.
  void forEachNotInTable(BiConsumer<K, V> to) {
    notInTable.forEach(place -> to.accept(place.key, place.value));
  }

  /// The table holds the state at `height`, the head's.
  void isWritten(long height) {
    // First, for whoever does not find a value any more then asks for the base.
    base = height;
    notInTable.forEach(place -> shard(place.key).isNowInTable(place));
    notInTable.clear();
    notInTableWeight = 0;
  }

  /// The height of the state that the table holds.
  long base() {
    return base;
  }

  private Shard shard(K key) {
    int hash = key.hashCode() * 0x9e3779b9;
    return shards.get(hash >>> 26);
  }
}
