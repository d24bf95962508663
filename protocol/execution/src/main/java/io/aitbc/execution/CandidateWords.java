// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.Address;
import io.aitbc.model.Candidate;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.VotingPower;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// Candidates as the contracts tell them, four words each: account and whether it must not be drawn
/// (bit 160); stake in units and, from bit 64, one more than the epoch of its readiness; the key in
/// two words. What their work weighs are words beside: account and, from bit 160, the weight.
/// Protocol §16.5, §16.6, §17.16.
final class CandidateWords {
  private static final int WORDS = 4;

  private CandidateWords() {}

  /// The candidates, ascending by account. Who is in both lists has one key, that of the authority,
  /// and must not be drawn if either says so; work of who is in neither counts nothing. Empty if
  /// the model refuses them.
  static Optional<List<Candidate>> decode(
      List<UInt256> authorities, List<UInt256> stakers, List<UInt256> work) {
    TreeMap<Address, Candidate> candidates = new TreeMap<>();
    try {
      for (int i = 0; i + WORDS <= authorities.size(); i += WORDS) {
        Candidate read = candidate(authorities.subList(i, i + WORDS), ValidatorClass.AUTHORITY);
        candidates.put(read.account(), read);
      }
      for (int i = 0; i + WORDS <= stakers.size(); i += WORDS) {
        Candidate read = candidate(stakers.subList(i, i + WORDS), ValidatorClass.STAKER);
        candidates.merge(read.account(), read, CandidateWords::both);
      }
      for (UInt256 word : work) {
        candidates.computeIfPresent(account(word), (_, candidate) -> weighing(candidate, word));
      }
    } catch (IllegalArgumentException | ArithmeticException refused) {
      return Optional.empty();
    }
    boolean whole = authorities.size() % WORDS == 0 && stakers.size() % WORDS == 0;
    long keys = candidates.values().stream().map(c -> c.key().bytes()).distinct().count();
    return whole && keys == candidates.size() && candidates.size() <= EpochSnapshot.CANDIDATES_MAX
        ? Optional.of(List.copyOf(candidates.values()))
        : Optional.empty();
  }

  private static Candidate candidate(List<UInt256> words, ValidatorClass validatorClass) {
    byte[] first = words.get(0).toArray();
    Address account = account(words.get(0));
    boolean jailed = (first[UInt256.BYTES - Address.BYTES - 1] & 1) == 1;
    byte[] key = new byte[BlsPublicKey.BYTES];
    System.arraycopy(words.get(2).toArray(), 0, key, 0, UInt256.BYTES);
    System.arraycopy(
        words.get(3).toArray(), 0, key, UInt256.BYTES, BlsPublicKey.BYTES - UInt256.BYTES);
    long ready = words.get(1).midLow();
    return new Candidate(
        account,
        new BlsPublicKey(Bytes.wrap(key)),
        validatorClass,
        new VotingPower(words.get(1).low()),
        jailed ? Candidate.Standing.JAILED : Candidate.Standing.ACTIVE,
        0,
        ready == 0 ? OptionalLong.empty() : OptionalLong.of(ready - 1));
  }

  private static Address account(UInt256 word) {
    return new Address(Bytes.of(word.toArray(), UInt256.BYTES - Address.BYTES, Address.BYTES));
  }

  /// @throws ArithmeticException if the weight is no number of a model's
  private static Candidate weighing(Candidate candidate, UInt256 word) {
    long weight = UInt256.of(word.toArray(), 0, UInt256.BYTES - Address.BYTES).toLongExact();
    return new Candidate(
        candidate.account(),
        candidate.key(),
        candidate.validatorClass(),
        candidate.stake(),
        candidate.standing(),
        weight,
        candidate.readyEpoch());
  }

  private static Candidate both(Candidate authority, Candidate staker) {
    boolean jailed = authority.isJailed() || staker.isJailed();
    long ready = Math.max(authority.readyEpoch().orElse(-1), staker.readyEpoch().orElse(-1));
    return new Candidate(
        authority.account(),
        authority.key(),
        ValidatorClass.BOTH,
        staker.stake(),
        jailed ? Candidate.Standing.JAILED : Candidate.Standing.ACTIVE,
        0,
        ready < 0 ? OptionalLong.empty() : OptionalLong.of(ready));
  }
}
