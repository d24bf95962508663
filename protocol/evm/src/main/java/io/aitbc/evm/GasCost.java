// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

/// What instructions cost, in gas, where it is more than a number per instruction. Yellow Paper
/// appendix G as changed by the EIPs named. Protocol §14.6.
final class GasCost {
  /// Access to an account that the transaction touched before (EIP-2929).
  static final long WARM = 100;

  /// First access to an account in a transaction (EIP-2929).
  static final long COLD_ACCOUNT = 2_600;

  /// First access to a storage slot in a transaction (EIP-2929).
  static final long COLD_SLOT = 2_100;

  /// Setting a slot from its original zero to another value (EIP-2200).
  static final long SLOT_SET = 20_000;

  /// Changing a slot from its original value otherwise: 5,000 less the price of a cold access
  /// (EIP-2929).
  static final long SLOT_RESET = 5_000 - COLD_SLOT;

  /// Returned for setting a slot to zero (EIP-3529).
  static final long SLOT_CLEARED = 4_800;

  /// SSTORE halts when no more than this is left (EIP-2200): it is what a callee gets with a
  /// transfer, and must not be enough to write.
  static final long CALL_STIPEND = 2_300;

  /// Sending money along with a call.
  static final long CALL_VALUE = 9_000;

  /// Bringing an account into being by sending it money (EIP-161).
  static final long NEW_ACCOUNT = 25_000;

  /// A byte of code stored by a creation.
  static final long CODE_BYTE = 200;

  /// 32 bytes of code that creates a contract, for the scan that it needs (EIP-3860).
  static final long INIT_CODE_WORD = 2;

  /// 32 bytes hashed by KECCAK256 and CREATE2.
  static final long HASH_WORD = 6;

  /// 32 bytes copied.
  static final long COPY_WORD = 3;

  /// A byte of the exponent of EXP (EIP-160).
  static final long EXPONENT_BYTE = 50;

  /// A byte of data of LOG0 to LOG4.
  static final long LOG_BYTE = 8;

  /// 32 bytes of memory, to which the square of their number divided by {@link #MEMORY_SQUARE}
  /// comes.
  static final long MEMORY_WORD = 3;

  /// See {@link #MEMORY_WORD}.
  static final long MEMORY_SQUARE = 512;

  /// A caller keeps at least one part in so many of its gas (EIP-150).
  static final long CALL_RESERVE = 64;

  /// At most one part in so many of the gas used is returned (EIP-3529).
  static final long REFUND_PART = 5;

  /// Returned for an authorization whose account was there before: 25,000 less 12,500 (EIP-7702).
  static final long AUTHORIZATION_REFUND = 12_500;

  private GasCost() {}

  /// How many words of 32 bytes cover so many bytes, rounded up.
  static long words(long bytes) {
    return (bytes + 31) >>> 5;
  }
}
