// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// Keccak-256 of a full branch node.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class KeccakBenchmark {
  /// Length of a branch node with 16 hashes: 16 times 33, an empty value and a header of 3.
  private static final int BRANCH_BYTES = 532;

  private final byte[] input = new byte[BRANCH_BYTES];

  /// Fills the input.
  @Setup
  public void fill() {
    for (int i = 0; i < BRANCH_BYTES; i++) {
      input[i] = (byte) (31 * i);
    }
  }

  /// One hash, of an input that differs from the last.
  @Benchmark
  public Hash hash() {
    input[0]++;
    return Keccak256.hash(input);
  }
}
