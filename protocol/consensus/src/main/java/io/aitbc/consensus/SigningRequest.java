// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.ValidatorMessage;
import io.aitbc.model.Anchor;
import io.aitbc.model.Ballot;
import io.aitbc.model.Height;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.ProposalEnvelope;
import io.aitbc.model.Round;
import io.aitbc.model.RoundChange;
import java.util.Optional;

/// Everything consensus asks a validator's key to sign; there is no other door. Protocol §8.3,
/// §12.1.
public sealed interface SigningRequest {
  /// The height it speaks of.
  Height height();

  /// What the key signs, on the network with this genesis block.
  ValidatorMessage message(Hash genesisHash);

  /// The envelope of a proposal.
  ///
  /// @param preparedRound the round of the prepare certificate that comes along; empty for a fresh
  ///   content
  record Envelope(Height height, Round round, Hash proposalId, Optional<Round> preparedRound)
      implements SigningRequest {
    @Override
    public ValidatorMessage message(Hash genesisHash) {
      return ProposalEnvelope.message(genesisHash, height, round, proposalId, preparedRound);
    }
  }

  /// A PREPARE or COMMIT vote.
  record Vote(Ballot ballot) implements SigningRequest {
    @Override
    public Height height() {
      return ballot.height();
    }

    @Override
    public ValidatorMessage message(Hash genesisHash) {
      return ballot.message(genesisHash);
    }
  }

  /// A round change. Contradicts nothing and leaves no trace in the record.
  record ToRound(Height height, Round round) implements SigningRequest {
    @Override
    public ValidatorMessage message(Hash genesisHash) {
      return RoundChange.message(genesisHash, height, round);
    }
  }

  /// A stake anchor on a final block.
  record ToAnchor(Height height, Hash blockHash) implements SigningRequest {
    @Override
    public ValidatorMessage message(Hash genesisHash) {
      return Anchor.message(genesisHash, height, blockHash);
    }
  }

  /// The proof of the verifiable random function for a height. One output per height, so it
  /// contradicts nothing and leaves no trace in the record.
  ///
  /// @param beacon the beacon of the block before
  record Randomness(Height height, Hash beacon) implements SigningRequest {
    @Override
    public ValidatorMessage message(Hash genesisHash) {
      return ProposalContent.vrfMessage(genesisHash, beacon, height);
    }
  }
}
