// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// Values of one table of state: those that blocks have set and the table does not hold yet, which
/// stay until it does, and those read or written last. Any number of threads read; one writes.
///
/// The table holds the state at the base. A value has the height from which on it stands, and one
/// that is not in the table leads to the one before it since the base. So what is not found here
/// for a state between base and head is what the table holds, unless the base has moved on since.
///
/// While another thread writes the table up to a later height, the table may hold that state
/// already: a state at that height or above reads the same from it, for all that changed in between
/// is still here.
final class RecentValues<K, V> {
  /// Locks are two to this: many more than threads.
  private static final int SHARD_BITS = 6;

  private static final int SHARDS = 1 << SHARD_BITS;

  /// Lists of a shard in the beginning; a power of two.
  private static final int LISTS_MIN = 16;

  /// Lists that are looked through for values to drop when one is added: more than enough to drop
  /// as much as comes.
  private static final int LISTS_PER_DROP = 16;

  private record Earlier<V>(V value, long since, @Nullable Earlier<V> before) {}

  /// A value in its place. Guarded by the lock of its shard.
  private static final class Place<K, V> {
    final K key;
    final int hash;
    @Nullable Place<K, V> next;
    V value;
    long since;

    /// What the value counts for, so that who drops it need not look at it.
    int weight;

    /// Only while the value is not in the table.
    @Nullable Earlier<V> earlier;

    boolean isInTable;

    /// Whether it was read since it was last looked at for being dropped.
    boolean isUsed;

    Place(K key, int hash, V value, long since, int weight, boolean isInTable) {
      this.key = key;
      this.hash = hash;
      this.value = value;
      this.since = since;
      this.weight = weight;
      this.isInTable = isInTable;
    }
  }

  private final class Shard {
    /// Lists of places by hash. Not a map of the library's: a place is one object less away.
    @Nullable Place<K, V>[] lists = lists(LISTS_MIN);

    int count;

    /// The list whose turn it is to lose what is not used.
    int hand;

    long weight;

    private @Nullable Place<K, V> find(K key, int hash) {
      Place<K, V> place = lists[hash & lists.length - 1];
      while (place != null && (place.hash != hash || !place.key.equals(key))) {
        place = place.next;
      }
      return place;
    }

    synchronized @Nullable V known(K key, int hash, long at) {
      Place<K, V> place = find(key, hash);
      if (place == null) {
        return null;
      }
      if (place.since <= at) {
        place.isUsed = true;
      }
      return valueAt(place, at);
    }

    synchronized @Nullable V valueAt(Place<K, V> place, long at) {
      if (place.since <= at) {
        return place.value;
      }
      Earlier<V> earlier = place.earlier;
      while (earlier != null && earlier.since > at) {
        earlier = earlier.before;
      }
      return earlier == null ? null : earlier.value;
    }

    synchronized void offer(K key, int hash, V value, long since) {
      if (since == base && find(key, hash) == null) {
        add(new Place<>(key, hash, value, since, weigh.applyAsInt(value), true));
      }
    }

    synchronized void set(K key, int hash, V value, long since) {
      int weighed = weigh.applyAsInt(value);
      notInTableWeight += weighed;
      Place<K, V> place = find(key, hash);
      if (place == null) {
        place = new Place<>(key, hash, value, since, weighed, false);
        notInTable.add(place);
        add(place);
        return;
      }
      if (place.since <= writingTo) {
        notInTable.add(place); // For the first time since that writing began.
      }
      if (place.isInTable) {
        place.isInTable = false;
      } else {
        place.earlier = new Earlier<>(place.value, place.since, place.earlier);
      }
      weight += weighed - place.weight;
      place.value = value;
      place.since = since;
      place.weight = weighed;
    }

    private void add(Place<K, V> place) {
      if (count == lists.length) {
        grow();
      }
      link(place);
      count++;
      weight += place.weight;
      for (int i = 0; i < LISTS_PER_DROP && weight > shardWeightMax; i++) {
        drop();
      }
    }

    private void link(Place<K, V> place) {
      int list = place.hash & lists.length - 1;
      place.next = lists[list];
      lists[list] = place;
    }

    private void grow() {
      @Nullable Place<K, V>[] all = lists;
      lists = lists(2 * all.length);
      for (Place<K, V> first : all) {
        for (Place<K, V> place = first; place != null; ) {
          Place<K, V> next = place.next;
          link(place);
          place = next;
        }
      }
    }

    /// Drops from the next list what is in the table and was not used since it was last there.
    private void drop() {
      hand = hand + 1 & lists.length - 1;
      Place<K, V> place = lists[hand];
      lists[hand] = null;
      while (place != null) {
        Place<K, V> next = place.next;
        if (place.isInTable && !place.isUsed) {
          weight -= place.weight;
          count--;
        } else {
          place.isUsed = false;
          link(place);
        }
        place = next;
      }
    }

    /// The table holds the state at `height` now.
    synchronized void tableHolds(Place<K, V> place, long height) {
      place.isInTable = place.since <= height;
      place.earlier = above(place.earlier, height);
    }

    /// Those of the earlier values that stand above `height`: no more than blocks since then.
    private @Nullable Earlier<V> above(@Nullable Earlier<V> earlier, long height) {
      return earlier == null || earlier.since <= height
          ? null
          : new Earlier<>(earlier.value, earlier.since, above(earlier.before, height));
    }
  }

  private final List<Shard> shards = new ArrayList<>();
  private final long shardWeightMax;
  private final ToIntFunction<V> weigh;
  private volatile long base;

  // Only the writer's.
  private List<Place<K, V>> notInTable = new ArrayList<>();
  private long notInTableWeight;

  /// The height up to which the table is being written, or was written last.
  private long writingTo;

  /// What is being written into the table; read by who writes it.
  private List<Place<K, V>> beingWritten = List.of();

  /// No values yet over a table that holds the state at `base`.
  ///
  /// @param bytesMax memory for values that are in the table; those that are not come on top
  /// @param weigh bytes that a value takes with its key and place
  RecentValues(long bytesMax, long base, ToIntFunction<V> weigh) {
    this.shardWeightMax = bytesMax / SHARDS;
    this.base = base;
    this.writingTo = base;
    this.weigh = weigh;
    for (int i = 0; i < SHARDS; i++) {
      shards.add(new Shard());
    }
  }

  /// The value of `key` in the state at height `at`; null if it is not known here.
  @Nullable V known(K key, long at) {
    int hash = hash(key);
    return shard(hash).known(key, hash, at);
  }

  /// Keeps a value that the table held when it held the state at `tableBase`, unless it holds
  /// another by now.
  void offer(K key, V value, long tableBase) {
    int hash = hash(key);
    shard(hash).offer(key, hash, value, tableBase);
  }

  /// A value that the block at `height` set.
  void set(K key, V value, long height) {
    int hash = hash(key);
    shard(hash).set(key, hash, value, height);
  }

  /// Memory that values take which are not in the table nor being written, about, older ones of the
  /// same key included.
  long notInTableWeight() {
    return notInTableWeight;
  }

  /// The table is going to be written up to `height`, the head's. {@link #isWritten} follows before
  /// this is called again.
  void beginWriting(long height) {
    beingWritten = notInTable;
    writingTo = height;
    notInTable = new ArrayList<>();
    notInTableWeight = 0;
  }

  /// How many keys have a value that is being written.
  int beingWrittenCount() {
    return beingWritten.size();
  }

  /// Tells of all values that are to be written, as they are in the state that is written. On any
  /// thread, between {@link #beginWriting} and {@link #isWritten}.
  void forEachBeingWritten(BiConsumer<K, V> to) {
    for (Place<K, V> place : beingWritten) {
      V value = shard(place.hash).valueAt(place, writingTo);
      if (value == null) {
        throw new IllegalStateException("nothing to write of " + place.key);
      }
      to.accept(place.key, value);
    }
  }

  /// The table holds the state up to which it was to be written.
  void isWritten() {
    // First, for whoever does not find a value any more then asks for the base.
    base = writingTo;
    beingWritten.forEach(place -> shard(place.hash).tableHolds(place, writingTo));
    beingWritten = List.of();
  }

  /// The height of the state that the table holds.
  long base() {
    return base;
  }

  private Shard shard(int hash) {
    return shards.get(hash >>> (Integer.SIZE - SHARD_BITS));
  }

  /// Shards take the upper bits, lists the lower ones.
  private static int hash(Object key) {
    int mixed = key.hashCode() * 0x9e3779b9;
    return mixed ^ mixed >>> 15;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // An array of a generic type.
  private static <K, V> @Nullable Place<K, V>[] lists(int length) {
    return (@Nullable Place<K, V>[]) new Place[length];
  }
}
