// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import io.aitbc.consensus.LightRejection;
import io.aitbc.consensus.TrustedHead;
import io.aitbc.model.Receipt;
import io.aitbc.state.ProofRejection;

/// What a light client finds of a transaction. Protocol §10.3, §13.3.
public sealed interface LightReceipt {
  /// The transaction is in a final block, and this came of it.
  ///
  /// @param block the block, whose header was followed
  /// @param position of the transaction in it, from 0 on
  /// @param receipt what came of it
  record Proven(TrustedHead block, int position, Receipt receipt) implements LightReceipt {}

  /// The node knows no block with the transaction.
  record Unknown() implements LightReceipt {}

  /// A header on the way to the block, or its own, is not followed.
  ///
  /// @param height of that header
  /// @param reason why
  record NotFollowed(long height, LightRejection reason) implements LightReceipt {}

  /// The block is final, but what the node answered proves nothing about the transaction in it.
  ///
  /// @param reason why
  record NotProven(ProofRejection reason) implements LightReceipt {}
}
