// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.bench.HonestTrials.Kind;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.DisputeCall;
import io.aitbc.execution.RegisteredModel;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkDispute;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// One claim of an honest worker, block by block: what everybody who is honest does, what those do
/// who are not, and what must be true in the end. A third of the proposers leave out whatever the
/// honest send; time may stand still between two blocks. Belongs to one thread.
final class HonestTrial {
  /// The proposers that leave the honest ones' transactions out.
  private static final int CENSORING_ONE_IN = 3;

  /// Blocks before which the chain stands still for hours.
  private static final int HALT_ONE_IN = 40;

  private static final long HOUR_MILLIS = 3_600_000;

  /// Intervals of blocks: with the shortest the seconds of a deadline are longer, with the longest
  /// its blocks.
  private static final long[] INTERVALS = {250, VirtualChain.BLOCK_MILLIS, 2_000};

  /// Far beyond the end of any claim.
  private static final int BLOCKS_MAX = 10_000;

  private static final int WORK_TIME = 600;
  private static final int WORK_BLOCKS = 8;
  private static final Hash SALT = Keccak256.hash(new byte[] {1});

  final HonestTrials world;
  final VirtualChain chain;
  final Kind kind;
  final SplittableRandom dice;
  final ServedItems items;
  final WorkBooks books;
  private final long number;
  private final HostileMoves hostile;
  private final Audits audits;
  private final long interval;
  private final Amount fee;
  private final BigInteger supply;

  /// Disputes that are not over.
  final TreeMap<Long, WorkDispute> disputes = new TreeMap<>();

  /// What the worker must have been credited for disputes.
  private Amount won = Amount.ZERO;

  private ClaimId claim = new ClaimId(0, 0);
  private Optional<Address> worker = Optional.empty();
  private long workedAt;
  private int disputed;
  private int halts;
  private int blocks;

  /// What became of a claim.
  ///
  /// @param end where it stands; empty if no worker accepted it
  /// @param disputes about it
  /// @param halts of the chain
  /// @param blocks to the end of all
  record Outcome(Kind kind, Optional<WorkClaim.State> end, int disputes, int halts, int blocks) {}

  HonestTrial(HonestTrials world, long number) {
    this.world = world;
    this.chain = world.chain;
    this.number = number;
    this.dice = new SplittableRandom(number);
    // Half of the claims are ordinary, the others are divided among the other kinds.
    Kind[] kinds = Kind.values();
    this.kind = dice.nextBoolean() ? Kind.ORDINARY : kinds[1 + dice.nextInt(kinds.length - 1)];
    this.items = world.items(kind, dice);
    this.interval = INTERVALS[dice.nextInt(INTERVALS.length)];
    this.fee = Amount.aitbc((1 + dice.nextInt(3)) * (long) HonestTrials.ITEMS);
    this.books = new WorkBooks(chain);
    this.supply = chain.grown();
    this.hostile = new HostileMoves(this);
    this.audits = new Audits(this);
  }

  /// The claim.
  ClaimId claim() {
    return claim;
  }

  /// Plays it to the end.
  Outcome run() {
    submit();
    while (!isOver()) {
      if (++blocks > BLOCKS_MAX) {
        throw new IllegalStateException("the claim does not end: " + disputes);
      }
      boolean halt = dice.nextInt(HALT_ONE_IN) == 0;
      halts += halt ? 1 : 0;
      world.nextBlock(number, halt ? HOUR_MILLIS * (1 + dice.nextInt(24)) : interval);
      // Who means harm is first in every block.
      refresh();
      Optional<WorkClaim> state = chain.read(WorkRead.claim(claim));
      hostile.move(state);
      if (dice.nextInt(CENSORING_ONE_IN) != 0) {
        refresh();
        honest(chain.read(WorkRead.claim(claim)));
      }
      if (dice.nextInt(100) == 0) {
        books.check(escrow(), condemned());
      }
    }
    Optional<WorkClaim> end = chain.read(WorkRead.claim(claim));
    books.check(Amount.ZERO, condemned());
    checkNobodyLost(end);
    return new Outcome(kind, end.map(WorkClaim::state), disputed, halts, blocks);
  }

  private void submit() {
    world.nextBlock(number, interval);
    boolean noTime = kind == Kind.NO_TIME;
    var request =
        new WorkJob.Request(
            items.model(),
            items.inputs().root(),
            Hash.ZERO,
            HonestTrials.ITEMS,
            noTime ? 1 : WORK_TIME,
            noTime ? 1 : WORK_TIME,
            dice.nextInt(4) == 0 ? Amount.aitbc(dice.nextInt(1_000)) : Amount.ZERO,
            Hash.ZERO);
    chain.require(HonestTrials.CLIENT, WorkCall.submit(request, fee));
    claim = new ClaimId(chain.read(WorkRead.jobCount()).orElseThrow(), 0);
  }

  private WorkJob.Place place() {
    return chain.read(WorkRead.assignment(claim)).orElseThrow().place();
  }

  private Amount escrow() {
    return place() == WorkJob.Place.OVER ? Amount.ZERO : fee;
  }

  /// The malformed model is closed once somebody proved what it is.
  private int condemned() {
    return chain
            .read(WorkRead.model(items.model()))
            .filter(it -> it.state() == RegisteredModel.State.MALFORMED)
            .isPresent()
        ? 1
        : 0;
  }

  private boolean isOver() {
    refresh();
    return disputes.isEmpty() && place() == WorkJob.Place.OVER;
  }

  /// Reads how the open disputes stand, and notes new ones.
  private void refresh() {
    long count = chain.read(WorkRead.disputeCount()).orElse(0L);
    for (long dispute = disputed + 1L; dispute <= count; dispute++) {
      WorkDispute _ = disputes.put(dispute, chain.read(WorkRead.dispute(dispute)).orElseThrow());
      disputed++;
    }
    disputes.replaceAll((dispute, _) -> chain.read(WorkRead.dispute(dispute)).orElseThrow());
    disputes.values().removeIf(each -> each.stage() == WorkDispute.Stage.OVER);
  }

  /// Whether an account does what the protocol asks.
  static boolean isHonest(Address account) {
    return HonestTrials.WORKERS.contains(account)
        || HonestTrials.AUDITORS.indexOf(account) >= HonestTrials.HOSTILE_AUDITORS
        || HonestTrials.EVALUATORS.indexOf(account) >= HonestTrials.HOSTILE_EVALUATORS;
  }

  /// Ends a dispute whose next move did not come, if its time is over.
  void timeOut(Address from, long dispute) {
    WorkDispute was = chain.read(WorkRead.dispute(dispute)).orElseThrow();
    if (!chain.takes(from, DisputeCall.timeOut(dispute))) {
      return;
    }
    switch (was.stage()) {
      case STEP, DESCEND, PROVE -> win(was, was.deposit().wei().dividedBy(UInt256.of(2)));
      case WAITING, SERVE, STATES, TRACE_ROOT, NODES, TILE, OVER -> {
        if (isHonest(was.worker())) {
          throw new IllegalStateException("somebody honest is said not to have moved: " + was);
        }
      }
    }
  }

  private void win(WorkDispute dispute, UInt256 wei) {
    if (worker.filter(dispute.worker()::equals).isPresent()) {
      won = won.plus(new Amount(wei));
    }
  }

  private void honest(Optional<WorkClaim> state) {
    for (Map.Entry<Long, WorkDispute> each : disputes.entrySet()) {
      answer(each.getKey(), each.getValue());
    }
    if (state.isEmpty()) {
      offered();
      return;
    }
    switch (state.get().state()) {
      case ACCEPTED -> {
        if (chain.height() >= workedAt) {
          Hash commitment =
              WorkCall.commitment(
                  VirtualChain.CHAIN_ID, claim, ours(), items.outputs().root(), SALT);
          chain.require(ours(), WorkCall.commit(claim, commitment));
        }
      }
      case COMMITTED -> chain.require(ours(), WorkCall.reveal(claim, items.outputs().root(), SALT));
      case REVEALED -> {
        audits.move(state.get());
        if (chain.height() > state.get().untilHeight()) {
          boolean _ = chain.takes(ours(), WorkCall.settle(claim));
        }
      }
      case SETTLED, VOID, FRAUD -> {}
    }
  }

  private Address ours() {
    return worker.orElseThrow();
  }

  /// Somebody whose turn it is takes the claim, if input and model are here and the time is enough;
  /// else it goes back to the client, who may have lost patience before.
  private void offered() {
    Optional<List<Address>> drawn = chain.read(WorkRead.workers(claim));
    long turn = chain.read(WorkRead.turn(claim)).orElse(0L);
    if (drawn.isEmpty() || place() == WorkJob.Place.OVER) {
      return;
    }
    boolean takes = kind != Kind.WITHHELD_INPUT && kind != Kind.NO_TIME;
    if (takes && turn < drawn.get().size()) {
      worker = Optional.of(drawn.get().get((int) turn));
      chain.require(ours(), WorkCall.accept(claim));
      workedAt = chain.height() + 1 + dice.nextInt(WORK_BLOCKS);
    } else if (!takes && dice.nextInt(60) == 0) {
      chain.require(HonestTrials.CLIENT, WorkCall.cancel(claim));
    } else if (turn == drawn.get().size()
        && !chain.takes(HonestTrials.CLIENT, WorkCall.drawAgain(claim))) {
      boolean _ = chain.takes(HonestTrials.CLIENT, WorkCall.giveUp(claim));
    }
  }

  /// What whoever is challenged does, if it is honest.
  private void answer(long dispute, WorkDispute now) {
    if (!isHonest(now.worker())) {
      timeOut(ours(), dispute);
      return;
    }
    switch (now.stage()) {
      case WAITING -> {
        boolean _ = chain.takes(now.worker(), DisputeCall.dismiss(dispute));
      }
      case SERVE, TRACE_ROOT, NODES, TILE -> {
        if (chain.takes(now.worker(), DisputeCall.dismiss(dispute))) {
          return; // The claim ended before.
        }
        chain.require(now.worker(), items.answer(dispute, now));
        if (now.stage() == WorkDispute.Stage.SERVE) {
          win(now, now.deposit().wei());
        } else if (chain.read(WorkRead.dispute(dispute)).orElseThrow().stage()
            == WorkDispute.Stage.OVER) {
          win(now, now.deposit().wei().dividedBy(UInt256.of(2))); // Rightly empty.
        }
      }
      case STEP, DESCEND, PROVE -> {
        timeOut(now.worker(), dispute);
        boolean _ = chain.takes(now.worker(), DisputeCall.dismiss(dispute));
      }
      case STATES, OVER -> throw new IllegalStateException("not of items: " + now);
    }
  }

  private void checkNobodyLost(Optional<WorkClaim> end) {
    if (!chain.grown().equals(supply)) {
      throw new IllegalStateException("money appeared or vanished: " + chain.grown());
    }
    books.checkHonestBonds();
    boolean offers = kind != Kind.WITHHELD_INPUT && kind != Kind.NO_TIME;
    Optional<WorkClaim.State> state = end.map(WorkClaim::state);
    boolean right = state.isPresent() ? isRight(state.get()) : !offers;
    if (!right) {
      throw new IllegalStateException(kind + " ended as " + state);
    }
    if (worker.isPresent()) {
      checkPay(state.orElseThrow());
    }
  }

  private boolean isRight(WorkClaim.State end) {
    return switch (end) {
      case SETTLED -> !audits.isUnserved();
      case VOID -> kind == Kind.MALFORMED_MODEL || audits.isUnserved();
      case ACCEPTED, COMMITTED, REVEALED, FRAUD -> false;
    };
  }

  /// Four fifths of the fee, less a fifth of that at most for its quality; and to the wei what
  /// disputes brought.
  private void checkPay(WorkClaim.State state) {
    Amount credit = chain.read(WorkRead.credit(ours())).orElse(Amount.ZERO);
    if (credit.compareTo(won) < 0) {
      throw new IllegalStateException("disputes brought " + won + ", the credit is " + credit);
    }
    BigInteger pay = credit.minus(won).wei().toBigInteger();
    BigInteger most =
        fee.wei().toBigInteger().multiply(BigInteger.valueOf(4)).divide(BigInteger.valueOf(5));
    BigInteger least = most.multiply(BigInteger.valueOf(4)).divide(BigInteger.valueOf(5));
    boolean right =
        state == WorkClaim.State.SETTLED
            ? pay.compareTo(least) >= 0 && pay.compareTo(most) <= 0
            : pay.signum() == 0;
    if (!right) {
      throw new IllegalStateException("paid " + pay + " wei of at most " + most);
    }
  }
}
