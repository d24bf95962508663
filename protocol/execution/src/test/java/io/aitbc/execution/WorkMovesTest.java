// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static io.aitbc.execution.WorkWorld.CLIENT;
import static io.aitbc.execution.WorkWorld.FEE;
import static io.aitbc.execution.WorkWorld.MAKER;
import static io.aitbc.execution.WorkWorld.SALT;
import static io.aitbc.execution.WorkWorld.STRANGER;
import static io.aitbc.execution.WorkWorld.WORKER;
import static io.aitbc.execution.WorkWorld.assertError;
import static io.aitbc.execution.WorkWorld.succeed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.referee.Trace;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// A worker's moves: those that are another's or of something else, and those for which the chain
/// leaves no room.
class WorkMovesTest { // Protocol §17.12, §17.13, §17.14
  private static final UInt256 CHAIN = UInt256.of(7);
  private static final Amount BOND = Amount.aitbc(3_000);
  private static final long HOUR_MILLIS = 3_600_000;
  private static final int ROWS = 300;

  private final WorkWorld work = new WorkWorld();

  private MerkleTree outputs() {
    return work.outputs(work.traces.get(1).output());
  }

  private Hash commitment(UInt256 chain, ClaimId claim, int worker) {
    return WorkCall.commitment(chain, claim, account(worker), outputs().root(), SALT);
  }

  @Test // Protocol §17.13: a commitment is one worker's, for one claim of one job of one chain.
  void aCommitmentOfAnotherChainWorkerJobOrClaimCannotBeRevealedAndCostsTheFee() {
    for (String other : List.of("chain", "worker", "job", "claim", "salt")) {
      long job = work.submit(FEE, 0);
      ClaimId claim = new ClaimId(job, 0);
      int worker = work.accepted(job);
      Hash wrong =
          switch (other) {
            case "chain" -> commitment(UInt256.of(8), claim, worker);
            case "worker" -> commitment(CHAIN, claim, worker == 10 ? 11 : 10); // Copied.
            case "job" -> commitment(CHAIN, new ClaimId(job + 1, 0), worker);
            case "claim" -> commitment(CHAIN, new ClaimId(job, 1), worker);
            default ->
                WorkCall.commitment(CHAIN, claim, account(worker), outputs().root(), Hash.ZERO);
          };
      String refusal = "NotWorker(uint256,uint256,address)";
      assertError(refusal, work.send(STRANGER, WorkCall.commit(claim, wrong)));
      succeed(work.send(worker, WorkCall.commit(claim, wrong)));
      assertError(
          "WrongState(uint256,uint256,uint8)",
          work.send(worker, WorkCall.commit(claim, commitment(CHAIN, claim, worker))));
      work.pass(1);
      EconomyCall reveal = WorkCall.reveal(claim, outputs().root(), SALT);
      assertError("WrongReveal(bytes32,bytes32)", work.send(worker, reveal));
      assertError(refusal, work.send(STRANGER, reveal));
      Amount bond = new Amount(work.service(WORKER, worker, 0));
      Amount credit = work.credit(CLIENT);
      work.pass(121);
      succeed(work.send(MAKER, WorkCall.late(claim)));
      work.balance();
      assertEquals(bond.minus(FEE), new Amount(work.service(WORKER, worker, 0)), other);
      assertEquals(credit.plus(FEE), work.credit(CLIENT), other);
      assertEquals(UInt256.ZERO, work.service(WORKER, worker, 8), "late is no fraud");
      assertError("WrongState(uint256,uint256,uint8)", work.send(worker, reveal));
      succeed(work.send(CLIENT, WorkCall.cancel(claim)));
    }
  }

  @Test // Protocol §17.13: what was revealed is not revealed again, and not committed to again.
  void aClaimIsCommittedToAndRevealedOnce() {
    long job = work.submit(FEE, 0);
    ClaimId claim = new ClaimId(job, 0);
    int worker = work.revealed(job, outputs().root());
    Hash own = commitment(CHAIN, claim, worker);
    String refusal = "WrongState(uint256,uint256,uint8)";
    assertError(refusal, work.send(worker, WorkCall.reveal(claim, outputs().root(), SALT)));
    assertError(refusal, work.send(worker, WorkCall.commit(claim, own)));
    ClaimId none = new ClaimId(job, 1);
    assertError(refusal, work.send(worker, WorkCall.commit(none, own)));
    assertError(refusal, work.send(worker, WorkCall.commit(new ClaimId(job + 1, 0), own)));
  }

  @Test // Protocol §17.13: whoever bids when the commitment is known has no seat by it.
  void noBondOrDelayAfterTheCommitmentChangesTheSeats() {
    long job = work.submit(FEE, 0);
    ClaimId claim = new ClaimId(job, 0);
    int worker = work.accepted(job);
    succeed(work.send(worker, WorkCall.commit(claim, commitment(CHAIN, claim, worker))));
    work.pass(1);
    work.register(STRANGER, WorkWorld.AUDITOR, Amount.aitbc(100_000));
    work.set(EconomyParameter.AUDIT_DELAY, 1);
    work.pass(4);
    assertError("NotYet(uint256,uint256)", work.send(MAKER, WorkCall.drawSeats(claim)));
    work.pass(1);
    succeed(work.send(MAKER, WorkCall.drawSeats(claim)));
    List<Long> places = work.read(WorkRead.claim(claim)).places();
    assertEquals(10, places.size());
    assertTrue(places.stream().allMatch(place -> place <= 5), "of those who were there");
    assertError("AlreadyDrawn(uint256,uint256)", work.send(MAKER, WorkCall.drawSeats(claim)));
  }

  @Test // Protocol §17.14 rule 2: 32 KiB of either.
  void anAnswerWithMoreDataThanADemandTakesIsRefused() {
    long job = work.submit(FEE, 0);
    ClaimId claim = new ClaimId(job, 0);
    int worker = work.revealed(job, outputs().root());
    succeed(work.send(STRANGER, DisputeCall.demand(claim, 0, work.read(WorkRead.deposit(claim)))));
    DisputeCall.InputLeaf leaf = leaf(0);
    DisputeCall.Served input = input(0);
    DisputeCall.Served output = output(0);
    Bytes kibibyte = Bytes.wrap(new byte[1_024]);
    DisputeCall.Served longer =
        new DisputeCall.Served(Collections.nCopies(33, kibibyte), input.path());
    DisputeCall.Served longest =
        new DisputeCall.Served(List.of(Bytes.wrap(new byte[32_769])), output.path());
    String refusal = "TooMuchData(uint256,uint256)";
    assertError(refusal, work.send(worker, DisputeCall.serve(1, leaf, longer, output)));
    assertError(refusal, work.send(worker, DisputeCall.serve(1, leaf, input, longest)));
    for (EconomyCall wrong :
        List.of(
            DisputeCall.serve(1, leaf(1), input(1), output),
            DisputeCall.serve(1, leaf, input(1), output),
            DisputeCall.serve(1, leaf, input, output(1)))) {
      assertError("NotUnderRoot()", work.send(worker, wrong));
    }
    succeed(work.send(worker, DisputeCall.serve(1, leaf, input, output)));
    work.balance();
  }

  @Test // Protocol §17.14 rule 2: a move has longer than the window.
  void whatIsLaidOpenAfterTheWindowIsChallengedBeforeItIsPaid() {
    byte[] wrong = work.traces.get(1).output();
    wrong[5] ^= 1;
    MerkleTree tree = work.outputs(wrong);
    ClaimId claim = new ClaimId(work.submit(FEE, 0), 0);
    int worker = work.revealed(claim.job(), tree.root());
    work.pass(5);
    succeed(work.send(STRANGER, WorkCall.drawSeats(claim)));
    Amount deposit = work.read(WorkRead.deposit(claim));
    succeed(work.send(STRANGER, DisputeCall.demand(claim, 1, deposit)));
    work.pass(301);
    assertError("DisputesOpen(uint256)", work.send(worker, WorkCall.settle(claim)));
    // In one block, one behind the other.
    DisputeCall.Served output =
        new DisputeCall.Served(List.of(Bytes.wrap(wrong)), path(tree.path(1)));
    succeed(work.send(worker, DisputeCall.serve(1, leaf(1), input(1), output)));
    assertError("WindowOpen(uint256,uint256)", work.send(worker, WorkCall.settle(claim)));
    assertEquals(work.world.height + 60, work.read(WorkRead.claim(claim)).untilHeight());
    work.pass(60);
    assertError("WindowOpen(uint256,uint256)", work.send(worker, WorkCall.settle(claim)));
    Amount again = work.read(WorkRead.deposit(claim));
    succeed(work.send(STRANGER, DisputeCall.challenge(claim, 1, again)));
    work.pass(1_802);
    succeed(work.send(MAKER, DisputeCall.timeOut(2)));
    assertEquals(WorkClaim.State.FRAUD, work.read(WorkRead.claim(claim)).state());
    work.balance();
  }

  @Test // Protocol §17.14 rule 2: a right one is paid a check's time later, and a window never
  // less.
  void whatIsLaidOpenInTheWindowMakesItNoShorter() {
    ClaimId claim = new ClaimId(work.submit(FEE, 0), 0);
    int worker = work.revealed(claim.job(), outputs().root());
    long until = work.read(WorkRead.claim(claim)).untilHeight();
    work.pass(5);
    succeed(work.send(STRANGER, WorkCall.drawSeats(claim)));
    for (int leaf = 0; leaf < 2; leaf++) {
      Amount deposit = work.read(WorkRead.deposit(claim));
      succeed(work.send(STRANGER, DisputeCall.demand(claim, leaf, deposit)));
      succeed(
          work.send(worker, DisputeCall.serve(leaf + 1, leaf(leaf), input(leaf), output(leaf))));
      long last = Math.max(until, work.world.height + 60);
      assertEquals(last, work.read(WorkRead.claim(claim)).untilHeight());
      work.pass(290);
    }
    // The second was laid open five blocks before the end: sixty are over.
    succeed(work.send(MAKER, WorkCall.settle(claim)));
    work.balance();
  }

  private DisputeCall.InputLeaf leaf(int item) {
    return new DisputeCall.InputLeaf(
        ROWS * 16L, work.traces.get(item).inputTree().root(), path(work.inputs.path(item)));
  }

  /// Tiles of an item, one of four numbers for each row.
  private DisputeCall.Served input(int item) {
    List<Bytes> tiles = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      ByteBuffer tile = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < 4; i++) {
        tile.putFloat((row * 4 + i + item) % 17);
      }
      boolean _ = tiles.add(Bytes.wrap(tile.array()));
    }
    return new DisputeCall.Served(tiles, List.of());
  }

  private DisputeCall.Served output(int leaf) {
    return new DisputeCall.Served(
        List.of(Bytes.wrap(work.traces.get(leaf).output())), path(outputs().path(leaf)));
  }

  private static List<Hash> path(byte[] path) {
    return IntStream.range(0, path.length / Hash.BYTES)
        .mapToObj(i -> Hash.of(path, i * Hash.BYTES))
        .toList();
  }

  /// The chain stands still for an hour; and once more with a clock that counted all of it.
  private void halt() {
    work.world.timeMillis += HOUR_MILLIS;
    work.pass(1);
    work.world.passTime(HOUR_MILLIS);
    work.pass(1);
  }

  /// Blocks so fast that they are over before anybody could answer.
  private void race(int blocks) {
    for (int i = 0; i < blocks; i++) {
      work.world.height++;
      work.world.timeMillis += 100;
      work.world.startBlock();
    }
  }

  @Test // Protocol §17.12: a deadline has passed when both clocks have.
  void aHaltOfTheChainEndsNoDeadlineAndNorDoFastBlocks() {
    long job = work.submit(FEE, 0);
    ClaimId claim = new ClaimId(job, 0);
    int worker = work.accepted(job);
    halt();
    assertError("NotLate(uint256,uint256)", work.send(MAKER, WorkCall.late(claim)));
    succeed(work.commit(worker, job, outputs().root()));
    halt();
    assertError("NotLate(uint256,uint256)", work.send(MAKER, WorkCall.late(claim)));
    succeed(work.reveal(worker, job, outputs().root()));
    work.pass(5); // The draw is of the sixth block after the commitment.
    succeed(work.send(STRANGER, WorkCall.drawSeats(claim)));
    Amount deposit = work.read(WorkRead.deposit(claim));
    succeed(work.send(STRANGER, DisputeCall.challenge(claim, 1, deposit)));
    succeed(work.send(STRANGER, DisputeCall.demand(claim, 0, deposit)));
    halt();
    assertError("WindowOpen(uint256,uint256)", work.send(MAKER, WorkCall.settle(claim)));
    assertError("NotLate(uint256)", work.send(MAKER, DisputeCall.timeOut(1)));
    assertError("NotLate(uint256)", work.send(MAKER, DisputeCall.timeOut(2)));
    succeed(work.send(worker, DisputeCall.serve(2, leaf(0), input(0), output(0))));
    Trace trace = work.traces.get(1);
    List<Hash> below = trace.tree().below(trace.tree().height(), 0);
    succeed(work.send(worker, DisputeCall.answerRoot(1, trace.tree().root(), below)));
    halt();
    assertError("NotLate(uint256)", work.send(MAKER, DisputeCall.timeOut(1)));
    work.pass(1_802);
    succeed(work.send(MAKER, DisputeCall.timeOut(1)));
    succeed(work.send(MAKER, WorkCall.settle(claim)));
    work.balance();
    assertEquals(BOND, new Amount(work.service(WORKER, worker, 0)));
    assertEquals(UInt256.ZERO, work.service(WORKER, worker, 8));
    raced();
  }

  private void raced() {
    long job = work.submit(FEE, 0);
    ClaimId claim = new ClaimId(job, 0);
    int worker = work.accepted(job);
    race(100);
    assertError("NotLate(uint256,uint256)", work.send(MAKER, WorkCall.late(claim)));
    succeed(work.commit(worker, job, outputs().root()));
    race(150);
    assertError("NotLate(uint256,uint256)", work.send(MAKER, WorkCall.late(claim)));
    succeed(work.reveal(worker, job, outputs().root()));
    succeed(work.send(STRANGER, WorkCall.drawSeats(claim)));
    long dispute = work.read(WorkRead.disputeCount()) + 1;
    Amount deposit = work.read(WorkRead.deposit(claim));
    succeed(work.send(STRANGER, DisputeCall.demand(claim, 0, deposit)));
    race(1_801);
    assertError("WindowOpen(uint256,uint256)", work.send(MAKER, WorkCall.settle(claim)));
    assertError("NotLate(uint256)", work.send(MAKER, DisputeCall.timeOut(dispute)));
    succeed(work.send(worker, DisputeCall.serve(dispute, leaf(0), input(0), output(0))));
    assertEquals(UInt256.ZERO, work.service(WORKER, worker, 8));
  }

  @Test // Protocol §17.12: who leaves a worker's moves out needs every block until a deadline.
  void aThirdOfProposersThatLeaveAWorkersMovesOutConvictsNobody() {
    Random random = new Random(17);
    ArrayDeque<Map.Entry<Integer, EconomyCall>> waiting = new ArrayDeque<>();
    long job = work.submit(FEE, 0);
    ClaimId claim = new ClaimId(job, 0);
    int worker = work.accepted(job);
    waiting.add(Map.entry(worker, WorkCall.commit(claim, commitment(CHAIN, claim, worker))));
    int blocks = included(waiting, random);
    waiting.add(Map.entry(worker, WorkCall.reveal(claim, outputs().root(), SALT)));
    blocks += included(waiting, random);
    Amount deposit = work.read(WorkRead.deposit(claim));
    for (int dispute = 1; dispute <= 40; dispute++) { // A flood of them.
      succeed(work.send(STRANGER, DisputeCall.demand(claim, 0, deposit)));
    }
    for (int dispute = 1; dispute <= 40; dispute++) {
      waiting.add(Map.entry(worker, DisputeCall.serve(dispute, leaf(0), input(0), output(0))));
      if (dispute == 20) {
        halt();
      }
      blocks += included(waiting, random);
    }
    assertTrue(blocks > 50, "a third of the blocks is lost: " + blocks);
    work.pass(301);
    succeed(work.send(MAKER, WorkCall.drawSeats(claim)));
    succeed(work.send(MAKER, WorkCall.settle(claim)));
    work.balance();
    assertEquals(BOND, new Amount(work.service(WORKER, worker, 0)));
    assertEquals(UInt256.ZERO, work.service(WORKER, worker, 8));
    assertEquals(
        Amount.aitbc(24).plus(deposit.times(40)),
        work.credit(worker),
        "who demands in floods pays the worker for it");
  }

  /// A block takes one of the worker's moves, those of a third of the proposers none.
  ///
  /// @return the blocks that it took
  private int included(ArrayDeque<Map.Entry<Integer, EconomyCall>> waiting, Random random) {
    int blocks = 0;
    while (!waiting.isEmpty()) {
      work.pass(1);
      blocks++;
      if (random.nextInt(3) > 0) {
        Map.Entry<Integer, EconomyCall> move = waiting.removeFirst();
        succeed(work.send(move.getKey(), move.getValue()));
      }
    }
    return blocks;
  }
}
