// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Height;
import io.aitbc.model.Round;

/// A moment consensus waits for. Timers are never cancelled: one that fires when nobody waits for
/// it any more changes nothing. Protocol §5.8.
public sealed interface Timer {
  /// The height it belongs to.
  Height height();

  /// The round has lasted long enough: ask for the next one.
  ///
  /// @param attempt counts how often this round's timer was started; only the last one counts
  record RoundEnd(Height height, Round round, int attempt) implements Timer {}

  /// The proposer of a later round has waited long enough for round-changes.
  record ProposeAnyway(Height height, Round round) implements Timer {}

  /// The proposer of a later round has waited long enough for the content of the highest prepare
  /// certificate.
  record ProposeFresh(Height height, Round round) implements Timer {}

  /// The mode's block interval since the parent has passed.
  record BlockInterval(Height height) implements Timer {}

  /// The interval after which a block is made although nothing is to be ordered.
  record EmptyBlockInterval(Height height) implements Timer {}

  /// A content that others vote for did not come yet: from its proposer, or from whoever was asked.
  ///
  /// @param proposalId of the content
  /// @param attempt counts how often this was waited for; only the last one counts
  record NextHolder(Height height, Hash proposalId, int attempt) implements Timer {}

  /// A node that was behind may propose again.
  record Cooldown(Height height) implements Timer {}
}
