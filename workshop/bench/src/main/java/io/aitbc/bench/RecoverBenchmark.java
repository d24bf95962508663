// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.crypto.Secp256k1;
import io.aitbc.model.Address;
import io.aitbc.model.Transaction;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// From a decoded transaction to its sender: signing hash, recovery, address.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RecoverBenchmark {
  private static final int TRANSACTIONS = 256;

  private final Secp256k1 secp256k1 = Secp256k1.chosen();
  private final Transaction[] transactions = new Transaction[TRANSACTIONS];
  private int next;

  /// Signs the transactions.
  @Setup
  public void sign() {
    for (int i = 0; i < TRANSACTIONS; i++) {
      transactions[i] = Transfers.transfer(i);
    }
  }

  /// One sender.
  @Benchmark
  public Optional<Address> sender() {
    next = (next + 1) % TRANSACTIONS;
    return transactions[next].sender(secp256k1);
  }
}
