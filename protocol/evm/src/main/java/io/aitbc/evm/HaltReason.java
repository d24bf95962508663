// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

/// Why a call or creation stopped exceptionally: its changes are taken back and its gas is gone.
/// Yellow Paper §9.4.2 and the EIPs named.
public enum HaltReason {
  /// Less gas was left than the next step costs.
  OUT_OF_GAS,
  /// An instruction takes more words than are on the stack.
  STACK_UNDERFLOW,
  /// The stack would hold more than 1,024 words.
  STACK_OVERFLOW,
  /// The byte is no instruction of this fork, or INVALID.
  INVALID_INSTRUCTION,
  /// A jump to where no JUMPDEST is.
  INVALID_JUMP,
  /// A change of the state inside of a STATICCALL (EIP-214).
  WRITE_IN_STATIC_CALL,
  /// Return data was read beyond its end (EIP-211).
  RETURN_DATA_OUT_OF_BOUNDS,
  /// Code that creates a contract is longer than 49,152 bytes (EIP-3860).
  INIT_CODE_TOO_LARGE,
  /// A creation returned code longer than 24,576 bytes (EIP-170).
  CODE_TOO_LARGE,
  /// A creation returned code that begins with 0xef (EIP-3541).
  CODE_PREFIX_RESERVED,
  /// A creation cannot pay for storing its code (EIP-2).
  CODE_STORAGE_OUT_OF_GAS,
  /// The new contract's address has nonce, code or storage (EIP-684, EIP-7610).
  ADDRESS_OCCUPIED,
  /// A precompile refused its input.
  PRECOMPILE_FAILED
}
