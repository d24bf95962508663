// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.crypto.Bytes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Tables in memory, for tests and the simulator. What was written survives {@link #reopened}, and
/// what is durable survives {@link #crashed}.
///
/// Each write leaves behind what it replaced. A view that is older looks there first, in the order
/// of the writes since, and then into the tables.
public final class MemoryKeyValues implements KeyValues {
  private record Place(Table table, Key key) {}

  /// A key that maps can compare.
  @SuppressWarnings("ArrayRecordComponent") // Compared by content, below.
  private record Key(byte[] bytes) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }
  }

  /// A moment between two writes.
  private static final class Moment {
    /// What the next write replaced; an empty option where there was nothing.
    Map<Place, Optional<byte[]>> replaced = Map.of();

    @Nullable Moment next;
  }

  private final Map<Table, NavigableMap<Key, byte[]>> tables;
  private Moment now = new Moment();

  /// The moments before the writes that need not be durable yet.
  private final Deque<Moment> beforeLaterWrites = new ArrayDeque<>();

  private boolean closed;

  /// Empty tables.
  public MemoryKeyValues() {
    this(new EnumMap<>(Table.class));
    for (Table table : Table.values()) {
      tables.put(table, new TreeMap<>());
    }
  }

  private MemoryKeyValues(Map<Table, NavigableMap<Key, byte[]>> tables) {
    this.tables = tables;
  }

  /// The tables as a process finds them that starts after this one has ended.
  public MemoryKeyValues reopened() {
    return new MemoryKeyValues(tables);
  }

  /// The tables as a process finds them that starts after the machine of this one has lost its
  /// power, and with it all that was not durable yet.
  public synchronized MemoryKeyValues crashed() {
    closed = true;
    while (!beforeLaterWrites.isEmpty()) {
      beforeLaterWrites
          .removeLast()
          .replaced
          .forEach((place, before) -> {
            NavigableMap<Key, byte[]> rows = rows(place.table);
            before.ifPresentOrElse(
                value -> rows.put(place.key, value), () -> rows.remove(place.key));
          });
    }
    return new MemoryKeyValues(tables);
  }

  /// Damages the value of `key`, as a bad disk would.
  void damage(Table table, byte[] key, UnaryOperator<byte[]> damage) {
    rows(table).computeIfPresent(new Key(key), (_, value) -> damage.apply(value.clone()));
  }

  @Override
  public synchronized View view() {
    open();
    return new MomentView(now);
  }

  @Override
  public synchronized void write(Batch batch) {
    change(batch);
    beforeLaterWrites.clear();
  }

  @Override
  public synchronized void writeLater(Batch batch) {
    beforeLaterWrites.addLast(now);
    change(batch);
  }

  private void change(Batch batch) {
    open();
    Moment before = now;
    Moment after = new Moment();
    Map<Place, Optional<byte[]>> replaced = new HashMap<>();
    for (Batch.Change change : batch.changes()) {
      Key key = new Key(change.key());
      byte[] value = change.value();
      byte[] old =
          value == null ? rows(change.table()).remove(key) : rows(change.table()).put(key, value);
      replaced.putIfAbsent(new Place(change.table(), key), Optional.ofNullable(old));
    }
    before.replaced = replaced;
    before.next = after;
    now = after;
  }

  @Override
  public synchronized void close() {
    closed = true;
  }

  private NavigableMap<Key, byte[]> rows(Table table) {
    NavigableMap<Key, byte[]> rows = tables.get(table);
    if (rows == null) {
      throw new IllegalStateException("no table " + table);
    }
    return rows;
  }

  private void open() {
    if (closed) {
      throw new IllegalStateException("closed");
    }
  }

  private final class MomentView implements View {
    private final Moment moment;

    MomentView(Moment moment) {
      this.moment = moment;
    }

    @Override
    public Optional<byte[]> get(Table table, byte[] key) {
      synchronized (MemoryKeyValues.this) {
        open();
        return find(table, new Key(key));
      }
    }

    @Override
    public List<Row> from(Table table, byte[] first, int rowsMax) {
      synchronized (MemoryKeyValues.this) {
        open();
        TreeSet<Key> keys = new TreeSet<>(rows(table).tailMap(new Key(first), true).keySet());
        for (Moment at = moment; at != null; at = at.next) {
          at.replaced.keySet().stream()
              .filter(place -> place.table == table && place.key.compareTo(new Key(first)) >= 0)
              .forEach(place -> keys.add(place.key));
        }
        List<Row> rows = new ArrayList<>();
        for (Key key : keys) {
          if (rows.size() == rowsMax) {
            break;
          }
          find(table, key)
              .ifPresent(value -> rows.add(new Row(Bytes.of(key.bytes), Bytes.of(value))));
        }
        return rows;
      }
    }

    private Optional<byte[]> find(Table table, Key key) {
      Place place = new Place(table, key);
      for (Moment at = moment; at != null; at = at.next) {
        Optional<byte[]> replaced = at.replaced.get(place);
        if (replaced != null) {
          return replaced;
        }
      }
      return Optional.ofNullable(rows(table).get(key));
    }
  }
}
