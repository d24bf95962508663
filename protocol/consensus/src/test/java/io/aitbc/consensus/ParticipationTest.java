// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static io.aitbc.model.TestValidators.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.AggregateSignature;
import io.aitbc.model.Candidate;
import io.aitbc.model.CarriedAnchors;
import io.aitbc.model.CarriedCommits;
import io.aitbc.model.EpochReport;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Height;
import io.aitbc.model.HeightRules;
import io.aitbc.model.KeyedScheme;
import io.aitbc.model.Mode;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.Role;
import io.aitbc.model.Round;
import io.aitbc.model.TestValidators;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.ValidatorReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// Who is credited for what. Protocol §3.2, Protocol §2.5.
class ParticipationTest {
  private static TestChain chain(Mode mode) {
    return TestChain.of(TestChain.parameters(ModePolicy.PINNED, mode), 4, 10, 10, 10, 10);
  }

  /// The late vote of validator `index` for the block at `height`.
  private static List<CarriedCommits> late(TestChain chain, long height, int index) {
    HeightView.Recent recent = chain.state().recent(new Height(height)).orElseThrow();
    return List.of(
        new CarriedCommits(
            recent.ballot(), TestChain.aggregate(recent.rules(), List.of(account(index)))));
  }

  private static AccountRecord record(TestChain chain, int index) {
    return record(chain, account(index));
  }

  private static AccountRecord record(TestChain chain, Address account) {
    return Objects.requireNonNull(chain.state().fields().accounts().get(account));
  }

  @Test // Protocol §3.2: credited if any of the next 5 blocks includes it.
  void aVoteIsCreditedByAnyOfTheNextFiveBlocks() {
    for (int later = 2; later <= 5; later++) {
      TestChain chain = chain(Mode.BALANCED).upTo(10).without(2).upTo(10 + later - 1);
      chain.carrying(late(chain, 10, 2)).blocks(1);
      chain.upTo(15);
      assertEquals(10, record(chain, 2).windowCredited(), "carried " + later + " blocks later");
    }
  }

  @Test // Protocol §3.2: and by no later one.
  void aVoteSixBlocksLateIsNotCredited() {
    TestChain chain = chain(Mode.BALANCED).upTo(10).without(2).upTo(15);
    chain.carrying(late(chain, 10, 2)).upTo(20);
    assertEquals(9, record(chain, 2).windowCredited());
    assertEquals(15, record(chain, 2).windowExpected());
    assertEquals(chain(Mode.BALANCED).upTo(10).without(2).upTo(20).state(), chain.state());
  }

  @Test // Protocol §3.2: nobody is credited twice for one block.
  void aVoteIsCreditedOnce() {
    TestChain chain = chain(Mode.BALANCED).upTo(12);
    chain.carrying(late(chain, 10, 2)).upTo(20);
    assertEquals(record(chain, 3).windowCredited(), record(chain, 2).windowCredited());
    // Nor is whoever brought it again.
    assertEquals(chain(Mode.BALANCED).upTo(20).state(), chain.state());
  }

  @Test // Protocol §3.2, §2: by its own epoch's set.
  void theLastBlockOfAnEpochIsCreditedToItsOwnSet() {
    TestChain chain = chain(Mode.BALANCED);
    chain.reporting(TestChain.snapshot(chain.state().parameters(), 3, 10, 10)).upTo(205);
    assertEquals(200, record(chain, 7).windowExpected());
    assertEquals(200, record(chain, 7).windowCredited());
  }

  @Test // Protocol §3.2: anchors of another block, or later than 20 blocks, earn nothing.
  void wrongAndLateAnchorsEarnNothing() {
    TestChain silent = chain(Mode.FAST).anchoredBy(_ -> false).upTo(45);
    HeightRules rules = silent.state().recent(new Height(40)).orElseThrow().rules();
    AggregateSignature all = TestChain.aggregate(rules, TestValidators.accounts(4, 7));
    CarriedAnchors wrong = new CarriedAnchors(new Height(40), TestChain.GENESIS, all);
    Hash twenty = silent.state().recent(new Height(20)).orElseThrow().ballot().blockHash();
    CarriedAnchors late = new CarriedAnchors(new Height(20), twenty, all);
    for (CarriedAnchors anchors : List.of(wrong, late)) {
      TestChain chain = chain(Mode.FAST).anchoredBy(_ -> false).upTo(45);
      chain.anchoring(List.of(anchors)).blocks(1);
      assertEquals(chain(Mode.FAST).anchoredBy(_ -> false).upTo(46).state(), chain.state());
    }
  }

  @Test // Protocol §3.2: an authority that is a staker too is expected once.
  void whoHoldsBothRolesIsExpectedOnce() {
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      candidates.add(TestChain.candidate(i, ValidatorClass.BOTH, 10));
    }
    TestChain chain =
        new TestChain(
                new EpochSnapshot(
                    candidates, TestChain.parameters(ModePolicy.PINNED, Mode.FAST), 0))
            .upTo(60);
    assertEquals(55, record(chain, 1).windowExpected());
  }

  @Test // Protocol §3.2: present until its first chances have passed, also who comes back.
  void whoComesBackIsPresentUntilItHadItsChances() {
    TestChain chain = chain(Mode.BALANCED).upTo(50).without(7);
    EpochSnapshot all = TestChain.snapshot(chain.state().parameters(), 4, 10, 10, 10, 10);
    chain.reporting(with(all, jailed(all.candidates().get(7)))).upTo(100);
    chain.reporting(all).upTo(200);
    assertFalse(chain.state().isPresent(account(7)));
    assertFalse(chain.state().set().contains(account(7)));
    chain.upTo(300);
    assertTrue(chain.state().set().contains(account(7)));
    assertTrue(chain.state().isPresent(account(7)));
    chain.upTo(330);
    assertFalse(chain.state().isPresent(account(7)));
  }

  private static EpochSnapshot with(EpochSnapshot snapshot, Candidate changed) {
    List<Candidate> candidates = new ArrayList<>(snapshot.candidates());
    candidates.replaceAll(c -> c.account().equals(changed.account()) ? changed : c);
    return new EpochSnapshot(candidates, snapshot.parameters(), 0);
  }

  private static Candidate jailed(Candidate free) {
    return new Candidate(
        free.account(),
        free.key(),
        free.validatorClass(),
        free.stake(),
        Candidate.Standing.JAILED,
        0,
        OptionalLong.empty());
  }

  @Test // Protocol §3.1: the derived state is bounded by candidates and sets.
  void whoIsNeitherCandidateNorMemberIsForgotten() {
    TestChain chain = chain(Mode.BALANCED);
    chain.reporting(TestChain.snapshot(chain.state().parameters(), 4, 10, 10, 10)).upTo(299);
    assertTrue(chain.state().fields().accounts().containsKey(account(7)));
    chain.upTo(300);
    assertFalse(chain.state().fields().accounts().containsKey(account(7)));
  }

  @Test // Protocol §3.3: evidence against a member of the last epoch counts.
  void aConvictedMemberOfTheLastEpochCounts() {
    TestChain chain = chain(Mode.BALANCED);
    EpochSnapshot all = TestChain.snapshot(chain.state().parameters(), 4, 10, 10, 10, 10);
    chain.reporting(with(all, jailed(all.candidates().get(3)))).upTo(200);
    assertFalse(chain.state().set().contains(account(3)));
    chain.convicting(List.of(account(3))).blocks(1);
    assertEquals(1, chain.state().fields().window().getLast().convictedAuthorities());
  }

  @Test // Protocol §3.2: votes on another ballot than the certificate's earn nothing.
  void aVoteInAnotherRoundThanTheCertificatesEarnsNothing() {
    TestChain chain = chain(Mode.BALANCED).upTo(10).without(2).upTo(12);
    HeightRules rules = chain.state().recent(new Height(10)).orElseThrow().rules();
    var elsewhere =
        new CarriedCommits(
            TestChain.ballot(rules, TestChain.GENESIS, new Round(1)),
            TestChain.aggregate(rules, List.of(account(2))));
    chain.carrying(List.of(elsewhere)).upTo(20);
    assertEquals(9, record(chain, 2).windowCredited());
  }

  @Test // Protocol §3.2: in FAST stakers are judged by anchors, each for 20 blocks.
  void anchorsStandForTwentyBlocks() {
    TestChain chain = chain(Mode.FAST).upTo(60);
    assertEquals(40, record(chain, 5).windowExpected());
    assertEquals(40, record(chain, 5).windowCredited());
    assertEquals(55, record(chain, 1).windowExpected());
  }

  @Test // Protocol §3.2: a staker that does not anchor is absent, and back with its next anchor.
  void whoDoesNotAnchorIsAbsent() {
    TestChain chain = chain(Mode.FAST).upTo(30).without(5).upTo(60);
    assertFalse(chain.state().isPresent(account(5)));
    assertTrue(chain.state().isPresent(account(6)));
    chain.without().upTo(63);
    assertTrue(chain.state().isPresent(account(5)));
  }

  @Test // Protocol §3.3: a signature in 20 blocks shows that a validator is there.
  void oneSignatureInTwentyBlocksIsPresence() {
    TestChain chain = chain(Mode.BALANCED).upTo(10).without(1).upTo(33);
    assertTrue(chain.state().isPresent(account(1)));
    chain.upTo(35);
    assertFalse(chain.state().isPresent(account(1)));
    chain.without().blocks(1);
    assertTrue(chain.state().isPresent(account(1)));
  }

  @Test // Protocol §2.5: rounds that passed before the content's own are misses.
  void proposersThatWereSkippedMissed() {
    TestChain chain = chain(Mode.BALANCED).upTo(10);
    Address first = chain.state().proposer(Round.ZERO).account();
    Address second = chain.state().proposer(new Round(1)).account();
    chain.block(2);
    assertEquals(1, record(chain, first).misses());
    assertEquals(1, record(chain, second).misses());
  }

  @Test // Protocol §2.5: whose proposer was another account than the content's maker.
  void whoProposesAfterItsOwnFailedRoundsMissedNothing() {
    EpochSnapshot alone =
        new EpochSnapshot(
            List.of(TestChain.candidate(0, ValidatorClass.AUTHORITY, 0)),
            TestChain.parameters(ModePolicy.PINNED, Mode.FAST),
            0);
    TestChain chain = new TestChain(alone).upTo(10).block(4);
    assertEquals(0, record(chain, 0).misses());
  }

  @Test // Protocol §2.5: s = availability less 0.1 for each miss, of at most 10.
  void missesCostReputation() {
    for (int[] missesAndNext : new int[][] {{0, 775}, {3, 700}, {10, 525}, {40, 525}}) {
      AccountRecord full = AccountRecord.joining(Height.GENESIS).credited(new Height(1), 100);
      for (int i = 0; i < missesAndNext[0]; i++) {
        full = full.missed();
      }
      assertEquals(missesAndNext[1], full.nextReputation(), missesAndNext[0] + " misses");
    }
    AccountRecord idle = AccountRecord.joining(Height.GENESIS);
    assertEquals(700, idle.nextReputation());
    assertEquals((3 * 700 + 600) / 4, idle.missed().nextReputation());
  }

  @Test // Protocol §2.5: a height that took very long counts no more than 16 misses.
  void aLongHeightIsNotHeldAgainstAll() {
    TestChain chain = chain(Mode.BALANCED).upTo(10).block(100_001);
    long misses =
        chain.state().fields().accounts().values().stream().mapToLong(AccountRecord::misses).sum();
    assertTrue(8 < misses && misses <= 16, misses + " misses");
  }

  @Test // Protocol §2.5: three parts of what it was and one of this epoch.
  void reputationFollowsParticipation() {
    TestChain chain = chain(Mode.BALANCED).without(2).upTo(100);
    assertEquals(3 * 700 / 4, chain.state().reputation(account(2)));
    int good = chain.state().reputation(account(3));
    assertEquals((3 * 700 + 1_000) / 4, good);
    chain.upTo(200);
    assertEquals(3 * (3 * 700 / 4) / 4, chain.state().reputation(account(2)));
  }

  /// What the next block, an epoch's last, tells the contracts.
  private static EpochReport report(TestChain chain) {
    ProposalContent content =
        new ProposalContent(
            chain.state().parentHash(),
            List.of(),
            chain.state().parentTimestampMillis(),
            Round.ZERO,
            chain.state().proposer(Round.ZERO).account(),
            KeyedScheme.sign(
                TestValidators.key(0),
                ProposalContent.vrfMessage(
                    TestChain.GENESIS, chain.state().beacon(), chain.state().nextHeight())),
            Optional.of(chain.certificate().orElseThrow()),
            io.aitbc.model.CarriedSignatures.NONE);
    return chain.state().context(content, new KeyedScheme()).epochReport().orElseThrow();
  }

  @Test // Protocol §2.5: the report of an epoch's last block.
  void theReportSaysWhoWasThere() {
    TestChain chain = chain(Mode.BALANCED).without(2).upTo(99);
    EpochReport report = report(chain);
    assertEquals(0, report.epoch());
    assertEquals(chain.state().nextPlan().set().hash(), report.nextSetHash());
    ValidatorReport absent = report.validators().get(2);
    ValidatorReport present = report.validators().get(3);
    assertEquals(94, absent.expected());
    assertEquals(0, absent.credited());
    assertEquals(94, present.credited());
    // Blocks 1 to 98 have certificates in their children; validator 2 signed none.
    assertEquals(98 * 3, authoritiesBrought(report));
    assertEquals(98 * stake(chain), stakeBrought(report));
  }

  @Test // Protocol §2.5: over that epoch.
  void theNextReportBeginsAnew() {
    TestChain chain = chain(Mode.BALANCED).without(2).upTo(100).without().block(3).upTo(199);
    EpochReport report = report(chain);
    assertEquals(1, report.epoch());
    assertTrue(report.validators().stream().allMatch(v -> v.expected() == 100));
    long brought = authoritiesBrought(report);
    assertTrue(99 * 4 <= brought && brought <= 100 * 4, brought + " votes");
    chain.upTo(299);
    assertTrue(report(chain).validators().stream().allMatch(v -> v.misses() == 0));
  }

  private static long authoritiesBrought(EpochReport report) {
    return report.validators().stream().mapToLong(ValidatorReport::authoritiesBrought).sum();
  }

  private static long stakeBrought(EpochReport report) {
    return report.validators().stream().mapToLong(ValidatorReport::stakeBrought).sum();
  }

  private static long stake(TestChain chain) {
    return chain.state().set().totalStake().units();
  }

  @Test // Protocol §2.5: the maker of the block that brings a vote is credited with what it earns.
  void whoBringsALateVoteBringsItsBlocksAndStake() {
    for (int late : List.of(2, 6)) {
      TestChain chain = chain(Mode.BALANCED).upTo(10).without(late).upTo(12);
      Address maker = chain.state().proposer(Round.ZERO).account();
      AccountRecord before = record(chain, maker);
      chain.carrying(late(chain, 10, late)).blocks(1);
      // One signature of each: its parent's certificate has all but one, the late vote is that.
      AccountRecord after = record(chain, maker);
      assertEquals(4, after.authoritiesBrought() - before.authoritiesBrought());
      assertEquals(stake(chain), after.stakeBrought() - before.stakeBrought());
    }
  }

  @Test // Protocol §2.5: at most 2^63 - 1.
  void whatIsBroughtIsBounded() {
    AccountRecord most = AccountRecord.joining(Height.GENESIS).brought(0, Long.MAX_VALUE - 1);
    assertEquals(Long.MAX_VALUE - 1, most.brought(0, 0).stakeBrought());
    assertEquals(Long.MAX_VALUE, most.brought(0, 2).stakeBrought());
    assertEquals(Long.MAX_VALUE, most.brought(0, Long.MAX_VALUE).stakeBrought());
    assertEquals(20L << 58, Shares.times(1L << 58, 20));
    assertEquals(Long.MAX_VALUE, Shares.times(1L << 60, 20));
  }

  @Test // Protocol §3.2: an anchor stands for 20 blocks, also for who brings it.
  void whoBringsAnchorsBringsTwentyBlocksOfTheirStake() {
    TestChain chain = chain(Mode.FAST).upTo(99);
    EpochReport report = report(chain);
    assertEquals(98 * 4, authoritiesBrought(report));
    // Those of blocks 20, 40, 60 and 80.
    assertEquals(4 * 20 * stake(chain), stakeBrought(report));
  }

  @Test // Protocol §3.2: signatures that earn nothing bring nothing.
  void theAnchorOfAnAuthorityBringsNothing() {
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      candidates.add(TestChain.candidate(i, ValidatorClass.BOTH, 10));
    }
    EpochSnapshot all =
        new EpochSnapshot(candidates, TestChain.parameters(ModePolicy.PINNED, Mode.FAST), 0);
    TestChain chain = new TestChain(all).upTo(99);
    EpochReport report = report(chain);
    assertEquals(98 * 4, authoritiesBrought(report));
    assertEquals(98 * stake(chain), stakeBrought(report));
  }

  @Test // Protocol §2.4, Protocol §2.5: the role in the epoch's set.
  void theReportSaysTheRole() {
    TestChain chain = chain(Mode.FAST);
    EpochSnapshot all = TestChain.snapshot(chain.state().parameters(), 4, 10, 10, 10, 10);
    chain.upTo(99);
    assertEquals(Role.PROPOSER, roleOf(report(chain), 0).orElseThrow());
    assertEquals(Role.VALIDATOR, roleOf(report(chain), 7).orElseThrow());
    chain.reporting(with(all, jailed(all.candidates().get(7)))).upTo(299);
    assertFalse(chain.state().set().contains(account(7)));
    // Its last signatures were due in this epoch; in the next it has no part.
    assertEquals(Role.STANDBY, roleOf(report(chain), 7).orElseThrow());
    chain.upTo(399);
    assertEquals(Optional.empty(), roleOf(report(chain), 7));
  }

  private static Optional<Role> roleOf(EpochReport report, int index) {
    return report.validators().stream()
        .filter(each -> each.account().equals(account(index)))
        .map(ValidatorReport::role)
        .findFirst();
  }

  @Test // Protocol §3.2: what the policy of modes looks at, for whoever asks.
  void whatTheModeFollowsFromIsToldAfterEveryBlock() {
    TestChain chain = chain(Mode.BALANCED).without(2);
    assertEquals(Optional.empty(), chain.state().modeInputs());
    for (long height : List.of(1L, 60L, 100L, 101L, 230L)) {
      chain.upTo(height);
      assertTrue(chain.state().modeInputs().isPresent(), "after " + height);
    }
    ModeInputs inputs = chain.state().modeInputs().orElseThrow();
    assertEquals(750_000, inputs.availabilityMillionths());
    assertEquals(1_000_000, inputs.participationMillionths());
    assertEquals(0, inputs.convictedAuthorities());
  }
}
