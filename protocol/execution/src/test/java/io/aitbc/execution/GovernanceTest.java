// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static io.aitbc.execution.Governance.DAY;
import static io.aitbc.execution.Governance.succeed;
import static io.aitbc.execution.Governance.succeeded;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.execution.Governance.Action;
import io.aitbc.execution.Governance.State;
import io.aitbc.execution.Governance.Support;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.UInt256;
import java.util.List;
import org.junit.jupiter.api.Test;

class GovernanceTest { // Protocol §16.11, §16.12
  private static final Address NOBODY = new Address(Bytes.wrap(new byte[Address.BYTES]));
  private static final long UNBONDING = 29;
  private static final long BASE_REWARD = 42;
  private static final long VOTING_TIME = 46;
  private static final Action LESS_REWARD = Action.set(BASE_REWARD, Amount.aitbc(50).wei());
  private static final Action LONGER = Action.set(UNBONDING, UInt256.of(30 * DAY));
  private static final Action OTHER_POLICY =
      Action.set(0, UInt256.of(ModePolicy.WHITEPAPER.code()));

  /// 4 authorities (0 to 3), 5 stakers (4 to 8) with 24,000 to 28,000 AITBC, users from 9 on.
  private EconomyWorld world = new EconomyWorld(4, 5, 6);

  private Governance governance = new Governance(world);

  @Test // Protocol §16.11
  void nothingIsProposedBeforeAnEpochEndedOrWithoutTheDeposit() {
    assertError("NoEpochYet()", governance.propose(9, List.of(LESS_REWARD)));
    world.endEpoch(List.of());
    assertError(
        "WrongDeposit(uint256,uint256)",
        governance.propose(9, "propose", Amount.aitbc(999), List.of(LESS_REWARD)));
    assertError("NoActions()", governance.propose(9, List.of()));
    assertEquals(1, governance.proposed(9, LESS_REWARD));
    assertEquals(State.OPEN, governance.state(1));
    assertEquals(State.NONE, governance.state(2));
  }

  @Test // Protocol §16.11, §16.12
  void anOrdinaryDecisionNeedsQuorumMajorityAndTheDelay() {
    world.endEpoch(List.of());
    long id = governance.proposed(9, LESS_REWARD);
    succeed(governance.vote(4, id, Support.FOR, 4)); // 24,000 of 130,000
    succeed(governance.vote(5, id, Support.ABSTAIN, 5));
    assertError("WrongState(uint256,uint8)", governance.step(9, "queue", id));
    assertError("WrongState(uint256,uint8)", governance.step(9, "settleDeposit", id));
    world.passTime(7 * DAY);
    assertEquals(State.SUCCEEDED, governance.state(id));
    assertError("WrongState(uint256,uint8)", governance.vote(6, id, Support.AGAINST, 6));
    assertError("WrongState(uint256,uint8)", governance.execute(10, id, LESS_REWARD));
    succeed(governance.step(10, "queue", id));
    assertEquals(State.QUEUED, governance.state(id));
    assertError("WrongState(uint256,uint8)", governance.step(10, "queue", id));
    assertError("TooEarly(uint48,uint48)", governance.execute(10, id, LESS_REWARD));
    world.passTime(2 * DAY);
    assertError("OtherActions(uint256)", governance.execute(10, id, LONGER));
    succeed(governance.execute(10, id, LESS_REWARD));
    assertEquals(State.EXECUTED, governance.state(id));
    assertEquals(Amount.aitbc(50).wei(), governance.parameter(BASE_REWARD));
    assertError("WrongState(uint256,uint8)", governance.execute(10, id, LESS_REWARD));
    succeed(governance.step(11, "settleDeposit", id));
    assertEquals(EconomyWorld.PURSE, world.balance(account(9)));
    assertError("DepositPaid(uint256)", governance.step(11, "settleDeposit", id));
  }

  @Test // Protocol §16.11
  void tooFewVotesOrTooManyAgainstDefeatAndTheDepositIsLostWithoutQuorum() {
    var _ = delegated(9, 4, Amount.aitbc(5_000));
    world.endEpoch(List.of());
    long few = governance.proposed(10, LESS_REWARD);
    succeed(governance.vote(9, few, Support.FOR, 4)); // Less than a tenth.
    long against = governance.proposed(11, LESS_REWARD);
    succeed(governance.vote(4, against, Support.FOR, 4));
    succeed(governance.vote(5, against, Support.AGAINST, 5));
    world.passTime(7 * DAY);
    assertEquals(State.DEFEATED, governance.state(few));
    assertEquals(State.DEFEATED, governance.state(against));
    assertError("WrongState(uint256,uint8)", governance.step(10, "queue", few));
    succeed(governance.step(12, "settleDeposit", few));
    succeed(governance.step(12, "settleDeposit", against));
    assertEquals(Governance.DEPOSIT, world.balance(EconomyContract.TREASURY.address()));
    assertEquals(EconomyWorld.PURSE.minus(Governance.DEPOSIT), world.balance(account(10)));
    assertEquals(EconomyWorld.PURSE, world.balance(account(11)));
  }

  @Test // Protocol §16.11
  void stakeVotesAsItStoodWhenTheBallotWasOpened() {
    UInt256 shares = delegated(9, 4, Amount.aitbc(3_000));
    var _ = delegated(11, 5, Amount.aitbc(1_000));
    assertTrue(world.undelegate(11, 5, world.sharesOf(5, 11)).succeeded());
    world.endEpoch(List.of());
    long id = governance.proposed(12, LESS_REWARD);
    // What came after, even in the same second, does not count; what left before does not either.
    var _ = delegated(10, 4, Amount.aitbc(4_000));
    var _ = delegated(9, 4, Amount.aitbc(4_000));
    assertError("NoVotes(address)", governance.vote(10, id, Support.FOR, 4));
    assertError("NoVotes(address)", governance.vote(11, id, Support.FOR, 5));
    // What leaves, moves or is slashed after counts as it was, and once.
    assertTrue(world.redelegate(9, 4, 5, shares).succeeded());
    assertTrue(world.convict(11, 4, world.height - 5).succeeded());
    assertError("NoVotes(address)", governance.vote(9, id, Support.FOR, 5));
    EconomyWorld.Outcome voted = succeeded(governance.vote(9, id, Support.FOR, 4));
    assertEquals(
        Amount.aitbc(3_000).wei(), EconomyWorld.dataWord(voted.logs().getFirst(), 1), "stake");
    assertError("AlreadyCounted(address,address)", governance.vote(9, id, Support.FOR, 4));
    // In the next ballot the convicted pool has no vote, and the moved stake has.
    long next = governance.proposed(12, LESS_REWARD);
    assertError("NoVotes(address)", governance.vote(4, next, Support.FOR, 4));
    succeed(governance.vote(9, next, Support.FOR, 5));
  }

  @Test // Protocol §16.11
  void votesAreGivenApartFromStakeAndCountOnce() {
    var _ = delegated(9, 4, Amount.aitbc(5_000));
    var _ = delegated(9, 5, Amount.aitbc(5_000));
    world.endEpoch(List.of());
    long id = governance.proposed(12, LESS_REWARD);
    List<Address> pools = List.of(account(4), account(5));
    List<Address> owners = List.of(account(9), account(9));
    assertError(
        "NotVoteDelegate(address,address)", governance.vote(10, id, Support.FOR, pools, owners));
    succeed(governance.governor(9, CallData.of("delegateVotes(address)").address(account(10))));
    succeed(governance.vote(9, id, Support.AGAINST, 4)); // The owner may come first.
    assertError(
        "AlreadyCounted(address,address)", governance.vote(10, id, Support.FOR, pools, owners));
    succeed(governance.vote(10, id, Support.FOR, List.of(account(5)), List.of(account(9))));
    assertError("AlreadyCounted(address,address)", governance.vote(9, id, Support.AGAINST, 5));
    assertError(
        "DifferentLengths(uint256,uint256)",
        governance.vote(10, id, Support.FOR, pools, List.of(account(9))));
  }

  @Test // Protocol §16.11
  void aProtectedDecisionNeedsAThirdOfTheStakeAndTwoThirdsOfTheVotes() {
    world.endEpoch(List.of());
    // 130,000 of stake: 24,000 are an ordinary quorum, not a protected one.
    long few = governance.proposed(9, LONGER);
    succeed(governance.vote(4, few, Support.FOR, 4));
    long disputed = governance.proposed(9, LONGER);
    for (int i = 4; i < 7; i++) {
      succeed(governance.vote(i, disputed, Support.FOR, i)); // 75,000
    }
    for (int i = 7; i < 9; i++) {
      succeed(governance.vote(i, disputed, Support.AGAINST, i)); // 55,000
    }
    long agreed = governance.proposed(9, OTHER_POLICY, LESS_REWARD);
    succeed(governance.vote(4, agreed, Support.FOR, 4));
    succeed(governance.vote(5, agreed, Support.FOR, 5));
    assertError("NotDeciding(uint256,uint8)", governance.seatVote(0, agreed, Support.AGAINST));
    world.passTime(7 * DAY);
    assertEquals(State.DEFEATED, governance.state(few));
    assertEquals(State.DEFEATED, governance.state(disputed));
    assertEquals(State.SUCCEEDED, governance.state(agreed));
    succeed(governance.step(9, "queue", agreed));
    world.passTime(2 * DAY);
    succeed(governance.execute(9, agreed, OTHER_POLICY, LESS_REWARD));
    assertEquals(ModePolicy.WHITEPAPER, world.snapshotAfterEpoch(List.of()).parameters().policy());
  }

  @Test // Protocol §16.11
  void mostAuthoritiesHoldBackLongerThanUnbondingAndThenTwoThirdsOfAllStakePass() {
    world.endEpoch(List.of());
    long id = governance.proposed(9, LONGER);
    succeed(governance.vote(4, id, Support.FOR, 4));
    succeed(governance.vote(5, id, Support.FOR, 5));
    assertError("NoSeat(address)", governance.step(9, "holdBack", id));
    succeed(governance.step(0, "holdBack", id));
    assertError("SeatCounted(address)", governance.step(0, "holdBack", id));
    succeed(governance.step(1, "holdBack", id));
    world.passTime(7 * DAY);
    succeed(governance.step(9, "queue", id)); // Two of four are not more than half.
    world.passTime(2 * DAY);
    succeed(governance.step(2, "holdBack", id));
    assertEquals(State.HELD_BACK, governance.state(id));
    assertError("WrongState(uint256,uint8)", governance.execute(9, id, LONGER));
    assertError("WrongState(uint256,uint8)", governance.step(9, "openSecondVote", id));
    world.passTime(30 * DAY - 1_000);
    assertEquals(State.HELD_BACK, governance.state(id));
    world.passTime(1_000);
    assertEquals(State.AWAITS_SECOND_VOTE, governance.state(id));
    succeed(governance.step(9, "openSecondVote", id));
    assertError("NotDeciding(uint256,uint8)", governance.step(3, "holdBack", id));
    // 24 + 25 + 26 of 130 thousand are less than two thirds; with 27 more they are.
    for (int i = 4; i < 7; i++) {
      succeed(governance.vote(i, id, Support.FOR, i));
    }
    int before = world.state.snapshot();
    world.passTime(7 * DAY);
    assertEquals(State.DEFEATED, governance.state(id));
    world.state.revertTo(before);
    succeed(governance.vote(7, id, Support.FOR, 7));
    world.passTime(7 * DAY);
    succeed(governance.step(9, "queue", id));
    world.passTime(2 * DAY);
    succeed(governance.execute(9, id, LONGER));
    assertEquals(UInt256.of(30 * DAY), governance.parameter(UNBONDING));
  }

  @Test // Protocol §16.11
  void anOrdinaryProposalCannotBeHeldBackAndEverythingElseIsProtected() {
    world.endEpoch(List.of());
    long id = governance.proposed(9, LESS_REWARD);
    assertError("NotProtected(uint256,uint8)", governance.step(0, "holdBack", id));
    CallData spend = CallData.of("spend(address,uint256)").address(account(9)).number(1);
    assertEquals(0, kind(Action.of(EconomyContract.TREASURY, spend)));
    for (long number = 0; number < EconomyParameter.COUNT; number++) {
      boolean ordinary = List.of(28L, 30L, 34L, 42L, 43L, 44L).contains(number);
      assertEquals(ordinary ? 0 : 1, kind(Action.set(number, UInt256.ONE)), "number " + number);
    }
    assertEquals(1, kind(Action.set(200, UInt256.ONE)));
    assertEquals(1, kind(LESS_REWARD, OTHER_POLICY));
    assertEquals(1, kind(Action.upgrade(EconomyContract.TREASURY, account(9))));
    assertEquals(1, kind(new Action(account(9), spend.toBytes())));
    assertEquals(1, kind(new Action(EconomyContract.TREASURY.address(), Bytes.EMPTY)));
  }

  @Test // Protocol §16.11
  void withoutAStakerSetMoreThanTwoThirdsOfTheAuthoritiesDecideAlone() {
    enter(new EconomyWorld(4, 0, 6));
    world.endEpoch(List.of());
    // The first staker does not own the chain.
    assertTrue(world.register(9, Amount.aitbc(500_000), NOBODY).succeeded());
    long id = governance.proposed(9, LONGER);
    assertError("NotDeciding(uint256,uint8)", governance.vote(9, id, Support.FOR, 9));
    assertError("NotDeciding(uint256,uint8)", governance.step(0, "holdBack", id));
    assertError("NoSeat(address)", governance.seatVote(9, id, Support.FOR));
    succeed(governance.seatVote(0, id, Support.FOR));
    succeed(governance.seatVote(1, id, Support.FOR));
    assertError("SeatCounted(address)", governance.seatVote(1, id, Support.FOR));
    assertEquals(State.OPEN, governance.state(id));
    succeed(governance.seatVote(2, id, Support.FOR));
    succeed(governance.step(9, "queue", id));
    world.passTime(2 * DAY);
    succeed(governance.execute(9, id, LONGER));
    assertEquals(UInt256.of(30 * DAY), governance.parameter(UNBONDING));
  }

  @Test // Protocol §16.11
  void withoutAuthoritiesStakeDecidesAloneAndIsNotHeldBack() {
    enter(new EconomyWorld(0, 5, 6));
    world.endEpoch(List.of());
    long id = governance.proposed(9, LONGER);
    assertError("NotDeciding(uint256,uint8)", governance.step(4, "holdBack", id));
    for (int i = 0; i < 4; i++) {
      succeed(governance.vote(i, id, Support.FOR, i));
    }
    world.passTime(7 * DAY);
    succeed(governance.step(9, "queue", id));
    world.passTime(2 * DAY);
    succeed(governance.execute(9, id, LONGER));
  }

  @Test // Protocol §16.11
  void anEmergencyIsExecutedAtOnceWhenMoreThanTwoThirdsOfBothClassesAreForIt() {
    world.endEpoch(List.of());
    EconomyWorld.Outcome proposed =
        succeeded(
            governance.propose(9, "proposeEmergency", Governance.DEPOSIT, List.of(OTHER_POLICY)));
    long id = proposed.word(0).toLongExact();
    for (int i = 0; i < 3; i++) {
      succeed(governance.seatVote(i, id, Support.FOR));
    }
    for (int i = 4; i < 7; i++) {
      succeed(governance.vote(i, id, Support.FOR, i));
    }
    assertEquals(State.OPEN, governance.state(id));
    assertError("WrongState(uint256,uint8)", governance.execute(9, id, OTHER_POLICY));
    succeed(governance.vote(7, id, Support.FOR, 7)); // 102 of 130 thousand.
    assertError("WrongState(uint256,uint8)", governance.step(9, "queue", id));
    succeed(governance.execute(9, id, OTHER_POLICY));
    assertEquals(UInt256.of(ModePolicy.WHITEPAPER.code()), governance.parameter(0));
  }

  @Test // Protocol §16.11
  void anEmergencyWithoutOneOfTheClassesFails() {
    world.endEpoch(List.of());
    EconomyWorld.Outcome proposed =
        succeeded(
            governance.propose(9, "proposeEmergency", Governance.DEPOSIT, List.of(OTHER_POLICY)));
    long id = proposed.word(0).toLongExact();
    succeed(governance.seatVote(0, id, Support.FOR));
    succeed(governance.seatVote(1, id, Support.FOR));
    succeed(governance.seatVote(2, id, Support.AGAINST));
    for (int i = 4; i < 9; i++) {
      succeed(governance.vote(i, id, Support.FOR, i));
    }
    assertEquals(State.OPEN, governance.state(id));
    world.passTime(7 * DAY);
    assertEquals(State.DEFEATED, governance.state(id));
  }

  @Test // Protocol §16.11, §16.12
  void aDecisionThatNobodyExecutesExpires() {
    world.endEpoch(List.of());
    long unqueued = governance.proposed(9, LESS_REWARD);
    long queued = governance.proposed(9, LESS_REWARD);
    long held = governance.proposed(9, LONGER);
    for (long id : List.of(unqueued, queued)) {
      succeed(governance.vote(4, id, Support.FOR, 4));
    }
    for (int i = 0; i < 3; i++) {
      succeed(governance.step(i, "holdBack", held));
    }
    world.passTime(7 * DAY);
    succeed(governance.step(9, "queue", queued));
    world.passTime(14 * DAY);
    assertEquals(State.EXPIRED, governance.state(unqueued));
    assertEquals(State.QUEUED, governance.state(queued));
    world.passTime(2 * DAY + 1_000);
    assertEquals(State.EXPIRED, governance.state(queued));
    assertError("WrongState(uint256,uint8)", governance.execute(9, queued, LESS_REWARD));
    world.passTime(21 * DAY);
    assertEquals(State.EXPIRED, governance.state(held));
  }

  @Test // Protocol §16.11
  void anAuthorityThatJoinsLaterHasNoSeatInTheBallotAndOneThatLeftHasNone() {
    world.endEpoch(List.of());
    succeed(
        world.send(
            EconomyContract.TIMELOCK.address(),
            EconomyContract.AUTHORITY_REGISTRY,
            Amount.ZERO,
            CallData.of("admit(address)").address(account(9))));
    long id = governance.proposed(10, LONGER);
    assertTrue(world.join(9).succeeded());
    assertError("NoSeat(address)", governance.step(9, "holdBack", id));
    assertTrue(
        world
            .send(
                account(0),
                EconomyContract.AUTHORITY_REGISTRY,
                Amount.ZERO,
                CallData.of("resign()"))
            .succeeded());
    assertError("NoSeat(address)", governance.step(0, "holdBack", id));
    long next = governance.proposed(10, LONGER);
    succeed(governance.step(9, "holdBack", next));
  }

  @Test // Protocol §16.12
  void theTimelockObeysTheGovernorAloneAndAllCallsSucceedOrNone() {
    for (String function :
        List.of(
            "schedule(uint256,bytes32)",
            "cancel(uint256)",
            "execute(uint256,address[],bytes[])",
            "executeNow(uint256,address[],bytes[])")) {
      CallData call = CallData.of(function).number(1);
      if (function.contains("address")) {
        var _ = call.addresses(List.of()).byteStrings(List.of());
      } else {
        var _ = call.number(1);
      }
      assertError(
          "OnlyEconomy(address)",
          world.send(account(0), EconomyContract.TIMELOCK, Amount.ZERO, call));
    }
    assertError(
        "OnlyEconomy(address)",
        world.send(
            account(0),
            EconomyContract.STAKE_MANAGER,
            Amount.ZERO,
            CallData.of("openBallot(uint48)").number(1)));
    world.endEpoch(List.of());
    Action refused = Action.set(VOTING_TIME, UInt256.ONE);
    long id = governance.proposed(9, LESS_REWARD, refused);
    for (int i = 4; i < 9; i++) {
      succeed(governance.vote(i, id, Support.FOR, i));
    }
    world.passTime(7 * DAY);
    succeed(governance.step(9, "queue", id));
    world.passTime(2 * DAY);
    assertError(
        "OutOfBounds(uint256,uint256,uint256,uint256)",
        governance.execute(9, id, LESS_REWARD, refused));
    assertEquals(Amount.aitbc(100).wei(), governance.parameter(BASE_REWARD));
    assertEquals(State.QUEUED, governance.state(id));
  }

  @Test // Protocol §16.12
  void whatAProposalWouldDoIsSeenByACallThatKeepsNothing() {
    world.endEpoch(List.of());
    Action refused = Action.set(VOTING_TIME, UInt256.ONE);
    for (List<Action> actions : List.of(List.of(LESS_REWARD), List.of(LESS_REWARD, refused))) {
      int before = world.state.snapshot();
      EconomyWorld.Outcome tried =
          world.send(
              EconomyContract.GOVERNOR.address(),
              EconomyContract.TIMELOCK,
              Amount.ZERO,
              CallData.of("executeNow(uint256,address[],bytes[])")
                  .number(0)
                  .addresses(actions.stream().map(Action::target).toList())
                  .byteStrings(actions.stream().map(Action::data).toList()));
      if (actions.contains(refused)) {
        assertError("OutOfBounds(uint256,uint256,uint256,uint256)", tried);
      } else {
        succeed(tried);
        assertEquals(Amount.aitbc(50).wei(), governance.parameter(BASE_REWARD));
      }
      world.state.revertTo(before);
    }
    assertEquals(Amount.aitbc(100).wei(), governance.parameter(BASE_REWARD));
  }

  private void enter(EconomyWorld other) {
    world = other;
    governance = new Governance(other);
  }

  private long kind(Action... actions) {
    return world
        .read(
            EconomyContract.GOVERNOR,
            CallData.of("kindOf(address[],bytes[])")
                .addresses(List.of(actions).stream().map(Action::target).toList())
                .byteStrings(List.of(actions).stream().map(Action::data).toList()))
        .toLongExact();
  }

  private UInt256 delegated(int who, int pool, Amount amount) {
    UInt256 before = world.sharesOf(pool, who);
    assertTrue(world.delegate(who, pool, amount).succeeded());
    return world.sharesOf(pool, who).minus(before);
  }

  private static void assertError(String signature, EconomyWorld.Outcome outcome) {
    assertTrue(!outcome.succeeded(), "succeeded instead of " + signature);
    assertEquals(CallData.selector(signature), outcome.error(), signature);
  }
}
