// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus.poa;

import io.aitbc.consensus.Peer;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import java.time.Instant;

/// What happens to {@link AuthorityChain}. Protocol §10.4.
public sealed interface AuthorityInput {
  /// The wall clock, given before every other input when it has moved.
  record TimePassed(Instant now) implements AuthorityInput {}

  /// A slot began: the answer to {@link AuthorityEffect.WakeAt}.
  record SlotBegan(long slot) implements AuthorityInput {}

  /// What came of a check.
  enum Verdict {
    /// The signature is its author's, and the body its own.
    HOLDS,
    /// The signature is not that of the proposer of its slot.
    WRONG_SIGNATURE,
    /// The signature is, but the body is another one: whoever brought it has spoiled it.
    WRONG_BODY
  }

  /// A block from a peer. Nothing about it was checked.
  record Received(Peer from, AuthoredBlock block) implements AuthorityInput {}

  /// The answer to {@link AuthorityEffect.Verify}.
  record Verified(Peer from, Hash blockHash, Verdict verdict) implements AuthorityInput {}

  /// The answer to {@link AuthorityEffect.Execute}.
  ///
  /// @param blockHash the block that was asked for
  /// @param holds whether the body is valid on its parent and has that hash
  record Executed(Hash blockHash, boolean holds) implements AuthorityInput {}

  /// The answer to {@link AuthorityEffect.Build}.
  ///
  /// @param slot the slot that was asked for
  /// @param parentHash the block it stands on
  /// @param blockHash its hash
  /// @param body its transactions
  record Built(long slot, Hash parentHash, Hash blockHash, Bytes body) implements AuthorityInput {}

  /// The answer to {@link AuthorityEffect.Sign}.
  record Signed(Hash blockHash, BlsSignature signature) implements AuthorityInput {}

  /// An operator's word after {@link AuthorityEffect.StopSplit}: this node stays on its own chain
  /// and never hears of the other branch again. (For the other branch it is started anew.)
  record OperatorKeeps() implements AuthorityInput {}
}
