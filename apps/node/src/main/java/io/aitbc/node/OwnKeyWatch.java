// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.DerivedState;
import io.aitbc.consensus.SignedMark;
import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.SignatureScheme;
import io.aitbc.crypto.ValidatorMessage;
import io.aitbc.model.Address;
import io.aitbc.model.Anchor;
import io.aitbc.model.Certificate;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.Proposal;
import io.aitbc.model.ProposalEnvelope;
import io.aitbc.model.Round;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorSet;
import io.aitbc.model.Vote;
import io.aitbc.signer.RecordLoss;
import io.aitbc.signer.Witnessed;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Looks in what peers send for signatures of this node's key that its record does not know: then a
/// second process signs with the key, or the record is an old copy. Protocol §8.3.1.
///
/// Whoever claims one has it checked, one claim at a time: forgers cost one signature check, and a
/// true one comes again.
final class OwnKeyWatch {
  private final NodeSigner signer;
  private final Address account;
  private final Hash genesisHash;
  private final SignatureScheme scheme;
  private final Executor verifiers;
  private final Supplier<DerivedState> derived;
  private final Consumer<RecordLoss> found;
  private final AtomicBoolean checking = new AtomicBoolean();

  /// @param account the key's validator
  /// @param verifiers where signatures are checked
  /// @param derived what consensus derives from the chain now
  /// @param found what is told of a signature that the record does not know
  OwnKeyWatch(
      NodeSigner signer,
      Address account,
      Hash genesisHash,
      SignatureScheme scheme,
      Executor verifiers,
      Supplier<DerivedState> derived,
      Consumer<RecordLoss> found) {
    this.signer = signer;
    this.account = account;
    this.genesisHash = genesisHash;
    this.scheme = scheme;
    this.verifiers = verifiers;
    this.derived = derived;
    this.found = found;
  }

  /// A peer sent `message`.
  void saw(PeerMessage message) {
    switch (message) {
      case Vote vote -> {
        if (vote.voter().equals(account)) {
          claimed(
              voted(SignedMark.of(genesisHash, vote.ballot())),
              List.of(signer.publicKey()),
              vote.ballot().message(genesisHash),
              vote.signature());
        }
      }
      case Anchor anchor -> {
        if (anchor.staker().equals(account)) {
          ValidatorMessage signed =
              Anchor.message(genesisHash, anchor.height(), anchor.blockHash());
          claimed(
              new Witnessed(
                  Optional.empty(),
                  Optional.of(
                      SignedMark.of(anchor.height(), Round.ZERO, SignedMark.Step.ANCHOR, signed))),
              List.of(signer.publicKey()),
              signed,
              anchor.signature());
        }
      }
      case Certificate certificate -> certificate(certificate);
      case Proposal proposal -> {
        envelope(proposal.envelope());
        proposal.prepared().ifPresent(this::certificate);
      }
      default -> {} // Nothing in it is signed for a place.
    }
  }

  private void envelope(ProposalEnvelope envelope) {
    if (envelope.proposer().equals(account)) {
      ValidatorMessage signed = envelope.message(genesisHash);
      claimed(
          voted(
              SignedMark.of(envelope.height(), envelope.round(), SignedMark.Step.ENVELOPE, signed)),
          List.of(signer.publicKey()),
          signed,
          envelope.signature());
    }
  }

  private void certificate(Certificate certificate) {
    Witnessed claim = voted(SignedMark.of(genesisHash, certificate.ballot()));
    if (claim.above(signer.record()).isEmpty()) {
      return; // As nearly all are: nobody need be looked up.
    }
    Optional<ValidatorSet> set =
        derived
            .get()
            .set(certificate.height())
            .filter(each -> each.fits(certificate.aggregate().signers()));
    List<BlsPublicKey> keys =
        set.map(each ->
                each.members(certificate.aggregate().signers()).stream()
                    .map(Validator::key)
                    .toList())
            .orElse(List.of());
    if (keys.contains(signer.publicKey())) {
      claimed(
          claim,
          keys,
          certificate.ballot().message(genesisHash),
          certificate.aggregate().signature());
    }
  }

  private static Witnessed voted(SignedMark mark) {
    return new Witnessed(Optional.of(mark), Optional.empty());
  }

  private void claimed(
      Witnessed claim, List<BlsPublicKey> keys, ValidatorMessage message, BlsSignature signature) {
    if (claim.above(signer.record()).isEmpty() || !checking.compareAndSet(false, true)) {
      return;
    }
    verifiers.execute(() -> {
      try {
        if (scheme.verifyAggregate(keys, message, signature)) {
          // Once more: what this node signed meanwhile is its own.
          claim.above(signer.record()).ifPresent(found);
        }
      } finally {
        checking.set(false);
      }
    });
  }
}
