// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.ValidatorReport;
import io.aitbc.model.VotingPower;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// Who earns what of an epoch's reward, by account, and what nobody earns.
class EarningsTest { // Protocol §16.8
  /// 200 s of active time: 10,000 AITBC, in BALANCED 6,000 for authorities and 4,000 for stakers.
  private static final long EXAMPLE_MILLIS = 200_000;

  /// Between the ends of two epochs of a world.
  private static final long EPOCH_MILLIS = 2 * EconomyWorld.BLOCK_MILLIS;

  /// The stake of stakers 4 to 6, AITBC.
  private static final int STAKE = 24_000 + 25_000 + 26_000;

  /// What divisions may drop of what one validator gets, wei.
  private static final BigInteger DROPPED = BigInteger.valueOf(10_000);

  /// What an epoch of 200 s brought.
  ///
  /// @param minted in that epoch
  /// @param each by number of the account
  private record Earned(BigInteger minted, Map<Integer, BigInteger> each) {
    /// So many thousandths of an AITBC.
    void assertEach(int who, long thousandths) {
      assertEach(who, EarningsTest.thousandths(thousandths));
    }

    void assertEach(int who, BigInteger expected) {
      BigInteger got = each.getOrDefault(who, BigInteger.ZERO);
      boolean isClose = expected.subtract(got).abs().compareTo(DROPPED) <= 0;
      assertTrue(isClose, who + " earns " + got + ", not " + expected);
    }
  }

  /// Authorities 0 to 3, and stakers 4 to 6 with 24,000, 25,000 and 26,000 AITBC.
  private static Earned earned(UnaryOperator<ValidatorReport> reported) {
    EconomyWorld world = new EconomyWorld(4, 3, 1);
    world.endEpoch(List.of());
    world.passTime(EXAMPLE_MILLIS - EPOCH_MILLIS);
    Map<Integer, BigInteger> before = has(world);
    Amount minted = world.minted;
    BigInteger supply = world.supply();
    world.reported = reported;
    world.endEpoch(List.of());
    Map<Integer, BigInteger> earned = has(world);
    earned.replaceAll((who, now) -> now.subtract(before.getOrDefault(who, BigInteger.ZERO)));
    BigInteger sum = wei(world.minted.minus(minted));
    assertEquals(sum, world.supply().subtract(supply));
    return new Earned(sum, earned);
  }

  /// Bonds of authorities, and what stakers could claim of their pools, in which nobody else is.
  private static Map<Integer, BigInteger> has(EconomyWorld world) {
    Map<Integer, BigInteger> has = new TreeMap<>();
    for (int i = 0; i < world.authorities; i++) {
      has.put(i, wei(world.tokens(EconomyContract.AUTHORITY_REGISTRY, i)));
    }
    for (int i = world.authorities; i < world.authorities + world.stakers; i++) {
      CallData earned =
          CallData.of("earned(address,address)").address(account(i)).address(account(i));
      has.put(i, world.read(EconomyContract.REWARDS, earned).toBigInteger());
    }
    return has;
  }

  private static ValidatorReport with(
      ValidatorReport report, long credited, long authoritiesBrought, long stakeBrought) {
    return new ValidatorReport(
        report.account(),
        report.validatorClass(),
        report.role(),
        report.stake(),
        report.expected(),
        credited,
        authoritiesBrought,
        stakeBrought,
        report.misses(),
        report.reputation());
  }

  private static long units(long aitbc) {
    return VotingPower.of(Amount.aitbc(aitbc)).units();
  }

  private static BigInteger wei(Amount amount) {
    return amount.wei().toBigInteger();
  }

  private static BigInteger thousandths(long number) {
    return BigInteger.TEN.pow(15).multiply(BigInteger.valueOf(number));
  }

  @Test // Protocol §16.8: the example, by account.
  void theExampleOfTheSpecification() {
    // Authority 1 signed 50 blocks, the others 100. Authority 0 brought what 1 signed, authority 2
    // what the other authorities did, and staker 5 what stakers did.
    Earned earned =
        earned(report -> {
          Address who = report.account();
          long credited = who.equals(account(1)) ? 50 : 100;
          if (who.equals(account(0))) {
            return with(report, credited, 50, 0);
          }
          return who.equals(account(2))
              ? with(report, credited, 300, 0)
              : with(report, credited, 0, who.equals(account(5)) ? 100 * units(STAKE) : 0);
        });
    // 750 are not minted: of 6,000 of the authorities 5,250, and 4,000 of the stakers.
    assertTrue(earned.minted.compareTo(thousandths(9_250_000)) <= 0);
    assertTrue(earned.minted.compareTo(thousandths(9_250_000).subtract(DROPPED)) >= 0);
    // A sixteenth of what each earned goes to who brought its signatures, of 750 that is 46.875.
    earned.assertEach(0, 1_500_000 - 93_750 + 46_875);
    earned.assertEach(1, 750_000 - 46_875);
    earned.assertEach(2, 1_500_000 - 93_750 + 3 * 93_750);
    earned.assertEach(3, 1_500_000 - 93_750);
    earned.assertEach(4, 3_750_000 / 75 * 24);
    earned.assertEach(5, 3_750_000 / 75 * 25 + 250_000);
    earned.assertEach(6, 3_750_000 / 75 * 26);
  }

  @Test // Protocol §16.8: leaving out a rival's vote earns nothing, and it costs.
  void aVoteThatIsLeftOutEarnsNobodyMoreAndCostsWhoLeftItOut() {
    int maker = 2;
    for (int rival : List.of(1, 5)) {
      Earned all = earned(report -> half(report, maker, 95, 0, 0));
      boolean isStaker = rival == 5;
      Earned less =
          earned(report ->
              half(
                  report,
                  maker,
                  report.account().equals(account(rival)) ? 94 : 95,
                  isStaker ? 0 : 1,
                  isStaker ? units(25_000) : 0));
      // What one signature of the rival earns: 15 AITBC of 6,000, or 13 1/3 of 4,000.
      BigInteger vote =
          isStaker ? thousandths(4_000_000).divide(BigInteger.valueOf(300)) : thousandths(15_000);
      BigInteger carried = vote.shiftRight(4);
      all.each.forEach((who, before) -> {
        BigInteger lost = BigInteger.ZERO;
        if (who == rival) {
          lost = vote.subtract(carried);
        } else if (who == maker) {
          lost = carried;
        }
        less.assertEach(who, before.subtract(lost));
      });
      BigInteger minted = all.minted.subtract(vote);
      assertTrue(less.minted.subtract(minted).abs().compareTo(DROPPED) < 0, "minted all the same");
    }
  }

  /// All that was signed in 95 blocks was brought by the maker and validator 4, half by each, but
  /// for what the maker left out.
  private static ValidatorReport half(
      ValidatorReport report, int maker, long credited, long authoritiesLess, long stakeLess) {
    if (report.account().equals(account(maker))) {
      return with(report, credited, 95 * 2 - authoritiesLess, 95 * units(STAKE / 2) - stakeLess);
    }
    return report.account().equals(account(4))
        ? with(report, credited, 95 * 2, 95 * units(STAKE / 2))
        : with(report, credited, 0, 0);
  }

  @Test // Protocol §16.8: what nobody brought is nobody's.
  void whatNobodyBroughtIsNotMinted() {
    Earned earned = earned(report -> with(report, 100, 0, 0));
    BigInteger kept = thousandths(10_000_000).subtract(thousandths(625_000));
    assertTrue(earned.minted.compareTo(kept) <= 0, earned.minted.toString());
    assertTrue(earned.minted.compareTo(kept.subtract(DROPPED)) >= 0, earned.minted.toString());
  }

  @Test // Protocol §16.8: the part of an empty class is not minted.
  void whereAClassIsEmptyItsPartIsNotMinted() {
    // Four seconds of active time are 200 AITBC, 95 of 100 signatures came.
    assertMinted(200 * 600 * 95 / 100, new EconomyWorld(4, 0, 1));
    assertMinted(200 * 400 * 95 / 100, new EconomyWorld(0, 5, 1));
    assertMinted(200 * 1_000 * 95 / 100, new EconomyWorld(4, 5, 1));
  }

  private static void assertMinted(long thousandths, EconomyWorld world) {
    world.endEpoch(List.of());
    Amount before = world.minted;
    BigInteger supply = world.supply();
    world.endEpoch(List.of());
    BigInteger minted = wei(world.minted.minus(before));
    BigInteger dropped = thousandths(thousandths).subtract(minted);
    assertTrue(dropped.signum() >= 0 && dropped.compareTo(DROPPED) < 0, minted.toString());
    assertEquals(minted, world.supply().subtract(supply));
    assertEquals(0, world.read(EconomyContract.BEACON_HISTORY, CallData.of("failures()")).low());
  }
}
