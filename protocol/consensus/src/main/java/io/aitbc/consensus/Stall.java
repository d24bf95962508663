// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.model.Address;
import io.aitbc.model.Height;
import io.aitbc.model.HeightRules;
import io.aitbc.model.QuorumRule;
import io.aitbc.model.Round;
import java.time.Instant;
import java.util.List;

/// Why the height that is to be decided is not decided yet: which part of which quorum is missing,
/// who has not been heard, since when. Protocol §6.
///
/// @param height the height
/// @param round its present round
/// @param rule the quorum that decides the round
/// @param waitingFor what comes next
/// @param since when the height began at this node
/// @param missing what the quorum lacks, counting everybody heard, checked or not
/// @param absent the voters not heard, ordered by account
public record Stall(
    Height height,
    Round round,
    QuorumRule rule,
    WaitingFor waitingFor,
    Instant since,
    HeightRules.Missing missing,
    List<Address> absent) {
  /// What a height waits for.
  public enum WaitingFor {
    /// The round's proposal; absent is who has not reached the round.
    PROPOSAL,
    /// PREPARE votes.
    PREPARES,
    /// COMMIT votes.
    COMMITS,
    /// The block itself: the height is decided, and this node lacks its content, its transactions
    /// or its result.
    BLOCK
  }

  /// Copies the list.
  public Stall {
    absent = List.copyOf(absent);
  }
}
