// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.model.Mode;
import io.aitbc.model.UInt256;
import io.aitbc.model.VotingPower;
import java.util.Optional;

/// What the stake of an epoch's set earns in a year, if the mode stays: at the base reward, without
/// load, commission and absences. Protocol §16.8.
///
/// @param millionths of the stake, rounded down; at most {@link #MILLIONTHS_MAX}
public record StakerYield(long millionths) {
  /// The least that it is meant to be: 5 %.
  public static final long MEANT_FROM_MILLIONTHS = 50_000;

  /// The most that it is meant to be: 15 %.
  public static final long MEANT_TO_MILLIONTHS = 150_000;

  /// What every reader of JSON takes for a whole number: 2^53 - 1.
  public static final long MILLIONTHS_MAX = (1L << 53) - 1;

  /// Base rewards, of 2 s of active time each, in a year of 365.25 days.
  private static final long YEAR_REWARDS = 15_778_800;

  /// Bits of a base reward that is believed: more than all money has.
  private static final int BASE_REWARD_BITS_MAX = 128;

  private static final long PER_MILLE = 1_000;
  private static final long MILLIONTHS = 1_000_000;

  /// @throws IllegalArgumentException if it is out of range
  public StakerYield {
    if (millionths < 0 || millionths > MILLIONTHS_MAX) {
      throw new IllegalArgumentException("yield out of range: " + millionths);
    }
  }

  /// The yield that `stake` has together; empty if there is none, or the contract Params does not
  /// say what the base reward is.
  static Optional<StakerYield> of(EconomyView view, Mode mode, VotingPower stake) {
    return view.parameter(EconomyParameter.BASE_REWARD)
        .filter(baseReward -> !stake.isZero() && baseReward.bitLength() <= BASE_REWARD_BITS_MAX)
        .map(baseReward -> of(baseReward, mode, stake));
  }

  /// @param baseReward wei
  private static StakerYield of(UInt256 baseReward, Mode mode, VotingPower stake) {
    UInt256 earned =
        baseReward
            .times(UInt256.of(YEAR_REWARDS))
            .times(UInt256.of(PER_MILLE - mode.authorityRewardPerMille()))
            .times(UInt256.of(MILLIONTHS));
    UInt256 staked =
        UInt256.of(stake.units())
            .times(UInt256.of(VotingPower.WEI_PER_UNIT))
            .times(UInt256.of(PER_MILLE));
    UInt256 millionths = earned.dividedBy(staked).min(UInt256.of(MILLIONTHS_MAX));
    return new StakerYield(millionths.toLongExact());
  }
}
