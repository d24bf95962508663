// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Ballot;
import io.aitbc.model.BlockContext;
import io.aitbc.model.Height;
import io.aitbc.model.HeightRules;
import io.aitbc.model.ModeParameters;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.Round;
import io.aitbc.model.Signers;
import io.aitbc.model.Validator;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// What the finalized chain says about the one height that is to be decided; the same on every
/// node.
public interface HeightView {
  /// A final block that votes and anchors may still be carried for.
  ///
  /// @param rules of its height
  /// @param ballot of the certificate the chain carries for it
  record Recent(HeightRules rules, Ballot.Commit ballot) {}

  /// A final block.
  ///
  /// @param rules of its height
  /// @param blockHash its hash
  record FinalBlock(HeightRules rules, Hash blockHash) {}

  /// The network.
  Hash genesisHash();

  /// Quorums, mode and set of the height.
  HeightRules rules();

  /// Quorums, mode and set of the height before; empty for a child of genesis.
  Optional<HeightRules> parentRules();

  /// A final block at least two below this height; empty for those too old to matter.
  Optional<Recent> recent(Height height);

  /// The final blocks two to five below this height, and who of their sets the chain has credited
  /// with a COMMIT already.
  Map<Height, Signers> credited();

  /// The block that stakers anchor at present, and whose anchors the chain has carried already.
  Optional<Map.Entry<Height, Signers>> openAnchors();

  /// A final block of the last twenty.
  default Optional<FinalBlock> finalBlock(Height height) {
    return height.next().equals(rules().height())
        ? parentRules().map(rules -> new FinalBlock(rules, parentHash()))
        : recent(height).map(block -> new FinalBlock(block.rules(), block.ballot().blockHash()));
  }

  /// The block before.
  Hash parentHash();

  /// Its timestamp, in milliseconds since 1970.
  long parentTimestampMillis();

  /// The beacon after it.
  Hash beacon();

  /// Who proposes in a round.
  Validator proposer(Round round);

  /// Time from one block to the next.
  Duration blockInterval();

  /// Time from one block to the next when there is nothing to order.
  Duration emptyBlockInterval();

  /// Cap of the round timer.
  Duration roundTimerMax();

  /// Limits of a content.
  ModeParameters limits();

  /// What execution must know of a content.
  BlockContext context(ProposalContent content);

  /// Whether `account` votes in a round: stakers sit out the rounds that authorities decide alone.
  default boolean votes(Address account, Round round) {
    Validator validator = rules().set().find(account).orElse(null);
    return validator != null
        && switch (rules().rule(round)) {
          case FAST -> validator.isAuthority();
          case RECOVERY, BALANCED, SECURE -> true;
        };
  }
}
