// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Hash;
import java.util.Optional;

/// What execution must know about a block besides its transactions; consensus fills it, and it is
/// the same for a content proposed again. Protocol §14.3.
///
/// @param height the block's height, above 0
/// @param parentHash hash of the block before
/// @param proposalId hash of the content
/// @param beacon the beacon after this block; the header's `mixHash`
/// @param parentCertificate certificate of the block before, as the content carries it; its hash is
///   the header's `parentBeaconBlockRoot`; absent exactly for a child of the genesis block
/// @param extension whose hash is the header's `extraData`; names mode, proposer and time
/// @param epochReport present exactly in the last block of an epoch
public record BlockContext(
    Height height,
    Hash parentHash,
    Hash proposalId,
    Hash beacon,
    Optional<CommitCertificate> parentCertificate,
    ConsensusExtension extension,
    Optional<EpochReport> epochReport) {
  /// The account that made the content; the header's `beneficiary`.
  public Address proposer() {
    return extension.proposer();
  }

  /// The mode of this height and how far a change has come.
  public ModeSetting mode() {
    return extension.mode();
  }

  /// Milliseconds since 1970.
  public long timestampMillis() {
    return extension.timestampMillis();
  }

  /// Whole seconds since 1970; the header's `timestamp`.
  public long timestampSeconds() {
    return extension.timestampMillis() / 1_000;
  }

  /// The header's `parentBeaconBlockRoot`: hash of the parent's certificate, zero for a child of
  /// the genesis block.
  public Hash parentCertificateHash() {
    return parentCertificate.map(CommitCertificate::hash).orElse(Hash.ZERO);
  }
}
