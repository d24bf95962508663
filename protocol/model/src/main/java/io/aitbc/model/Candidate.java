// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.BlsPublicKey;
import java.util.OptionalLong;

/// Somebody who may be drawn into a validator set, as the contracts know it at the end of an epoch.
/// Protocol §2.1, §14.8.
///
/// @param account the account that holds bond and stake
/// @param key its BLS key, whose possession was proven
/// @param validatorClass in which classes it is admitted: authority by governance, staker by stake
/// @param stake own and delegated stake; zero exactly for those that are no stakers
/// @param standing whether it may be drawn
/// @param workWeight its settled work, scaled by the contracts; from 0 to {@link #WORK_WEIGHT_MAX}
/// @param readyEpoch the last epoch with a readiness vote of it in the chain, if there is one
public record Candidate(
    Address account,
    BlsPublicKey key,
    ValidatorClass validatorClass,
    VotingPower stake,
    Standing standing,
    long workWeight,
    OptionalLong readyEpoch)
    implements Encodable {
  /// Greatest weight of one candidate's work; 4,096 of them and a factor of a million fit in 63
  /// bits.
  public static final long WORK_WEIGHT_MAX = 1L << 31;

  /// Whether a candidate may be drawn.
  public enum Standing {
    /// It may.
    ACTIVE,
    /// It is jailed.
    JAILED
  }

  /// @throws IllegalArgumentException if a value is out of range or the stake does not fit the
  ///   class
  public Candidate {
    if (workWeight < 0
        || workWeight > WORK_WEIGHT_MAX
        || readyEpoch.orElse(0) < 0
        || validatorClass.isStaker() == stake.isZero()) {
      throw new IllegalArgumentException(
          "candidate %s: %s, stake %s, work %d"
              .formatted(account, validatorClass, stake, workWeight));
    }
  }

  /// Whether it is jailed.
  public boolean isJailed() {
    return standing == Standing.JAILED;
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer.begin().address(account).string(key.bytes()).number(validatorClass.code());
    writer.number(stake.units()).number(isJailed() ? 1 : 0).number(workWeight);
    writer.number(readyEpoch.isPresent() ? readyEpoch.getAsLong() + 1 : 0).end();
  }

  /// The candidate at the reader's position.
  public static Candidate readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    Address account = fields.address();
    BlsPublicKey key = new BlsPublicKey(fields.string(BlsPublicKey.BYTES, BlsPublicKey.BYTES));
    ValidatorClass validatorClass = ValidatorClass.readFrom(fields);
    VotingPower stake = VotingPower.readFrom(fields);
    Standing standing = fields.number(1) == 1 ? Standing.JAILED : Standing.ACTIVE;
    long workWeight = fields.number();
    long shifted = fields.number();
    fields.finish();
    if (workWeight > WORK_WEIGHT_MAX || validatorClass.isStaker() == stake.isZero()) {
      throw fields.refuse("candidate", account);
    }
    OptionalLong readyEpoch = shifted == 0 ? OptionalLong.empty() : OptionalLong.of(shifted - 1);
    return new Candidate(account, key, validatorClass, stake, standing, workWeight, readyEpoch);
  }
}
