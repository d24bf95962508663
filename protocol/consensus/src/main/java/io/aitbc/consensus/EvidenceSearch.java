// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Anchor;
import io.aitbc.model.Certificate;
import io.aitbc.model.Evidence;
import io.aitbc.model.ProposalEnvelope;
import io.aitbc.model.Testimony;
import io.aitbc.model.Validator;
import io.aitbc.model.Vote;
import java.util.List;

/// Two statements of one validator that contradict each other are reported once both signatures
/// were checked alone: in a batch they may have held only together with others. Protocol §8.2.
final class EvidenceSearch {
  private final Hash genesisHash;
  private final Surroundings around;

  EvidenceSearch(Hash genesisHash, Surroundings around) {
    this.genesisHash = genesisHash;
    this.around = around;
  }

  /// Checks two statements that `validator` is said to have made, and reports them if both hold.
  void check(Evidence evidence, Validator validator) {
    verify(
        evidence.first(),
        validator.key(),
        () ->
            verify(
                evidence.second(),
                validator.key(),
                () -> around.outbox().add(new Effect.ReportEvidence(evidence))));
  }

  private void verify(Testimony statement, BlsPublicKey key, Runnable then) {
    around
        .outbox()
        .verify(
            statement.message(genesisHash),
            List.of(key),
            List.of(signature(statement)),
            answer -> {
              if (answer.isPresent()) {
                then.run();
              }
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
