// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.model.Address;

/// The addresses below 2^16, which are kept for precompiles: Ethereum's and the chain's own.
/// Protocol §14.6.
final class PrecompileRange {
  private static final Address LAST = Address.fromHex("00".repeat(Address.BYTES - 2) + "ffff");

  private PrecompileRange() {}

  /// Whether `address` is one of them.
  static boolean contains(Address address) {
    return address.compareTo(LAST) <= 0;
  }
}
