// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.consensus.DerivedState;
import io.aitbc.crypto.Hash;
import io.aitbc.model.CertifiedBlock;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.Height;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The final blocks of one node, durable one by one, as a chain store keeps them.
final class Archive {
  /// A state of the chain.
  ///
  /// @param block the last block; empty at genesis
  /// @param hash its hash
  /// @param state what there is after it
  /// @param derived what consensus derives from the chain up to it
  record Tip(
      Optional<CertifiedBlock> block, Hash hash, Execution.State state, DerivedState derived) {
    /// Its height.
    Height height() {
      return derived.height();
    }
  }

  private final List<Tip> tips = new ArrayList<>();

  /// An archive with the genesis block.
  Archive(Tip genesis) {
    tips.add(genesis);
  }

  /// The last final block.
  Tip head() {
    return tips.getLast();
  }

  /// The block at a height, if it is here.
  Optional<Tip> at(long height) {
    return height < 0 || height >= tips.size()
        ? Optional.empty()
        : Optional.of(tips.get((int) height));
  }

  /// The certificate of a block.
  Optional<CommitCertificate> certificate(Height height) {
    return at(height.number()).flatMap(Tip::block).map(CertifiedBlock::certificate);
  }

  /// Appends a block.
  void append(Tip tip) {
    tips.add(tip);
  }

  /// Forgets every block above a height: an older copy of the disk was put in.
  void rewind(long height) {
    while (tips.size() > height + 1) {
      tips.removeLast();
    }
  }
}
