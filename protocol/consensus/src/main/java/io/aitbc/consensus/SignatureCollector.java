// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.ValidatorMessage;
import io.aitbc.model.Address;
import io.aitbc.model.AggregateSignature;
import io.aitbc.model.Height;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorSet;
import io.aitbc.model.VotingPower;
import io.aitbc.model.Weight;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// The signatures of several validators over one message. They are kept unchecked until the owner
/// finds them worth a check, then checked together as one sum; when a sum does not hold, it is cut
/// in halves by who brought them, until the peers that brought bad ones are found. Protocol §5.7.
///
/// Of one signer one signature of each peer is kept, so nobody can keep the true one out; and of
/// several that is tried first whose peer brought the fewest, as who votes for itself brings one.
///
/// What counts as checked is always a union of sums that held. Signers who shift weight between
/// their signatures so that only their sum holds gain nothing by it: a certificate made here
/// contains a checked sum as a whole or not at all.
final class SignatureCollector {
  /// A signature nobody has checked yet.
  record Candidate(Validator signer, BlsSignature signature, Peer from) {}

  /// Who brought this node's own.
  private static final Peer NOBODY = new Peer(Bytes.EMPTY);

  private final Height height;
  private final ValidatorMessage message;
  private final Surroundings around;
  private final TreeMap<Address, LinkedHashMap<Peer, Candidate>> pending = new TreeMap<>();
  private final TreeMap<Peer, Integer> brought = new TreeMap<>();
  private final TreeMap<Address, BlsSignature> verified = new TreeMap<>();
  private final TreeMap<Address, Peer> broughtBy = new TreeMap<>();
  private final List<Address> news = new ArrayList<>();
  private Weight verifiedWeight = Weight.NONE;
  private Weight pendingWeight = Weight.NONE;
  private Optional<BlsSignature> sum = Optional.empty();
  private int checksOpen;

  SignatureCollector(Height height, ValidatorMessage message, Surroundings around) {
    this.height = height;
    this.message = message;
    this.around = around;
  }

  /// Keeps a signature for a later check. One of a signer that is counted already is dropped.
  void offer(Candidate candidate) {
    Address signer = candidate.signer().account();
    if (verified.containsKey(signer)) {
      return;
    }
    LinkedHashMap<Peer, Candidate> candidates = pending.get(signer);
    if (candidates == null) {
      candidates = new LinkedHashMap<>();
      pending.put(signer, candidates);
      pendingWeight = pendingWeight.plus(weightOf(candidate.signer()));
    }
    if (candidates.putIfAbsent(candidate.from(), candidate) == null) {
      brought.merge(candidate.from(), 1, Integer::sum);
    }
  }

  /// Counts a signature that needs no check: this node's own.
  void addVerified(Validator signer, BlsSignature signature) {
    count(List.of(new Candidate(signer, signature, NOBODY)), signature);
    broughtBy.remove(signer.account());
  }

  /// Starts a check of everything unchecked, unless one is under way.
  void check() {
    if (checksOpen > 0 || pending.isEmpty()) {
      return;
    }
    LinkedHashMap<Peer, List<Candidate>> byPeer = new LinkedHashMap<>();
    for (LinkedHashMap<Peer, Candidate> candidates : pending.values()) {
      Candidate likeliest = likeliest(candidates.values());
      byPeer.computeIfAbsent(likeliest.from(), _ -> new ArrayList<>()).add(likeliest);
    }
    check(List.copyOf(byPeer.values()));
  }

  private Candidate likeliest(Collection<Candidate> candidates) {
    return candidates.stream()
        .min(Comparator.comparingInt(candidate -> brought.getOrDefault(candidate.from(), 0)))
        .orElseThrow();
  }

  private void check(List<List<Candidate>> byPeer) {
    checksOpen++;
    List<Candidate> batch = byPeer.stream().flatMap(List::stream).toList();
    List<BlsPublicKey> keys = batch.stream().map(c -> c.signer().key()).toList();
    List<BlsSignature> signatures = batch.stream().map(Candidate::signature).toList();
    around.outbox().verify(message, keys, signatures, answer -> checked(byPeer, answer));
  }

  private void checked(List<List<Candidate>> byPeer, Optional<BlsSignature> answer) {
    checksOpen--;
    if (answer.isPresent()) {
      count(byPeer.stream().flatMap(List::stream).toList(), answer.get());
    } else if (byPeer.size() == 1) {
      Peer forger = byPeer.getFirst().getFirst().from();
      around.forged(forger, height);
      forget(forger);
    } else {
      int half = byPeer.size() / 2;
      checkUnforged(byPeer.subList(0, half));
      checkUnforged(byPeer.subList(half, byPeer.size()));
    }
  }

  private void checkUnforged(List<List<Candidate>> byPeer) {
    List<List<Candidate>> left =
        byPeer.stream().filter(each -> !around.forgers().contains(each.getFirst().from())).toList();
    if (!left.isEmpty()) {
      check(left);
    }
  }

  /// Counts a batch whose sum holds. A signer that came in meanwhile by another way makes the batch
  /// unusable as a whole; its other signers stay unchecked and are checked again.
  private void count(List<Candidate> batch, BlsSignature batchSum) {
    boolean overlaps = batch.stream().anyMatch(c -> verified.containsKey(c.signer().account()));
    if (overlaps) {
      batch.stream()
          .filter(c -> verified.containsKey(c.signer().account()))
          .forEach(c -> forget(c.signer()));
      return;
    }
    for (Candidate candidate : batch) {
      Address signer = candidate.signer().account();
      verified.put(signer, candidate.signature());
      broughtBy.put(signer, candidate.from());
      news.add(signer);
      forget(candidate.signer());
      verifiedWeight = verifiedWeight.plus(weightOf(candidate.signer()));
    }
    sum =
        sum.isEmpty()
            ? Optional.of(batchSum)
            : around.scheme().aggregate(List.of(sum.get(), batchSum));
  }

  /// Drops what a peer brought and nobody has checked.
  void forget(Peer peer) {
    if (brought.remove(peer) == null) {
      return;
    }
    List<Validator> left = new ArrayList<>();
    for (LinkedHashMap<Peer, Candidate> candidates : pending.values()) {
      Candidate dropped = candidates.remove(peer);
      if (dropped != null && candidates.isEmpty()) {
        left.add(dropped.signer());
      }
    }
    left.forEach(this::forget);
  }

  private void forget(Validator signer) {
    LinkedHashMap<Peer, Candidate> dropped = pending.remove(signer.account());
    if (dropped != null) {
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

  /// Who signed and was not checked.
  Set<Address> pendingSigners() {
    return pending.keySet();
  }

  /// Whether nothing is known here, and nothing will be of itself.
  boolean isEmpty() {
    return checksOpen == 0 && pending.isEmpty() && verified.isEmpty();
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
    return new TreeSet<>(broughtBy.values());
  }

  /// The signatures of a signer and who brought each: the one that is counted, else all of which
  /// nobody knows whether they hold.
  List<Candidate> of(Validator signer) {
    Address account = signer.account();
    BlsSignature counted = verified.get(account);
    if (counted != null) {
      return List.of(new Candidate(signer, counted, broughtBy.getOrDefault(account, NOBODY)));
    }
    LinkedHashMap<Peer, Candidate> candidates = pending.get(account);
    return candidates == null ? List.of() : List.copyOf(candidates.values());
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
