// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.mempool.Admission;
import io.aitbc.mempool.ChainHead;
import io.aitbc.mempool.Mempool;
import io.aitbc.mempool.MempoolLimits;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.Fork;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Role;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionRules;
import io.aitbc.model.ValidatorSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// A node that is a pool over a {@link TestChain} and some fixed facts.
final class TestNode implements LiveNode {
  private final Mempool pool;

  private volatile boolean isSyncing;
  private volatile Amount leastFee = Amount.ZERO;

  TestNode(TestChain chain) {
    pool =
        new Mempool(
            MempoolLimits.DEFAULT,
            TransactionRules.of(TestChain.CHAIN_ID),
            Secp256k1.chosen(),
            new ChainHead(chain.memory(), nextBaseFee(), 30_000_000, Fork.OSAKA));
  }

  /// Has the node begin to fetch blocks, or end.
  void syncs(boolean now) {
    isSyncing = now;
  }

  /// Has the pool ask for more.
  void asksFor(Amount fee) {
    leastFee = fee;
  }

  @Override
  public Amount leastFeePerGas() {
    return leastFee;
  }

  @Override
  public Admission submit(Transaction transaction) {
    return pool.add(transaction);
  }

  @Override
  public Optional<RecoveredTransaction> pending(Hash transaction) {
    return pool.find(transaction);
  }

  @Override
  public Mempool.Waiting waiting(Optional<Address> sender) {
    return pool.waiting(sender);
  }

  @Override
  public long nextNonce(Address account) {
    return pool.nextNonce(account);
  }

  @Override
  public Amount nextBaseFee() {
    return Amount.wei(1_000_000_000);
  }

  @Override
  public Optional<Address> coinbase() {
    return Optional.of(TestChain.RECEIVER);
  }

  @Override
  public Status status() {
    return new Status(
        "AITBC/0.1.0",
        "11".repeat(32),
        Hash.ZERO,
        2,
        "FAST",
        0,
        3,
        pool.size(),
        isSyncing,
        0,
        true,
        "libsecp256k1");
  }

  @Override
  public List<String> whyStalled() {
    return List.of("authorities: 14 of 18 have voted, missing since 2026-01-01T00:00:00Z");
  }

  @Override
  public OptionalLong anchored() {
    return OptionalLong.of(1);
  }

  @Override
  public Optional<Finality> finality(long height) {
    return height == 2 ? Optional.of(new Finality(2, 85, 0, 18, 21, 0, 40)) : Optional.empty();
  }

  @Override
  public List<ValidatorInfo> validators() {
    return List.of(
        new ValidatorInfo(TestChain.RECEIVER, "0x" + "22".repeat(48), true, 0, Role.PROPOSER));
  }

  @Override
  public Optional<ModeInfo> mode() {
    return Optional.of(
        new ModeInfo(
            3,
            ConsensusParameters.DEFAULT,
            ModeSetting.settled(Mode.FAST),
            Optional.of(new Measured(120_000, 1_000_000, 985_000, Amount.aitbc(12), 0, 0)),
            headroom(),
            Optional.of(
                new ModeChange(
                    2,
                    Mode.BALANCED,
                    Mode.FAST,
                    ModeChange.Cause.POLICY,
                    Optional.of(new Measured(110_000, 990_000, 980_000, Amount.aitbc(11), 0, 0)),
                    headroom()))));
  }

  private static Map<Mode, Integer> headroom() {
    return new TreeMap<>(Map.of(Mode.FAST, 3, Mode.BALANCED, 5, Mode.SECURE, 11));
  }

  @Override
  public Optional<EpochInfo> epoch() {
    return Optional.of(new EpochInfo(0, TestChain.SET, TestChain.SET.hash()));
  }

  @Override
  public Optional<ValidatorSet> set(long height) {
    return height <= 100 ? Optional.of(TestChain.SET) : Optional.empty();
  }
}
