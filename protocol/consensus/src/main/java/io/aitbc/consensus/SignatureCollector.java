// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.SignatureScheme;
import io.aitbc.crypto.ValidatorMessage;
import io.aitbc.model.Address;
import io.aitbc.model.AggregateSignature;
import io.aitbc.model.Height;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorSet;
import io.aitbc.model.VotingPower;
import io.aitbc.model.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// The signatures of several validators over one message. They are kept unchecked until the owner
/// finds them worth a check, then checked together as one sum; when a sum does not hold, it is cut
/// in halves until the bad ones are found. Protocol §5.7.
///
/// What counts as checked is always a union of sums that held. Signers who shift weight between
/// their signatures so that only their sum holds gain nothing by it: a certificate made here
/// contains a checked sum as a whole or not at all.
final class SignatureCollector {
  /// Signatures kept for one signer before one of them was found good, so that a forger cannot keep
  /// the true one out; each from another peer.
  static final int CANDIDATES_PER_SIGNER_MAX = 8;

  /// A signature nobody has checked yet.
  record Candidate(Validator signer, BlsSignature signature, Peer from) {}

  private final Height height;
  private final ValidatorMessage message;
  private final SignatureScheme scheme;
  private final Outbox outbox;
  private final TreeMap<Address, List<Candidate>> pending = new TreeMap<>();
  private final TreeMap<Address, BlsSignature> verified = new TreeMap<>();
  private final List<Address> news = new ArrayList<>();
  private final TreeSet<Peer> bringers = new TreeSet<>();
  private Weight verifiedWeight = Weight.NONE;
  private Weight pendingWeight = Weight.NONE;
  private Optional<BlsSignature> sum = Optional.empty();
  private int checksOpen;

  SignatureCollector(
      Height height, ValidatorMessage message, SignatureScheme scheme, Outbox outbox) {
    this.height = height;
    this.message = message;
    this.scheme = scheme;
    this.outbox = outbox;
  }

  /// Keeps a signature for a later check. One of a signer that is counted already is dropped.
  void offer(Candidate candidate) {
    Address signer = candidate.signer().account();
    if (verified.containsKey(signer)) {
      return;
    }
    if (!pending.containsKey(signer)) {
      pendingWeight = pendingWeight.plus(weightOf(candidate.signer()));
    }
    List<Candidate> candidates = pending.computeIfAbsent(signer, _ -> new ArrayList<>());
    if (candidates.size() < CANDIDATES_PER_SIGNER_MAX && !isKnown(candidate, candidates)) {
      candidates.add(candidate);
    }
  }

  private static boolean isKnown(Candidate candidate, List<Candidate> candidates) {
    for (Candidate known : candidates) {
      if (known.from().equals(candidate.from())
          || known.signature().equals(candidate.signature())) {
        return true;
      }
    }
    return false;
  }

  /// Counts a signature that needs no check: this node's own.
  void addVerified(Validator signer, BlsSignature signature) {
    count(List.of(new Candidate(signer, signature, new Peer(Bytes.EMPTY))), signature);
  }

  /// Starts a check of everything unchecked, unless one is under way.
  void check() {
    if (checksOpen > 0 || pending.isEmpty()) {
      return;
    }
    List<Candidate> batch = new ArrayList<>();
    for (List<Candidate> candidates : pending.values()) {
      batch.add(candidates.getFirst());
    }
    check(batch);
  }

  private void check(List<Candidate> batch) {
    checksOpen++;
    List<BlsPublicKey> keys = batch.stream().map(c -> c.signer().key()).toList();
    List<BlsSignature> signatures = batch.stream().map(Candidate::signature).toList();
    outbox.verify(message, keys, signatures, answer -> checked(batch, answer));
  }

  private void checked(List<Candidate> batch, Optional<BlsSignature> answer) {
    checksOpen--;
    if (answer.isPresent()) {
      batch.forEach(candidate -> bringers.add(candidate.from()));
      count(batch, answer.get());
    } else if (batch.size() == 1) {
      Candidate bad = batch.getFirst();
      outbox.add(new Effect.Blame(bad.from(), new Misconduct.BadSignature(height)));
      discard(bad);
    } else {
      int half = batch.size() / 2;
      check(batch.subList(0, half));
      check(batch.subList(half, batch.size()));
    }
  }

  /// Counts a batch whose sum holds. A signer that came in meanwhile by another way makes the batch
  /// unusable as a whole; its other signers stay unchecked and are checked again.
  private void count(List<Candidate> batch, BlsSignature batchSum) {
    boolean overlaps = batch.stream().anyMatch(c -> verified.containsKey(c.signer().account()));
    if (overlaps) {
      batch.stream().filter(c -> verified.containsKey(c.signer().account())).forEach(this::discard);
      return;
    }
    for (Candidate candidate : batch) {
      Address signer = candidate.signer().account();
      verified.put(signer, candidate.signature());
      news.add(signer);
      forget(candidate.signer());
      verifiedWeight = verifiedWeight.plus(weightOf(candidate.signer()));
    }
    sum = sum.isEmpty() ? Optional.of(batchSum) : scheme.aggregate(List.of(sum.get(), batchSum));
  }

  private void discard(Candidate bad) {
    Address signer = bad.signer().account();
    List<Candidate> left = pending.get(signer);
    if (left != null) {
      left.remove(bad);
      if (left.isEmpty()) {
        forget(bad.signer());
      }
    }
  }

  private void forget(Validator signer) {
    if (pending.remove(signer.account()) != null) {
      Weight weight = weightOf(signer);
      pendingWeight =
          new Weight(
              pendingWeight.authorities() - weight.authorities(),
              new VotingPower(pendingWeight.stake().units() - weight.stake().units()));
    }
  }

  private static Weight weightOf(Validator validator) {
    return new Weight(validator.isAuthority() ? 1 : 0, validator.stake());
  }

  /// What was signed.
  ValidatorMessage message() {
    return message;
  }

  /// Whether a check is under way.
  boolean isChecking() {
    return checksOpen > 0;
  }

  /// Whether something waits for a check.
  boolean hasPending() {
    return !pending.isEmpty();
  }

  /// The weight of those whose signatures hold.
  Weight verifiedWeight() {
    return verifiedWeight;
  }

  /// The weight of everybody heard of, checked or not.
  Weight heardWeight() {
    return verifiedWeight.plus(pendingWeight);
  }

  /// Signers whose signatures were found to hold since the last call.
  List<Address> newlyVerified() {
    if (news.isEmpty()) {
      return List.of();
    }
    List<Address> taken = List.copyOf(news);
    news.clear();
    return taken;
  }

  /// The signatures that hold, by signer. Several of them may hold only together.
  SortedMap<Address, BlsSignature> verified() {
    return verified;
  }

  /// Peers that brought a signature that was found to hold.
  SortedSet<Peer> bringers() {
    return bringers;
  }

  /// The signature of a signer, checked or else the first that came.
  Optional<BlsSignature> signatureOf(Address signer) {
    return Optional.ofNullable(verified.get(signer))
        .or(() ->
            pending.getOrDefault(signer, List.of()).stream().findFirst().map(Candidate::signature));
  }

  /// Whether the signer was heard of, checked or not.
  boolean hasHeard(Address signer) {
    return verified.containsKey(signer) || pending.containsKey(signer);
  }

  /// Whose signatures hold, and their sum; empty if there are none.
  Optional<AggregateSignature> aggregate(ValidatorSet set) {
    return sum.map(s -> new AggregateSignature(set.signers(verified.keySet()), s));
  }
}
