// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static io.aitbc.execution.WorkWorld.CLIENT;
import static io.aitbc.execution.WorkWorld.FEE;
import static io.aitbc.execution.WorkWorld.MAKER;
import static io.aitbc.execution.WorkWorld.STRANGER;
import static io.aitbc.execution.WorkWorld.assertError;
import static io.aitbc.execution.WorkWorld.succeed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Hash;
import io.aitbc.execution.WorkObjection.Said;
import io.aitbc.execution.WorkObjection.Stage;
import io.aitbc.execution.WorkObjection.Verdict;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// What objectors and members say at the wrong time, of the wrong objection or twice, and what
/// bonds and parameters that change meanwhile do to a jury, with the real contracts.
class JuryMovesTest extends JuriedClaim { // Protocol §17.17
  private static final String WRONG_STAGE = "WrongStage(uint256,uint8)";
  private static final String WRONG_STATE = "WrongState(uint256,uint256,uint8)";

  private void assertNothingIsSaidOf(int who, long objection) {
    assertError(WRONG_STAGE, seal(who, objection, Said.RIGHT));
    assertError(WRONG_STAGE, open(who, objection, Said.RIGHT));
    assertError(WRONG_STAGE, work.send(who, JuryCall.decide(objection)));
    assertTrue(work.ask(WorkRead.members(objection)).isEmpty());
  }

  @Test
  void nothingIsSaidOfAnObjectionThatIsNotThereOrOver() {
    ClaimId claim = revealed();
    assertNothingIsSaidOf(STRANGER, 0);
    assertNothingIsSaidOf(STRANGER, 1);
    long objection = object(STRANGER, claim, 1);
    assertNothingIsSaidOf(STRANGER, objection + 1);
    List<Integer> two = members(objection);
    opine(objection, all(objection, Said.RIGHT));
    assertOver(objection, Verdict.RIGHT);
    assertNothingIsSaidOf(two.getFirst(), objection);
  }

  @Test // Protocol §17.17 rule 4: until settlement, and of what is revealed.
  void onlyLeavesOfARevealedClaimAreObjectedTo() {
    registerEvaluators();
    calibrate();
    long job = work.submit(request(), FEE);
    ClaimId claim = new ClaimId(job, 0);
    Amount deposit = deposit(claim);
    EconomyCall object = JuryCall.object(claim, 1, deposit);
    assertError(WRONG_STATE, work.send(STRANGER, object));
    int worker = work.accepted(job);
    assertError(WRONG_STATE, work.send(STRANGER, object));
    Hash outputs = work.outputs(work.traces.get(1).output()).root();
    succeed(work.commit(worker, job, outputs));
    work.pass(1);
    assertError(WRONG_STATE, work.send(STRANGER, object));
    succeed(work.reveal(worker, job, outputs));
    work.pass(5);
    succeed(work.send(STRANGER, WorkCall.drawSeats(claim)));
    work.pass(301);
    succeed(work.send(MAKER, WorkCall.settle(claim)));
    assertError(WRONG_STATE, work.send(STRANGER, object));
    assertError(
        "WrongClass(uint256)",
        work.send(STRANGER, JuryCall.object(new ClaimId(job + 1, 0), 1, deposit)));
    assertEquals(Amount.ZERO, work.world.balance(EconomyContract.JURIES.address()));
    work.balance();
  }

  @Test // Protocol §17.17 rule 6: of this chain, this objection, this account, in time.
  void aSealOfAnotherChainOrObjectionIsNotOpened() {
    ClaimId claim = revealed();
    long first = object(STRANGER, claim, 1);
    long second = object(STRANGER, claim, 2);
    List<Integer> two = members(second);
    int chain = two.getFirst();
    int other = two.getLast();
    Hash ofChain =
        JuryCall.commitment(UInt256.of(8), second, account(chain), Said.RIGHT, salt(chain));
    Hash ofFirst = JuryCall.commitment(CHAIN, first, account(other), Said.RIGHT, salt(other));
    succeed(work.send(chain, JuryCall.commit(second, ofChain)));
    succeed(work.send(other, JuryCall.commit(second, ofFirst)));
    assertError("WrongOpinion(bytes32,bytes32)", open(chain, second, Said.RIGHT));
    assertError("WrongOpinion(bytes32,bytes32)", open(other, second, Said.RIGHT));
    CallData third =
        CallData.of("reveal(uint256,uint8,bytes32)").number(second).number(3).hash(salt(other));
    assertFalse(
        work.call(other, EconomyContract.JURIES.address(), Amount.ZERO, third).succeeded(),
        "there is no third opinion");
    // Both are silent to the contract: nobody is acquitted, and nobody is paid.
    work.pass(2_102);
    succeed(work.send(MAKER, JuryCall.decide(second)));
    assertEquals(Stage.JURY, state(second).stage());
    assertEquals(0, state(second).revealed());
    assertEquals(Amount.ZERO, work.credit(chain));
  }

  @Test // Protocol §17.17 rule 4: an objector pays what it paid for, whatever governance decides.
  void aJuryHasTheSeatsAndThePayOfTheDayOfItsObjection() {
    ClaimId claim = revealed();
    Amount deposit = deposit(claim);
    long objection = object(STRANGER, claim, 1);
    Amount fee = state(objection).fee();
    work.set(EconomyParameter.JURY_SEATS, 3);
    work.set(EconomyParameter.OPINION_SHARE, 20_000);
    work.set(EconomyParameter.OPINION_GAS, 10_000_000);
    opine(objection, all(objection, Said.WRONG));
    List<Integer> jury = members(objection);
    assertEquals(SEATS, jury.size());
    opine(objection, all(objection, Said.RIGHT));
    assertOver(objection, Verdict.RIGHT);
    for (int who : new TreeSet<>(jury)) {
      assertEquals(fee.times(Collections.frequency(jury, who)), work.credit(who));
    }
    assertEquals(half(deposit.minus(fee.times(SEATS))), work.credit(worker(claim)));
  }

  private void unbondEvaluators() {
    for (int i = 0; i < EVALUATORS; i++) {
      succeed(
          work.send(
              FIRST_EVALUATOR + i, WorkCall.unbond(ServiceRole.EVALUATOR, Amount.aitbc(100))));
    }
  }

  @Test // Protocol §17.17 rule 7: by bonds as of the block that calls the jury.
  void whoUnbondsAfterTheJuryWasCalledIsDrawnAndPaid() {
    ClaimId claim = revealed();
    int worker = worker(claim);
    long objection = object(STRANGER, claim, 1);
    all(objection, Said.WRONG).forEach((who, said) -> succeed(seal(who, objection, said)));
    members(objection).forEach(who -> succeed(open(who, objection, Said.WRONG)));
    succeed(work.send(MAKER, JuryCall.decide(objection)));
    work.pass(1);
    unbondEvaluators();
    work.pass(DRAW_BLOCKS - 1);
    List<Integer> jury = members(objection);
    assertEquals(SEATS, jury.size());
    Amount fee = state(objection).fee();
    opine(objection, all(objection, Said.WRONG));
    assertOver(objection, Verdict.WRONG);
    assertEquals(BOND.minus(SLASH), bond(worker));
    for (int who : new TreeSet<>(jury)) {
      assertEquals(fee.times(Collections.frequency(jury, who)), work.credit(who));
    }
  }

  @Test // Protocol §17.17 rule 7: nobody is there to convict anybody.
  void whereAllEvaluatorsLeftBeforeTheJuryWasCalledTheClaimIsVoid() {
    ClaimId claim = revealed();
    int worker = worker(claim);
    Amount deposit = deposit(claim);
    long objection = object(STRANGER, claim, 1);
    Amount fee = state(objection).fee();
    unbondEvaluators();
    opine(objection, all(objection, Said.WRONG));
    assertTrue(work.ask(WorkRead.members(objection)).isEmpty());
    assertError("NobodyToDraw(uint8,uint256)", seal(FIRST_EVALUATOR, objection, Said.WRONG));
    assertError("OpinionsOpen(uint256)", work.send(MAKER, JuryCall.decide(objection)));
    work.pass(1_801);
    succeed(work.send(MAKER, JuryCall.decide(objection)));
    work.balance();
    assertOver(objection, Verdict.SPLIT);
    assertEquals(BOND, bond(worker));
    assertEquals(FEE, work.credit(CLIENT));
    assertEquals(deposit.minus(fee.times(2)), work.credit(STRANGER), "the two auditors are paid");
  }
}
