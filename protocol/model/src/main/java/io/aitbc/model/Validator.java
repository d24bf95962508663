// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.BlsPublicKey;

/// A member of a validator set. Protocol §2, §11.9.
///
/// @param account the account that holds bond and stake; names the validator everywhere
/// @param key its BLS key, whose possession was proven when it entered the chain
/// @param validatorClass in which quorums it counts
/// @param stake its weight in the stake quorum, own and delegated; zero exactly for those that are
///   no stakers
public record Validator(
    Address account, BlsPublicKey key, ValidatorClass validatorClass, VotingPower stake)
    implements Encodable {
  /// @throws IllegalArgumentException if the stake does not fit the class
  public Validator {
    if (validatorClass.isStaker() == stake.isZero()) {
      throw new IllegalArgumentException(validatorClass + " with a stake of " + stake);
    }
  }

  /// Whether it counts in the authority quorum.
  public boolean isAuthority() {
    return validatorClass.isAuthority();
  }

  /// Whether it counts in the stake quorum.
  public boolean isStaker() {
    return validatorClass.isStaker();
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer
        .begin()
        .address(account)
        .string(key.bytes())
        .number(validatorClass.code())
        .number(stake.units())
        .end();
  }

  /// The validator at the reader's position.
  public static Validator readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    Address account = fields.address();
    BlsPublicKey key = new BlsPublicKey(fields.string(BlsPublicKey.BYTES, BlsPublicKey.BYTES));
    ValidatorClass validatorClass = ValidatorClass.readFrom(fields);
    VotingPower stake = VotingPower.readFrom(fields);
    fields.finish();
    if (validatorClass.isStaker() == stake.isZero()) {
      throw fields.refuse("stake", stake);
    }
    return new Validator(account, key, validatorClass, stake);
  }
}
