// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Anchor;
import io.aitbc.model.Certificate;
import io.aitbc.model.Evidence;
import io.aitbc.model.Height;
import io.aitbc.model.ProposalEnvelope;
import io.aitbc.model.Testimony;
import io.aitbc.model.Validator;
import io.aitbc.model.Vote;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/// Two statements of one validator that contradict each other are reported once both signatures
/// were checked alone: in a batch they may have held only together with others. Protocol §8.2.
///
/// One signature is checked at a time and none twice. One that does not hold is no statement, and
/// who brought it is blamed and brings no more: forgers cost one check each, and hide nothing, as
/// the search goes on with what is left. A validator is reported once; once is what convicts it.
final class EvidenceSearch {
  /// What a validator is said to have stated.
  ///
  /// @param from who brought it
  record Said(Testimony statement, Peer from) {}

  /// Two statements that are evidence if both hold.
  record Suspicion(Evidence evidence, Said first, Said second) {}

  /// Looks for contradictions in what is known.
  @FunctionalInterface
  interface Contradictions {
    /// Two statements that contradict each other, if there are any.
    ///
    /// @param mayHold false for statements to leave out
    Optional<Suspicion> of(Validator validator, Predicate<Said> mayHold);
  }

  private final Hash genesisHash;
  private final Height height;
  private final Surroundings around;
  private final Contradictions contradictions;
  private final LinkedHashMap<Address, Validator> suspects = new LinkedHashMap<>();
  private final LinkedHashSet<Testimony> held = new LinkedHashSet<>();
  private final LinkedHashSet<Testimony> failed = new LinkedHashSet<>();
  private final TreeSet<Address> reported = new TreeSet<>();
  private boolean checking;

  EvidenceSearch(
      Hash genesisHash, Height height, Surroundings around, Contradictions contradictions) {
    this.genesisHash = genesisHash;
    this.height = height;
    this.around = around;
    this.contradictions = contradictions;
  }

  /// Something was heard of `validator` that may contradict what it said before.
  void look(Validator validator) {
    if (!reported.contains(validator.account())) {
      suspects.putIfAbsent(validator.account(), validator);
      goOn();
    }
  }

  private void goOn() {
    while (!checking && !suspects.isEmpty()) {
      Validator suspect = suspects.values().iterator().next();
      Optional<Suspicion> found = contradictions.of(suspect, this::mayHold);
      if (found.isEmpty()) {
        suspects.remove(suspect.account());
      } else if (!held.contains(found.get().first().statement())) {
        check(suspect, found.get().first());
      } else if (!held.contains(found.get().second().statement())) {
        check(suspect, found.get().second());
      } else {
        suspects.remove(suspect.account());
        reported.add(suspect.account());
        around.outbox().add(new Effect.ReportEvidence(found.get().evidence()));
      }
    }
  }

  private boolean mayHold(Said said) {
    return !failed.contains(said.statement())
        && (held.contains(said.statement()) || !around.forgers().contains(said.from()));
  }

  private void check(Validator signer, Said said) {
    checking = true;
    around
        .outbox()
        .verify(
            said.statement().message(genesisHash),
            List.of(signer.key()),
            List.of(signature(said.statement())),
            answer -> {
              checking = false;
              if (answer.isPresent()) {
                held.add(said.statement());
              } else {
                failed.add(said.statement());
                around.forged(said.from(), height);
              }
              goOn();
            });
  }

  private static BlsSignature signature(Testimony statement) {
    return switch (statement) {
      case ProposalEnvelope envelope -> envelope.signature();
      case Vote vote -> vote.signature();
      case Anchor anchor -> anchor.signature();
      case Certificate certificate -> certificate.aggregate().signature();
    };
  }
}
