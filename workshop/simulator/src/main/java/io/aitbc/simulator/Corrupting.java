// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;

/// Draws who is Byzantine, and how.
final class Corrupting {
  /// How much may be corrupted.
  enum Budget {
    /// Fewer than a third of the authorities and of the stake.
    BELOW_THIRD,
    /// Fewer than a third of the authorities, and any stake.
    ANY_STAKE,
    /// Less than a third of the stake, and any authorities.
    ANY_AUTHORITIES
  }

  private Corrupting() {}

  /// The members with some of them corrupted; in half of the runs with a budget below a third none.
  static List<Member> drawn(Seed seed, List<Member> members, Budget budget) {
    boolean nobody = budget == Budget.BELOW_THIRD && seed.chance(1, 2);
    List<Vice> shared = vices(seed);
    List<Member> corrupted = new ArrayList<>(members);
    int attempts = nobody ? 0 : 2 * members.size();
    for (int i = 0; i < attempts; i++) {
      int index = seed.below(members.size());
      List<Member> further = new ArrayList<>(corrupted);
      further.set(index, members.get(index).with(seed.chance(1, 2) ? shared : vices(seed)));
      if (fits(further, budget)) {
        corrupted = further;
      }
    }
    return List.copyOf(corrupted);
  }

  /// The members with the first of them that has no stake corrupted.
  static List<Member> first(List<Member> members, List<Vice> vices) {
    List<Member> corrupted = new ArrayList<>(members);
    for (int i = 0; i < members.size(); i++) {
      if (members.get(i).stake() == 0) {
        corrupted.set(i, members.get(i).with(vices));
        break;
      }
    }
    return List.copyOf(corrupted);
  }

  private static List<Vice> vices(Seed seed) {
    List<Vice> vices = new ArrayList<>();
    while (vices.isEmpty()) {
      for (Vice vice : Vice.values()) {
        if (seed.chance(1, 4)) {
          vices.add(vice);
        }
      }
    }
    return List.copyOf(vices);
  }

  /// Whether each class that was less than a third Byzantine still is, and somebody is honest.
  static boolean isNoWorse(List<Member> before, List<Member> after) {
    Shares was = Shares.of(before);
    Shares is = Shares.of(after);
    return is.honest > 0
        && (is.authoritiesHold() || !was.authoritiesHold())
        && (is.stakeHolds() || !was.stakeHolds());
  }

  private static boolean fits(List<Member> members, Budget budget) {
    Shares shares = Shares.of(members);
    return (budget == Budget.ANY_AUTHORITIES || shares.authoritiesHold())
        && (budget == Budget.ANY_STAKE || shares.stakeHolds())
        && shares.honest > 0;
  }

  /// How much of each class is Byzantine.
  private record Shares(long authorities, long liars, long stake, long lyingStake, long honest) {
    static Shares of(List<Member> members) {
      long authorities = 0;
      long liars = 0;
      long stake = 0;
      long lyingStake = 0;
      long honest = 0;
      for (Member member : members) {
        int authority = member.validatorClass().isAuthority() ? 1 : 0;
        authorities += authority;
        stake += member.stake();
        liars += member.isHonest() ? 0 : authority;
        lyingStake += member.isHonest() ? 0 : member.stake();
        honest += member.isHonest() ? 1 : 0;
      }
      return new Shares(authorities, liars, stake, lyingStake, honest);
    }

    boolean authoritiesHold() {
      return liars == 0 || 3 * liars < authorities;
    }

    boolean stakeHolds() {
      return lyingStake == 0 || 3 * lyingStake < stake;
    }
  }
}
