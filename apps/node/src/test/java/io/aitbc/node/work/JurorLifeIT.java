// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Hash;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.execution.JuryCall;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkObjection;
import io.aitbc.execution.WorkObjection.Said;
import io.aitbc.execution.WorkObjection.Stage;
import io.aitbc.execution.WorkObjection.Verdict;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Jurors of an objection with the services: one that starts again, one that is not served, one
/// that left, and two auditors that lie.
class JurorLifeIT extends ToleranceNetwork { // Protocol §17.17
  private static final int BLOCKS_MAX = 120;
  private static final Hash SALT = Hash.fromHex("5a".repeat(32));

  /// The client objects to a leaf, which costs it all opinions.
  private Amount object() throws Exception {
    Amount deposit =
        accounts.getFirst().read(WorkRead.objectionDeposit(CLAIM)).orElseThrow().times(2);
    assertTrue(accounts.getFirst().send(JuryCall.object(CLAIM, 3, deposit)));
    chain.grow();
    return deposit;
  }

  private WorkObjection objection() {
    return accounts.getFirst().read(WorkRead.objection(1)).orElseThrow();
  }

  private Optional<List<Address>> members() {
    return accounts.getFirst().read(WorkRead.members(1));
  }

  private long sealed() {
    return heard(WorkEvent.OpinionCommitted.class).size();
  }

  /// Both auditors that are drawn, who run nothing, say that a right output is wrong.
  private void lie(WorkerService worker, List<? extends ClaimChecker> jurors) throws Exception {
    rounds(BLOCKS_MAX, () -> members().isPresent(), worker, jurors);
    assertEquals(2, members().orElseThrow().size());
    for (int liar = 2; liar < 4; liar++) {
      Address account = signers.get(liar).address();
      assertTrue(members().orElseThrow().contains(account));
      Hash seal = JuryCall.commitment(CHAIN_ID, 1, account, Said.WRONG, SALT);
      assertTrue(accounts.get(liar).send(JuryCall.commit(1, seal)));
    }
    round(worker, jurors);
    for (int liar = 2; liar < 4; liar++) {
      assertTrue(accounts.get(liar).send(JuryCall.reveal(1, Said.WRONG, SALT)));
    }
    round(worker, jurors);
    assertTrue(accounts.getFirst().send(JuryCall.decide(1)));
    chain.grow();
    assertEquals(Stage.JURY, objection().stage());
  }

  @Test
  void jurorsThatStartAgainOpenWhatTheySealedAndOverruleTwoLiars() throws Exception {
    List<EvaluatorService> jurors = evaluators();
    submitUnderTheProfile(jurors);
    WorkerService worker = worker(NEAR);
    upload(worker);
    WorkClaim _ = until(WorkClaim.State.REVEALED, worker, jurors);
    Amount deposit = object();
    Amount fee = objection().fee();
    lie(worker, jurors);
    long liars = sealed();
    rounds(BLOCKS_MAX, () -> sealed() != liars, worker, jurors);
    assertTrue(sealed() > liars, "they seal");
    assertEquals(0, objection().revealed(), "and do not open yet");
    List<Address> jury = members().orElseThrow();
    List<EvaluatorService> again = new ArrayList<>();
    for (int i = FIRST_EVALUATOR; i < signers.size(); i++) {
      again.add(evaluator(i));
    }
    WorkClaim _ = until(WorkClaim.State.SETTLED, worker, again);
    assertEquals(
        List.of(Verdict.RIGHT),
        heard(WorkEvent.Decided.class).stream().map(WorkEvent.Decided::verdict).toList());
    List<Said> opinions =
        heard(WorkEvent.OpinionRevealed.class).stream()
            .map(WorkEvent.OpinionRevealed::said)
            .toList();
    assertEquals(List.of(Said.WRONG, Said.WRONG), opinions.subList(0, 2));
    assertTrue(opinions.stream().skip(2).allMatch(Said.RIGHT::equals));
    assertEquals(BOND, bond());
    for (int liar = 2; liar < 4; liar++) {
      assertEquals(Amount.ZERO, credit(liar), "whoever is overruled worked for nothing");
    }
    for (int i = FIRST_EVALUATOR; i < signers.size(); i++) {
      long seats = Collections.frequency(jury, signers.get(i).address());
      assertTrue(credit(i).compareTo(fee.times(seats)) >= 0, "opinions are paid beside scores");
    }
    assertEquals(Amount.ZERO, credit(0), "of the client's " + deposit + " nothing comes back");
  }

  @Test // Protocol §17.17 rule 6: it accepted to serve them.
  void aWorkerThatServesNoMemberIsConvictedAndNotBeforeTheLastQuarter() throws Exception {
    servesNothing = true;
    List<ClaimChecker> checkers = checkers();
    submitUnderTheProfile(checkers);
    WorkerService worker = worker(NEAR);
    upload(worker);
    WorkClaim _ = until(WorkClaim.State.REVEALED, worker, checkers);
    Amount _ = object();
    for (Stage stage : List.of(Stage.AUDITORS, Stage.JURY)) {
      long before = sealed();
      rounds(BLOCKS_MAX, () -> sealed() != before, worker, checkers);
      WorkObjection now = objection();
      assertEquals(stage, now.stage());
      assertTrue(sealed() > before);
      long time = now.commitHeight() - now.since();
      long height = accounts.getFirst().height();
      assertTrue(height > now.commitHeight() - time / 4, "it may serve until then: " + height);
      rounds(BLOCKS_MAX, () -> objection().stage() != stage, worker, checkers);
    }
    WorkClaim fraud = accounts.getFirst().read(WorkRead.claim(CLAIM)).orElseThrow();
    assertEquals(WorkClaim.State.FRAUD, fraud.state());
    List<WorkEvent.OpinionRevealed> opinions = heard(WorkEvent.OpinionRevealed.class);
    assertFalse(opinions.isEmpty());
    opinions.forEach(each -> assertEquals(Said.WRONG, each.said()));
    assertTrue(bond().compareTo(BOND) < 0);
  }

  @Test // Protocol §17.17 rule 7: whom the block that called it draws says what it finds.
  void aJurorThatUnbondsAfterTheCallStillOpinesAndIsPaid() throws Exception {
    List<EvaluatorService> jurors = evaluators();
    submitUnderTheProfile(jurors);
    WorkerService worker = worker(NEAR);
    upload(worker);
    WorkClaim _ = until(WorkClaim.State.REVEALED, worker, jurors);
    Amount _ = object();
    lie(worker, jurors);
    Amount all = new Amount(EconomyParameter.EVALUATOR_BOND.standard());
    for (int i = FIRST_EVALUATOR; i < signers.size(); i++) {
      assertTrue(accounts.get(i).send(WorkCall.unbond(ServiceRole.EVALUATOR, all)));
    }
    WorkClaim _ = until(WorkClaim.State.SETTLED, worker, jurors);
    assertEquals(
        List.of(Verdict.RIGHT),
        heard(WorkEvent.Decided.class).stream().map(WorkEvent.Decided::verdict).toList());
    assertEquals(BOND, bond());
  }
}
