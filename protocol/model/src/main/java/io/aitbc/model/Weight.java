// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

/// What a group of validators weighs in the two quorums. Protocol §1.
///
/// @param authorities how many of them are authorities, from 0 on
/// @param stake the stake of those that are stakers
public record Weight(int authorities, VotingPower stake) {
  /// The weight of nobody.
  public static final Weight NONE = new Weight(0, VotingPower.ZERO);

  /// @throws IllegalArgumentException if the count is negative
  public Weight {
    if (authorities < 0) {
      throw new IllegalArgumentException("a negative count of authorities: " + authorities);
    }
  }

  /// The weight of this group and of `other`, which shares no validator with it.
  public Weight plus(Weight other) {
    return new Weight(authorities + other.authorities, stake.plus(other.stake));
  }
}
