// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.rocksdb.Checkpoint;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/// Databases kept beside another as it was, by number, in a folder each. Their files are links to
/// those of the other, which never change once they are written. One that was not finished has
/// another name until it is.
final class KeptDatabases implements AutoCloseable {
  private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,17}");

  private final Path folder;
  private final RocksSettings settings;
  private final Map<Long, RocksKeyValues> opened = new TreeMap<>();

  /// @param database folder of the other
  KeptDatabases(Path database, RocksSettings settings) {
    this.folder = database.resolveSibling(database.getFileName() + "-kept");
    this.settings = settings;
  }

  synchronized void keep(RocksDB database, long number) {
    drop(number);
    try (Checkpoint checkpoint = Checkpoint.create(database)) {
      Path _ = Files.createDirectories(folder);
      checkpoint.createCheckpoint(folder.resolve(Long.toString(number)).toString());
    } catch (RocksDBException | IOException failure) {
      throw new DiskException("keeping the database under " + number, failure);
    }
  }

  /// What is kept; what was not finished is removed.
  synchronized List<Long> numbers() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      List<Path> found = all.toList();
      for (Path each : found) {
        if (!isWhole(each)) {
          delete(each);
        }
      }
      return found.stream()
          .filter(KeptDatabases::isWhole)
          .map(each -> Long.valueOf(each.getFileName().toString()))
          .sorted()
          .toList();
    } catch (IOException failure) {
      throw new DiskException("listing " + folder, failure);
    }
  }

  private static boolean isWhole(Path path) {
    return NUMBER.matcher(path.getFileName().toString()).matches();
  }

  synchronized KeyValues.View view(long number) {
    Path path = folder.resolve(Long.toString(number));
    if (!Files.isDirectory(path)) {
      throw new IllegalArgumentException("nothing is kept under " + number);
    }
    return opened.computeIfAbsent(number, _ -> RocksKeyValues.openToRead(path, settings)).view();
  }

  synchronized void drop(long number) {
    RocksKeyValues open = opened.remove(number);
    if (open != null) {
      open.close();
    }
    try {
      delete(folder.resolve(Long.toString(number)));
    } catch (IOException failure) {
      throw new DiskException("removing what is kept under " + number, failure);
    }
  }

  private static void delete(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> walk = Files.walk(path)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : all) {
      Files.delete(each);
    }
  }

  @Override
  public synchronized void close() {
    opened.values().forEach(RocksKeyValues::close);
    opened.clear();
  }
}
