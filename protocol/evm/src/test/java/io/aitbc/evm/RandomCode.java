// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.crypto.Bytes;
import io.aitbc.testkit.Seed;
import java.io.ByteArrayOutputStream;

/// Code that gets further than random bytes do: operands are pushed first, offsets are small, calls
/// go to the contract itself, to precompiles and to nobody.
final class RandomCode {
  private static final int[] TAKING_OFFSETS = {
    Opcode.MLOAD,
    Opcode.MSTORE,
    Opcode.MSTORE8,
    Opcode.KECCAK256,
    Opcode.CALLDATALOAD,
    Opcode.CALLDATACOPY,
    Opcode.CODECOPY,
    Opcode.RETURNDATACOPY,
    Opcode.MCOPY,
    Opcode.LOG0,
    Opcode.LOG4,
    Opcode.SLOAD,
    Opcode.SSTORE,
    Opcode.TLOAD,
    Opcode.TSTORE,
    Opcode.CREATE,
    Opcode.CREATE2,
    Opcode.EXTCODECOPY,
    Opcode.JUMP,
    Opcode.JUMPI
  };

  private static final int[] CALLS = {
    Opcode.CALL, Opcode.CALLCODE, Opcode.DELEGATECALL, Opcode.STATICCALL
  };

  private RandomCode() {}

  static Bytes draw(Seed seed) {
    ByteArrayOutputStream code = new ByteArrayOutputStream();
    int parts = 1 + seed.below(60);
    for (int i = 0; i < parts; i++) {
      switch (seed.below(10)) {
        case 0 -> code.write(seed.below(256));
        case 1, 2 -> {
          push(seed, code, 3 + seed.below(3));
          code.write(seed.below(0x20));
        }
        case 3 -> code.write(Opcode.DUP1 + seed.below(4));
        case 4 -> code.write(Opcode.SWAP1 + seed.below(3));
        case 5 -> code.write(0x30 + seed.below(0x1b));
        case 6 -> call(seed, code);
        case 7 -> code.write(seed.chance(1, 4) ? Opcode.JUMPDEST : Opcode.POP);
        default -> {
          push(seed, code, 6);
          code.write(TAKING_OFFSETS[seed.below(TAKING_OFFSETS.length)]);
        }
      }
    }
    if (seed.chance(1, 2)) {
      code.writeBytes(
          new byte[] {0x60, 64, 0x60, 0, seed.chance(1, 2) ? (byte) 0xf3 : (byte) 0xfd});
    }
    return Bytes.wrap(code.toByteArray());
  }

  private static void push(Seed seed, ByteArrayOutputStream code, int words) {
    for (int i = 0; i < words; i++) {
      if (seed.chance(1, 20)) {
        int length = 1 + seed.below(32);
        code.write(Opcode.PUSH0 + length);
        code.writeBytes(seed.bytes(length));
      } else {
        code.write(Opcode.PUSH1);
        code.write(seed.below(96));
      }
    }
  }

  private static void call(Seed seed, ByteArrayOutputStream code) {
    push(seed, code, 5);
    switch (seed.below(3)) {
      case 0 -> code.write(Opcode.ADDRESS);
      case 1 -> code.writeBytes(new byte[] {0x60, (byte) seed.below(20)});
      default -> code.write(Opcode.CALLER);
    }
    code.write(Opcode.GAS);
    code.write(CALLS[seed.below(CALLS.length)]);
  }
}
