// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.model.Fallback;
import io.aitbc.model.Mode;
import io.aitbc.model.Quorums;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorSet;
import io.aitbc.model.VotingPower;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/// How many of the validators that showed themselves lately may go before a mode has no quorum, in
/// the worst order. Protocol §3.3.
///
/// @param authorities slack of the FAST quorum, which is of authorities alone
/// @param both slack of the BALANCED quorum
/// @param stake slack of the SECURE quorum; its oversight is waived where it is missing
record Headroom(int authorities, int both, int stake) {
  /// Slack of a mode that the set does not carry, or that has no quorum now.
  static final int NONE = -1;

  /// The slack in `set`.
  ///
  /// @param present whether a validator showed itself lately
  static Headroom of(ValidatorSet set, Fallback fallback, Predicate<Validator> present) {
    Quorums quorums = Quorums.of(set, fallback);
    int there = (int) set.authorities().stream().filter(present).count();
    int fast = quorums.carries(Mode.FAST) ? there - quorums.fastQuorum() : NONE;
    int quorum = there - quorums.authorityQuorum();
    int stake = quorums.carries(Mode.SECURE) ? stakeSlack(set, present) : NONE;
    int both = quorums.carries(Mode.BALANCED) ? Math.min(quorum, stake) : NONE;
    return new Headroom(Math.max(NONE, fast), Math.max(NONE, both), stake);
  }

  private static int stakeSlack(ValidatorSet set, Predicate<Validator> present) {
    List<VotingPower> stakes = new ArrayList<>();
    long left = 0;
    for (Validator staker : set.stakers()) {
      if (present.test(staker)) {
        stakes.add(staker.stake());
        left += staker.stake().units();
      }
    }
    stakes.sort(Comparator.reverseOrder());
    int slack = NONE;
    for (int next = 0; new VotingPower(left).isQuorumOf(set.totalStake()); next++) {
      slack++;
      left -= stakes.get(next).units();
    }
    return slack;
  }

  /// The slack of `mode`, from -1 (no quorum) on.
  int slack(Mode mode) {
    return switch (mode) {
      case FAST -> authorities;
      case BALANCED -> both;
      case SECURE -> stake;
    };
  }
}
