// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Block;
import io.aitbc.model.Receipt;
import io.aitbc.state.StateDiff;
import java.util.List;

/// A block of a network without votes with everything that is kept of it. It may be taken back.
/// Protocol §10.4.
///
/// @param block the block
/// @param hash its hash
/// @param senders of its transactions, in order
/// @param receipts of its transactions, in order
/// @param diff what it changes in the parent's state
/// @param authorship of its proposer
public record ReversibleBlock(
    Block block,
    Hash hash,
    List<Address> senders,
    List<Receipt> receipts,
    StateDiff diff,
    Authorship authorship) {
  /// @throws IllegalArgumentException if the parts do not belong together
  public ReversibleBlock {
    senders = List.copyOf(senders);
    receipts = List.copyOf(receipts);
    int transactions = block.transactions().size();
    if (senders.size() != transactions || receipts.size() != transactions) {
      throw new IllegalArgumentException(
          "%d transactions, %d senders, %d receipts"
              .formatted(transactions, senders.size(), receipts.size()));
    }
    if (!diff.rootAfter().equals(block.header().stateRoot())) {
      throw new IllegalArgumentException(
          "a diff to " + diff.rootAfter() + " for state root " + block.header().stateRoot());
    }
  }
}
