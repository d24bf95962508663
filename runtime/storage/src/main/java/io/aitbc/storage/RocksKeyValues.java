// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.crypto.Bytes;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.StampedLock;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Snapshot;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// RocksDB, one column family for each {@link Table}. A write is one batch in RocksDB's own log,
/// which a sync makes durable up to there.
///
/// What is kept lies in a folder beside the database's, in databases of its own whose files are
/// links to those of this one: it costs what is rewritten since.
///
/// A view is a snapshot that is released when nobody holds the view any more. Everything native is
/// used under a lock that closing takes for itself, so a late reader gets an exception and never
/// touches freed memory.
///
/// RocksDB's native library is kept in a folder `native` beside the database's ({@link
/// RocksLibrary}).
public final class RocksKeyValues implements KeyValues {
  private static final Cleaner CLEANER = Cleaner.create();

  /// Bits of a filter for each key: about one needless read in a hundred.
  private static final double FILTER_BITS_PER_KEY = 10;

  private static final int BLOCK_BYTES = 16 * 1024;

  /// Folder of the native library.
  private static final String LIBRARY = "native";

  private final KeptDatabases kept;
  private final RocksDB database;
  private final Map<Table, ColumnFamilyHandle> families;

  /// What the families are called in a batch.
  private final Map<Table, Integer> identifiers = new EnumMap<>(Table.class);

  private final WriteOptions synced;
  private final WriteOptions unsynced;
  private final List<AutoCloseable> natives;
  private final StampedLock gate = new StampedLock();
  private final Set<Held> views = ConcurrentHashMap.newKeySet();
  private boolean closed;

  private RocksKeyValues(
      KeptDatabases kept,
      RocksDB database,
      Map<Table, ColumnFamilyHandle> families,
      WriteOptions synced,
      WriteOptions unsynced,
      List<AutoCloseable> natives) {
    this.kept = kept;
    this.database = database;
    this.families = families;
    families.forEach((table, family) -> identifiers.put(table, family.getID()));
    this.synced = synced;
    this.unsynced = unsynced;
    this.natives = natives;
  }

  /// Opens the database in `folder`, which is created when it is absent.
  ///
  /// @throws DiskInUseException if it is in use
  /// @throws DiskException if it is damaged, or cannot be read
  public static RocksKeyValues open(Path folder, RocksSettings settings) {
    RocksLibrary.load(folder.resolveSibling(LIBRARY));
    return open(folder, settings, RocksDB::open);
  }

  /// Opens the database in `folder`, to which nobody writes: writing throws {@link DiskException}.
  /// Another one was opened before.
  ///
  /// @throws DiskException if it is damaged, or cannot be read
  static RocksKeyValues openToRead(Path folder, RocksSettings settings) {
    return open(folder, settings, RocksDB::openReadOnly);
  }

  /// How a database is opened.
  @FunctionalInterface
  private interface Opening {
    RocksDB of(
        DBOptions options,
        String path,
        List<ColumnFamilyDescriptor> descriptors,
        List<ColumnFamilyHandle> handles)
        throws RocksDBException;
  }

  private static RocksKeyValues open(Path folder, RocksSettings settings, Opening opening) {
    List<AutoCloseable> natives = new ArrayList<>();
    Cache cache = own(natives, new LRUCache(settings.cacheBytes()));
    ColumnFamilyOptions options = own(natives, new ColumnFamilyOptions());
    var _ =
        options
            .setTableFormatConfig(
                new BlockBasedTableConfig()
                    .setBlockCache(cache)
                    .setBlockSize(BLOCK_BYTES)
                    .setCacheIndexAndFilterBlocks(true)
                    .setPinL0FilterAndIndexBlocksInCache(true)
                    // In parts, of which a read needs one each; whole ones took half a megabyte a
                    // file. Where the cache is small beside the database, cold writes with their
                    // root took a thirtieth of the time so (docs/benchmarks.md).
                    .setIndexType(IndexType.kTwoLevelIndexSearch)
                    .setPartitionFilters(true)
                    .setPinTopLevelIndexAndFilter(true)
                    .setFormatVersion(5)
                    .setFilterPolicy(own(natives, new BloomFilter(FILTER_BITS_PER_KEY, false))))
            .setCompressionType(CompressionType.LZ4_COMPRESSION)
            .setLevelCompactionDynamicLevelBytes(true);
    DBOptions databaseOptions = own(natives, new DBOptions());
    var _ =
        databaseOptions
            .setCreateIfMissing(true)
            .setCreateMissingColumnFamilies(true)
            .setDbWriteBufferSize(settings.writeBufferBytes())
            .setMaxOpenFiles(settings.filesMax())
            .setMaxBackgroundJobs(2)
            .setUseDirectReads(settings.reads() == RocksSettings.Reads.DIRECT)
            .setBytesPerSync(1 << 20)
            .setParanoidChecks(true)
            // A torn end is a write that never returned; damage before it is refused.
            .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setKeepLogFileNum(4);
    List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
    descriptors.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, options));
    for (Table table : Table.values()) {
      descriptors.add(
          new ColumnFamilyDescriptor(table.title().getBytes(StandardCharsets.US_ASCII), options));
    }
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    RocksDB database;
    try {
      database = opening.of(databaseOptions, folder.toString(), descriptors, handles);
    } catch (RocksDBException failure) {
      closeAll(natives);
      throw isHeld(failure)
          ? new DiskInUseException(folder)
          : new DiskException("opening the database in " + folder, failure);
    }
    Map<Table, ColumnFamilyHandle> families = new EnumMap<>(Table.class);
    for (Table table : Table.values()) {
      families.put(table, handles.get(1 + families.size()));
    }
    WriteOptions synced = own(natives, new WriteOptions());
    var _ = synced.setSync(true);
    WriteOptions unsynced = own(natives, new WriteOptions());
    // Closed in reverse: first the handles, then the database, then what they were made of.
    natives.add(database);
    natives.addAll(handles);
    return new RocksKeyValues(
        new KeptDatabases(folder, RocksSettings.SMALL),
        database,
        families,
        synced,
        unsynced,
        natives);
  }

  /// Whether the lock on a database is with another process, or with this one. RocksDB has no code
  /// of its own for either.
  private static boolean isHeld(RocksDBException failure) {
    String said = String.valueOf(failure.getMessage());
    return said.contains("While lock file: ") || said.contains("lock hold by current process");
  }

  private static <T extends AutoCloseable> T own(List<AutoCloseable> natives, T made) {
    natives.add(made);
    return made;
  }

  @Override
  public View view() {
    long stamp = gate.readLock();
    try {
      open();
      Snapshot snapshot = database.getSnapshot();
      if (snapshot == null) {
        throw new IllegalStateException("the database gives no snapshots");
      }
      ReadOptions options = new ReadOptions();
      var _ = options.setSnapshot(snapshot);
      Held held = new Held(snapshot, options);
      var _ = views.add(held);
      SnapshotView view = new SnapshotView(this, held);
      var _ = CLEANER.register(view, () -> release(held));
      return view;
    } finally {
      gate.unlockRead(stamp);
    }
  }

  @Override
  public void write(Batch batch) {
    write(batch, synced);
  }

  @Override
  public void writeLater(Batch batch) {
    write(batch, unsynced);
  }

  private void write(Batch batch, WriteOptions options) {
    byte[] serialized = RocksBatch.of(batch.sorted(), this::identifier);
    long stamp = gate.readLock();
    try (WriteBatch writes = new WriteBatch(serialized)) {
      open();
      database.write(options, writes);
    } catch (RocksDBException failure) {
      throw new DiskException("writing to the database", failure);
    } finally {
      gate.unlockRead(stamp);
    }
  }

  @Override
  public void keep(long number) {
    long stamp = gate.readLock();
    try {
      open();
      kept.keep(database, number);
    } finally {
      gate.unlockRead(stamp);
    }
  }

  @Override
  public List<Long> kept() {
    return kept.numbers();
  }

  @Override
  public View kept(long number) {
    return kept.view(number);
  }

  @Override
  public void drop(long number) {
    kept.drop(number);
  }

  @Override
  public void close() {
    long stamp = gate.writeLock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      kept.close();
      views.forEach(this::free);
      views.clear();
      closeAll(natives);
    } finally {
      gate.unlockWrite(stamp);
    }
  }

  /// How many views are held.
  int viewsHeld() {
    return views.size();
  }

  /// Called by the cleaner when nobody holds a view any more.
  private void release(Held held) {
    long stamp = gate.readLock();
    try {
      if (views.remove(held)) { // Else closing has freed it.
        free(held);
      }
    } finally {
      gate.unlockRead(stamp);
    }
  }

  private void free(Held held) {
    held.options.close();
    database.releaseSnapshot(held.snapshot);
  }

  private static void closeAll(List<AutoCloseable> natives) {
    for (AutoCloseable each : natives.reversed()) {
      try {
        each.close();
      } catch (Exception failure) {
        throw new DiskException("closing the database", failure);
      }
    }
  }

  private ColumnFamilyHandle family(Table table) {
    ColumnFamilyHandle family = families.get(table);
    if (family == null) {
      throw new IllegalStateException("no family " + table);
    }
    return family;
  }

  private int identifier(Table table) {
    Integer identifier = identifiers.get(table);
    if (identifier == null) {
      throw new IllegalStateException("no family " + table);
    }
    return identifier;
  }

  private void open() {
    if (closed) {
      throw new IllegalStateException("the database was closed");
    }
  }

  /// The native side of a view. Compared by identity.
  private static final class Held {
    final Snapshot snapshot;
    final ReadOptions options;

    Held(Snapshot snapshot, ReadOptions options) {
      this.snapshot = snapshot;
      this.options = options;
    }
  }

  private static final class SnapshotView implements View {
    private final RocksKeyValues owner;
    private final Held held;

    SnapshotView(RocksKeyValues owner, Held held) {
      this.owner = owner;
      this.held = held;
    }

    @Override
    public Optional<byte[]> get(Table table, byte[] key) {
      long stamp = owner.gate.readLock();
      try {
        owner.open();
        return Optional.ofNullable(owner.database.get(owner.family(table), held.options, key));
      } catch (RocksDBException failure) {
        throw new DiskException("reading " + table.title(), failure);
      } finally {
        owner.gate.unlockRead(stamp);
        Reference.reachabilityFence(this);
      }
    }

    @Override
    public List<Row> from(Table table, byte[] first, int rowsMax) {
      long stamp = owner.gate.readLock();
      try {
        owner.open();
        List<Row> rows = new ArrayList<>();
        try (RocksIterator iterator =
            owner.database.newIterator(owner.family(table), held.options)) {
          iterator.seek(first);
          while (rows.size() < rowsMax && iterator.isValid()) {
            rows.add(new Row(Bytes.wrap(iterator.key()), Bytes.wrap(iterator.value())));
            iterator.next();
          }
          iterator.status();
        }
        return rows;
      } catch (RocksDBException failure) {
        throw new DiskException("reading " + table.title(), failure);
      } finally {
        owner.gate.unlockRead(stamp);
        Reference.reachabilityFence(this);
      }
    }
  }
}
