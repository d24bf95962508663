// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.model.Address;
import io.aitbc.model.HeightRules;
import io.aitbc.model.Phase;
import io.aitbc.model.Round;
import io.aitbc.model.Validator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Finds out why a height is not decided yet. Looks only, changes nothing. Protocol §6.
///
/// @param view the height
/// @param round its present round
/// @param proposals its proposals
/// @param certificates its certificates
/// @param roundChanges who is where
/// @param clock its timers
record StallReport(
    HeightView view,
    Round round,
    Proposals proposals,
    Certificates certificates,
    RoundChanges roundChanges,
    RoundClock clock) {
  /// The report; empty while round 0 waits for something to order.
  Optional<Stall> of(Optional<RoundTally> tally) {
    Stall.WaitingFor waitingFor = waitingFor();
    if (waitingFor == Stall.WaitingFor.PROPOSAL && clock.isIdle()) {
      return Optional.empty();
    }
    TreeSet<Address> heard = new TreeSet<>();
    switch (waitingFor) {
      case PROPOSAL ->
          accounts(view.rules().set().validators()).stream()
              .filter(account -> !round.isAbove(roundChanges.reachedBy(account)))
              .forEach(heard::add);
      case PREPARES -> tally.ifPresent(votes -> heard.addAll(votes.heard(Phase.PREPARE)));
      case COMMITS -> tally.ifPresent(votes -> heard.addAll(votes.heard(Phase.COMMIT)));
      case BLOCK -> heard.addAll(accounts(view.rules().set().validators()));
    }
    return Optional.of(stall(waitingFor, heard));
  }

  private Stall stall(Stall.WaitingFor waitingFor, TreeSet<Address> heard) {
    HeightRules rules = view.rules();
    List<Address> absent =
        accounts(rules.set().validators()).stream()
            .filter(account -> view.votes(account, round) && !heard.contains(account))
            .toList();
    return new Stall(
        rules.height(),
        round,
        rules.rule(round),
        waitingFor,
        clock.since(),
        rules.missing(round, rules.set().weightOf(heard)),
        absent);
  }

  private Stall.WaitingFor waitingFor() {
    if (certificates.decision().isPresent()) {
      return Stall.WaitingFor.BLOCK;
    }
    if (certificates.highest().filter(c -> c.round().equals(round)).isPresent()) {
      return Stall.WaitingFor.COMMITS;
    }
    return proposals.accepted(round).isPresent()
        ? Stall.WaitingFor.PREPARES
        : Stall.WaitingFor.PROPOSAL;
  }

  private static List<Address> accounts(List<Validator> validators) {
    return validators.stream().map(Validator::account).toList();
  }
}
