// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;

/// Parameters of the economy with their defaults, in the order of their numbers in the contract
/// Params, which begin after those of consensus. Protocol §19.3.
@SuppressWarnings("ImmutableEnumChecker") // A UInt256 is a record of longs.
public enum EconomyParameter {
  /// Least bond of an authority, wei.
  AUTHORITY_BOND(aitbc(10_000)),
  /// Least own stake of a candidate, wei.
  STAKE_MIN(aitbc(1_000)),
  /// Least delegation, wei.
  DELEGATION_MIN(aitbc(1)),
  /// Unbonding time, milliseconds of active time.
  UNBONDING(days(21)),
  /// How much a commission may rise at once, millionths.
  COMMISSION_RISE(UInt256.of(10_000)),
  /// Most candidates by stake.
  CANDIDATES_MAX(UInt256.of(2_000)),
  /// Greatest part of all stake in one pool that takes in more, millionths.
  STAKE_SHARE_MAX(UInt256.of(330_000)),
  /// How much less stake a candidate has that a newcomer may displace, millionths.
  DISPLACEMENT(UInt256.of(100_000)),
  /// Time from the announcement of a key to its use, milliseconds of active time.
  KEY_DELAY(days(1)),
  /// Part that a conviction takes at once, millionths.
  SLASH_CONVICTED(UInt256.of(100_000)),
  /// Factor on the convicted share of the class.
  SLASH_CORRELATION(UInt256.of(3)),
  /// Part that absence takes the first time, millionths.
  SLASH_ABSENT_FIRST(UInt256.of(10_000)),
  /// Part that absence takes when it is repeated, millionths.
  SLASH_ABSENT_AGAIN(UInt256.of(50_000)),
  /// Within which time absence is repeated, milliseconds of active time.
  ABSENT_AGAIN_WITHIN(days(30)),
  /// Part of what a conviction takes at once that goes to the reporter, millionths.
  REPORTER_SHARE(UInt256.of(50_000)),
  /// Part of slashed money that is burned; the rest goes to the Treasury, millionths.
  SLASH_BURNED(UInt256.of(1_000_000)),
  /// Reward of two seconds of active time, wei.
  BASE_REWARD(aitbc(100)),
  /// Greatest multiple of the base reward, millionths.
  LOAD_MAX(UInt256.of(1_500_000)),
  /// Part of what a signature earns that goes to who carried it, millionths: a sixteenth.
  CARRIER_SHARE(UInt256.of(62_500)),
  /// What is deposited with a proposal, wei.
  PROPOSAL_DEPOSIT(aitbc(1_000)),
  /// How long a vote lasts, milliseconds of active time.
  VOTING_TIME(days(7)),
  /// How long what was decided waits, milliseconds of active time.
  TIMELOCK_DELAY(days(2)),
  /// Part of all stake that an ordinary vote needs, millionths.
  QUORUM(UInt256.of(100_000)),
  /// Part of the votes that an ordinary decision exceeds, millionths.
  MAJORITY(UInt256.of(500_000));

  private static final long DAY_MILLIS = 86_400_000;

  private final UInt256 standard;

  EconomyParameter(UInt256 standard) {
    this.standard = standard;
  }

  /// The value of a genesis that names no other.
  public UInt256 standard() {
    return standard;
  }

  private static UInt256 aitbc(long count) {
    return Amount.aitbc(count).wei();
  }

  private static UInt256 days(long count) {
    return UInt256.of(count * DAY_MILLIS);
  }
}
