// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.model.Address;

/// The addresses below 2^16, which are kept for precompiles: Ethereum's and the chain's own.
/// Protocol §14.6.
final class PrecompileRange {
  private static final int ZERO_BYTES = Address.BYTES - 2;

  private PrecompileRange() {}

  /// Whether `address` is one of them.
  static boolean contains(Address address) {
    for (int i = 0; i < ZERO_BYTES; i++) {
      if (address.bytes().at(i) != 0) {
        return false;
      }
    }
    return true;
  }
}
