// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Fork;
import io.aitbc.model.UInt256;

/// What a transaction can see of the block it is in. Protocol §14.6, Yellow Paper §4.4.
///
/// @param fork the rules
/// @param chainId the chain (CHAINID)
/// @param coinbase who gets the priority fees (COINBASE)
/// @param number height of the block (NUMBER)
/// @param timestampSeconds seconds since 1970 (TIMESTAMP)
/// @param gasLimit gas of all transactions together (GASLIMIT)
/// @param random the beacon's value (PREVRANDAO)
/// @param baseFeePerGas what is burnt of the price of gas (BASEFEE)
/// @param blobBaseFee what BLOBBASEFEE gives; 1 wei on a chain without blobs
/// @param ancestors hashes of earlier blocks (BLOCKHASH)
public record BlockEnvironment(
    Fork fork,
    UInt256 chainId,
    Address coinbase,
    long number,
    long timestampSeconds,
    long gasLimit,
    Hash random,
    Amount baseFeePerGas,
    Amount blobBaseFee,
    Ancestors ancestors) {
  /// How far back BLOCKHASH sees, in blocks.
  public static final int ANCESTORS_MAX = 256;

  /// Hashes of earlier blocks.
  @FunctionalInterface
  public interface Ancestors {
    /// The hash of block `number`, which is one of the {@link #ANCESTORS_MAX} before this one.
    Hash hash(long number);
  }
}
