// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Bytes;

/// The gas that a transaction costs whatever it does. Protocol §14.1; Yellow Paper §6.2, EIP-2028,
/// 2930, 3860, 7623, 7702.
///
/// @param charged taken before execution
/// @param floor least gas used in the end because of its data (EIP-7623); 0 before Prague
public record IntrinsicGas(long charged, long floor) {
  /// Gas of every transaction.
  public static final long TRANSACTION_GAS = 21_000;

  /// Gas of creating a contract (EIP-2).
  public static final long CREATION_GAS = 32_000;

  /// Gas of a data byte that is 0.
  public static final long ZERO_BYTE_GAS = 4;

  /// Gas of a data byte that is not 0 (EIP-2028).
  public static final long NON_ZERO_BYTE_GAS = 16;

  /// Gas of 32 bytes of code that creates a contract, for the scan that it needs (EIP-3860).
  public static final long INIT_CODE_WORD_GAS = 2;

  /// Gas of an address in an access list (EIP-2930).
  public static final long ACCESS_LIST_ADDRESS_GAS = 2_400;

  /// Gas of a storage key in an access list (EIP-2930).
  public static final long ACCESS_LIST_KEY_GAS = 1_900;

  /// Gas of an authorization, as if its account were new (EIP-7702).
  public static final long AUTHORIZATION_GAS = 25_000;

  /// Tokens of a data byte that is not 0; one that is 0 has one (EIP-7623).
  public static final long NON_ZERO_BYTE_TOKENS = 4;

  /// Least gas of a token of data (EIP-7623).
  public static final long FLOOR_TOKEN_GAS = 10;

  /// The gas of a transaction under these rules. Cannot overflow: every term is at most 25,000
  /// times a number of bytes that fits an int.
  public static IntrinsicGas of(UnsignedTransaction transaction, Fork fork) {
    Bytes data = transaction.data();
    long zeros = zeros(data);
    long others = data.length() - zeros;
    long charged = TRANSACTION_GAS + ZERO_BYTE_GAS * zeros + NON_ZERO_BYTE_GAS * others;
    if (transaction.recipient().isEmpty()) {
      charged += CREATION_GAS + INIT_CODE_WORD_GAS * ((data.length() + 31L) / 32); // rounded up
    }
    for (AccessListEntry entry : transaction.accessList()) {
      charged += ACCESS_LIST_ADDRESS_GAS + ACCESS_LIST_KEY_GAS * entry.storageKeys().size();
    }
    charged += AUTHORIZATION_GAS * transaction.authorizations().size();
    long floor =
        fork.isAtLeast(Fork.PRAGUE)
            ? TRANSACTION_GAS + FLOOR_TOKEN_GAS * (zeros + NON_ZERO_BYTE_TOKENS * others)
            : 0;
    return new IntrinsicGas(charged, floor);
  }

  /// Least gas limit of the transaction.
  public long gasLimitMin() {
    return Math.max(charged, floor);
  }

  private static long zeros(Bytes data) {
    long zeros = 0;
    for (int i = 0; i < data.length(); i++) {
      zeros += data.at(i) == 0 ? 1 : 0;
    }
    return zeros;
  }
}
