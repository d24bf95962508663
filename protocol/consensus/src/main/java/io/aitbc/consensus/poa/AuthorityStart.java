// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus.poa;

import io.aitbc.consensus.Identity;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Height;
import io.aitbc.model.NetworkKind;
import java.time.Instant;
import java.util.List;

/// What {@link AuthorityChain} begins with, the first time as after a crash. Protocol §10.4.
///
/// @param genesisHash the network
/// @param identity whom the node speaks for
/// @param schedule who proposes when
/// @param base a block that is never taken back: the genesis block, or the one {@link
///   NetworkKind.Poa#REORGANIZATION_BLOCKS_MAX} below the highest head this node ever had
/// @param chain the blocks above it that are applied, ascending
/// @param lastSlotSigned the last slot that the key signed for, as its holder remembers; -1 if
///   there is none
/// @param now the time of this machine
public record AuthorityStart(
    Hash genesisHash,
    Identity identity,
    Schedule schedule,
    Position base,
    List<AuthoredBlock> chain,
    long lastSlotSigned,
    Instant now) {
  /// Where a block stands.
  ///
  /// @param height its height
  /// @param slot its slot; -1 for the genesis block
  /// @param hash its hash
  public record Position(Height height, long slot, Hash hash) {
    static Position of(AuthoredBlock block) {
      return new Position(block.height(), block.slot(), block.blockHash());
    }
  }

  /// Copies the chain.
  public AuthorityStart {
    chain = List.copyOf(chain);
  }
}
