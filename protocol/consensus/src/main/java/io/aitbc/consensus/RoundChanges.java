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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Which round every validator has reached, as far as it signed for it. Of each validator only the
/// highest round counts, so nothing here grows with the rounds. Protocol §5.6.
///
/// Of one validator a peer has one unchecked round change waiting, the highest; they are checked at
/// once, those to one round together and one round at a time. Of a validator that is known to be
/// above this node nothing more is checked until the node gets there, so who signs for many rounds
/// costs no more than who signs for one. Protocol §5.7.
final class RoundChanges {
  /// Who brought a round change of whom.
  private record Source(Address validator, Peer from) {}

  private record Waiting(Round round, SignatureCollector.Candidate candidate) {}

  private final Hash genesisHash;
  private final HeightRules rules;
  private final Surroundings around;
  private final LinkedHashMap<Source, Waiting> waiting = new LinkedHashMap<>();
  private final TreeMap<Round, SignatureCollector> rounds = new TreeMap<>();
  private final TreeMap<Address, Round> reached = new TreeMap<>();
  private final TreeMap<Round, Weight> announced = new TreeMap<>();
  private Optional<Round> checking = Optional.empty();
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
    if (!message.round().isAbove(reachedBy(message.validator()))) {
      return;
    }
    var _ =
        waiting.merge(
            new Source(message.validator(), from),
            new Waiting(
                message.round(),
                new SignatureCollector.Candidate(validator, message.signature(), from)),
            (before, now) -> now.round().isAbove(before.round()) ? now : before);
  }

  /// Takes merged round changes that nobody has checked. No correct node sends them before they
  /// move somebody, so nobody makes them alone.
  void offer(RoundChangeCertificate message, Peer from) {
    AggregateSignature aggregate = message.aggregate();
    if (CertificateCheck.rejectBitmaps(rules.set(), aggregate.signers()).isPresent()) {
      around.outbox().add(new Effect.Blame(from, new Misconduct.BadSignature(rules.height())));
      return;
    }
    List<Validator> members = rules.set().members(aggregate.signers());
    Weight weight = rules.set().weightOf(members.stream().map(Validator::account).toList());
    if (moves(message.round(), weight)) {
      around.turns().take(from, () -> check(message, members, from));
    }
  }

  private void check(RoundChangeCertificate message, List<Validator> members, Peer from) {
    boolean news =
        members.stream().anyMatch(member -> message.round().isAbove(reachedBy(member.account())));
    if (news) {
      around
          .turns()
          .check(
              from,
              rules.height(),
              message.message(genesisHash),
              members.stream().map(Validator::key).toList(),
              message.aggregate().signature(),
              _ -> members.forEach(member -> reaches(member.account(), message.round())));
    }
  }

  /// Whether round changes of that weight let somebody jump, or go on, or are a quorum.
  private boolean moves(Round round, Weight weight) {
    return rules.containsHonest(weight)
        || rules.bringsOthers(weight)
        || rules.isQuorum(round, weight);
  }

  /// Counts this node's own round change.
  void addOwn(RoundChange message, Validator self) {
    SignatureCollector collector = collector(message.round());
    if (!collector.verified().containsKey(self.account())) {
      collector.addVerified(self, message.signature());
    }
  }

  /// Takes over the answers to checks, starts what can be checked at `present`, the round of this
  /// node, and forgets what no validator stands at any more.
  void update(Round present) {
    rounds.forEach((round, collector) ->
        collector.newlyVerified().forEach(account -> reaches(account, round)));
    boolean more = true;
    while (more) {
      more = checking.isPresent() ? goOn(checking.get()) : begin(present);
    }
    if (changed) {
      changed = false;
      byHonest = highestWithHonest();
      rounds
          .keySet()
          .removeIf(round -> !checking.equals(Optional.of(round)) && !reached.containsValue(round));
    }
  }

  /// Whether nothing is left to check of the round that is being checked.
  private boolean goOn(Round round) {
    SignatureCollector collector = collector(round);
    collector.check();
    if (collector.isChecking()) {
      return false;
    }
    checking = Optional.empty();
    if (collector.isEmpty()) {
      rounds.remove(round);
    }
    return true;
  }

  /// Whether a round was found that is to be checked next: of what waits, that which came first.
  private boolean begin(Round present) {
    boolean _ =
        waiting
            .values()
            .removeIf(each ->
                around.forgers().contains(each.candidate().from())
                    || !each.round().isAbove(reachedBy(each.candidate().signer().account())));
    Optional<Round> next =
        waiting.values().stream()
            .filter(each -> isTime(each, present))
            .map(Waiting::round)
            .findFirst();
    next.ifPresent(round -> {
      waiting
          .values()
          .removeIf(each -> {
            boolean chosen = each.round().equals(round) && isTime(each, present);
            if (chosen) {
              collector(round).offer(each.candidate());
            }
            return chosen;
          });
      checking = next;
    });
    return next.isPresent();
  }

  private boolean isTime(Waiting each, Round present) {
    return !reachedBy(each.candidate().signer().account()).isAbove(present);
  }

  /// Drops what a peer brought and nobody has checked.
  void forget(Peer peer) {
    boolean _ = waiting.keySet().removeIf(source -> source.from().equals(peer));
    rounds.values().forEach(collector -> collector.forget(peer));
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
                rules.height(), RoundChange.message(genesisHash, rules.height(), r), around));
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
