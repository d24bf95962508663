// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.model.Address;
import io.aitbc.model.Candidate;
import io.aitbc.model.UInt256;
import io.aitbc.model.VotingPower;
import java.util.List;

/// Who holds more of the stake than a pool that takes in more may hold. A candidate's own stake is
/// withdrawn by the candidate's account, so the sums by that account are those of the candidates;
/// an owner who splits its stake over many accounts is not found. Protocol §16.6.
///
/// @param total stake of all candidates
/// @param limitMillionths the part that is too much
/// @param above those who hold more, in the order of their accounts
public record Concentration(VotingPower total, int limitMillionths, List<Share> above) {
  private static final int MILLIONTHS = 1_000_000;

  /// The stake behind one account.
  ///
  /// @param account of the candidate
  /// @param stake in its pool
  /// @param millionths its part of all stake, rounded down
  public record Share(Address account, VotingPower stake, int millionths) {}

  /// Copies the list.
  public Concentration {
    above = List.copyOf(above);
  }

  static Concentration of(EconomyView view) {
    int limit =
        view.parameter(EconomyParameter.STAKE_SHARE_MAX)
            .filter(word -> word.compareTo(UInt256.of(MILLIONTHS)) <= 0)
            .map(word -> (int) word.low())
            .orElse((int) EconomyParameter.STAKE_SHARE_MAX.standard().low());
    List<Candidate> stakers = view.stakers();
    VotingPower total =
        stakers.stream().map(Candidate::stake).reduce(VotingPower.ZERO, VotingPower::plus);
    List<Share> above =
        stakers.stream()
            .filter(each -> parts(each.stake(), limit, total) > 0)
            .map(each -> new Share(each.account(), each.stake(), millionths(each.stake(), total)))
            .toList();
    return new Concentration(total, limit, above);
  }

  /// Above 0 if `stake` is more than `limit` millionths of `total`.
  private static int parts(VotingPower stake, int limit, VotingPower total) {
    return UInt256.of(stake.units())
        .times(UInt256.of(MILLIONTHS))
        .compareTo(UInt256.of(total.units()).times(UInt256.of(limit)));
  }

  private static int millionths(VotingPower stake, VotingPower total) {
    UInt256 scaled = UInt256.of(stake.units()).times(UInt256.of(MILLIONTHS));
    return (int) scaled.dividedBy(UInt256.of(total.units())).low(); // rounded down
  }
}
