// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.AggregateSignature;
import io.aitbc.model.CertificateCheck;
import io.aitbc.model.HeightRules;
import io.aitbc.model.PrepareCertificate;
import io.aitbc.model.Round;
import io.aitbc.model.RoundChange;
import io.aitbc.model.RoundChangeCertificate;
import io.aitbc.model.Validator;
import io.aitbc.model.Weight;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Which round every validator has reached, as far as it signed for it. Of each validator only the
/// highest round counts, so nothing here grows with the rounds. Protocol §5.6.
final class RoundChanges {
  private final Hash genesisHash;
  private final HeightRules rules;
  private final Surroundings around;
  private final TreeMap<Round, SignatureCollector> rounds = new TreeMap<>();
  private final TreeMap<Address, Round> reached = new TreeMap<>();
  private final TreeMap<Round, Weight> announced = new TreeMap<>();
  private boolean changed = true;
  private Round byHonest = Round.ZERO;

  RoundChanges(Hash genesisHash, HeightRules rules, Surroundings around) {
    this.genesisHash = genesisHash;
    this.rules = rules;
    this.around = around;
  }

  /// Takes a round change of `validator` that nobody has checked. It is checked at once: a jump
  /// must not wait.
  void offer(RoundChange message, Validator validator, Peer from) {
    Round known = reached.get(message.validator());
    if (known != null && !message.round().isAbove(known)) {
      return;
    }
    SignatureCollector collector = collector(message.round());
    collector.offer(new SignatureCollector.Candidate(validator, message.signature(), from));
    collector.check();
  }

  /// Takes merged round changes that nobody has checked.
  void offer(RoundChangeCertificate message, Peer from) {
    AggregateSignature aggregate = message.aggregate();
    if (CertificateCheck.rejectBitmaps(rules.set(), aggregate.signers()).isPresent()) {
      around.outbox().add(new Effect.Blame(from, new Misconduct.BadSignature(rules.height())));
      return;
    }
    List<Validator> members = rules.set().members(aggregate.signers());
    boolean news =
        members.stream()
            .anyMatch(member ->
                message.round().isAbove(reached.getOrDefault(member.account(), Round.ZERO)));
    if (news) {
      around
          .outbox()
          .verify(
              message.message(genesisHash),
              members.stream().map(Validator::key).toList(),
              List.of(aggregate.signature()),
              answer -> {
                if (answer.isPresent()) {
                  members.forEach(member -> reaches(member.account(), message.round()));
                } else {
                  around
                      .outbox()
                      .add(new Effect.Blame(from, new Misconduct.BadSignature(rules.height())));
                }
              });
    }
  }

  /// Counts this node's own round change.
  void addOwn(RoundChange message, Validator self) {
    SignatureCollector collector = collector(message.round());
    if (!collector.verified().containsKey(self.account())) {
      collector.addVerified(self, message.signature());
    }
    update();
  }

  /// Takes over the answers to checks, starts those that waited for an answer, and forgets what no
  /// validator stands at any more.
  void update() {
    rounds.forEach((round, collector) -> {
      collector.newlyVerified().forEach(account -> reaches(account, round));
      collector.check();
    });
    if (changed) {
      changed = false;
      byHonest = highestWithHonest();
      rounds
          .entrySet()
          .removeIf(entry ->
              !entry.getValue().isChecking()
                  && !entry.getValue().hasPending()
                  && !reached.containsValue(entry.getKey()));
    }
  }

  private void reaches(Address account, Round round) {
    Round before = reached.getOrDefault(account, Round.ZERO);
    if (round.isAbove(before)) {
      reached.put(account, round);
      changed = true;
    }
  }

  private SignatureCollector collector(Round round) {
    return rounds.computeIfAbsent(
        round,
        r ->
            new SignatureCollector(
                rules.height(),
                RoundChange.message(genesisHash, rules.height(), r),
                around.scheme(),
                around.outbox()));
  }

  /// The weight of those that have reached `round` or a later one.
  Weight reached(Round round) {
    Weight weight = Weight.NONE;
    for (Map.Entry<Address, Round> entry : reached.entrySet()) {
      if (!round.isAbove(entry.getValue())) {
        weight = weight.plus(rules.set().weightOf(entry.getKey()));
      }
    }
    return weight;
  }

  /// The highest round that a group with an honest validator in it has reached; 0 if none has.
  Round reachedByHonest() {
    return byHonest;
  }

  private Round highestWithHonest() {
    List<Map.Entry<Address, Round>> descending = new ArrayList<>(reached.entrySet());
    descending.sort(Map.Entry.<Address, Round>comparingByValue(Comparator.reverseOrder()));
    Weight weight = Weight.NONE;
    for (Map.Entry<Address, Round> entry : descending) {
      weight = weight.plus(rules.set().weightOf(entry.getKey()));
      if (rules.containsHonest(weight)) {
        return entry.getValue();
      }
    }
    return Round.ZERO;
  }

  /// The round a validator has reached; 0 if nothing was heard.
  Round reachedBy(Address account) {
    return reached.getOrDefault(account, Round.ZERO);
  }

  /// What an aggregator of `round` sends: once when the round changes to it are enough for others
  /// to jump, once when they are enough to go on, and once when they are a quorum.
  Optional<RoundChangeCertificate> toAnnounce(Round round, Optional<PrepareCertificate> highest) {
    SignatureCollector collector = rounds.get(round);
    if (collector == null) {
      return Optional.empty();
    }
    Weight weight = collector.verifiedWeight();
    Weight before = announced.getOrDefault(round, Weight.NONE);
    boolean enough =
        (rules.containsHonest(weight) && !rules.containsHonest(before))
            || (rules.bringsOthers(weight) && !rules.bringsOthers(before))
            || (rules.isQuorum(round, weight) && !rules.isQuorum(round, before));
    if (!enough) {
      return Optional.empty();
    }
    announced.put(round, weight);
    return collector
        .aggregate(rules.set())
        .map(aggregate ->
            new RoundChangeCertificate(
                rules.height(),
                round,
                aggregate,
                highest.filter(certificate -> round.isAbove(certificate.round()))));
  }

  /// The rounds that somebody stands at.
  List<Round> rounds() {
    return List.copyOf(rounds.keySet());
  }
}
