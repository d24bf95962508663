// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.consensus.LogRecord;
import io.aitbc.consensus.SignedMark;
import io.aitbc.model.AggregateSignature;
import io.aitbc.model.Ballot;
import io.aitbc.model.Certificate;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.PrepareCertificate;
import io.aitbc.model.Proposal;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.ProposalEnvelope;
import io.aitbc.model.Round;
import io.aitbc.signer.Witnessed;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

// Protocol §8.3.1: what the log shows of a key, and only what the key is known to have signed.
class SignatureSearchTest {
  private static final Height HEIGHT = new Height(1);

  private final ProposalContent content = NodeValues.content(1);

  private PrepareCertificate certificate(int round) {
    return new PrepareCertificate(
        new Ballot.Prepare(HEIGHT, new Round(round), Mode.BALANCED, content.id(), Optional.empty()),
        new AggregateSignature(
            OneValidator.DERIVED.set().signers(List.of(OneValidator.ACCOUNT)),
            NodeValues.NO_SIGNATURE));
  }

  /// A proposal in the key's name in whatever envelope.
  private Proposal proposal(int round) {
    PrepareCertificate prepared = certificate(round - 1);
    return new Proposal(
        new ProposalEnvelope(
            HEIGHT,
            new Round(round),
            content.id(),
            Optional.of(prepared.round()),
            OneValidator.ACCOUNT,
            NodeValues.NO_SIGNATURE),
        content,
        Optional.of(prepared));
  }

  private static Witnessed found(LogRecord logged) {
    return new SignatureSearch(OneValidator.KEY.publicKey(), OneValidator.DERIVED)
        .log(List.of(logged))
        .found();
  }

  @Test
  void theOwnProposalIsFound() {
    LogRecord own = new LogRecord.OwnProposal(proposal(3), List.of());
    assertEquals(new Round(3), found(own).vote().map(SignedMark::round).orElseThrow());
  }

  @Test // A lock keeps the proposal as others brought it; the certificate was checked.
  void ofALockTheCertificateAloneIsASignature() {
    Certificate checked = certificate(2);
    LogRecord lock =
        new LogRecord.Lock(proposal(Round.NUMBER_MAX), List.of(), checked, NodeValues.hash(1));
    assertEquals(
        Optional.of(SignedMark.of(OneValidator.GENESIS, checked.ballot())), found(lock).vote());
  }
}
