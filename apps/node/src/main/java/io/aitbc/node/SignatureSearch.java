// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.DerivedState;
import io.aitbc.consensus.Epochs;
import io.aitbc.consensus.LogRecord;
import io.aitbc.consensus.SignedMark;
import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.Hash;
import io.aitbc.model.AggregateSignature;
import io.aitbc.model.Certificate;
import io.aitbc.model.CertifiedBlock;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.Height;
import io.aitbc.model.Proposal;
import io.aitbc.model.ProposalEnvelope;
import io.aitbc.model.Round;
import io.aitbc.model.Validator;
import io.aitbc.signer.Witnessed;
import io.aitbc.storage.ChainStore;
import java.util.List;
import java.util.Optional;

/// Searches a node's log and chain for the latest signatures of its key. Whatever is found left the
/// signer once, so its record must know it or something later. Protocol §8.3.1.
///
/// Only what was judged before is searched, so no signature is checked again.
final class SignatureSearch {
  /// Blocks below the head in whose carried signatures is searched: anchors are carried within 20
  /// blocks and signed every 20.
  private static final int CARRIED_BLOCKS = 40;

  private final BlsPublicKey key;
  private final DerivedState derived;
  private Optional<SignedMark> vote = Optional.empty();
  private Optional<SignedMark> anchor = Optional.empty();

  /// A search for what `key` signed.
  ///
  /// @param derived what consensus derives from the chain; it knows the validators of this epoch
  ///   and the one before
  SignatureSearch(BlsPublicKey key, DerivedState derived) {
    this.key = key;
    this.derived = derived;
  }

  /// What was found.
  Witnessed found() {
    return new Witnessed(vote, anchor);
  }

  /// Searches consensus's log: own proposals, and the certificates beside them and in locks. Others
  /// made a lock's proposal, and the key's own one has a record of its own.
  SignatureSearch log(List<LogRecord> records) {
    for (LogRecord each : records) {
      switch (each) {
        case LogRecord.OwnProposal own -> proposal(own.proposal());
        case LogRecord.Lock lock -> certificate(lock.certificate());
        case LogRecord.Allowance _ -> {} // An operator's word, not the key's.
      }
    }
    return this;
  }

  /// Searches the chain from its head down to the latest certificate with a signature of the key,
  /// at most to the begin of the epoch before.
  SignatureSearch chain(ChainStore store) {
    long head = store.head().height().number();
    long oldest = Epochs.first(Math.max(0, Epochs.of(store.head().height()) - 1)).number();
    for (long number = head; number >= oldest && vote(number).isEmpty(); number--) {
      Height height = new Height(number);
      store.certificate(height).ifPresent(this::certificate);
      store.prepared(height).forEach(this::certificate);
    }
    for (long number = head; number >= Math.max(1, head - CARRIED_BLOCKS); number--) {
      store.certified(new Height(number)).ifPresent(this::carried);
    }
    return this;
  }

  /// Looks at one final block's certificate alone.
  SignatureSearch block(CommitCertificate certificate) {
    certificate(certificate);
    return this;
  }

  private Optional<SignedMark> vote(long height) {
    return vote.filter(mark -> mark.height().number() > height);
  }

  private void proposal(Proposal proposal) {
    ProposalEnvelope envelope = proposal.envelope();
    boolean own =
        derived
            .set(envelope.height())
            .flatMap(set -> set.find(envelope.proposer()))
            .filter(validator -> validator.key().equals(key))
            .isPresent();
    if (own) {
      voted(
          SignedMark.of(
              envelope.height(),
              envelope.round(),
              SignedMark.Step.ENVELOPE,
              envelope.message(derived.genesisHash())));
    }
    proposal.prepared().ifPresent(this::certificate);
  }

  private void certificate(Certificate certificate) {
    if (isAmong(certificate.height(), certificate.aggregate())) {
      voted(SignedMark.of(derived.genesisHash(), certificate.ballot()));
    }
  }

  private void carried(CertifiedBlock block) {
    Hash genesisHash = derived.genesisHash();
    block.carried().commits().stream()
        .filter(commits -> isAmong(commits.height(), commits.aggregate()))
        .forEach(commits -> voted(SignedMark.of(genesisHash, commits.ballot())));
    block.carried().anchors().stream()
        .filter(anchors -> isAmong(anchors.height(), anchors.aggregate()))
        .forEach(anchors ->
            anchor =
                later(
                    anchor,
                    SignedMark.of(
                        anchors.height(),
                        Round.ZERO,
                        SignedMark.Step.ANCHOR,
                        anchors.message(genesisHash))));
  }

  private void voted(SignedMark mark) {
    vote = later(vote, mark);
  }

  private static Optional<SignedMark> later(Optional<SignedMark> one, SignedMark other) {
    return one.filter(mark -> mark.comparePlace(other) >= 0).or(() -> Optional.of(other));
  }

  private boolean isAmong(Height height, AggregateSignature aggregate) {
    return derived
        .set(height)
        .filter(set -> set.fits(aggregate.signers()))
        .map(set -> set.members(aggregate.signers()))
        .filter(members -> members.stream().map(Validator::key).anyMatch(key::equals))
        .isPresent();
  }
}
