// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.DerivedState;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.mempool.Admission;
import io.aitbc.mempool.Mempool;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Role;
import io.aitbc.model.Transaction;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorSet;
import io.aitbc.rpc.LiveNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/// What JSON-RPC sees of a node that is alive. The loop writes what it knows; calls read it.
final class LiveView implements LiveNode {
  private final Mempool mempool;
  private final FinalityLog finality;
  private final Function<Transaction, Admission> submission;
  private final IntSupplier peers;
  private final String nodeId;
  private final Hash genesisHash;
  private final boolean isValidator;
  private final Optional<Address> coinbase;
  private final Function<Height, Optional<ValidatorSet>> notedSets;
  private volatile Present present;
  private volatile OptionalLong anchored;
  private volatile Loop loop = new Loop(0, true, 0, false, List::of);
  private volatile Optional<ModeChange> lastChange = Optional.empty();

  /// What the chain says now.
  ///
  /// @param height of the last block
  /// @param mode of the next height; poa where there are no modes
  /// @param nextBaseFee of the next block
  /// @param validators of the next height, or the proposers where there are no votes
  /// @param derived what votes follow; empty where there are none
  record Present(
      long height,
      String mode,
      Amount nextBaseFee,
      List<Validator> validators,
      Optional<DerivedState> derived) {}

  /// What the loop says now.
  ///
  /// @param round of the height that is being decided
  /// @param isSyncing whether blocks are being fetched, or no young one was seen since the start
  /// @param blocksBehind how far above the head peers say they are that brought blocks
  /// @param isStalled whether it waits for longer than a healthy network has it wait
  /// @param waiting what is missing to decide it, made when somebody asks
  record Loop(
      int round,
      boolean isSyncing,
      long blocksBehind,
      boolean isStalled,
      Supplier<List<String>> waiting) {}

  LiveView(
      Mempool mempool,
      FinalityLog finality,
      Function<Transaction, Admission> submission,
      IntSupplier peers,
      String nodeId,
      Hash genesisHash,
      boolean isValidator,
      Optional<Address> coinbase,
      Function<Height, Optional<ValidatorSet>> notedSets,
      Present present) {
    this.mempool = mempool;
    this.finality = finality;
    this.submission = submission;
    this.peers = peers;
    this.nodeId = nodeId;
    this.genesisHash = genesisHash;
    this.isValidator = isValidator;
    this.coinbase = coinbase;
    this.notedSets = notedSets;
    this.present = present;
    anchored = anchored(present);
  }

  /// On one thread.
  void is(Present now) {
    present = now;
    OptionalLong by = anchored(now);
    // A node that enters FAST goes on from the last block that the stake itself decided.
    if (by.isEmpty() || by.getAsLong() > anchored.orElse(0)) {
      anchored = by;
    }
  }

  private static OptionalLong anchored(Present now) {
    return now.derived()
        .filter(derived -> derived.set().totalStake().units() > 0)
        .map(derived ->
            OptionalLong.of(
                derived.parentRules().filter(rules -> rules.mode() != Mode.FAST).isPresent()
                    ? now.height()
                    : derived.anchored().number()))
        .orElse(OptionalLong.empty());
  }

  void is(ModeChange begun) {
    lastChange = Optional.of(begun);
  }

  /// Whether the chain waits for longer than a healthy network has it wait.
  boolean isStalled() {
    return loop.isStalled();
  }

  void is(Loop now) {
    loop = now;
  }

  @Override
  public Admission submit(Transaction transaction) {
    return submission.apply(transaction);
  }

  @Override
  public Optional<RecoveredTransaction> pending(Hash transaction) {
    return mempool.find(transaction);
  }

  @Override
  public Mempool.Waiting waiting(Optional<Address> sender) {
    return mempool.waiting(sender);
  }

  @Override
  public long nextNonce(Address account) {
    return mempool.nextNonce(account);
  }

  @Override
  public Amount nextBaseFee() {
    return present.nextBaseFee();
  }

  @Override
  public Amount leastFeePerGas() {
    return mempool.leastFeePerGas();
  }

  @Override
  public Optional<Address> coinbase() {
    return coinbase;
  }

  @Override
  public Status status() {
    return new Status(
        Node.VERSION,
        nodeId,
        genesisHash,
        present.height(),
        present.mode(),
        loop.round(),
        peers.getAsInt(),
        mempool.size(),
        loop.isSyncing(),
        loop.blocksBehind(),
        isValidator,
        Secp256k1.chosen().name());
  }

  @Override
  public List<String> whyStalled() {
    return loop.waiting().get();
  }

  @Override
  public OptionalLong anchored() {
    return anchored;
  }

  @Override
  public Optional<Finality> finality(long height) {
    return finality.of(height);
  }

  @Override
  public List<ValidatorInfo> validators() {
    Present now = present;
    return now.validators().stream()
        .map(each ->
            info(
                each,
                now.derived()
                    .map(derived -> derived.currentPlan().role(each.account(), derived.mode()))
                    .orElse(Role.PROPOSER)))
        .toList();
  }

  @Override
  public Optional<ModeInfo> mode() {
    return present.derived().map(this::mode);
  }

  private ModeInfo mode(DerivedState derived) {
    return new ModeInfo(
        derived.nextHeight().number(),
        derived.parameters(),
        derived.mode(),
        ModeChanges.measured(derived),
        ModeChanges.headroom(derived),
        lastChange);
  }

  @Override
  public Optional<EpochInfo> epoch() {
    return present
        .derived()
        .map(derived ->
            new EpochInfo(
                derived.currentPlan().epoch(), derived.set(), derived.nextPlan().set().hash()));
  }

  @Override
  public Optional<ValidatorSet> set(long height) {
    Height of = new Height(height);
    return present.derived().flatMap(derived -> derived.set(of).or(() -> notedSets.apply(of)));
  }

  private static ValidatorInfo info(Validator validator, Role role) {
    return new ValidatorInfo(
        validator.account(),
        validator.key().bytes().toHex(),
        validator.isAuthority(),
        validator.stake().units(),
        role);
  }
}
