// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static io.aitbc.model.TestValidators.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Address;
import io.aitbc.model.CarriedCommits;
import io.aitbc.model.EpochReport;
import io.aitbc.model.Height;
import io.aitbc.model.HeightRules;
import io.aitbc.model.KeyedScheme;
import io.aitbc.model.Mode;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.Round;
import io.aitbc.model.TestValidators;
import io.aitbc.model.ValidatorReport;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
  }

  @Test // Protocol §3.2: nobody is credited twice for one block.
  void aVoteIsCreditedOnce() {
    TestChain chain = chain(Mode.BALANCED).upTo(12);
    chain.carrying(late(chain, 10, 2)).upTo(20);
    assertEquals(record(chain, 3).windowCredited(), record(chain, 2).windowCredited());
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

  @Test // Protocol §2.5: a height that took very long counts no more than 16 misses.
  void aLongHeightIsNotHeldAgainstAll() {
    TestChain chain = chain(Mode.BALANCED).upTo(10).block(100_001);
    long misses =
        chain.state().fields().accounts().values().stream().mapToLong(AccountRecord::misses).sum();
    assertTrue(misses <= DerivedState.MISSES_ROUNDS_MAX, misses + " misses");
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

  @Test // Protocol §2.5: the report of an epoch's last block.
  void theReportSaysWhoWasThere() {
    TestChain chain = chain(Mode.BALANCED).without(2).upTo(99);
    var content =
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
    EpochReport report =
        chain.state().context(content, new KeyedScheme()).epochReport().orElseThrow();
    assertEquals(0, report.epoch());
    assertEquals(chain.state().nextPlan().set().hash(), report.nextSetHash());
    ValidatorReport absent = report.validators().get(2);
    ValidatorReport present = report.validators().get(3);
    assertEquals(94, absent.expected());
    assertEquals(0, absent.credited());
    assertEquals(94, present.credited());
    long brought = report.validators().stream().mapToLong(ValidatorReport::votesBrought).sum();
    assertEquals(98 * 7, brought);
  }
}
