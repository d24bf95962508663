// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.MalformedException;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionCodec;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// From bytes to a transfer with its hash.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RlpBenchmark {
  private static final int TRANSACTIONS = 256;

  private final Bytes[] encodings = new Bytes[TRANSACTIONS];
  private int next;

  /// Encodes the transactions.
  @Setup
  public void encode() {
    for (int i = 0; i < TRANSACTIONS; i++) {
      encodings[i] = Transfers.transfer(i).encoded();
    }
  }

  /// One transaction.
  @Benchmark
  public Transaction decodeAndHash() throws MalformedException {
    next = (next + 1) % TRANSACTIONS;
    return TransactionCodec.decode(encodings[next]);
  }
}
