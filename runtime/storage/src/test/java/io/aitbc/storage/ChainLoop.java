// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.testkit.Seed;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;

/// A process that logs and appends one block after another and tells each height once it is
/// durable, until it is killed.
final class ChainLoop {
  static final long SEED = 7;
  static final int ACCOUNTS = 80;
  static final int TRANSACTIONS = 12;

  /// So little that the tables of state are written after every other block or so.
  private static final long CACHE_BYTES = 1 << 18;

  private ChainLoop() {}

  static Process begin(Path folder) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            ChainLoop.class.getName(),
            folder.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  static LogOpening.Opened openLog(Path folder, TestChain chain) {
    return (LogOpening.Opened)
        WriteAheadLog.open(
            FolderDisk.open(folder.resolve("log")), chain.genesisHash(), new SecureRandom());
  }

  static ChainStore openStore(Path folder, TestChain chain) {
    KeyValues tables = RocksKeyValues.open(folder.resolve("chain"), RocksSettings.SMALL);
    Retention retention = new Retention.Pruned(16, 64);
    return ChainStore.open(tables, chain.genesisHash(), retention, CACHE_BYTES)
            instanceof StoreOpening.Opened(ChainStore store)
        ? store
        : ChainStore.begin(tables, chain.genesis, retention, CACHE_BYTES);
  }

  public static void main(String[] arguments) {
    PrintStream output = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Path folder = Path.of(arguments[0]);
    TestChain chain = new TestChain(SEED, ACCOUNTS);
    ChainStore store = openStore(folder, chain);
    WriteAheadLog log = openLog(folder, chain).log();
    TestRecords records = new TestRecords(Seed.of(SEED));
    while (true) {
      FinalBlock block = chain.next(TRANSACTIONS);
      if (block.height().isAbove(store.head().height())) {
        log.append(records.allowance(block.height().number()));
        store.append(block);
        log.cutBelow(block.height());
        output.println(block.height());
      }
    }
  }
}
