// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import com.sun.management.OperatingSystemMXBean;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.MalformedException;
import io.aitbc.storage.CipherOpening;
import io.aitbc.storage.DiskCipher;
import io.aitbc.storage.EncryptedKeyValues;
import io.aitbc.storage.FolderDisk;
import io.aitbc.storage.KeyValues;
import io.aitbc.storage.RocksKeyValues;
import io.aitbc.storage.RocksSettings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Runs {@link TransferBlocks} in a folder that is removed in the end.
///
/// @param accounts in the state
/// @param senders how many of them send, in turns
/// @param transactions in a block
/// @param blocks of warm-up, and as many that count
/// @param cacheBytes memory of the store for the parts of the state used last
/// @param disk how the chain stands on disk
record BlockRun(
    int accounts, int senders, int transactions, int blocks, long cacheBytes, Disk disk) {
  /// How the chain stands on disk.
  enum Disk {
    PLAIN,
    ENCRYPTED
  }

  /// The measurement.
  ///
  /// @throws IOException if the folder cannot be made or removed
  BlockReport report() throws IOException, MalformedException {
    Path folder = Files.createTempDirectory("aitbc-bench");
    try (TransferBlocks chain = new TransferBlocks(tables(folder), accounts, senders, cacheBytes)) {
      for (int i = 0; i < blocks; i++) {
        BlockTimes _ = chain.append(chain.transfers(transactions));
      }
      // Before, so that other threads' work for a block falls into what is measured.
      List<List<Bytes>> content = new ArrayList<>();
      for (int i = 0; i < blocks; i++) {
        content.add(chain.transfers(transactions));
      }
      OperatingSystemMXBean process =
          (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
      List<BlockTimes> times = new ArrayList<>();
      long processFrom = process.getProcessCpuTime();
      long from = System.nanoTime();
      for (List<Bytes> encodings : content) {
        times.add(chain.append(encodings));
      }
      chain.finish();
      long wallNanos = System.nanoTime() - from;
      long processNanos = process.getProcessCpuTime() - processFrom;
      double count = 1_000.0 * blocks * transactions;
      return new BlockReport(transactions, times, processNanos / count, wallNanos / count);
    } finally {
      remove(folder);
    }
  }

  private KeyValues tables(Path folder) {
    KeyValues rocks = RocksKeyValues.open(folder.resolve("chain"), RocksSettings.DEFAULT);
    SecureRandom random = new SecureRandom();
    return switch (disk) {
      case PLAIN -> rocks;
      case ENCRYPTED -> {
        byte[] key = new byte[DiskCipher.KEY_BYTES];
        random.nextBytes(key);
        FolderDisk sessions = FolderDisk.open(folder.resolve("encryption"));
        if (DiskCipher.open(sessions, Bytes.wrap(key), random)
            instanceof CipherOpening.Opened(DiskCipher cipher)) {
          yield new EncryptedKeyValues(rocks, cipher);
        }
        throw new IllegalStateException("a new folder is encrypted already");
      }
    };
  }

  /// Removes a folder and all in it.
  static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
