// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Secp256k1;
import java.util.Optional;

/// A transaction with its sender, recovered once per node. Protocol §12.4.
///
/// @param transaction the transaction
/// @param sender whose signature it bears
public record RecoveredTransaction(Transaction transaction, Address sender) {
  /// The transaction with its sender; empty if the signature is of nobody.
  public static Optional<RecoveredTransaction> of(Transaction transaction, Secp256k1 secp256k1) {
    return transaction
        .sender(secp256k1)
        .map(sender -> new RecoveredTransaction(transaction, sender));
  }
}
