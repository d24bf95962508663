// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// The validators of one epoch: authorities and stakers, each account once, ordered by account. The
/// order is the meaning of the bits in a {@link Signers}: bit i of a bitmap is the i-th authority,
/// or the i-th staker. Protocol §2, §11.9.
public final class ValidatorSet implements Encodable {
  /// Most validators in one set, authorities and stakers together.
  public static final int VALIDATORS_MAX = 1_000;

  /// Most authorities in one set: every one of them votes directly to every other in FAST.
  public static final int AUTHORITIES_MAX = 21;

  private final List<Validator> validators;
  private final List<Validator> authorities;
  private final List<Validator> stakers;
  private final TreeMap<Address, Place> places = new TreeMap<>();
  private final VotingPower totalStake;
  private final Bytes encoding;
  private final Hash hash;

  /// Where a validator stands; -1 in a class that it does not belong to.
  private record Place(Validator validator, int authority, int staker) {}

  private ValidatorSet(List<Validator> ordered) {
    validators = List.copyOf(ordered);
    List<Validator> authorities = new ArrayList<>();
    List<Validator> stakers = new ArrayList<>();
    VotingPower total = VotingPower.ZERO;
    for (Validator validator : ordered) {
      int authority = validator.isAuthority() ? authorities.size() : -1;
      int staker = validator.isStaker() ? stakers.size() : -1;
      places.put(validator.account(), new Place(validator, authority, staker));
      if (authority >= 0) {
        authorities.add(validator);
      }
      if (staker >= 0) {
        stakers.add(validator);
        total = total.plus(validator.stake());
      }
    }
    this.authorities = List.copyOf(authorities);
    this.stakers = List.copyOf(stakers);
    totalStake = total;
    RlpWriter writer = new RlpWriter(validators.size() * 96);
    writer.list(validators, (w, validator) -> validator.writeTo(w));
    encoding = writer.toBytes();
    hash = Keccak256.hash(encoding);
  }

  /// The set of `validators`, in any order.
  ///
  /// @throws IllegalArgumentException if there are none or too many, an account or a key stands
  ///   twice, or the stake is more than {@link VotingPower#UNITS_MAX} together
  public static ValidatorSet of(Collection<Validator> validators) {
    List<Validator> ordered = new ArrayList<>(validators);
    ordered.sort(Comparator.comparing(Validator::account));
    String fault = fault(ordered);
    if (!fault.isEmpty()) {
      throw new IllegalArgumentException(fault);
    }
    return new ValidatorSet(ordered);
  }

  /// What forbids `ordered` to be a set; empty if nothing does.
  private static String fault(List<Validator> ordered) {
    if (ordered.isEmpty() || ordered.size() > VALIDATORS_MAX) {
      return ordered.size() + " validators";
    }
    TreeSet<BlsPublicKey> keys = new TreeSet<>();
    long stake = 0;
    int authorities = 0;
    for (int i = 0; i < ordered.size(); i++) {
      Validator validator = ordered.get(i);
      if (i > 0 && ordered.get(i - 1).account().compareTo(validator.account()) >= 0) {
        return "accounts out of order at " + validator.account();
      }
      if (!keys.add(validator.key())) {
        return "a key stands twice: " + validator.key();
      }
      stake += validator.stake().units();
      if (stake > VotingPower.UNITS_MAX) {
        return "more stake than can be weighed";
      }
      authorities += validator.isAuthority() ? 1 : 0;
    }
    return authorities > AUTHORITIES_MAX ? authorities + " authorities" : "";
  }

  /// All validators, ordered by account; at least one.
  public List<Validator> validators() {
    return validators;
  }

  /// The authorities, ordered by account.
  public List<Validator> authorities() {
    return authorities;
  }

  /// The stakers, ordered by account.
  public List<Validator> stakers() {
    return stakers;
  }

  /// The stake of all stakers together.
  public VotingPower totalStake() {
    return totalStake;
  }

  /// The weight of everybody together.
  public Weight totalWeight() {
    return new Weight(authorities.size(), totalStake);
  }

  /// The validator of `account`, if it is a member.
  public Optional<Validator> find(Address account) {
    return Optional.ofNullable(places.get(account)).map(Place::validator);
  }

  /// Whether `account` is a member.
  public boolean contains(Address account) {
    return places.containsKey(account);
  }

  /// The weight of `account`: one authority, its stake, or both; nothing if it is no member.
  public Weight weightOf(Address account) {
    Place place = places.get(account);
    return place == null
        ? Weight.NONE
        : new Weight(place.authority >= 0 ? 1 : 0, place.validator.stake());
  }

  /// The weight of `accounts`, each counted once; those that are no members weigh nothing.
  public Weight weightOf(Collection<Address> accounts) {
    Weight weight = Weight.NONE;
    for (Address account : new TreeSet<>(accounts)) {
      weight = weight.plus(weightOf(account));
    }
    return weight;
  }

  /// The weight of `signers`, whose bitmaps must fit this set ({@link #fits}).
  public Weight weightOf(Signers signers) {
    VotingPower stake = VotingPower.ZERO;
    for (int index : signers.stakers().indices()) {
      stake = stake.plus(stakers.get(index).stake());
    }
    return new Weight(signers.authorities().count(), stake);
  }

  /// The bitmaps for `accounts`; those that are no members are left out.
  public Signers signers(Collection<Address> accounts) {
    List<Integer> inAuthorities = new ArrayList<>();
    List<Integer> inStakers = new ArrayList<>();
    for (Address account : accounts) {
      Place place = places.get(account);
      if (place != null && place.authority >= 0) {
        inAuthorities.add(place.authority);
      }
      if (place != null && place.staker >= 0) {
        inStakers.add(place.staker);
      }
    }
    return new Signers(
        SignerBitmap.of(authorities.size(), inAuthorities),
        SignerBitmap.of(stakers.size(), inStakers));
  }

  /// Whether `signers` names this set's members: bitmaps of the right length, and a validator in
  /// both classes in both bitmaps or in none.
  public boolean fits(Signers signers) {
    if (!signers.authorities().fits(authorities.size())
        || !signers.stakers().fits(stakers.size())) {
      return false;
    }
    for (Place place : places.values()) {
      if (place.authority >= 0
          && place.staker >= 0
          && signers.authorities().contains(place.authority)
              != signers.stakers().contains(place.staker)) {
        return false;
      }
    }
    return true;
  }

  /// The validators that `signers` names, ordered by account, each once. The bitmaps must fit
  /// ({@link #fits}).
  public List<Validator> members(Signers signers) {
    List<Validator> members = new ArrayList<>();
    for (Place place : places.values()) {
      if ((place.authority >= 0 && signers.authorities().contains(place.authority))
          || (place.staker >= 0 && signers.stakers().contains(place.staker))) {
        members.add(place.validator);
      }
    }
    return members;
  }

  /// Keccak-256 of the encoding; stands in headers. Protocol §11.9.
  public Hash hash() {
    return hash;
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer.encoded(encoding);
  }

  @Override
  public Bytes encoded() {
    return encoding;
  }

  /// The set at the reader's position.
  public static ValidatorSet readFrom(RlpReader reader) throws MalformedException {
    List<Validator> ordered = reader.list(VALIDATORS_MAX, Validator::readFrom);
    String fault = fault(ordered);
    if (!fault.isEmpty()) {
      throw reader.refuse("validators", fault);
    }
    return new ValidatorSet(ordered);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ValidatorSet set && validators.equals(set.validators);
  }

  @Override
  public int hashCode() {
    return hash.hashCode();
  }

  @Override
  public String toString() {
    return authorities.size()
        + " authorities, "
        + stakers.size()
        + " stakers with "
        + totalStake
        + ", "
        + hash;
  }
}
