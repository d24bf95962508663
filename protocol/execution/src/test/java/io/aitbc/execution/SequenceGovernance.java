// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomySequence.check;

import io.aitbc.execution.Governance.Action;
import io.aitbc.execution.Governance.State;
import io.aitbc.execution.Governance.Support;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/// The governance part of a random sequence: nothing changes without the votes that it needs, no
/// stake counts twice, and deposits are where they belong. Protocol §16.11.
final class SequenceGovernance {
  /// A parameter that an ordinary vote changes, and one that is protected.
  private static final int BASE_REWARD = 42;

  private static final int REPORTER_SHARE = 40;

  /// What divisions of pools may add to the worth of votes, wei.
  private static final BigInteger DUST = BigInteger.valueOf(1_000_000);

  // Words of a proposal as the contract tells it.
  private static final int KIND = 1;
  private static final int DECIDERS = 2;
  private static final int SECOND = 3;
  private static final int HELD_FROM = 7;
  private static final int SEATS = 10;
  private static final int SEATS_FOR = 11;
  private static final int SEATS_TO_HOLD = 12;
  private static final int DEPOSIT = 14;
  private static final int TOTAL = 15;
  private static final int FOR = 16;
  private static final int AGAINST = 17;
  private static final int ABSTAIN = 18;

  private record Proposal(long id, int number, UInt256 value, Action action) {}

  private final EconomyWorld world;
  private final Governance governance;
  private final List<Proposal> proposals = new ArrayList<>();
  private int executions;
  private UInt256 baseReward = EconomyParameter.BASE_REWARD.standard();
  private UInt256 reporterShare = EconomyParameter.REPORTER_SHARE.standard();

  SequenceGovernance(EconomyWorld world) {
    this.world = world;
    governance = new Governance(world);
  }

  /// How many proposals were executed.
  int executed() {
    return executions;
  }

  EconomyWorld.Outcome propose(SequenceStep step) {
    boolean ordinary = step.part() % 2 == 0;
    int number = ordinary ? BASE_REWARD : REPORTER_SHARE;
    UInt256 value =
        ordinary
            ? Amount.aitbc(1 + step.part() % 99).wei()
            : UInt256.of(step.part() * 90L); // Inside of the bounds.
    Action action = Action.set(number, value);
    String function = step.part() % 5 == 0 ? "proposeEmergency" : "propose";
    EconomyWorld.Outcome outcome =
        governance.propose(step.who(), function, Governance.DEPOSIT, List.of(action));
    if (outcome.succeeded()) {
      proposals.add(new Proposal(outcome.word(0).toLongExact(), number, value, action));
    }
    return outcome;
  }

  /// Votes with somebody's stake in a pool, mostly for.
  EconomyWorld.Outcome vote(SequenceStep step, int owner, int pool) {
    long id = proposal(step);
    Support other = step.part() % 2 == 0 ? Support.AGAINST : Support.ABSTAIN;
    Support support = step.part() % 7 < 5 ? Support.FOR : other;
    EconomyWorld.Outcome outcome = governance.vote(owner, id, support, pool);
    if (outcome.succeeded()) {
      BigInteger voted = word(id, FOR).add(word(id, AGAINST)).add(word(id, ABSTAIN));
      check(voted.compareTo(word(id, TOTAL).add(DUST)) <= 0, "more votes than stake in " + id);
    }
    return outcome;
  }

  /// Uses an authority's seat.
  EconomyWorld.Outcome seat(SequenceStep step) {
    int who = step.part() % 9 == 0 ? step.who() : step.who() % EconomySequence.AUTHORITIES;
    long id = proposal(step);
    EconomyWorld.Outcome outcome =
        step.part() % 3 == 0
            ? governance.step(who, "holdBack", id)
            : governance.seatVote(who, id, Support.FOR);
    check(
        !outcome.succeeded() || who < EconomySequence.AUTHORITIES,
        "somebody without a seat was heard");
    if (outcome.succeeded()) {
      long seats = word(id, SEATS).longValueExact();
      check(word(id, SEATS_FOR).longValueExact() <= seats, "more seats than there are");
      check(word(id, SEATS_TO_HOLD).longValueExact() <= seats, "more seats than there are");
    }
    return outcome;
  }

  /// Tries everything that brings a proposal forward.
  List<EconomyWorld.Outcome> decide(SequenceStep step) {
    if (proposals.isEmpty()) {
      return List.of();
    }
    Proposal proposal = proposals.get((step.who() * 31 + step.other()) % proposals.size());
    long id = proposal.id;
    List<EconomyWorld.Outcome> outcomes = new ArrayList<>();
    if (step.part() % 2 == 0) {
      world.passTime(7 * Governance.DAY);
    }
    outcomes.add(governance.step(step.who(), "openSecondVote", id));
    EconomyWorld.Outcome queued = governance.step(step.who(), "queue", id);
    outcomes.add(queued);
    if (queued.succeeded()) {
      world.passTime(2 * Governance.DAY);
    }
    EconomyWorld.Outcome executed = governance.execute(step.who(), id, proposal.action);
    outcomes.add(executed);
    if (executed.succeeded()) {
      executions++;
      check(passed(id), "executed without the votes: " + id);
      check(governance.state(id) == State.EXECUTED, "executed twice: " + id);
      if (proposal.number == BASE_REWARD) {
        baseReward = proposal.value;
      } else {
        reporterShare = proposal.value;
      }
    }
    outcomes.add(governance.step(step.who(), "settleDeposit", id));
    checkParameters();
    return outcomes;
  }

  /// Nothing else changes a parameter.
  void checkParameters() {
    check(governance.parameter(BASE_REWARD).equals(baseReward), "another base reward");
    check(governance.parameter(REPORTER_SHARE).equals(reporterShare), "another share");
  }

  /// The contract holds the deposits that it owes.
  ///
  /// @param unbooked what it holds beside them
  void checkBooks(BigInteger unbooked) {
    BigInteger deposits = BigInteger.ZERO;
    for (Proposal proposal : proposals) {
      deposits = deposits.add(word(proposal.id, DEPOSIT));
    }
    BigInteger held =
        world.balance(EconomyContract.GOVERNOR.address()).wei().toBigInteger().subtract(unbooked);
    check(held.equals(deposits), "deposits: " + held + " instead of " + deposits);
  }

  /// The rules of §16.11, from the numbers that the contract tells.
  private boolean passed(long id) {
    BigInteger three = BigInteger.valueOf(3);
    BigInteger two = BigInteger.TWO;
    BigInteger total = word(id, TOTAL);
    BigInteger yes = word(id, FOR);
    BigInteger no = word(id, AGAINST);
    BigInteger voted = yes.add(no).add(word(id, ABSTAIN));
    boolean seats =
        word(id, SEATS_FOR).multiply(three).compareTo(word(id, SEATS).multiply(two)) > 0;
    boolean held = word(id, HELD_FROM).signum() > 0;
    boolean second = word(id, SECOND).signum() > 0;
    if (held != second) {
      return false;
    }
    int deciders = word(id, DECIDERS).intValueExact();
    if (deciders == 1) {
      return seats;
    }
    return switch (word(id, KIND).intValueExact()) {
      case 0 -> voted.multiply(BigInteger.TEN).compareTo(total) >= 0 && yes.compareTo(no) > 0;
      case 1 ->
          second
              ? yes.multiply(three).compareTo(total.multiply(two)) >= 0
              : voted.multiply(three).compareTo(total) >= 0
                  && yes.multiply(three).compareTo(yes.add(no).multiply(two)) >= 0;
      default -> yes.multiply(three).compareTo(total.multiply(two)) > 0 && (deciders == 2 || seats);
    };
  }

  private long proposal(SequenceStep step) {
    return proposals.isEmpty()
        ? 0
        : proposals.get((step.who() * 31 + step.other()) % proposals.size()).id;
  }

  private BigInteger word(long id, int index) {
    int before = world.state.snapshot();
    EconomyWorld.Outcome outcome =
        governance.governor(0, CallData.of("proposalOf(uint256)").number(id));
    world.state.revertTo(before);
    return outcome.word(index).toBigInteger();
  }
}
