// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;

/// What consensus adds to an Ethereum header; its hash is the header's `extraData`. Known before
/// the block is executed, and the same for a content proposed again. Protocol §11.4.
///
/// @param mode the mode of this height
/// @param fallback whether this height's fallback rounds have rules of their own
/// @param oversight whether a SECURE certificate of this height needs authorities below round 3
/// @param epoch the epoch of this height, from 0 on
/// @param proposer the account that made the content
/// @param round the round in which it was made
/// @param vrfProof the maker's proof
/// @param carriedHash hash of the late votes and anchors carried ({@link CarriedSignatures#hash})
/// @param setHash hash of this epoch's validator set
/// @param nextSetHash hash of the next epoch's validator set
/// @param derivedStateHash hash of what consensus derives from the chain, after the parent
/// @param timestampMillis milliseconds since 1970; the header has the whole seconds
public record ConsensusExtension(
    ModeSetting mode,
    Fallback fallback,
    Oversight oversight,
    long epoch,
    Address proposer,
    Round round,
    BlsSignature vrfProof,
    Hash carriedHash,
    Hash setHash,
    Hash nextSetHash,
    Hash derivedStateHash,
    long timestampMillis)
    implements Encodable {
  /// @throws IllegalArgumentException if epoch or timestamp is out of range
  public ConsensusExtension {
    if (epoch < 0
        || timestampMillis < 0
        || timestampMillis > ProposalContent.TIMESTAMP_MILLIS_MAX) {
      throw new IllegalArgumentException("epoch " + epoch + ", timestamp " + timestampMillis);
    }
  }

  /// What decides whether a certificate of this header's height holds, with the set whose hash
  /// stands here.
  public HeightRules rules(Height height, ValidatorSet set) {
    return new HeightRules(height, mode.quorumMode(), fallback, oversight, set);
  }

  /// Keccak-256 of the encoding.
  public Hash hash() {
    return Keccak256.hash(encoded());
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer.begin();
    mode.writeTo(writer);
    writer.number(fallback.code()).number(oversight.code());
    writer.number(epoch).address(proposer).number(round.number()).string(vrfProof.bytes());
    writer.hash(carriedHash).hash(setHash).hash(nextSetHash).hash(derivedStateHash);
    writer.number(timestampMillis).end();
  }

  /// The extension at the reader's position.
  public static ConsensusExtension readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    ModeSetting mode = ModeSetting.readFrom(fields);
    Fallback fallback = Fallback.readFrom(fields);
    Oversight oversight = Oversight.readFrom(fields);
    long epoch = fields.number();
    Address proposer = fields.address();
    Round round = Round.readFrom(fields);
    BlsSignature vrfProof = AggregateSignature.readSignature(fields);
    Hash carried = fields.hash();
    Hash set = fields.hash();
    Hash nextSet = fields.hash();
    Hash derived = fields.hash();
    long timestampMillis = fields.number();
    fields.finish();
    if (timestampMillis > ProposalContent.TIMESTAMP_MILLIS_MAX) {
      throw fields.refuse("timestamp", timestampMillis);
    }
    return new ConsensusExtension(
        mode,
        fallback,
        oversight,
        epoch,
        proposer,
        round,
        vrfProof,
        carried,
        set,
        nextSet,
        derived,
        timestampMillis);
  }
}
