// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import io.aitbc.consensus.SigningDecision;
import io.aitbc.consensus.SigningRecord;
import io.aitbc.consensus.SigningRequest;
import io.aitbc.consensus.poa.AuthorityEffect;
import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.ProofOfPossession;
import io.aitbc.model.Address;
import io.aitbc.model.Height;
import java.util.Optional;

/// A key of this process under its signing record. The record goes to the slot that does not hold
/// the last one, and is durable before the signature exists; so at any moment one slot is whole,
/// and what a torn slot would have said was never signed. Protocol §8.3.
///
/// Calls may come from any thread and run one after another; a call waits for the disk.
public final class LocalValidatorSigner implements AutoCloseable {
  private final ValidatorKey key;
  private final Hash genesisHash;
  private final HostMark host;
  private final SlotMedium medium;
  private long sequence;
  private SigningRecord record;
  private boolean moved;
  private boolean failed;

  private LocalValidatorSigner(
      ValidatorKey key,
      HostMark host,
      SlotMedium medium,
      long sequence,
      SigningRecord record,
      boolean moved) {
    this.key = key;
    this.genesisHash = record.genesisHash();
    this.host = host;
    this.medium = medium;
    this.sequence = sequence;
    this.record = record;
    this.moved = moved;
  }

  /// Opens the record in `medium`. Unless the answer is {@link RecordOpening.Ready}, `medium` stays
  /// the caller's to close or to give to {@link #start}.
  ///
  /// @param witnessed signatures of the key that log and chain show
  public static RecordOpening open(
      ValidatorKey key, Hash genesisHash, HostMark host, SlotMedium medium, Witnessed witnessed) {
    return switch (SlotPair.read(medium)) {
      case SlotPair.Blank() -> new RecordOpening.Absent();
      case SlotPair.Lost(var loss) -> new RecordOpening.Lost(loss);
      case SlotPair.Found(var slot, var tail, boolean moved) -> {
        Optional<RecordOpening> mismatch = mismatch(slot, key, genesisHash);
        if (mismatch.isPresent()) {
          yield mismatch.get();
        }
        Optional<RecordLoss> loss = witnessed.above(slot.record());
        if (loss.isPresent()) {
          yield new RecordOpening.Lost(loss.get());
        }
        yield slot.host().equals(host)
            ? new RecordOpening.Ready(
                new LocalValidatorSigner(key, host, medium, slot.sequence(), slot.record(), moved),
                tail)
            : new RecordOpening.OtherHost(slot.host(), host);
      }
    };
  }

  /// Begins a record in `medium` as an operator said, and makes it durable in both slots.
  ///
  /// @return {@link RecordOpening.Ready}, or what stands against that start
  public static RecordOpening start(
      ValidatorKey key,
      Hash genesisHash,
      HostMark host,
      SlotMedium medium,
      Witnessed witnessed,
      SigningStart start) {
    SlotPair pair = SlotPair.read(medium);
    if (pair instanceof SlotPair.Found found) {
      Optional<RecordOpening> mismatch = mismatch(found.slot(), key, genesisHash);
      if (mismatch.isPresent()) {
        return mismatch.get();
      }
    }
    SigningRecord begun;
    switch (start) {
      case SigningStart.NeverSigned() -> {
        if (!(pair instanceof SlotPair.Blank)) {
          return new RecordOpening.Present();
        }
        begun = SigningRecord.fresh(genesisHash);
      }
      case SigningStart.Imported(SigningRecord history) -> {
        if (!history.genesisHash().equals(genesisHash)) {
          return new RecordOpening.OtherNetwork(history.genesisHash(), genesisHash);
        }
        if (pair instanceof SlotPair.Lost(var loss)) {
          return new RecordOpening.Lost(loss);
        }
        begun =
            pair instanceof SlotPair.Found found
                ? SigningHistory.above(found.slot().record(), history)
                : history;
      }
      case SigningStart.AfterLoss(Height first) -> {
        SigningRecord lost = SigningRecord.afterLoss(genesisHash, first);
        begun =
            pair instanceof SlotPair.Found found
                ? SigningHistory.above(found.slot().record(), lost)
                : lost;
      }
      case SigningStart.Moved() -> {
        if (!(pair instanceof SlotPair.Found found)) {
          return pair instanceof SlotPair.Lost(var loss)
              ? new RecordOpening.Lost(loss)
              : new RecordOpening.Absent();
        }
        begun = found.slot().record();
      }
    }
    Optional<RecordLoss> loss = witnessed.above(begun);
    if (loss.isPresent()) {
      return new RecordOpening.Lost(loss.get());
    }
    LocalValidatorSigner signer =
        new LocalValidatorSigner(
            key, host, medium, pair.sequence(), begun, SlotPair.isMoved(begun, begun));
    signer.keep(begun);
    signer.keep(begun);
    return new RecordOpening.Ready(signer, RecordOpening.Tail.WHOLE);
  }

  private static Optional<RecordOpening> mismatch(
      Slot.Whole slot, ValidatorKey key, Hash genesisHash) {
    if (!slot.key().equals(key.publicKey())) {
      return Optional.of(new RecordOpening.OtherKey(slot.key(), key.publicKey()));
    }
    if (!slot.record().genesisHash().equals(genesisHash)) {
      return Optional.of(new RecordOpening.OtherNetwork(slot.record().genesisHash(), genesisHash));
    }
    return Optional.empty();
  }

  /// What was signed so far.
  public synchronized SigningRecord record() {
    return record;
  }

  /// Whether nothing was signed since an operator said that the key goes on here: from a history,
  /// after a move or a loss. Where it signed before, it may still. Protocol §8.3.1.
  public synchronized boolean isMoved() {
    return moved;
  }

  /// The public key.
  public BlsPublicKey publicKey() {
    return key.publicKey();
  }

  /// Signs what consensus asks for, or says what stands against it. What was signed is durable
  /// before the signature is returned. Asking again for what was signed last gives the same
  /// signature.
  ///
  /// @throws RecordDiskException if the record cannot be made durable
  public synchronized SigningAnswer sign(SigningRequest request) {
    alive();
    return switch (record.advanceTo(genesisHash, request)) {
      case SigningDecision.Refuse(var reason) -> new SigningAnswer.Refused(reason);
      case SigningDecision.Advance(var next) -> {
        if (!next.equals(record)) {
          keep(next);
          moved = false;
        }
        yield new SigningAnswer.Signed(key.sign(request.message(genesisHash)));
      }
    };
  }

  /// The first slot that the key may still sign a block for, in a network without votes.
  public synchronized long firstSlot() {
    return record.first().number();
  }

  /// Signs a block in a network without votes. Before that it is durable that nothing is ever
  /// signed for its slot or an earlier one again. Protocol §10.4.
  ///
  /// @return empty if that was promised before
  /// @throws IllegalStateException if the key has voted in this network
  public synchronized Optional<BlsSignature> sign(AuthorityEffect.Sign request) {
    alive();
    if (record.last().isPresent() || record.anchor().isPresent()) {
      throw new IllegalStateException("a network with votes: " + record);
    }
    Height slot = new Height(request.slot());
    if (record.first().isAbove(slot)) {
      return Optional.empty();
    }
    keep(SigningRecord.afterLoss(genesisHash, slot.next()));
    moved = false;
    return Optional.of(key.sign(request.message(genesisHash)));
  }

  /// An operator's word that another block than the one signed before may be committed to at
  /// `height`. Durable on return. Protocol §5.3.
  public synchronized void allow(Height height, Hash blockHash) {
    alive();
    SigningRecord next = record.allowing(height, blockHash);
    if (!next.equals(record)) {
      keep(next);
    }
  }

  /// The proof that the secret is known, for the account at `account`. Contradicts nothing.
  /// Protocol §12.2.
  public BlsSignature provePossession(Address account) {
    return key.sign(ProofOfPossession.message(genesisHash, account.bytes(), key.publicKey()));
  }

  /// Makes `next` the record, durably.
  private void keep(SigningRecord next) {
    Slot.Whole slot = new Slot.Whole(sequence + 1, key.publicKey(), host, next);
    failed = true; // Until the disk has said that it is not.
    medium.write((int) (slot.sequence() & 1), slot.encoded());
    failed = false;
    sequence = slot.sequence();
    record = next;
  }

  private void alive() {
    if (failed) {
      throw new RecordDiskException("the disk failed under the signing record before");
    }
  }

  /// Gives the record free. The key stays the caller's.
  @Override
  public synchronized void close() {
    failed = true;
    medium.close();
  }

  @Override
  public String toString() {
    return "LocalValidatorSigner(" + key.publicKey() + ")";
  }
}
