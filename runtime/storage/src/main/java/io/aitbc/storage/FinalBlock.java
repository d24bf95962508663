// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Block;
import io.aitbc.model.CarriedSignatures;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.Height;
import io.aitbc.model.PrepareCertificate;
import io.aitbc.model.Receipt;
import io.aitbc.model.ValidatorSet;
import io.aitbc.state.StateDiff;
import java.util.List;
import java.util.Optional;

/// A final block with everything that is kept of it.
///
/// @param block the block
/// @param hash its hash
/// @param senders of its transactions, in order
/// @param receipts of its transactions, in order
/// @param diff what it changes in the parent's state
/// @param extension whose hash is the header's `extraData`
/// @param parentCertificate whose hash is the header's `parentBeaconBlockRoot`; empty for a child
///   of the genesis block
/// @param carried whose hash stands in the extension
/// @param certificate proof that the block is final
/// @param set the validators of its epoch
/// @param prepared the prepare certificates of a height that took more than one round; evidence may
///   need them. Protocol §8.1
/// @param derivedState what consensus derives from the chain up to this block, encoded
public record FinalBlock(
    Block block,
    Hash hash,
    List<Address> senders,
    List<Receipt> receipts,
    StateDiff diff,
    ConsensusExtension extension,
    Optional<CommitCertificate> parentCertificate,
    CarriedSignatures carried,
    CommitCertificate certificate,
    ValidatorSet set,
    List<PrepareCertificate> prepared,
    Bytes derivedState) {
  /// @throws IllegalArgumentException if the parts do not belong together
  public FinalBlock {
    senders = List.copyOf(senders);
    receipts = List.copyOf(receipts);
    prepared = List.copyOf(prepared);
    int transactions = block.transactions().size();
    if (senders.size() != transactions || receipts.size() != transactions) {
      throw new IllegalArgumentException(
          "%d transactions, %d senders, %d receipts"
              .formatted(transactions, senders.size(), receipts.size()));
    }
    if (!certificate.ballot().blockHash().equals(hash)
        || certificate.height().number() != block.header().number()) {
      throw new IllegalArgumentException(
          "a certificate of " + certificate.ballot() + " for block " + hash);
    }
    if (!diff.rootAfter().equals(block.header().stateRoot())) {
      throw new IllegalArgumentException(
          "a diff to " + diff.rootAfter() + " for state root " + block.header().stateRoot());
    }
  }

  /// The block's height.
  public Height height() {
    return certificate.height();
  }
}
