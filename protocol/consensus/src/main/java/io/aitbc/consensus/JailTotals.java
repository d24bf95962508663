// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.model.Candidate;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.VotingPower;

/// What is admitted and what of it is jailed, as the last snapshot says. Protocol §6.
///
/// @param authorities authorities admitted
/// @param authoritiesJailed those of them in jail
/// @param stake stake bonded by candidates
/// @param stakeJailed that of candidates in jail
record JailTotals(
    int authorities, int authoritiesJailed, VotingPower stake, VotingPower stakeJailed) {
  static JailTotals of(EpochSnapshot snapshot) {
    int authorities = 0;
    int authoritiesJailed = 0;
    long stake = 0;
    long stakeJailed = 0;
    for (Candidate candidate : snapshot.candidates()) {
      int authority = candidate.validatorClass().isAuthority() ? 1 : 0;
      authorities += authority;
      stake = Math.addExact(stake, candidate.stake().units());
      if (candidate.isJailed()) {
        authoritiesJailed += authority;
        stakeJailed += candidate.stake().units();
      }
    }
    return new JailTotals(
        authorities, authoritiesJailed, new VotingPower(stake), new VotingPower(stakeJailed));
  }
}
