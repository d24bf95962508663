// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.BlsSignature;

/// One signature that stands for those of several validators over one message, and who they are.
/// Each of them was added once, also those in both classes. Protocol §5.4, Protocol §11.7.
///
/// @param signers who signed
/// @param signature the sum of their signatures
public record AggregateSignature(Signers signers, BlsSignature signature) implements Encodable {
  @Override
  public void writeTo(RlpWriter writer) {
    writer
        .begin()
        .string(signers.authorities().bits())
        .string(signers.stakers().bits())
        .string(signature.bytes())
        .end();
  }

  /// The signature at the reader's position.
  public static AggregateSignature readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    SignerBitmap authorities = SignerBitmap.readFrom(fields);
    SignerBitmap stakers = SignerBitmap.readFrom(fields);
    BlsSignature signature = readSignature(fields);
    fields.finish();
    return new AggregateSignature(new Signers(authorities, stakers), signature);
  }

  static BlsSignature readSignature(RlpReader reader) throws MalformedException {
    return new BlsSignature(reader.string(BlsSignature.BYTES, BlsSignature.BYTES));
  }
}
