// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.Encodable;
import io.aitbc.model.RlpReader;
import io.aitbc.model.RlpWriter;

/// Who may have made a block of a network without votes, and that it did. Protocol §10.4.
///
/// @param slot the slot it was made for, which says who its proposer is
/// @param signature of that proposer
public record Authorship(long slot, BlsSignature signature) implements Encodable {
  @Override
  public void writeTo(RlpWriter writer) {
    writer.begin().number(slot).string(signature.bytes()).end();
  }

  static Authorship read(byte[] row) {
    return Rows.read(
        Table.AUTHORSHIPS,
        row,
        reader -> {
          RlpReader fields = reader.list();
          long slot = fields.number();
          Bytes signature = fields.string(BlsSignature.BYTES, BlsSignature.BYTES);
          fields.finish();
          return new Authorship(slot, new BlsSignature(signature));
        });
  }
}
