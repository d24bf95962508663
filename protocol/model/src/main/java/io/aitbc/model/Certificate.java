// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.ValidatorMessage;

/// A quorum's votes on one ballot. Protocol §5.4, Protocol §11.7.
public sealed interface Certificate extends ConsensusMessage, Testimony
    permits PrepareCertificate, CommitCertificate {
  /// What a quorum said.
  Ballot ballot();

  /// Who said it, and their signatures together.
  AggregateSignature aggregate();

  @Override
  default Height height() {
    return ballot().height();
  }

  /// The round in which it was said.
  default Round round() {
    return ballot().round();
  }

  /// Hash of the content it was said of.
  default Hash proposalId() {
    return ballot().proposalId();
  }

  @Override
  default ValidatorMessage message(Hash genesisHash) {
    return ballot().message(genesisHash);
  }

  @Override
  default void writeTo(RlpWriter writer) {
    writer.begin();
    ballot().writeTo(writer);
    aggregate().writeTo(writer);
    writer.end();
  }
}
