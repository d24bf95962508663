// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import java.util.Optional;

/// The types of transaction that the chain knows. Type 3 (EIP-4844, blobs) is none of them: data of
/// AI work is stored by hash, not in blobs. Protocol §11.3.
public enum TransactionType {
  /// Without a type byte, with or without a chain id (EIP-155).
  LEGACY(0),
  /// With an access list (EIP-2930).
  ACCESS_LIST(1),
  /// With a maximum and a priority fee (EIP-1559).
  DYNAMIC_FEE(2),
  /// Sets the code of accounts that authorized it (EIP-7702).
  SET_CODE(4);

  private final int code;

  TransactionType(int code) {
    this.code = code;
  }

  /// The number that stands for the type on the wire and in JSON-RPC.
  public int code() {
    return code;
  }

  /// The type with this number, if the chain knows it.
  public static Optional<TransactionType> of(int code) {
    return switch (code) {
      case 0 -> Optional.of(LEGACY);
      case 1 -> Optional.of(ACCESS_LIST);
      case 2 -> Optional.of(DYNAMIC_FEE);
      case 4 -> Optional.of(SET_CODE);
      default -> Optional.empty();
    };
  }
}
