// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

/// A set of Ethereum's execution rules that the chain knows, oldest first. Blob transactions are in
/// none of them. Protocol §14.7.
public enum Fork {
  /// Rules of March 2024 (EIP-7569). Only for conformance vectors.
  CANCUN,
  /// Rules of May 2025 (EIP-7600): set-code transactions, calldata floor, BLS12-381 precompiles.
  PRAGUE,
  /// Rules of December 2025 (EIP-7607): cap of gas per transaction, CLZ, secp256r1 precompile.
  OSAKA;

  /// Whether these rules include those of `other`.
  public boolean isAtLeast(Fork other) {
    return compareTo(other) >= 0;
  }
}
