// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static io.aitbc.model.TestValidators.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.Absences;
import io.aitbc.model.Address;
import io.aitbc.model.CarriedSignatures;
import io.aitbc.model.EpochReport;
import io.aitbc.model.Fallback;
import io.aitbc.model.Height;
import io.aitbc.model.KeyedScheme;
import io.aitbc.model.Mode;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.Quorums;
import io.aitbc.model.Round;
import io.aitbc.model.TestValidators;
import io.aitbc.model.ValidatorSet;
import io.aitbc.model.VotingPower;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Who goes to jail for being away. Protocol §6, Protocol §8.1.
class AvailabilityTest {
  private static final Availability WINDOW = new Availability(Height.GENESIS, 0);
  private static final Height END = new Height(1_000);

  private static AccountRecord account1000(long credited) {
    return AccountRecord.joining(Height.GENESIS)
        .expected(END, 1_000 - credited)
        .credited(END, Math.max(credited, 0));
  }

  private static Absences absences(ValidatorSet set, JailTotals totals, long... credited) {
    TreeMap<Address, AccountRecord> accounts = new TreeMap<>();
    for (int i = 0; i < credited.length; i++) {
      accounts.put(account(i), account1000(credited[i]));
    }
    return WINDOW.absences(END, set, accounts, Quorums.of(set, Fallback.ON), totals);
  }

  private static List<Address> unavailable(ValidatorSet set, JailTotals totals, long... credited) {
    return absences(set, totals, credited).jailed();
  }

  private static JailTotals free(int authorities, long stake) {
    return new JailTotals(authorities, 0, new VotingPower(stake), VotingPower.ZERO);
  }

  @Test // Protocol §8.1: a window of 1,000 blocks and at least 6 hours.
  void aWindowHasAThousandBlocksAndSixHours() {
    long sixHours = 6L * 3_600 * 1_000;
    assertTrue(WINDOW.isOver(new Height(1_000), sixHours));
    assertFalse(WINDOW.isOver(new Height(999), sixHours));
    assertFalse(WINDOW.isOver(new Height(1_000), sixHours - 1));
  }

  @Test // Protocol §8.1: credited for less than 50 %.
  void lessThanHalfIsUnavailable() {
    ValidatorSet set = TestValidators.set(4);
    assertEquals(List.of(), unavailable(set, free(4, 0), 500, 1_000, 1_000, 1_000));
    assertEquals(List.of(account(0)), unavailable(set, free(4, 0), 499, 1_000, 1_000, 1_000));
  }

  @Test // Protocol §6: never more than f authorities at one boundary, the worst first.
  void atMostFAuthoritiesAreJailedAtOnce() {
    ValidatorSet set = TestValidators.set(7);
    assertEquals(
        List.of(account(1), account(4)),
        unavailable(set, free(21, 0), 30, 10, 30, 30, 20, 1_000, 1_000));
  }

  @Test // Protocol §6: never more than a third of the stake at one boundary.
  void atMostAThirdOfTheStakeIsJailedAtOnce() {
    ValidatorSet set = TestValidators.set(0, 10, 10, 10);
    assertEquals(List.of(account(0)), unavailable(set, free(0, 300), 0, 0, 1_000));
    ValidatorSet large = TestValidators.set(0, 11, 10, 10);
    assertEquals(List.of(account(1)), unavailable(large, free(0, 300), 0, 0, 1_000));
  }

  @Test // Protocol §6: never more than a third of all in jail at one time.
  void aLongOutageDoesNotLeaveTheChainToOneKey() {
    ValidatorSet set = TestValidators.set(4);
    JailTotals crowded = new JailTotals(6, 2, VotingPower.ZERO, VotingPower.ZERO);
    assertEquals(List.of(), unavailable(set, crowded, 0, 1_000, 1_000, 1_000));
    JailTotals roomy = new JailTotals(9, 2, VotingPower.ZERO, VotingPower.ZERO);
    assertEquals(List.of(account(0)), unavailable(set, roomy, 0, 1_000, 1_000, 1_000));
  }

  @Test // Protocol §6: nor more than a third of the bonded stake.
  void aThirdOfTheBondedStakeAtMostIsInJail() {
    ValidatorSet set = TestValidators.set(0, 10, 10, 10);
    JailTotals crowded = new JailTotals(0, 0, new VotingPower(300), new VotingPower(91));
    assertEquals(List.of(), unavailable(set, crowded, 0, 1_000, 1_000));
    JailTotals roomy = new JailTotals(0, 0, new VotingPower(300), new VotingPower(90));
    assertEquals(List.of(account(0)), unavailable(set, roomy, 0, 1_000, 1_000));
  }

  @Test // Protocol §6.2, §19.2: what the contracts can fine within their gas, whatever the stakes.
  void manySmallStakesAreJailedAHundredAtATimeTheWorstFirst() {
    long[] stakes = new long[151];
    Arrays.fill(stakes, 1);
    stakes[150] = 1_000;
    ValidatorSet set = TestValidators.set(0, stakes);
    long[] credited = new long[151];
    Arrays.fill(credited, 0, 50, 400);
    credited[150] = 1_000;
    Absences absences = absences(set, free(0, 10_000), credited);
    List<Address> jailed = absences.jailed();
    assertEquals(EpochReport.UNAVAILABLE_MAX, jailed.size());
    assertEquals(150, absences.away());
    assertEquals(151, absences.members());
    for (int i = 50; i < 150; i++) {
      assertTrue(jailed.contains(account(i)), "the worst are " + jailed);
    }
  }

  /// Whom the report in the next block, an epoch's last, sends to jail.
  private static List<Address> reported(TestChain chain) {
    ProposalContent content =
        new ProposalContent(
            chain.state().parentHash(),
            List.of(),
            chain.state().parentTimestampMillis(),
            Round.ZERO,
            chain.state().proposer(Round.ZERO).account(),
            new BlsSignature(Bytes.wrap(new byte[BlsSignature.BYTES])),
            chain.certificate(),
            CarriedSignatures.NONE);
    return chain
        .state()
        .context(content, new KeyedScheme())
        .epochReport()
        .orElseThrow()
        .absences()
        .jailed();
  }

  @Test // Protocol §6.2: the next window begins where the last one ended, with nothing counted.
  void whatWasSignedInTheWindowBeforeHelpsNobody() {
    TestChain chain =
        TestChain.of(TestChain.parameters(ModePolicy.PINNED, Mode.BALANCED), 4, 10, 10, 10, 10);
    chain.every(Availability.MILLIS_MIN / Availability.BLOCKS_MIN);
    long ends = 1_100; // The first epoch's end with 1,000 blocks before its last one.
    chain.upTo(ends - 1);
    assertEquals(List.of(), reported(chain));
    chain.upTo(ends + 300).without(2);
    for (long height = ends + 399; height < ends + 999; height += 100) {
      chain.upTo(height);
      assertEquals(List.of(), reported(chain), "after " + height);
    }
    chain.upTo(ends + 999);
    assertEquals(List.of(account(2)), reported(chain));
  }

  @Test // Protocol §8.1: who was to sign less than half of the window is not judged.
  void aShortMembershipIsNotJudged() {
    ValidatorSet set = TestValidators.set(4);
    TreeMap<Address, AccountRecord> accounts = new TreeMap<>();
    accounts.put(account(0), AccountRecord.joining(END).expected(END, 499));
    accounts.put(account(1), AccountRecord.joining(END).expected(END, 500));
    assertEquals(
        new Absences(4, 1, List.of(account(1))),
        WINDOW.absences(END, set, accounts, Quorums.of(set, Fallback.ON), free(4, 0)));
  }
}
