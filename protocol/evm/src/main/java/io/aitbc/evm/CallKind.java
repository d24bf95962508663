// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

/// The ways in which code starts other code, or ends itself in favour of another account. Names as
/// the instructions have them.
public enum CallKind {
  /// A call.
  CALL,
  /// A call of another's code on one's own storage, with oneself as the caller.
  CALLCODE,
  /// A call of another's code on one's own storage, with one's own caller and value.
  DELEGATECALL,
  /// A call that may change nothing.
  STATICCALL,
  /// A creation at an address made of the creator's address and nonce.
  CREATE,
  /// A creation at an address made of the creator's address, a salt and the code.
  CREATE2,
  /// The end of a contract, which sends its money to another account.
  SELFDESTRUCT;

  /// The kind that the instruction starts.
  static CallKind of(int opcode) {
    return switch (opcode) {
      case Opcode.CALL -> CALL;
      case Opcode.CALLCODE -> CALLCODE;
      case Opcode.DELEGATECALL -> DELEGATECALL;
      case Opcode.STATICCALL -> STATICCALL;
      case Opcode.CREATE -> CREATE;
      case Opcode.CREATE2 -> CREATE2;
      case Opcode.SELFDESTRUCT -> SELFDESTRUCT;
      default -> throw new IllegalArgumentException("starts no code: " + opcode);
    };
  }
}
