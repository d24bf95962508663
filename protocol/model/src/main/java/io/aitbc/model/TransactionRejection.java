// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import java.util.Optional;

/// Why a well-formed transaction is not valid whatever the state. Protocol §14.1.
public sealed interface TransactionRejection {
  /// The fork does not have the type.
  ///
  /// @param type type of the transaction
  /// @param fork rules of the block
  record TypeNotAllowed(TransactionType type, Fork fork) implements TransactionRejection {}

  /// It is for another chain, or for every chain where that is not allowed.
  ///
  /// @param expected this chain
  /// @param actual the transaction's chain; empty without replay protection
  record WrongChain(UInt256 expected, Optional<UInt256> actual) implements TransactionRejection {}

  /// Its encoding is too long.
  ///
  /// @param bytes length of its encoding
  /// @param bytesMax greatest length allowed
  record TooLarge(int bytes, int bytesMax) implements TransactionRejection {}

  /// Its signature's numbers are out of range.
  ///
  /// @param signature the numbers
  record SignatureOutOfRange(TransactionSignature signature) implements TransactionRejection {}

  /// Its signature has the greater of the two possible `s` (EIP-2).
  ///
  /// @param s number found, above {@link TransactionSignature#S_MAX}
  record SignatureNotLow(UInt256 s) implements TransactionRejection {}

  /// Its nonce is 2^64 - 1 (EIP-2681).
  record NonceTooHigh() implements TransactionRejection {}

  /// The most it may cost is 2^256 wei or more.
  ///
  /// @param gasLimit its gas limit
  /// @param maxFeePerGas what it offers per unit of gas
  /// @param value money sent along
  record CostTooHigh(UInt256 gasLimit, Amount maxFeePerGas, Amount value)
      implements TransactionRejection {}

  /// Its priority fee is above its maximum fee (EIP-1559).
  ///
  /// @param maxPriorityFeePerGas the priority fee
  /// @param maxFeePerGas the maximum fee
  record PriorityFeeAboveMaxFee(Amount maxPriorityFeePerGas, Amount maxFeePerGas)
      implements TransactionRejection {}

  /// It creates a contract from too much code (EIP-3860).
  ///
  /// @param bytes length of the code
  /// @param bytesMax greatest length allowed
  record InitCodeTooLarge(int bytes, int bytesMax) implements TransactionRejection {}

  /// It is of type 4 without an authorization (EIP-7702).
  record NoAuthorization() implements TransactionRejection {}

  /// Its gas limit is above the cap of one transaction (EIP-7825).
  ///
  /// @param gasLimit its gas limit
  /// @param gasLimitMax greatest limit allowed
  record GasLimitTooHigh(UInt256 gasLimit, long gasLimitMax) implements TransactionRejection {}

  /// Its gas limit is below what it costs whatever it does.
  ///
  /// @param needed gas charged before execution
  /// @param gasLimit its gas limit
  record GasLimitBelowIntrinsic(long needed, long gasLimit) implements TransactionRejection {}

  /// Its gas limit is below the floor that its data sets (EIP-7623).
  ///
  /// @param floor least gas used
  /// @param gasLimit its gas limit
  record GasLimitBelowFloor(long floor, long gasLimit) implements TransactionRejection {}
}
