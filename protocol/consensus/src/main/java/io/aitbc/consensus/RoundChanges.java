// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.SignatureScheme;
import io.aitbc.model.Address;
import io.aitbc.model.HeightRules;
import io.aitbc.model.Round;
import io.aitbc.model.RoundChange;
import io.aitbc.model.Validator;
import io.aitbc.model.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Which round every validator has reached, as far as it signed for it. Of each validator only the
/// highest round counts, so nothing here grows with the rounds. Protocol §5.6.
final class RoundChanges {
  private final Hash genesisHash;
  private final HeightRules rules;
  private final SignatureScheme scheme;
  private final Outbox outbox;
  private final TreeMap<Round, SignatureCollector> rounds = new TreeMap<>();
  private final TreeMap<Address, Round> reached = new TreeMap<>();

  RoundChanges(Hash genesisHash, HeightRules rules, SignatureScheme scheme, Outbox outbox) {
    this.genesisHash = genesisHash;
    this.rules = rules;
    this.scheme = scheme;
    this.outbox = outbox;
  }

  /// Takes a round change of `validator` that nobody has checked. It is checked at once: a jump
  /// must not wait.
  void offer(RoundChange message, Validator validator, Peer from) {
    update();
    Round known = reached.get(message.validator());
    if (known != null && !message.round().isAbove(known)) {
      return;
    }
    SignatureCollector collector = collector(message.round());
    collector.offer(new SignatureCollector.Candidate(validator, message.signature(), from));
    collector.check();
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
      for (Address account : collector.verified().keySet()) {
        reached.merge(account, round, (a, b) -> a.isAbove(b) ? a : b);
      }
      collector.check();
    });
    rounds
        .entrySet()
        .removeIf(entry ->
            !entry.getValue().isChecking()
                && !entry.getValue().hasPending()
                && !reached.containsValue(entry.getKey()));
  }

  private SignatureCollector collector(Round round) {
    return rounds.computeIfAbsent(
        round,
        r ->
            new SignatureCollector(
                rules.height(),
                RoundChange.message(genesisHash, rules.height(), r),
                scheme,
                outbox));
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
    List<Round> descending = new ArrayList<>(reached.values());
    descending.sort((a, b) -> b.compareTo(a));
    for (Round round : descending) {
      if (rules.containsHonest(reached(round))) {
        return round;
      }
    }
    return Round.ZERO;
  }

  /// The round a validator has reached; 0 if nothing was heard.
  Round reachedBy(Address account) {
    return reached.getOrDefault(account, Round.ZERO);
  }
}
