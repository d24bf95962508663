// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.model.Absences;
import io.aitbc.model.Address;
import io.aitbc.model.EpochReport;
import io.aitbc.model.Height;
import io.aitbc.model.Quorums;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// The window in which availability is judged, and whom it sends to jail at its end. Protocol §6,
/// §8.1.
///
/// @param since the block after which it began
/// @param sinceMillis that block's timestamp, in milliseconds since 1970
record Availability(Height since, long sinceMillis) {
  /// Least length in blocks.
  static final int BLOCKS_MIN = 1_000;

  /// Least length in milliseconds: 6 hours.
  static final long MILLIS_MIN = 6L * 60 * 60 * 1_000;

  /// Whether the window is over after a block.
  boolean isOver(Height height, long timestampMillis) {
    return height.number() - since.number() >= BLOCKS_MIN
        && timestampMillis - sinceMillis >= MILLIS_MIN;
  }

  private record Absentee(Validator validator, AccountRecord account) {}

  /// The validators credited for less than half of a window that they were to sign for at least
  /// half of, and who of them goes to jail: the worst first, as far as the caps allow: never more
  /// than f authorities and a third of the stake at one boundary nor more validators than {@link
  /// EpochReport#UNAVAILABLE_MAX}, never more than a third of the admitted authorities or of the
  /// bonded stake in jail at one time.
  ///
  /// @param height the last block of the window
  /// @param set the validators in office
  Absences absences(
      Height height,
      ValidatorSet set,
      Map<Address, AccountRecord> accounts,
      Quorums quorums,
      JailTotals totals) {
    long blocks = height.number() - since.number();
    List<Absentee> absentees = new ArrayList<>();
    for (Map.Entry<Address, AccountRecord> entry : accounts.entrySet()) {
      AccountRecord account = entry.getValue();
      boolean judged = 2 * account.windowExpected() >= blocks && account.windowExpected() > 0;
      if (judged && 2 * account.windowCredited() < account.windowExpected()) {
        set.find(entry.getKey()).ifPresent(v -> absentees.add(new Absentee(v, account)));
      }
    }
    absentees.sort(
        Comparator.<Absentee>comparingLong(
                a -> Shares.scale(a.account.windowCredited(), 1L << 40, a.account.windowExpected()))
            .thenComparing(a -> a.validator.account()));
    return new Absences(
        set.validators().size(), absentees.size(), capped(absentees, quorums, totals));
  }

  private static List<Address> capped(
      List<Absentee> absentees, Quorums quorums, JailTotals totals) {
    List<Address> jailed = new ArrayList<>();
    int authorities = 0;
    long stake = 0;
    for (Absentee absentee : absentees) {
      int withAuthority = authorities + (absentee.validator.isAuthority() ? 1 : 0);
      long withStake = stake + absentee.validator.stake().units();
      boolean withinBoundary =
          withAuthority <= quorums.faultyAuthorities()
              && 3 * withStake <= quorums.totalStake().units();
      boolean withinTotal =
          3L * (totals.authoritiesJailed() + withAuthority) <= totals.authorities()
              && 3 * (totals.stakeJailed().units() + withStake) <= totals.stake().units();
      if (jailed.size() < EpochReport.UNAVAILABLE_MAX && withinBoundary && withinTotal) {
        authorities = withAuthority;
        stake = withStake;
        jailed.add(absentee.validator.account());
      }
    }
    jailed.sort(Comparator.naturalOrder());
    return jailed;
  }
}
