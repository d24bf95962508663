// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.ValidatorMessage;

/// A candidate's word that it follows the chain and can vote: without one of epoch e - 1 nobody new
/// is drawn for epoch e + 1. It enters the chain as a transaction. Protocol §2, §11.6.
///
/// @param epoch the epoch in which it was signed, from 0 on
/// @param candidate the account of the candidate
/// @param signature over {@link #message}
public record Readiness(long epoch, Address candidate, BlsSignature signature)
    implements Encodable {
  /// @throws IllegalArgumentException if the epoch is negative
  public Readiness {
    if (epoch < 0) {
      throw new IllegalArgumentException("epoch " + epoch);
    }
  }

  /// What a candidate's key signs, on the network with this genesis block.
  public static ValidatorMessage message(Hash genesisHash, long epoch, Address candidate) {
    RlpWriter fields = new RlpWriter(32).begin().number(epoch).address(candidate);
    return new ValidatorMessage(
        ValidatorMessage.Purpose.READINESS, genesisHash, fields.end().toBytes());
  }

  /// What was signed.
  public ValidatorMessage message(Hash genesisHash) {
    return message(genesisHash, epoch, candidate);
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer.begin().number(epoch).address(candidate).string(signature.bytes()).end();
  }

  /// The vote at the reader's position.
  public static Readiness readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    long epoch = fields.number();
    Address candidate = fields.address();
    BlsSignature signature = AggregateSignature.readSignature(fields);
    fields.finish();
    return new Readiness(epoch, candidate, signature);
  }
}
