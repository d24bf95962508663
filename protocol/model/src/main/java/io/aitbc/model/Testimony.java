// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.ValidatorMessage;

/// Something signed by one validator or by several together, that can be held against them as one
/// half of an {@link Evidence}. Protocol §8.2, Protocol §11.8.
public sealed interface Testimony extends Encodable
    permits ProposalEnvelope, Vote, Certificate, Anchor {
  /// The height it speaks of.
  Height height();

  /// What was signed, on the network with this genesis block.
  ValidatorMessage message(Hash genesisHash);

  /// The number of its kind on the wire; never changes.
  private static int code(Testimony testimony) {
    return switch (testimony) {
      case ProposalEnvelope _ -> 1;
      case Vote _ -> 2;
      case PrepareCertificate _ -> 3;
      case CommitCertificate _ -> 4;
      case Anchor _ -> 5;
    };
  }

  /// Writes any testimony: a list of the number of its kind and its value.
  static void write(RlpWriter writer, Testimony testimony) {
    writer.begin().number(code(testimony));
    testimony.writeTo(writer);
    writer.end();
  }

  /// Any testimony at the reader's position.
  static Testimony read(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    int code = fields.number(5);
    Testimony testimony =
        switch (code) {
          case 1 -> ProposalEnvelope.readFrom(fields);
          case 2 -> Vote.readFrom(fields);
          case 3 -> PrepareCertificate.readFrom(fields);
          case 4 -> CommitCertificate.readFrom(fields);
          case 5 -> Anchor.readFrom(fields);
          default -> throw fields.refuse("testimony", code);
        };
    fields.finish();
    return testimony;
  }
}
