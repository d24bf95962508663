// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Workers;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.state.MemoryState;
import io.aitbc.state.Overlay;
import io.aitbc.state.StateDiff;
import io.aitbc.state.StateTrie;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// The state root after a block that changes 10,000 of 100,000 accounts, on one thread, per change.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class TrieBenchmark {
  private static final int ACCOUNTS = 100_000;
  private static final int CHANGES = 10_000;

  private final MemoryState state = new MemoryState();
  private final Address[] addresses = new Address[ACCOUNTS];
  private int next;
  private long balance = 1;

  @SuppressWarnings("NullAway.Init") // Set before the first run.
  private Overlay changes;

  /// Fills the state.
  @Setup(Level.Trial)
  public void fill() {
    Overlay genesis = new Overlay(state);
    for (int i = 0; i < ACCOUNTS; i++) {
      Hash hash = Keccak256.hash(Bytes.wrap(ByteBuffer.allocate(Integer.BYTES).putInt(i).array()));
      addresses[i] = new Address(hash.toBytes().slice(0, Address.BYTES));
      genesis.setBalance(addresses[i], Amount.aitbc(1));
    }
    state.apply(StateTrie.diff(state, genesis, Workers.NONE));
  }

  /// Changes the next accounts; not measured.
  @Setup(Level.Invocation)
  public void change() {
    CpuProfiler.leaveOut(this::changeNext);
  }

  private void changeNext() {
    changes = new Overlay(state);
    balance++;
    for (int i = 0; i < CHANGES; i++) {
      next = (next + 1) % ACCOUNTS;
      changes.setBalance(addresses[next], Amount.wei(balance));
    }
  }

  /// One root.
  @Benchmark
  @OperationsPerInvocation(CHANGES)
  public StateDiff root() {
    return StateTrie.diff(state, changes, Workers.NONE);
  }
}
