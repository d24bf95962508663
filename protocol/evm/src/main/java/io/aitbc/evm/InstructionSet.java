// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import static io.aitbc.evm.Opcode.*;

import io.aitbc.model.Fork;
import java.util.Arrays;

/// For every byte under one {@link Fork}: whether it is an instruction, the gas it costs in any
/// case, and what it takes from and leaves on the stack. Protocol §14.6, Yellow Paper appendix H.
///
/// One long per byte, so that the loop reads all of it at once. Heights are indices of the frame's
/// stack, whose words are four longs each: bits 0 to 15 gas; 16 to 31 least height; 32 to 47
/// greatest height above it; 48 to 63 change of height, signed.
final class InstructionSet {
  /// Words that fit on the stack (Yellow Paper §9.1).
  static final int STACK_WORDS_MAX = 1_024;

  /// An entry that no height fulfils.
  private static final long UNDEFINED = 0x7fffL << 16;

  private static final InstructionSet CANCUN = new InstructionSet(Fork.CANCUN);
  private static final InstructionSet PRAGUE = new InstructionSet(Fork.PRAGUE);
  private static final InstructionSet OSAKA = new InstructionSet(Fork.OSAKA);

  private final long[] entries = new long[256];

  private InstructionSet(Fork fork) {
    Arrays.fill(entries, UNDEFINED);
    arithmetic(fork);
    environment();
    block();
    storageAndFlow();
    pushes();
    put(LOG0, 375, 2, 0);
    put(LOG0 + 1, 750, 3, 0);
    put(LOG0 + 2, 1_125, 4, 0);
    put(LOG0 + 3, 1_500, 5, 0);
    put(LOG4, 1_875, 6, 0);
    put(CREATE, 32_000, 3, 1);
    put(CREATE2, 32_000, 4, 1);
    put(CALL, 0, 7, 1);
    put(CALLCODE, 0, 7, 1);
    put(DELEGATECALL, 0, 6, 1);
    put(STATICCALL, 0, 6, 1);
    put(RETURN, 0, 2, 0);
    put(REVERT, 0, 2, 0);
    put(SELFDESTRUCT, 5_000, 1, 0);
  }

  /// The set of `fork`.
  static InstructionSet of(Fork fork) {
    return switch (fork) {
      case CANCUN -> CANCUN;
      case PRAGUE -> PRAGUE;
      case OSAKA -> OSAKA;
    };
  }

  /// The entries, to be read only.
  long[] entries() {
    return entries;
  }

  /// Whether the byte is an instruction.
  static boolean isDefined(long entry) {
    return entry != UNDEFINED;
  }

  /// Gas in any case.
  static long gas(long entry) {
    return entry & 0xffff;
  }

  /// Least height before the instruction.
  static int heightMin(long entry) {
    return (int) (entry >>> 16) & 0xffff;
  }

  /// By how much the height may be above the least.
  static int heightSpan(long entry) {
    return (int) (entry >>> 32) & 0xffff;
  }

  /// Longs by which the stack grows, negative if it shrinks.
  static int heightChange(long entry) {
    return (int) (entry >> 48);
  }

  private void arithmetic(Fork fork) {
    put(STOP, 0, 0, 0);
    for (int opcode : new int[] {ADD, SUB, LT, GT, SLT, SGT, EQ, AND, OR, XOR, BYTE}) {
      put(opcode, 3, 2, 1);
    }
    for (int opcode : new int[] {SHL, SHR, SAR}) {
      put(opcode, 3, 2, 1);
    }
    for (int opcode : new int[] {MUL, DIV, SDIV, MOD, SMOD, SIGNEXTEND}) {
      put(opcode, 5, 2, 1);
    }
    put(ADDMOD, 8, 3, 1);
    put(MULMOD, 8, 3, 1);
    put(EXP, 10, 2, 1);
    put(ISZERO, 3, 1, 1);
    put(NOT, 3, 1, 1);
    if (fork.isAtLeast(Fork.OSAKA)) {
      put(CLZ, 5, 1, 1);
    }
    put(KECCAK256, 30, 2, 1);
  }

  private void environment() {
    for (int opcode : new int[] {ADDRESS, ORIGIN, CALLER, CALLVALUE, CALLDATASIZE, CODESIZE}) {
      put(opcode, 2, 0, 1);
    }
    put(GASPRICE, 2, 0, 1);
    put(RETURNDATASIZE, 2, 0, 1);
    put(BALANCE, 0, 1, 1);
    put(EXTCODESIZE, 0, 1, 1);
    put(EXTCODEHASH, 0, 1, 1);
    put(EXTCODECOPY, 0, 4, 0);
    put(CALLDATALOAD, 3, 1, 1);
    put(CALLDATACOPY, 3, 3, 0);
    put(CODECOPY, 3, 3, 0);
    put(RETURNDATACOPY, 3, 3, 0);
  }

  private void block() {
    for (int opcode : new int[] {COINBASE, TIMESTAMP, NUMBER, PREVRANDAO, GASLIMIT, CHAINID}) {
      put(opcode, 2, 0, 1);
    }
    put(BLOCKHASH, 20, 1, 1);
    put(SELFBALANCE, 5, 0, 1);
    put(BASEFEE, 2, 0, 1);
    put(BLOBHASH, 3, 1, 1);
    put(BLOBBASEFEE, 2, 0, 1);
  }

  private void storageAndFlow() {
    put(POP, 2, 1, 0);
    put(MLOAD, 3, 1, 1);
    put(MSTORE, 3, 2, 0);
    put(MSTORE8, 3, 2, 0);
    put(SLOAD, 0, 1, 1);
    put(SSTORE, 0, 2, 0);
    put(JUMP, 8, 1, 0);
    put(JUMPI, 10, 2, 0);
    put(PC, 2, 0, 1);
    put(MSIZE, 2, 0, 1);
    put(GAS, 2, 0, 1);
    put(JUMPDEST, 1, 0, 0);
    put(TLOAD, 100, 1, 1);
    put(TSTORE, 100, 2, 0);
    put(MCOPY, 3, 3, 0);
  }

  private void pushes() {
    put(PUSH0, 2, 0, 1);
    for (int opcode = PUSH1; opcode <= PUSH32; opcode++) {
      put(opcode, 3, 0, 1);
    }
    for (int depth = 1; depth <= 16; depth++) {
      put(DUP1 + depth - 1, 3, depth, depth + 1);
      put(SWAP1 + depth - 1, 3, depth + 1, depth + 1);
    }
  }

  private void put(int opcode, long gas, int taken, int left) {
    int growth = left - taken;
    int heightMax = STACK_WORDS_MAX - Math.max(0, growth);
    long heights = ((Frame.STACK_BOTTOM + 4L * taken) << 16) | ((4L * (heightMax - taken)) << 32);
    entries[opcode] = gas | heights | ((4L * growth) << 48);
  }
}
