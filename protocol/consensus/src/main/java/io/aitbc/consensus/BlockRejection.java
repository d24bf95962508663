// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.CertificateRejection;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.Height;
import io.aitbc.model.Round;

/// Why a block from others is not the next one of the chain. Protocol §10.1.
public sealed interface BlockRejection {
  /// It is of another height.
  ///
  /// @param expected the next height
  /// @param given that of header or certificate
  record NotNext(Height expected, Height given) implements BlockRejection {}

  /// What came beside the header is not what the header holds the hash of.
  ///
  /// @param part what came
  /// @param expected the hash that the header, or the chain, asks for
  /// @param given the hash of what came
  record WrongPart(Part part, Hash expected, Hash given) implements BlockRejection {}

  /// The extension says otherwise about the height than the chain does.
  ///
  /// @param expected what the chain says, with the given maker, round, proof and time
  /// @param given what the extension says
  record WrongExtension(ConsensusExtension expected, ConsensusExtension given)
      implements BlockRejection {}

  /// The content was made by somebody who was not the proposer of its round, or somebody else is
  /// paid.
  ///
  /// @param round the round
  /// @param expected its proposer
  /// @param given the maker, or the header's beneficiary
  record WrongProposer(Round round, Address expected, Address given) implements BlockRejection {}

  /// Its time is before the parent's, or not that of its extension.
  ///
  /// @param parentMillis time of the parent
  /// @param givenMillis time in the extension
  record WrongTime(long parentMillis, long givenMillis) implements BlockRejection {}

  /// The certificate does not hold.
  ///
  /// @param reason why
  record BadCertificate(CertificateRejection reason) implements BlockRejection {}

  /// The chain does not contain a checkpoint.
  ///
  /// @param checkpoint the checkpoint
  /// @param given hash of the block at its height
  record NotOnCheckpoint(Checkpoint checkpoint, Hash given) implements BlockRejection {}

  /// What a header holds as a hash.
  enum Part {
    /// The block before.
    PARENT,
    /// The consensus extension.
    EXTENSION,
    /// The certificate of the block before.
    PARENT_CERTIFICATE,
    /// Late votes and anchors.
    CARRIED,
    /// The beacon.
    BEACON,
    /// The block that the certificate is of.
    BLOCK
  }
}
