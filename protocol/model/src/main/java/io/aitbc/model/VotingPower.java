// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import java.math.BigInteger;

/// Weight of a validator in the stake quorum, in units of 10^12 wei; never money. Protocol §1.
///
/// Bounded so that `3 * units` and `2 * units` cannot overflow. A million million AITBC fit.
///
/// @param units from 0 to {@link #UNITS_MAX}
public record VotingPower(long units) implements Comparable<VotingPower> {
  /// Greatest weight, of one validator and of a whole set.
  public static final long UNITS_MAX = 1L << 60;

  /// Wei in one unit.
  public static final long WEI_PER_UNIT = 1_000_000_000_000L;

  /// No weight.
  public static final VotingPower ZERO = new VotingPower(0);

  /// @throws IllegalArgumentException if it is out of range
  public VotingPower {
    if (units < 0 || units > UNITS_MAX) {
      throw new IllegalArgumentException("voting power out of range: " + units);
    }
  }

  /// The weight of `stake`: whole units, the rest is dropped; never above {@link #UNITS_MAX}.
  public static VotingPower of(Amount stake) {
    BigInteger units = stake.wei().toBigInteger().divide(BigInteger.valueOf(WEI_PER_UNIT));
    return new VotingPower(units.min(BigInteger.valueOf(UNITS_MAX)).longValueExact());
  }

  /// Whether this is nothing.
  public boolean isZero() {
    return units == 0;
  }

  /// This and `other` together.
  ///
  /// @throws IllegalArgumentException if the sum is above {@link #UNITS_MAX}
  public VotingPower plus(VotingPower other) {
    return new VotingPower(units + other.units);
  }

  /// Strictly more than two thirds of `total`, so that two of them share more than a third.
  public boolean isQuorumOf(VotingPower total) {
    return 3 * units > 2 * total.units;
  }

  /// Strictly more than a third of `total`, so that not all of it is Byzantine.
  public boolean isOverThirdOf(VotingPower total) {
    return 3 * units > total.units;
  }

  /// The weight at the reader's position.
  public static VotingPower readFrom(RlpReader reader) throws MalformedException {
    long units = reader.number();
    if (units > UNITS_MAX) {
      throw reader.refuse("stake", units);
    }
    return new VotingPower(units);
  }

  @Override
  public int compareTo(VotingPower other) {
    return Long.compare(units, other.units);
  }

  @Override
  public String toString() {
    return units + " units";
  }
}
