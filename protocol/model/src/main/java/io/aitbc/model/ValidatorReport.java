// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

/// How one validator fared in an epoch, for the contracts' settlement. Protocol §2.5, §14.8.
///
/// @param account the validator
/// @param validatorClass its class in the epoch's set, or in the one before if it is no member any
///   more
/// @param role what it does in the epoch's set under the mode of the epoch's last block
/// @param stake its stake in that set; zero exactly if it is no staker
/// @param expected blocks that it should have signed and whose time to be credited ended in this
///   epoch; a staker's anchor in FAST stands for its 20 blocks
/// @param credited those of them that it was credited for
/// @param authoritiesBrought blocks that authorities are credited for by signatures that the
///   contents it made were the first to carry
/// @param stakeBrought the same of stakers, each block times the stake that signed, in units; at
///   most `Long.MAX_VALUE`
/// @param misses rounds in which it should have proposed and another had to
/// @param reputation from 0 to {@link #REPUTATION_MAX}
public record ValidatorReport(
    Address account,
    ValidatorClass validatorClass,
    Role role,
    VotingPower stake,
    long expected,
    long credited,
    long authoritiesBrought,
    long stakeBrought,
    long misses,
    int reputation) {
  /// A reputation of 1.
  public static final int REPUTATION_MAX = 1_000;

  /// @throws IllegalArgumentException if a value is out of range
  public ValidatorReport {
    if (credited < 0
        || expected < credited
        || authoritiesBrought < 0
        || stakeBrought < 0
        || misses < 0
        || reputation < 0
        || reputation > REPUTATION_MAX
        || validatorClass.isStaker() == stake.isZero()) {
      throw new IllegalArgumentException("report on " + account);
    }
  }
}
