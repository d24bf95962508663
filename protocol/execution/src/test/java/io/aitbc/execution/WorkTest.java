// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static io.aitbc.execution.WorkWorld.AUDITOR;
import static io.aitbc.execution.WorkWorld.CLIENT;
import static io.aitbc.execution.WorkWorld.DISPUTES;
import static io.aitbc.execution.WorkWorld.FEE;
import static io.aitbc.execution.WorkWorld.LEDGER;
import static io.aitbc.execution.WorkWorld.MAKER;
import static io.aitbc.execution.WorkWorld.MARKET;
import static io.aitbc.execution.WorkWorld.MODELS;
import static io.aitbc.execution.WorkWorld.STRANGER;
import static io.aitbc.execution.WorkWorld.WORKER;
import static io.aitbc.execution.WorkWorld.assertError;
import static io.aitbc.execution.WorkWorld.at;
import static io.aitbc.execution.WorkWorld.succeed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.referee.Prover;
import io.aitbc.referee.Trace;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WorkTest { // Protocol §17.11, §17.12, §17.13, §17.14
  private static final Amount REWARD = Amount.aitbc(24); // 80 % of 30.

  private final WorkWorld work = new WorkWorld();

  private static UInt256 word(Hash hash) {
    return UInt256.of(hash.toArray(), 0, Hash.BYTES);
  }

  private static List<UInt256> words(List<Hash> hashes) {
    return hashes.stream().map(WorkTest::word).toList();
  }

  private Hash trueOutputs() {
    return work.outputs(work.traces.get(1).output()).root();
  }

  private Amount burning() {
    return new Amount(work.world.read(EconomyContract.SLASHING, CallData.of("burning()")));
  }

  private Amount pot() {
    return new Amount(work.world.read(EconomyContract.SLASHING, CallData.of("pot()")));
  }

  @Test // Protocol §17.13: 80 % worker, 5 % auditors that reported and showed, the rest burned.
  void anHonestClaimIsAuditedSettledAndPaid() {
    long job = work.submit(FEE, 0);
    int worker = work.accepted(job);
    // Ten times the reward is set aside.
    assertEquals(REWARD.times(10).wei(), work.service(WORKER, worker, 1));
    assertError("WrongState(uint256,uint256,uint8)", work.reveal(worker, job, trueOutputs()));
    succeed(work.commit(worker, job, trueOutputs()));
    assertError("SameBlock(uint256)", work.reveal(worker, job, trueOutputs()));
    work.pass(1);
    assertError("WrongReveal(bytes32,bytes32)", work.reveal(worker, job, Hash.ZERO));
    assertError("NotWorker(uint256,uint256,address)", work.reveal(STRANGER, job, trueOutputs()));
    succeed(work.reveal(worker, job, trueOutputs()));
    assertError("NotYet(uint256,uint256)", work.ledger(STRANGER, "drawSeats", job));
    work.pass(5);
    succeed(work.ledger(STRANGER, "drawSeats", job));
    assertError("AlreadyDrawn(uint256,uint256)", work.ledger(STRANGER, "drawSeats", job));
    List<Integer> seats = seats(job);
    assertError("NotSeat(uint256,address)", report(STRANGER, job, 0));
    succeed(report(seats.get(0), job, 0));
    assertError("AlreadyReported(uint256)", report(seats.get(0), job, 0));
    succeed(report(seats.get(1), job, 1));
    assertError("WindowOpen(uint256,uint256)", work.ledger(STRANGER, "settle", job));
    long epoch = work.world.epoch();
    work.pass(301);
    // The second auditor does not show its secret, unless it is the first.
    succeed(show(seats.get(0), epoch));
    int paid = seats.get(0).equals(seats.get(1)) ? 2 : 1;
    work.balance();
    assertError("SecondOpen(uint256,uint256)", work.ledger(STRANGER, "settle", job));
    succeed(work.ledger(STRANGER, "closeReports", job));
    work.pass(61);
    succeed(work.ledger(STRANGER, "settle", job));
    work.balance();
    assertEquals(REWARD, work.credit(worker));
    Amount seat = new Amount(FEE.wei().dividedBy(UInt256.of(220)));
    assertEquals(seat.times(paid), work.credit(seats.get(0)));
    assertEquals(FEE.minus(REWARD).minus(seat.times(paid)), burning());
    assertEquals(UInt256.ZERO, work.service(WORKER, worker, 1));
    Amount before = work.world.balance(account(worker));
    succeed(work.call(worker, MARKET, Amount.ZERO, CallData.of("withdraw()")));
    assertEquals(before.plus(REWARD), work.world.balance(account(worker)));
    assertError(
        "NothingToWithdraw(address)",
        work.call(worker, MARKET, Amount.ZERO, CallData.of("withdraw()")));
  }

  @Test // Protocol §17.13: a secret may be shown in the whole epoch after that of the beacon.
  void settlementWaitsForTheSecretsOfSeatsThatReported() {
    work.set(EconomyParameter.WINDOW_SECONDS, 20);
    work.set(EconomyParameter.WINDOW_BLOCKS, 20);
    work.set(EconomyParameter.SCORE_SECONDS, 5);
    work.set(EconomyParameter.SCORE_BLOCKS, 5);
    for (boolean shows : List.of(true, false)) {
      nextEpoch();
      long job = work.submit(FEE, 0);
      int worker = work.accepted(job);
      succeed(work.commit(worker, job, trueOutputs()));
      work.pass(1);
      succeed(work.reveal(worker, job, trueOutputs()));
      work.pass(5);
      succeed(work.ledger(STRANGER, "drawSeats", job));
      int auditor = seats(job).getFirst();
      succeed(report(auditor, job, 0));
      long epoch = work.world.epoch();
      work.pass(25);
      assertEquals(epoch, work.world.epoch());
      assertError("SecretsOpen(uint256,uint256)", work.ledger(STRANGER, "settle", job));
      work.pass(100);
      assertError("SecretsOpen(uint256,uint256)", work.ledger(STRANGER, "settle", job));
      Amount before = work.credit(auditor);
      if (shows) {
        succeed(show(auditor, epoch));
        succeed(work.ledger(STRANGER, "closeReports", job));
        work.pass(61);
      } else {
        nextEpoch();
      }
      succeed(work.ledger(STRANGER, "settle", job));
      Amount seat = new Amount(FEE.wei().dividedBy(UInt256.of(220)));
      assertEquals(shows ? before.plus(seat) : before, work.credit(auditor));
    }
  }

  private void nextEpoch() {
    long now = work.world.epoch();
    while (work.world.epoch() == now) {
      work.pass(1);
    }
  }

  private List<Integer> seats(long job) {
    WorkClaim claim =
        new Calls(work.world.machine)
            .read(
                EconomyWorld.EXECUTION,
                work.world.head(),
                work.world.state,
                WorkRead.claim(new ClaimId(job, 0)))
            .orElseThrow();
    List<Integer> seats = new ArrayList<>();
    for (long place : claim.places()) {
      seats.add(
          WorkWorld.indexOf(
              work.world.read(
                  EconomyContract.SERVICE_REGISTRY,
                  CallData.of("accountAt(uint8,uint256)").number(AUDITOR).number(place))));
    }
    return seats;
  }

  private EconomyWorld.Outcome report(int auditor, long job, int seat) {
    return work.call(
        auditor,
        LEDGER,
        Amount.ZERO,
        CallData.of("report(uint256,uint256,uint256,bytes32[])")
            .number(job)
            .number(0)
            .number(seat)
            .numbers(Collections.nCopies(7, UInt256.of(WorkWorld.SALT))));
  }

  /// The chains begin with epoch 1.
  private EconomyWorld.Outcome show(int auditor, long epoch) {
    return work.call(
        STRANGER,
        EconomyContract.SERVICE_REGISTRY.address(),
        Amount.ZERO,
        CallData.of("showSecret(address,uint256,uint64,bytes32)")
            .address(account(auditor))
            .number(0)
            .number(epoch)
            .hash(WorkWorld.link(auditor, (int) epoch)));
  }

  @Test // Protocol §17.12: turns by both clocks, cancellation, three draws.
  void aClaimIsOfferedInTurnAndDrawnAgainAndGivenUp() {
    long job = work.submit(FEE, 0);
    assertError("BeaconNotThere(uint256)", work.accept(WorkWorld.FIRST_WORKER, job));
    work.pass(1);
    List<Integer> workers = work.workers(job);
    int other = IntStream.range(10, 13).filter(i -> i != workers.get(0)).findFirst().orElseThrow();
    assertError("NotYourTurn(uint256,uint256,uint256,address)", work.accept(other, job));
    succeed(work.call(workers.get(0), MARKET, Amount.ZERO, at("decline", job)));
    work.pass(3);
    assertEquals(UInt256.ONE, work.read(MARKET, at("turnOf", job)));
    work.pass(1); // Four blocks, eight seconds.
    assertEquals(UInt256.of(2), work.read(MARKET, at("turnOf", job)));
    assertError(
        "TurnsNotOver(uint256)", work.call(STRANGER, MARKET, Amount.ZERO, at("drawAgain", job)));
    work.pass(4);
    assertError("DrawsLeft(uint256)", work.call(STRANGER, MARKET, Amount.ZERO, at("giveUp", job)));
    for (int round = 1; round < 3; round++) {
      succeed(work.call(STRANGER, MARKET, Amount.ZERO, at("drawAgain", job)));
      work.pass(13);
    }
    assertError(
        "NoDrawsLeft(uint256)", work.call(STRANGER, MARKET, Amount.ZERO, at("drawAgain", job)));
    succeed(work.call(STRANGER, MARKET, Amount.ZERO, at("giveUp", job)));
    work.balance();
    Amount part = new Amount(FEE.wei().dividedBy(UInt256.of(100)));
    assertEquals(part, burning());
    assertEquals(FEE.minus(part), work.credit(CLIENT));
    long second = work.submit(FEE, 0);
    assertError(
        "NotClient(uint256,address)",
        work.call(STRANGER, MARKET, Amount.ZERO, at("cancel", second)));
    succeed(work.call(CLIENT, MARKET, Amount.ZERO, at("cancel", second)));
    assertEquals(FEE.times(2).minus(part), work.credit(CLIENT));
    long third = work.submit(FEE, 0);
    var _ = work.accepted(third);
    assertError(
        "NotOpen(uint256,uint256,uint8)",
        work.call(CLIENT, MARKET, Amount.ZERO, at("cancel", third)));
    work.balance();
    // The end of the epoch burns it.
    Amount supply = new Amount(UInt256.of(work.world.supply()));
    Amount minted = work.world.minted;
    work.world.endEpoch(List.of());
    assertEquals(
        supply.minus(part).plus(work.world.minted.minus(minted)),
        new Amount(UInt256.of(work.world.supply())));
    assertEquals(Amount.ZERO, burning());
  }

  @Test // Protocol §17.12: rewards not settled are at most a tenth of the bond; values at risk too.
  void aWorkerTakesNoMoreThanItsBondCanPayFor() {
    long risky = work.submit(FEE, 2_900);
    int worker = work.accepted(risky);
    assertEquals(Amount.aitbc(2_900).wei(), work.service(WORKER, worker, 1));
    long job = work.submit(FEE, 3_001);
    work.pass(1);
    for (int turn = 0; turn < 3; turn++) {
      int drawn = work.workers(job).get(turn);
      assertError("BondReserved(uint256,uint256)", work.accept(drawn, job));
      work.pass(4);
    }
  }

  @Test // Protocol §17.13: late, and no reveal.
  void aLateWorkerPaysAndTheClaimGoesToOthers() {
    long job = work.submit(FEE, 0);
    int worker = work.accepted(job);
    assertError("NotLate(uint256,uint256)", work.ledger(STRANGER, "late", job));
    work.pass(11); // 20 s and 10 blocks.
    assertError("TooLate(uint256,uint256)", work.commit(worker, job, trueOutputs()));
    succeed(work.ledger(STRANGER, "late", job));
    work.balance();
    assertEquals(Amount.aitbc(3), work.credit(CLIENT)); // A tenth.
    assertEquals(Amount.aitbc(2_997).wei(), work.service(WORKER, worker, 0));
    int next = work.accepted(job);
    succeed(work.commit(next, job, trueOutputs()));
    work.pass(121);
    assertError("TooLate(uint256,uint256)", work.reveal(next, job, trueOutputs()));
    succeed(work.ledger(STRANGER, "late", job));
    work.balance();
    assertEquals(Amount.aitbc(33), work.credit(CLIENT)); // And the fee.
    assertEquals(UInt256.ZERO, work.service(WORKER, next, 1));
  }

  private EconomyWorld.Outcome open(int who, String function, long job, int leaf, Amount deposit) {
    return work.call(
        who,
        DISPUTES,
        deposit,
        CallData.of(function + "(uint64,uint32,uint32)").number(job).number(0).number(leaf));
  }

  private Amount deposit(long job) {
    return new Amount(work.read(DISPUTES, at("depositOf", job)));
  }

  private EconomyWorld.Outcome answerRoot(int worker, long dispute, MerkleTree trace) {
    return work.call(
        worker,
        DISPUTES,
        Amount.ZERO,
        CallData.of("answerRoot(uint256,bytes32,bytes32[])")
            .number(dispute)
            .hash(trace.root())
            .numbers(words(trace.below(trace.height(), 0))));
  }

  private EconomyWorld.Outcome descend(long dispute, List<Hash> answer, int child) {
    byte[] path = MerkleTree.over(answer).path(child);
    List<UInt256> siblings = new ArrayList<>();
    for (int at = 0; at < path.length; at += Hash.BYTES) {
      siblings.add(UInt256.of(path, at, Hash.BYTES));
    }
    return work.call(
        STRANGER,
        DISPUTES,
        Amount.ZERO,
        CallData.of("descend(uint256,uint32,bytes32,bytes32[])")
            .number(dispute)
            .number(child)
            .hash(answer.get(child))
            .numbers(siblings));
  }

  private EconomyWorld.Outcome bytes(int who, String function, long dispute, byte[] bytes) {
    return work.call(
        who,
        DISPUTES,
        Amount.ZERO,
        CallData.of(function + "(uint256,bytes)").number(dispute).bytes(Bytes.wrap(bytes)));
  }

  @Test // Protocol §17.14: one element of one operator of one leaf.
  void aFalseOutputWithAFalseTraceIsProvenByOneElementAndNoOtherClaimIsFree() {
    Trace own = work.traces.get(1);
    int wrong = 217;
    byte[] tile = own.tile(wrong);
    tile[1] ^= 1;
    byte[] output = own.output();
    output[wrong * tile.length + 1] ^= 1;
    MerkleTree outputs = work.outputs(output);
    List<Hash> leaves = new ArrayList<>();
    for (int i = 0; i < own.tree().width(0); i++) {
      leaves.add(i == wrong ? MerkleTree.leaf(tile) : own.tree().node(0, i));
    }
    MerkleTree trace = MerkleTree.over(leaves);

    long job = work.submit(FEE, 0);
    int worker = work.revealed(job, outputs.root());
    // Another job of the same worker.
    long second = work.submit(FEE, 0);
    work.pass(1);
    while (!work.workers(second).get(0).equals(worker)) {
      succeed(work.call(CLIENT, MARKET, Amount.ZERO, at("cancel", second)));
      second = work.submit(FEE, 0);
      work.pass(1);
    }
    succeed(work.accept(worker, second));
    Amount clientBefore = work.credit(CLIENT);

    Amount deposit = deposit(job);
    assertEquals(new Amount(REWARD.wei().dividedBy(UInt256.of(100))), deposit);
    assertError(
        "DepositTooLow(uint256,uint256)",
        open(STRANGER, "challenge", job, 1, deposit.minus(Amount.wei(1))));
    assertError("NoLeaf(uint256,uint256)", open(STRANGER, "challenge", job, 3, deposit));
    succeed(open(STRANGER, "challenge", job, 1, deposit));
    assertEquals(deposit, work.world.balance(DISPUTES));
    assertError("NotUnderRoot()", answerRoot(worker, 1, falseRoot(trace, own)));
    succeed(answerRoot(worker, 1, trace));
    List<Hash> first = trace.below(trace.height(), 0);
    assertError("WrongStage(uint256,uint8)", answerRoot(worker, 1, trace));
    succeed(descend(1, first, wrong / 2));
    List<Hash> below = trace.below(1, wrong / 2);
    succeed(
        work.call(
            worker,
            DISPUTES,
            Amount.ZERO,
            CallData.of("answerNodes(uint256,bytes32[])").number(1).numbers(words(below))));
    succeed(descend(1, below, wrong % 2));
    assertError("NotUnderRoot()", bytes(worker, "openTile", 1, own.tile(wrong)));
    succeed(bytes(worker, "openTile", 1, tile));
    byte[] proof = new Prover(own, trace, work.inputs, 1).element(wrong, tile);
    byte[] right = new Prover(own, own.tree(), work.inputs, 1).element(0, own.tile(0));
    assertError("NotChallenger(uint256,address)", bytes(MAKER, "prove", 1, proof));
    succeed(bytes(STRANGER, "prove", 1, right)); // About another trace: nothing.
    assertEquals(Amount.ZERO, work.credit(STRANGER));
    EconomyWorld.Outcome proven = bytes(STRANGER, "prove", 1, proof);
    succeed(proven);
    work.balance();
    assertTrue(proven.gasUsed() < 4_000_000, proven.gasUsed() + " gas");
    // Ten rewards: a twentieth to the challenger, the rest to the slashing pool.
    Amount slash = REWARD.times(10);
    Amount twentieth = Amount.aitbc(12);
    assertEquals(deposit.plus(twentieth), work.credit(STRANGER));
    assertEquals(slash.minus(twentieth), pot());
    assertEquals(clientBefore.plus(FEE), work.credit(CLIENT));
    assertEquals(Amount.ZERO, work.world.balance(DISPUTES));
    assertEquals(Amount.aitbc(3_000).minus(slash).wei(), work.service(WORKER, worker, 0));
    // The other claim is its duty as before: it is late like any worker.
    assertError("WrongState(uint256,uint256,uint8)", work.ledger(STRANGER, "voidClaim", second));
    assertEquals(slash.wei(), work.service(WORKER, worker, 1));
    work.pass(11);
    succeed(work.ledger(STRANGER, "late", second));
    work.balance();
    Amount late = Amount.aitbc(3);
    assertEquals(clientBefore.plus(FEE).plus(late), work.credit(CLIENT));
    assertEquals(
        Amount.aitbc(3_000).minus(slash).minus(late).wei(), work.service(WORKER, worker, 0));
    assertEquals(UInt256.ZERO, work.service(WORKER, worker, 1));
  }

  /// A tree with the root of one and the hashes of another.
  private static MerkleTree falseRoot(MerkleTree root, Trace hashes) {
    MerkleTree mixed = hashes.tree().copy();
    mixed.learnRoot(root.root());
    return mixed;
  }

  @Test // Protocol §17.14: a true trace beside a false output.
  void aTrueTraceBesideAFalseOutputIsProofToo() {
    Trace own = work.traces.get(1);
    byte[] output = own.output();
    output[5] ^= 1;
    MerkleTree outputs = work.outputs(output);
    long job = work.submit(FEE, 0);
    int worker = work.revealed(job, outputs.root());
    succeed(open(STRANGER, "challenge", job, 1, deposit(job)));
    succeed(answerRoot(worker, 1, own.tree()));
    byte[] proof =
        new Prover(own, own.tree(), work.inputs, 1).output(outputs, 1, output, 0, own.tile(0));
    succeed(bytes(STRANGER, "prove", 1, proof));
    work.balance();
    assertEquals(FEE, work.credit(CLIENT));
    assertEquals(Amount.aitbc(2_760).wei(), work.service(WORKER, worker, 0));
  }

  @Test // Protocol §17.14: no answer is fraud; a challenger without its next move has lost.
  void whoeverDoesNotMoveLoses() {
    long job = work.submit(FEE, 0);
    int worker = work.revealed(job, trueOutputs());
    work.pass(5);
    succeed(work.ledger(STRANGER, "drawSeats", job));
    Amount deposit = deposit(job);
    succeed(open(STRANGER, "challenge", job, 1, deposit));
    succeed(answerRoot(worker, 1, work.traces.get(1).tree()));
    assertError("NotLate(uint256)", dispute(MAKER, "timeOut", 1));
    work.pass(305);
    assertError("DisputesOpen(uint256)", work.ledger(STRANGER, "settle", job));
    work.pass(1_500); // 3,600 s and 1,800 blocks are over.
    succeed(dispute(MAKER, "timeOut", 1));
    work.balance();
    Amount half = new Amount(deposit.wei().dividedBy(UInt256.of(2)));
    assertEquals(half, work.credit(worker));
    assertEquals(Amount.ZERO, work.credit(STRANGER));
    assertEquals(deposit.minus(half), burning());
    succeed(work.ledger(STRANGER, "settle", job)); // A lost challenge changes nothing.
    assertEquals(half.plus(REWARD), work.credit(worker));
    long second = work.submit(FEE, 0);
    int silent = work.revealed(second, trueOutputs());
    succeed(open(STRANGER, "demand", second, 2, deposit(second)));
    work.pass(1_802);
    succeed(dispute(MAKER, "timeOut", 2));
    work.balance();
    assertEquals(FEE, work.credit(CLIENT));
    assertEquals(UInt256.ONE, convictions(silent));
  }

  private UInt256 convictions(int worker) {
    return work.service(WORKER, worker, 8);
  }

  private EconomyWorld.Outcome dispute(int who, String function, long dispute) {
    return work.call(
        who, DISPUTES, Amount.ZERO, CallData.of(function + "(uint256)").number(dispute));
  }

  @Test // Protocol §17.14: eight are open at a time.
  void hostileChallengesWaitForAPlaceAndAServedDemandPaysTheWorker() {
    long job = work.submit(FEE, 0);
    int worker = work.revealed(job, trueOutputs());
    Amount deposit = deposit(job);
    for (int i = 0; i < 8; i++) {
      succeed(open(STRANGER, "challenge", job, 1, deposit));
    }
    succeed(open(MAKER, "demand", job, 0, deposit));
    assertError("WrongStage(uint256,uint8)", work.call(worker, DISPUTES, Amount.ZERO, served()));
    assertError("WrongStage(uint256,uint8)", dispute(MAKER, "timeOut", 9)); // Without a clock.
    for (int i = 1; i <= 8; i++) {
      succeed(answerRoot(worker, i, work.traces.get(1).tree()));
    }
    work.pass(1_802);
    succeed(dispute(STRANGER, "timeOut", 1)); // The place is the waiting one's.
    Amount before = work.credit(worker);
    CallData served = served();
    assertError("NotWorker(uint256,address)", work.call(MAKER, DISPUTES, Amount.ZERO, served));
    succeed(work.call(worker, DISPUTES, Amount.ZERO, served));
    assertEquals(before.plus(deposit), work.credit(worker));
    for (int i = 2; i <= 8; i++) {
      succeed(dispute(STRANGER, "timeOut", i));
    }
    work.balance();
    assertEquals(UInt256.ZERO, convictions(worker));
    assertEquals(Amount.ZERO, work.world.balance(DISPUTES));
    succeed(work.ledger(STRANGER, "drawSeats", job));
    assertError("WindowOpen(uint256,uint256)", work.ledger(STRANGER, "settle", job));
    work.pass(61); // What was laid open is judged first.
    succeed(work.ledger(STRANGER, "settle", job));
  }

  /// Input and output of leaf 0 with their paths.
  private CallData served() {
    Trace trace = work.traces.get(0);
    List<Bytes> tiles = new ArrayList<>();
    int rowBytes = 16;
    for (int row = 0; row < 300; row++) {
      byte[] tile = new byte[rowBytes];
      for (int i = 0; i < 4; i++) {
        int bits = Float.floatToIntBits((row * 4 + i) % 17);
        for (int b = 0; b < 4; b++) {
          tile[4 * i + b] = (byte) (bits >> (8 * b));
        }
      }
      tiles.add(Bytes.wrap(tile));
    }
    return CallData.of("serve(uint256,uint64,bytes32,bytes32[],bytes[],bytes32[],bytes,bytes32[])")
        .number(9)
        .number(300L * rowBytes)
        .hash(trace.inputTree().root())
        .numbers(path(work.inputs.path(0)))
        .byteStrings(tiles)
        .numbers(List.of())
        .bytes(Bytes.wrap(trace.output()))
        .numbers(path(work.outputs(work.traces.get(1).output()).path(0)));
  }

  private static List<UInt256> path(byte[] path) {
    return IntStream.range(0, path.length / Hash.BYTES)
        .mapToObj(i -> UInt256.of(path, i * Hash.BYTES, Hash.BYTES))
        .toList();
  }

  @Test // Protocol §17.11
  void aModelIsRegisteredOnceAndItsDepositLeavesWhenNoJobNeedsIt() {
    assertError("AlreadyRegistered(bytes32)", work.registerModel(STRANGER, Amount.aitbc(100)));
    long job = work.submit(FEE, 0);
    CallData close = CallData.of("close(bytes32)").hash(work.model());
    CallData withdraw = CallData.of("withdraw(bytes32)").hash(work.model());
    assertError("NotRegistrant(bytes32,address)", work.call(STRANGER, MODELS, Amount.ZERO, close));
    assertError("WrongState(bytes32,uint8)", work.call(MAKER, MODELS, Amount.ZERO, withdraw));
    succeed(work.call(MAKER, MODELS, Amount.ZERO, close));
    assertError("JobsOpen(bytes32,uint256)", work.call(MAKER, MODELS, Amount.ZERO, withdraw));
    succeed(work.call(CLIENT, MARKET, Amount.ZERO, at("cancel", job)));
    assertError("TooEarly(uint64,uint64)", work.call(MAKER, MODELS, Amount.ZERO, withdraw));
    work.world.passTime(7L * 86_400_000);
    Amount before = work.world.balance(account(MAKER));
    succeed(work.call(MAKER, MODELS, Amount.ZERO, withdraw));
    assertEquals(before.plus(Amount.aitbc(100)), work.world.balance(account(MAKER)));
    assertError("WrongState(bytes32,uint8)", work.call(MAKER, MODELS, Amount.ZERO, withdraw));
    assertEquals(Amount.ZERO, work.world.balance(MODELS));
    // Nobody's for ever: another registers it, and then it is the other's.
    succeed(work.registerModel(STRANGER, Amount.aitbc(100)));
    assertError("NotRegistrant(bytes32,address)", work.call(MAKER, MODELS, Amount.ZERO, close));
    var _ = work.submit(FEE, 0);
    succeed(work.call(STRANGER, MODELS, Amount.ZERO, close));
  }

  @Test // Protocol §17.11: who registers first, and closes, keeps nobody from it.
  void aClosedModelIsRegisteredAnewAtOnceAndTheFormerDepositLeavesInItsTime() {
    CallData close = CallData.of("close(bytes32)").hash(work.model());
    CallData withdraw = CallData.of("withdraw(bytes32)").hash(work.model());
    long job = work.submit(FEE, 0);
    succeed(work.call(MAKER, MODELS, Amount.ZERO, close));
    assertError("JobsOpen(bytes32,uint256)", work.registerModel(STRANGER, Amount.aitbc(100)));
    succeed(work.call(CLIENT, MARKET, Amount.ZERO, at("cancel", job)));
    assertError("DepositTooLow(uint256,uint256)", work.registerModel(STRANGER, Amount.aitbc(99)));
    succeed(work.registerModel(STRANGER, Amount.aitbc(130)));
    assertEquals(Amount.aitbc(230), work.world.balance(MODELS));
    assertError("AlreadyRegistered(bytes32)", work.registerModel(MAKER, Amount.aitbc(100)));
    assertError("TooEarly(uint64,uint64)", work.call(MAKER, MODELS, Amount.ZERO, withdraw));
    work.world.passTime(7L * 86_400_000);
    var _ = work.submit(FEE, 0); // Jobs of the other keep nothing of it back.
    Amount before = work.world.balance(account(MAKER));
    succeed(work.call(MAKER, MODELS, Amount.ZERO, withdraw));
    assertEquals(before.plus(Amount.aitbc(100)), work.world.balance(account(MAKER)));
    assertError("NotRegistrant(bytes32,address)", work.call(MAKER, MODELS, Amount.ZERO, withdraw));
    assertError("WrongState(bytes32,uint8)", work.call(STRANGER, MODELS, Amount.ZERO, withdraw));
    assertEquals(Amount.aitbc(130), work.world.balance(MODELS));
  }
}
