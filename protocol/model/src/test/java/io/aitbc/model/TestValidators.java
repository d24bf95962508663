// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.ValidatorMessage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Validators with numbers for names, and what they sign by {@link KeyedScheme}.
public final class TestValidators {
  /// A network.
  public static final Hash GENESIS = Hash.fromHex("0a".repeat(32));

  private TestValidators() {}

  /// The account with number `index`; accounts are ordered like their numbers.
  public static Address account(int index) {
    byte[] bytes = new byte[Address.BYTES];
    bytes[0] = 1;
    bytes[18] = (byte) (index >> 8);
    bytes[19] = (byte) index;
    return new Address(Bytes.wrap(bytes));
  }

  /// The key with number `index`.
  public static BlsPublicKey key(int index) {
    byte[] bytes = new byte[BlsPublicKey.BYTES];
    bytes[0] = (byte) 0x80;
    bytes[46] = (byte) (index >> 8);
    bytes[47] = (byte) index;
    return new BlsPublicKey(Bytes.wrap(bytes));
  }

  /// An authority.
  public static Validator authority(int index) {
    return new Validator(account(index), key(index), ValidatorClass.AUTHORITY, VotingPower.ZERO);
  }

  /// A staker.
  public static Validator staker(int index, long units) {
    return new Validator(account(index), key(index), ValidatorClass.STAKER, new VotingPower(units));
  }

  /// A validator in both classes.
  public static Validator both(int index, long units) {
    return new Validator(account(index), key(index), ValidatorClass.BOTH, new VotingPower(units));
  }

  /// `authorities` authorities with the first numbers, then a staker for each stake.
  public static ValidatorSet set(int authorities, long... stakes) {
    List<Validator> validators = new ArrayList<>();
    for (int i = 0; i < authorities; i++) {
      validators.add(authority(i));
    }
    for (int i = 0; i < stakes.length; i++) {
      validators.add(staker(authorities + i, stakes[i]));
    }
    return ValidatorSet.of(validators);
  }

  /// The signatures of `signers` over `message`, merged.
  public static AggregateSignature aggregate(
      ValidatorSet set, Collection<Address> signers, ValidatorMessage message) {
    Signers bits = set.signers(signers);
    List<BlsSignature> signatures =
        set.members(bits).stream().map(v -> KeyedScheme.sign(v.key(), message)).toList();
    return new AggregateSignature(
        bits,
        new KeyedScheme()
            .aggregate(signatures)
            .orElse(new BlsSignature(Bytes.wrap(new byte[BlsSignature.BYTES]))));
  }

  /// A vote of the validator with number `index`.
  public static Vote vote(int index, Ballot ballot) {
    return new Vote(ballot, account(index), KeyedScheme.sign(key(index), ballot.message(GENESIS)));
  }

  /// Accounts with the numbers from `first` to `last`, both included.
  public static List<Address> accounts(int first, int last) {
    List<Address> accounts = new ArrayList<>();
    for (int i = first; i <= last; i++) {
      accounts.add(account(i));
    }
    return accounts;
  }
}
