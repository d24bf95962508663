// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Amount;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeParameters;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.Oversight;
import io.aitbc.model.TestValidators;
import io.aitbc.model.VotingPower;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The mode along a chain. Protocol §3.
class ModeScheduleTest {
  private static TestChain chain(ModePolicy policy, Mode start) {
    return TestChain.of(
        TestChain.parameters(policy, start), 21, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10);
  }

  private static ModeSetting mode(TestChain chain) {
    return chain.state().mode();
  }

  @Test // Protocol §3.4: 10 blocks, i = 1..10, quorum of BALANCED.
  void aChangeTakesTenBlocks() {
    TestChain chain = chain(ModePolicy.OPERATIONAL, Mode.BALANCED).upTo(99);
    assertEquals(ModeSetting.settled(Mode.BALANCED), mode(chain));
    chain.upTo(100);
    for (int step = 1; step <= 10; step++) {
      assertEquals(new ModeSetting(Mode.BALANCED, Mode.FAST, step), mode(chain));
      assertEquals(Mode.BALANCED, chain.state().rules().mode());
      chain.blocks(1);
    }
    assertEquals(ModeSetting.settled(Mode.FAST), mode(chain));
  }

  @Test // Protocol §3.3: at least 100 blocks between two changes.
  void noChangeComesBeforeAHundredBlocks() {
    TestChain chain = chain(ModePolicy.OPERATIONAL, Mode.BALANCED).upTo(110);
    assertEquals(ModeSetting.settled(Mode.FAST), mode(chain));
    chain.load(900);
    int settled = 0;
    while (!mode(chain).isTransition()) {
      chain.blocks(1);
      settled++;
      assertTrue(settled < 300);
    }
    assertEquals(100, settled);
    assertEquals(Mode.BALANCED, mode(chain).to());
  }

  @Test // Protocol §3.4: no change starts in an epoch's last 10 blocks.
  void noChangeReachesBeyondAnEpoch() {
    TestChain chain = chain(ModePolicy.OPERATIONAL, Mode.BALANCED).load(900).upTo(140);
    chain.load(10);
    while (!mode(chain).isTransition()) {
      chain.blocks(1);
    }
    int start = Epochs.position(chain.state().nextHeight());
    assertTrue(start < 90, "started at position " + start);
  }

  @Test // Protocol §3.4: a change that is due in the last 10 blocks waits for the next epoch.
  void aDueChangeWaitsForTheNextEpoch() {
    TestChain chain = chain(ModePolicy.OPERATIONAL, Mode.BALANCED).load(900);
    // The median passes the threshold when half of the window has: at block 191.
    chain.upTo(141).load(10).upTo(199);
    assertFalse(mode(chain).isTransition());
    chain.upTo(200);
    assertEquals(new ModeSetting(Mode.BALANCED, Mode.FAST, 1), mode(chain));
  }

  @Test // Protocol §3.4: its last block that may begin a change is the 90th, and ends it with the
  // 99th.
  void aChangeMayBeginUpToTheNinetiethBlockOfAnEpoch() {
    for (int quietAfter : new int[] {138, 139}) {
      TestChain chain = chain(ModePolicy.OPERATIONAL, Mode.BALANCED).load(900);
      // The median passes the threshold when more than half of the window has.
      chain.upTo(quietAfter).load(10).upTo(quietAfter + 51);
      long next = chain.state().nextHeight().number();
      assertEquals(next <= 190, mode(chain).isTransition(), "at " + next);
    }
  }

  @Test // Protocol §3.2: of two middle values the greater.
  void theLoadIsTheGreaterOfTheTwoMiddleValues() {
    TestChain chain = chain(ModePolicy.OPERATIONAL, Mode.BALANCED).upTo(50).load(900).upTo(100);
    assertEquals(ModeSetting.settled(Mode.BALANCED), mode(chain));
  }

  @Test // Protocol §3.2: the value is a mean per block.
  void valueIsMeasuredPerBlock() {
    TestChain chain =
        chain(ModePolicy.OPERATIONAL, Mode.BALANCED).load(500).moving(Amount.aitbc(999));
    chain.upTo(110);
    assertEquals(ModeSetting.settled(Mode.BALANCED), mode(chain));
  }

  @Test // Protocol §3.3: a mode that governance forbade is not entered.
  void aForbiddenModeIsNotEntered() {
    TestChain chain =
        TestChain.of(
                TestChain.parameters(ModePolicy.OPERATIONAL, Mode.BALANCED, List.of(Mode.FAST)),
                4,
                10,
                10,
                10,
                10)
            .upTo(150);
    assertEquals(ModeSetting.settled(Mode.BALANCED), mode(chain));
  }

  @Test // Protocol §3.4: limits of contents are those of the new mode.
  void duringAChangeTheLimitsAreThoseOfTheModeThatIsEntered() {
    ConsensusParameters base = TestChain.parameters(ModePolicy.OPERATIONAL, Mode.BALANCED);
    ModeParameters small = new ModeParameters(100, 21, VotingPower.ZERO, 7, 1 << 20);
    ConsensusParameters parameters =
        new ConsensusParameters(
            base.policy(),
            base.startMode(),
            base.forbidden(),
            base.rotation(),
            base.proposers(),
            base.fallback(),
            base.minTotalStake(),
            base.valueThreshold(),
            base.emptyBlockIntervalMillis(),
            base.roundTimerMillisMax(),
            small,
            base.balanced(),
            base.secure());
    TestChain chain = TestChain.of(parameters, 4, 10, 10, 10, 10).upTo(99);
    assertEquals(1_000, chain.state().limits().transactionsMax());
    chain.upTo(100);
    assertEquals(new ModeSetting(Mode.BALANCED, Mode.FAST, 1), mode(chain));
    assertEquals(7, chain.state().limits().transactionsMax());
  }

  @Test // Protocol §3.3: PINNED keeps one mode whatever happens.
  void pinnedKeepsItsMode() {
    TestChain chain = chain(ModePolicy.PINNED, Mode.FAST).load(1_000).without(0, 1, 2).upTo(250);
    assertEquals(ModeSetting.settled(Mode.FAST), mode(chain));
    chain.decidedIn(3).blocks(3);
    assertEquals(ModeSetting.settled(Mode.FAST), mode(chain));
  }

  @Test // Protocol §6: SECURE from h + 2 on when block h + 1 carries a fallback certificate of h.
  void aFallbackDecisionMakesTheChainSecure() {
    TestChain chain = chain(ModePolicy.OPERATIONAL, Mode.FAST).upTo(30);
    assertEquals(Mode.FAST, chain.state().rules().mode());
    // The certificate of block 30 that block 31 carries is of round 3.
    chain.decidedIn(3);
    assertEquals(ModeSetting.settled(Mode.FAST), mode(chain));
    chain.blocks(1);
    assertEquals(ModeSetting.settled(Mode.SECURE), mode(chain));
    assertEquals(32, chain.state().nextHeight().number());
  }

  @Test // Protocol §6: also in an epoch's last 10 blocks, and out of a change.
  void aFallbackDecisionWaitsForNothing() {
    TestChain late = chain(ModePolicy.OPERATIONAL, Mode.FAST).upTo(94).decidedIn(5).blocks(1);
    assertEquals(ModeSetting.settled(Mode.SECURE), mode(late));
    TestChain changing = chain(ModePolicy.OPERATIONAL, Mode.BALANCED).upTo(104);
    assertTrue(mode(changing).isTransition());
    changing.decidedIn(3).blocks(1);
    assertEquals(ModeSetting.settled(Mode.SECURE), mode(changing));
  }

  @Test // Protocol §6: an own round however late is no fallback decision.
  void anOwnRoundIsNoFallbackDecision() {
    TestChain chain = chain(ModePolicy.OPERATIONAL, Mode.BALANCED).upTo(30);
    chain.decidedIn(4).blocks(1).decidedIn(2).blocks(1);
    assertEquals(ModeSetting.settled(Mode.BALANCED), mode(chain));
  }

  @Test // Protocol §3.3: governance can forbid modes, the jump included.
  void aForbiddenSecureIsNotJumpedTo() {
    TestChain chain =
        TestChain.of(
                TestChain.parameters(ModePolicy.OPERATIONAL, Mode.FAST, List.of(Mode.SECURE)),
                4,
                10,
                10,
                10,
                10)
            .upTo(10)
            .decidedIn(3)
            .blocks(1);
    assertEquals(ModeSetting.settled(Mode.FAST), mode(chain));
  }

  @Test // Protocol §3.3: the headroom rule is stronger than dwell and hysteresis.
  void losingHeadroomLeavesFastAtOnce() {
    TestChain chain = chain(ModePolicy.OPERATIONAL, Mode.FAST).upTo(30).without(0, 1, 2);
    int blocks = 0;
    while (!mode(chain).isTransition()) {
      chain.blocks(1);
      blocks++;
      assertTrue(blocks < 60);
    }
    assertTrue(blocks <= 30, "after " + blocks);
    assertEquals(Mode.BALANCED, mode(chain).to());
  }

  @Test // Protocol §3.3: stakers in FAST show themselves by anchors.
  void stakersWhoDoNotAnchorLeaveNoHeadroomElsewhere() {
    TestChain chain = chain(ModePolicy.OPERATIONAL, Mode.FAST).anchoredBy(_ -> false).upTo(60);
    assertEquals(-1, chain.state().headroom(Mode.BALANCED));
    assertEquals(-1, chain.state().headroom(Mode.SECURE));
    assertEquals(3, chain.state().headroom(Mode.FAST));
    assertEquals(0, chain.state().anchored().number());
    chain.anchoredBy(_ -> true).upTo(90);
    assertEquals(3, chain.state().headroom(Mode.BALANCED));
    assertEquals(80, chain.state().anchored().number());
  }

  @Test // Protocol §4: oversight is waived while fewer than f + 1 authorities show themselves.
  void missingAuthoritiesWaiveOversight() {
    TestChain chain =
        TestChain.of(TestChain.parameters(ModePolicy.PINNED, Mode.SECURE), 4, 10, 10, 10, 10);
    assertEquals(Oversight.REQUIRED, chain.state().rules().oversight());
    chain.without(0, 1, 2).upTo(40);
    assertEquals(Oversight.WAIVED, chain.state().rules().oversight());
    chain.without(0, 1).upTo(42);
    assertEquals(Oversight.REQUIRED, chain.state().rules().oversight());
  }

  @Test // Protocol §3.3: much value moved makes the chain secure.
  void valueMovedMakesTheChainSecure() {
    TestChain chain =
        chain(ModePolicy.OPERATIONAL, Mode.BALANCED).load(500).moving(Amount.aitbc(2_000));
    chain.upTo(110);
    assertEquals(ModeSetting.settled(Mode.SECURE), mode(chain));
  }

  @Test // Protocol §3.3: evidence that convicts an authority makes the chain secure.
  void aConvictedAuthorityMakesTheChainSecure() {
    TestChain chain = chain(ModePolicy.OPERATIONAL, Mode.BALANCED).load(500).upTo(60);
    chain.convicting(List.of(TestValidators.account(3))).upTo(110);
    assertEquals(ModeSetting.settled(Mode.SECURE), mode(chain));
  }

  @Test // Protocol §2: when a boundary leaves a class empty, the mode is the one that still works.
  void anEmptyClassLeavesTheModeThatWorks() {
    TestChain stakersGo = chain(ModePolicy.OPERATIONAL, Mode.BALANCED).load(500);
    stakersGo.reporting(TestChain.snapshot(stakersGo.state().parameters(), 21));
    stakersGo.upTo(199);
    assertEquals(Mode.BALANCED, mode(stakersGo).to());
    stakersGo.upTo(200);
    assertEquals(ModeSetting.settled(Mode.FAST), mode(stakersGo));
  }

  @Test // Protocol §4: degenerate networks have one mode.
  void aNetworkOfOneClassHasOneMode() {
    var parameters = TestChain.parameters(ModePolicy.OPERATIONAL, Mode.BALANCED);
    TestChain authorities = TestChain.of(parameters, 4).upTo(250);
    TestChain stakers = TestChain.of(parameters, 0, 10, 10, 10, 10).upTo(250);
    assertEquals(ModeSetting.settled(Mode.FAST), mode(authorities));
    assertEquals(ModeSetting.settled(Mode.SECURE), mode(stakers));
  }

  @Test // Protocol §3.3: one validator goes on alone.
  void oneValidatorAloneGoesOn() {
    var parameters = TestChain.parameters(ModePolicy.OPERATIONAL, Mode.BALANCED);
    TestChain chain =
        new TestChain(
                new io.aitbc.model.EpochSnapshot(
                    List.of(TestChain.candidate(0, io.aitbc.model.ValidatorClass.BOTH, 10)),
                    parameters,
                    0))
            .upTo(250);
    assertEquals(ModeSetting.settled(Mode.FAST), mode(chain));
  }

  @Test // Protocol §3.1: the mode of h + 2 depends only on what h + 1 carries.
  void certificatesThatWereNotCarriedDecideNothing() {
    List<ModeSetting> modes = new ArrayList<>();
    for (int heldRound : new int[] {0, 3}) {
      TestChain chain = chain(ModePolicy.OPERATIONAL, Mode.FAST).upTo(30);
      // Somebody holds a certificate of round 3, but block 31 carries one of round 0.
      chain.decidedIn(heldRound);
      assertTrue(chain.certificate().isPresent());
      chain.decidedIn(0).blocks(1);
      modes.add(mode(chain));
    }
    assertEquals(modes.get(0), modes.get(1));
  }

  @Test // Protocol §5.8: interval and limits follow the mode.
  void theBlockIntervalFollowsTheMode() {
    TestChain chain = chain(ModePolicy.OPERATIONAL, Mode.BALANCED).upTo(100);
    assertEquals(500 - 40, chain.state().blockInterval().toMillis());
    chain.upTo(110);
    assertEquals(100, chain.state().blockInterval().toMillis());
  }
}
