// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;

/// Proof that a block is final. Two nodes may hold different certificates of one block; only the
/// one that the next block carries decides anything. Protocol §5.4, Protocol §11.7.
///
/// @param ballot what was said
/// @param aggregate who said it
public record CommitCertificate(Ballot.Commit ballot, AggregateSignature aggregate)
    implements Certificate {
  /// Hash of the block that is final.
  public Hash blockHash() {
    return ballot.blockHash();
  }

  /// Keccak-256 of the encoding; the next block's `parentBeaconBlockRoot`.
  public Hash hash() {
    return Keccak256.hash(encoded());
  }

  @Override
  public FrameType frameType() {
    return FrameType.COMMIT_CERTIFICATE;
  }

  /// The certificate at the reader's position.
  public static CommitCertificate readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    Ballot.Commit ballot = Ballot.Commit.readFrom(fields);
    AggregateSignature aggregate = AggregateSignature.readFrom(fields);
    fields.finish();
    return new CommitCertificate(ballot, aggregate);
  }
}
