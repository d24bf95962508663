// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static io.aitbc.execution.WorkWorld.CLIENT;
import static io.aitbc.execution.WorkWorld.DISPUTES;
import static io.aitbc.execution.WorkWorld.FEE;
import static io.aitbc.execution.WorkWorld.MAKER;
import static io.aitbc.execution.WorkWorld.MODELS;
import static io.aitbc.execution.WorkWorld.STRANGER;
import static io.aitbc.execution.WorkWorld.WORKER;
import static io.aitbc.execution.WorkWorld.assertError;
import static io.aitbc.execution.WorkWorld.succeed;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.referee.ItemLeaf;
import io.aitbc.referee.Prover;
import io.aitbc.referee.Trace;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Ends of claims that convict nobody, and who comes first.
class DisputesTest { // Protocol §17.13, §17.14
  private static final Amount BOND = Amount.aitbc(3_000);

  private final WorkWorld work = new WorkWorld();

  private EconomyWorld.Outcome send(int who, EconomyCall call) {
    return work.world.send(account(who), call.contract().address(), call.money(), call.input());
  }

  private Hash trueOutputs() {
    return work.outputs(work.traces.get(1).output()).root();
  }

  private WorkDispute.Stage stage(long dispute) {
    return work.read(WorkRead.dispute(dispute)).stage();
  }

  private void assertUnharmed(int worker) {
    ServiceAccount service = work.read(WorkRead.service(ServiceRole.WORKER, account(worker)));
    assertEquals(BOND, service.bond());
    assertEquals(Amount.ZERO, service.reserved());
    assertEquals(0, service.convictions());
    assertEquals(0, service.duties());
  }

  @Test // Protocol §17.14: verdict 4, the challenger has lost.
  void anOutputThatIsRightlyEmptyIsProvenByTheWorker() {
    Hash tiles = MerkleTree.leaf(new byte[] {1, 2, 3});
    List<Hash> leaves = new ArrayList<>();
    for (int i = 0; i < WorkWorld.ITEMS; i++) {
      leaves.add(
          i == 1
              ? ItemLeaf.input(1, 3, tiles)
              : ItemLeaf.input(i, 4_800, work.traces.get(i).inputTree().root()));
    }
    MerkleTree inputs = MerkleTree.over(leaves);
    MerkleTree outputs = work.outputs(new byte[0]);
    long job = work.submit(work.model(), inputs.root(), FEE, 0);
    ClaimId claim = new ClaimId(job, 0);
    int worker = work.revealed(job, outputs.root());
    Amount deposit = work.read(WorkRead.deposit(claim));
    succeed(send(STRANGER, DisputeCall.challenge(claim, 1, deposit)));
    succeed(send(STRANGER, DisputeCall.challenge(claim, 0, deposit)));
    Bytes empty =
        Bytes.wrap(
            Prover.length(
                work.traces.get(1).model(), inputs, 1, 3, tiles, outputs, 1, new byte[0]));
    Bytes full =
        Bytes.wrap(
            Prover.length(
                work.traces.get(0).model(),
                inputs,
                0,
                4_800,
                work.traces.get(0).inputTree().root(),
                outputs,
                0,
                work.traces.get(0).output()));
    assertError("NotWorker(uint256,address)", send(STRANGER, DisputeCall.proveEmpty(1, empty)));
    assertError("NotRightlyEmpty(uint256)", send(worker, DisputeCall.proveEmpty(2, full)));
    assertError("NotRightlyEmpty(uint256)", send(worker, DisputeCall.proveEmpty(2, empty)));
    succeed(send(worker, DisputeCall.proveEmpty(1, empty)));
    work.balance();
    assertEquals(WorkDispute.Stage.OVER, stage(1));
    assertEquals(
        new Amount(deposit.wei().dividedBy(UInt256.of(2))),
        work.read(WorkRead.credit(account(worker))));
    assertEquals(Amount.ZERO, work.read(WorkRead.credit(account(STRANGER))));
    assertEquals(deposit, work.world.balance(DISPUTES)); // Of the other one.
  }

  @Test // Protocol §17.14: verdict 2 voids the claim, convicts nobody, and burns the deposit.
  void aMalformedModelConvictsItsRegistrantsDepositAlone() {
    byte[] entry = {(byte) 0xff};
    ByteBuffer header = ByteBuffer.allocate(92);
    header.put(MerkleTree.leaf(entry).toArray()).putInt(1).put(Hash.ZERO.toArray()).putInt(0);
    header.putInt(1).putLong(4).putInt(0).putInt(1);
    Bytes encoded = Bytes.wrap(header.array());
    Amount paid = Amount.aitbc(150);
    EconomyWorld.Outcome registered =
        send(MAKER, WorkCall.registerModel(encoded, WorkCall.Boundary.NONE, "bad", paid));
    succeed(registered);
    Hash model = registered.word(0).toHash();
    long job = work.submit(model, work.inputs.root(), FEE, 0);
    ClaimId claim = new ClaimId(job, 0);
    int worker = work.revealed(job, trueOutputs());
    Amount deposit = work.read(WorkRead.deposit(claim));
    succeed(send(STRANGER, DisputeCall.challenge(claim, 2, deposit)));
    succeed(send(CLIENT, DisputeCall.challenge(claim, 1, deposit)));
    ByteBuffer plan = ByteBuffer.allocate(1 + 92 + 4 + 2 + 1 + 4);
    plan.put((byte) 5).put(encoded.toArray()).putInt(0).putShort((short) 1).put(entry).putInt(0);
    Bytes proof = Bytes.wrap(plan.array());
    assertError("WrongStage(uint256,uint8)", send(STRANGER, DisputeCall.prove(1, proof)));
    succeed(send(worker, DisputeCall.answerRoot(1, Hash.ZERO, List.of(Hash.ZERO))));
    assertError("ClaimOpen(uint256)", send(MAKER, DisputeCall.dismiss(2)));
    succeed(send(STRANGER, DisputeCall.prove(1, proof)));
    work.balance();
    assertEquals(WorkClaim.State.VOID, work.read(WorkRead.claim(claim)).state());
    assertUnharmed(worker);
    assertEquals(FEE, work.read(WorkRead.credit(account(CLIENT))));
    assertEquals(deposit, work.read(WorkRead.credit(account(STRANGER))));
    assertEquals(RegisteredModel.State.MALFORMED, work.read(WorkRead.model(model)).state());
    assertEquals(paid.wei(), work.world.read(EconomyContract.SLASHING, CallData.of("burning()")));
    assertEquals(Amount.aitbc(100), work.world.balance(MODELS)); // Of the other model.
    // The other dispute about the claim has nothing to be about any more.
    succeed(send(MAKER, DisputeCall.dismiss(2)));
    assertError("WrongStage(uint256,uint8)", send(MAKER, DisputeCall.dismiss(2)));
    work.balance();
    assertEquals(FEE.plus(deposit), work.read(WorkRead.credit(account(CLIENT))));
    assertEquals(Amount.ZERO, work.world.balance(DISPUTES));
    assertError(
        "WrongState(bytes32,uint8)",
        send(
            CLIENT,
            WorkCall.submit(
                new WorkJob.Request(model, Hash.ZERO, Hash.ZERO, 1, 20, 10, Amount.ZERO, Hash.ZERO),
                FEE)));
  }

  @Test // Protocol §17.13: nobody drew the seats while their beacon was kept.
  void aClaimWhoseBeaconIsLostIsVoidUnpaidAndUnslashed() {
    long job = work.submit(FEE, 0);
    ClaimId claim = new ClaimId(job, 0);
    int worker = work.revealed(job, trueOutputs());
    assertError("NotVoid(uint256,uint256)", send(STRANGER, WorkCall.voidClaim(claim)));
    work.pass(400);
    assertError("SeatsNotDrawn(uint256,uint256)", send(STRANGER, WorkCall.settle(claim)));
    assertError("NotVoid(uint256,uint256)", send(STRANGER, WorkCall.voidClaim(claim)));
    work.world.height += 65_536;
    work.pass(1);
    assertError("NotKept(uint256)", send(STRANGER, WorkCall.drawSeats(claim)));
    succeed(send(STRANGER, WorkCall.voidClaim(claim)));
    work.balance();
    assertEquals(FEE, work.read(WorkRead.credit(account(CLIENT))));
    assertEquals(Amount.ZERO, work.read(WorkRead.credit(account(worker))));
    assertUnharmed(worker);
  }

  @Test // Protocol §17.14: those of auditors with a seat have a line of their own.
  void disputesOfAuditorsWithASeatBeginInTurnWithThoseThatWaitLonger() {
    long job = work.submit(FEE, 0);
    ClaimId claim = new ClaimId(job, 0);
    int worker = work.revealed(job, trueOutputs());
    work.pass(5);
    succeed(send(STRANGER, WorkCall.drawSeats(claim)));
    List<Integer> seats =
        work.read(WorkRead.claim(claim)).places().stream().map(this::auditorAt).toList();
    int auditor = seats.getFirst();
    int other = seats.getLast();
    Amount deposit = work.read(WorkRead.deposit(claim));
    for (int i = 0; i < 9; i++) { // One more than have clocks.
      succeed(send(STRANGER, DisputeCall.challenge(claim, 1, deposit)));
    }
    succeed(send(auditor, DisputeCall.demand(claim, 2, Amount.ZERO)));
    assertEquals(WorkDispute.Stage.WAITING, stage(9));
    assertEquals(WorkDispute.Stage.WAITING, stage(10));
    for (int i = 1; i <= 8; i++) {
      succeed(answerRoot(worker, i, 1));
    }
    succeed(send(other, DisputeCall.demand(claim, 1, Amount.ZERO)));
    work.pass(1_802);
    succeed(send(MAKER, DisputeCall.timeOut(1)));
    assertEquals(WorkDispute.Stage.SERVE, stage(10));
    assertEquals(WorkDispute.Stage.WAITING, stage(9));
    succeed(send(MAKER, DisputeCall.timeOut(2))); // The others' turn: no flood of seats starves it.
    assertEquals(WorkDispute.Stage.TRACE_ROOT, stage(9));
    assertEquals(WorkDispute.Stage.WAITING, stage(11));
    succeed(send(MAKER, DisputeCall.timeOut(3)));
    assertEquals(WorkDispute.Stage.SERVE, stage(11));
    assertEquals(UInt256.ZERO, work.service(WORKER, worker, 8));
  }

  private EconomyWorld.Outcome answerRoot(int worker, long dispute, int item) {
    MerkleTree tree = work.traces.get(item).tree();
    return send(worker, DisputeCall.answerRoot(dispute, tree.root(), tree.below(tree.height(), 0)));
  }

  /// The output of item 1 with a bit turned.
  private byte[] falseOutput() {
    byte[] output = work.traces.get(1).output();
    output[5] ^= 1;
    return output;
  }

  /// That it is not what the trace ends with.
  private Bytes falseOutputProof() {
    Trace own = work.traces.get(1);
    byte[] output = falseOutput();
    return Bytes.wrap(
        new Prover(own, own.tree(), work.inputs, 1)
            .output(work.outputs(output), 1, output, 0, own.tile(0)));
  }

  /// Jobs of which the same worker has taken the claim and revealed the false output.
  private List<ClaimId> falseClaims(int count) {
    List<ClaimId> claims = new ArrayList<>();
    int worker = -1;
    while (claims.size() < count) {
      long job = work.submit(FEE, 0);
      ClaimId claim = new ClaimId(job, 0);
      work.pass(1);
      int drawn = work.workers(job).getFirst();
      if (worker >= 0 && drawn != worker) {
        succeed(send(CLIENT, WorkCall.cancel(claim)));
        continue;
      }
      worker = drawn;
      succeed(work.accept(worker, job));
      succeed(work.commit(worker, job, work.outputs(falseOutput()).root()));
      work.pass(1);
      succeed(work.reveal(worker, job, work.outputs(falseOutput()).root()));
      boolean _ = claims.add(claim);
    }
    return claims;
  }

  private int workerOf(ClaimId claim) {
    return WorkWorld.indexOf(work.read(WorkRead.claim(claim)).worker());
  }

  private WorkClaim.State stateOf(ClaimId claim) {
    return work.read(WorkRead.claim(claim)).state();
  }

  private void convict(int worker, ClaimId claim) {
    long dispute = work.read(WorkRead.disputeCount()) + 1;
    succeed(send(MAKER, DisputeCall.challenge(claim, 1, work.read(WorkRead.deposit(claim)))));
    succeed(answerRoot(worker, dispute, 1));
    succeed(send(MAKER, DisputeCall.prove(dispute, falseOutputProof())));
    assertEquals(WorkClaim.State.FRAUD, stateOf(claim));
  }

  @Test // Protocol §17.13: who convicts itself of a small claim does not get away with a large one.
  void aConvictionFreesNoBondOfAClaimThatIsDisputed() {
    List<ClaimId> claims = falseClaims(2);
    ClaimId large = claims.get(0);
    int worker = workerOf(large);
    succeed(send(STRANGER, DisputeCall.challenge(large, 1, work.read(WorkRead.deposit(large)))));
    succeed(answerRoot(worker, 1, 1));
    convict(worker, claims.get(1));
    Amount slash = Amount.aitbc(240);
    Amount left = BOND.minus(slash);
    assertError("DisputesOpen(uint256)", send(worker, WorkCall.voidClaim(large)));
    assertError("WindowOpen(uint256,uint256)", send(worker, WorkCall.settle(large)));
    ServiceAccount service = work.read(WorkRead.service(ServiceRole.WORKER, account(worker)));
    assertEquals(left, service.bond());
    assertEquals(slash, service.reserved());
    succeed(send(STRANGER, DisputeCall.prove(1, falseOutputProof())));
    work.balance();
    assertEquals(WorkClaim.State.FRAUD, stateOf(large));
    service = work.read(WorkRead.service(ServiceRole.WORKER, account(worker)));
    assertEquals(left.minus(slash), service.bond());
    assertEquals(Amount.ZERO, service.reserved());
    assertEquals(2, service.convictions());
  }

  @Test // Protocol §17.13: when it would have been paid, and not before.
  void aClaimOfAConvictIsVoidWhenItWouldBeSettled() {
    List<ClaimId> claims = falseClaims(2);
    ClaimId other = claims.get(0);
    int worker = workerOf(other);
    convict(worker, claims.get(1));
    assertError("NotVoid(uint256,uint256)", send(worker, WorkCall.voidClaim(other)));
    work.pass(5);
    succeed(send(STRANGER, WorkCall.drawSeats(other)));
    assertError("NotVoid(uint256,uint256)", send(worker, WorkCall.voidClaim(other)));
    assertError("WindowOpen(uint256,uint256)", send(worker, WorkCall.settle(other)));
    work.pass(301);
    succeed(send(STRANGER, WorkCall.settle(other)));
    work.balance();
    assertEquals(WorkClaim.State.VOID, stateOf(other));
    assertEquals(
        FEE.times(2), work.read(WorkRead.credit(account(CLIENT))).minus(cancelled(claims)));
    assertEquals(Amount.ZERO, work.read(WorkRead.credit(account(worker))));
    ServiceAccount service = work.read(WorkRead.service(ServiceRole.WORKER, account(worker)));
    assertEquals(BOND.minus(Amount.aitbc(240)), service.bond());
    assertEquals(Amount.ZERO, service.reserved());
  }

  /// What came back of the jobs that the worker was not drawn for.
  private Amount cancelled(List<ClaimId> claims) {
    return FEE.times(claims.getLast().job() - claims.size());
  }

  @Test // Protocol §17.14: a place is the first's that waits, and nobody passes it.
  void whoWaitsBeginsInTheOrderInWhichItCame() {
    List<ClaimId> claims = falseClaims(2);
    ClaimId claim = claims.get(0);
    ClaimId ends = claims.get(1);
    int worker = workerOf(claim);
    Amount deposit = work.read(WorkRead.deposit(claim));
    succeed(send(MAKER, DisputeCall.challenge(ends, 1, deposit)));
    for (int i = 0; i < 7; i++) {
      succeed(send(STRANGER, DisputeCall.challenge(claim, 0, deposit)));
    }
    for (ClaimId each : List.of(claim, claim, ends, claim, ends)) { // 9 to 13.
      succeed(send(STRANGER, DisputeCall.challenge(each, 2, deposit)));
    }
    assertWaiting(9, 10, 11, 12, 13);
    succeed(answerRoot(worker, 1, 1));
    for (int i = 2; i <= 8; i++) {
      succeed(answerRoot(worker, i, 0));
    }
    succeed(send(MAKER, DisputeCall.prove(1, falseOutputProof())));
    assertEquals(WorkDispute.Stage.TRACE_ROOT, stage(9));
    assertWaiting(10, 11, 12, 13);
    assertError("ClaimOpen(uint256)", send(MAKER, DisputeCall.dismiss(10)));
    // One from the middle and the last leave the line.
    succeed(send(MAKER, DisputeCall.dismiss(11)));
    succeed(send(MAKER, DisputeCall.dismiss(13)));
    assertWaiting(10, 12);
    succeed(send(CLIENT, DisputeCall.challenge(claim, 2, deposit)));
    assertWaiting(10, 12, 14);
    succeed(answerRoot(worker, 9, 2));
    work.pass(1_802);
    int[] line = {10, 12, 14};
    for (int i = 0; i < line.length; i++) {
      succeed(send(STRANGER, DisputeCall.timeOut(2 + i)));
      assertEquals(WorkDispute.Stage.TRACE_ROOT, stage(line[i]));
      assertWaiting(Arrays.copyOfRange(line, i + 1, line.length));
    }
    for (int i = 5; i <= 9; i++) {
      succeed(send(STRANGER, DisputeCall.timeOut(i)));
    }
    // Nobody waits: who comes begins at once.
    succeed(send(CLIENT, DisputeCall.challenge(claim, 2, deposit)));
    assertEquals(WorkDispute.Stage.TRACE_ROOT, stage(15));
    work.balance();
    assertEquals(deposit.times(4), work.world.balance(DISPUTES));
  }

  private void assertWaiting(int... expected) {
    assertEquals(
        Arrays.stream(expected).boxed().toList(),
        IntStream.rangeClosed(1, (int) (long) work.read(WorkRead.disputeCount()))
            .filter(i -> stage(i) == WorkDispute.Stage.WAITING)
            .boxed()
            .toList());
  }

  @Test // Protocol §17.14: a few with each end, so that no call costs more the more wait.
  void placesThatAParameterAddsFillAsDisputesEndAndBegin() {
    long job = work.submit(FEE, 0);
    ClaimId claim = new ClaimId(job, 0);
    int worker = work.revealed(job, trueOutputs());
    Amount deposit = work.read(WorkRead.deposit(claim));
    work.set(EconomyParameter.DISPUTES_MAX, 1);
    for (int i = 0; i < 6; i++) {
      succeed(send(STRANGER, DisputeCall.challenge(claim, 1, deposit)));
    }
    assertWaiting(2, 3, 4, 5, 6);
    work.set(EconomyParameter.DISPUTES_MAX, 100);
    succeed(send(STRANGER, DisputeCall.challenge(claim, 1, deposit)));
    assertWaiting(4, 5, 6, 7);
    succeed(answerRoot(worker, 1, 1));
    work.pass(1_802);
    succeed(send(MAKER, DisputeCall.timeOut(1)));
    assertWaiting(6, 7);
  }

  private int auditorAt(long place) {
    return WorkWorld.indexOf(work.read(WorkRead.accountAt(ServiceRole.AUDITOR, place)));
  }

  @Test // Protocol §17.14 rule 1: as many leaves as its seats have, each once, in its time.
  void aSeatDemandsAsManyLeavesAsItHasWithoutADeposit() {
    int items = 300;
    Amount fee = Amount.aitbc(300);
    long job =
        work.submit(
            new WorkJob.Request(
                work.model(), Hash.ZERO, Hash.ZERO, items, 20, 10, Amount.ZERO, Hash.ZERO),
            fee);
    ClaimId claim = new ClaimId(job, 0);
    int worker = work.revealed(job, Hash.ZERO);
    work.pass(5);
    succeed(send(STRANGER, WorkCall.drawSeats(claim)));
    List<Integer> seats =
        work.read(WorkRead.claim(claim)).places().stream().map(this::auditorAt).toList();
    int first = seats.getFirst();
    int other = seats.stream().filter(each -> each != first).findFirst().orElseThrow();
    long held = seats.stream().filter(each -> each == first).count();
    Amount deposit = work.read(WorkRead.deposit(claim));
    String refusal = "DepositTooLow(uint256,uint256)";
    assertError(refusal, send(STRANGER, DisputeCall.demand(claim, 0, Amount.ZERO)));
    assertError(
        refusal, send(first, DisputeCall.challenge(claim, 0, deposit.minus(Amount.wei(1)))));
    for (int leaf = 0; leaf < 7 * held; leaf++) {
      succeed(send(first, DisputeCall.demand(claim, leaf, Amount.ZERO)));
    }
    // More than its seats have; what is demanded already, by whomever.
    assertError(refusal, send(first, DisputeCall.demand(claim, 299, Amount.ZERO)));
    assertError(refusal, send(other, DisputeCall.demand(claim, 0, Amount.ZERO)));
    // No part but the first: whoever wants more of an input pays for it.
    assertError(refusal, send(other, DisputeCall.demandPart(claim, 298, 1, Amount.ZERO)));
    succeed(send(first, DisputeCall.demand(claim, 299, deposit)));
    succeed(send(other, DisputeCall.demand(claim, 298, Amount.ZERO)));
    assertEquals(deposit, work.world.balance(DISPUTES));
    // When it cannot report any more.
    work.pass(301);
    assertError(refusal, send(other, DisputeCall.demand(claim, 297, Amount.ZERO)));
    succeed(send(other, DisputeCall.demand(claim, 297, deposit)));
    work.balance();
    assertEquals(UInt256.ZERO, work.service(WORKER, worker, 8));
  }
}
