// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import static io.aitbc.evm.Opcode.*;

/// Instructions that make one word of the two on top of the stack, or of the top one, and touch
/// nothing else. Yellow Paper appendix H; operands lie as in {@link Arithmetic}.
///
/// All read two words first, those that need one too: below the stack's lowest word lies another
/// ({@link Frame#STACK_BOTTOM}).
final class Operators {
  private Operators() {}

  /// Runs the instruction `opcode` on the words at `w[at + 4]` (the top) and `w[at]`.
  static void run(int opcode, long[] w, int at) {
    long a0 = w[at + 4];
    long a1 = w[at + 5];
    long a2 = w[at + 6];
    long a3 = w[at + 7];
    long b0 = w[at];
    long b1 = w[at + 1];
    long b2 = w[at + 2];
    long b3 = w[at + 3];
    switch (opcode) {
      case ADD -> {
        long r0 = a0 + b0;
        long r1 = a1 + b1 + carry(a0, b0, r0);
        long r2 = a2 + b2 + carry(a1, b1, r1);
        put(w, at, r0, r1, r2, a3 + b3 + carry(a2, b2, r2));
      }
      case SUB -> {
        long r0 = a0 - b0;
        long r1 = a1 - b1 - borrow(a0, b0, r0);
        long r2 = a2 - b2 - borrow(a1, b1, r1);
        put(w, at, r0, r1, r2, a3 - b3 - borrow(a2, b2, r2));
      }
      case AND -> put(w, at, a0 & b0, a1 & b1, a2 & b2, a3 & b3);
      case OR -> put(w, at, a0 | b0, a1 | b1, a2 | b2, a3 | b3);
      case XOR -> put(w, at, a0 ^ b0, a1 ^ b1, a2 ^ b2, a3 ^ b3);
      case EQ -> {
        long difference = (a0 ^ b0) | (a1 ^ b1) | (a2 ^ b2) | (a3 ^ b3);
        put(w, at, 1 ^ nonZero(difference), 0, 0, 0);
      }
      case LT -> put(w, at, Bitwise.isBelow(w, at + 4, at) ? 1 : 0, 0, 0, 0);
      case GT -> put(w, at, Bitwise.isBelow(w, at, at + 4) ? 1 : 0, 0, 0, 0);
      case SLT -> put(w, at, Bitwise.isSignedBelow(w, at + 4, at) ? 1 : 0, 0, 0, 0);
      case SGT -> put(w, at, Bitwise.isSignedBelow(w, at, at + 4) ? 1 : 0, 0, 0, 0);
      case CLZ -> Bitwise.countLeadingZeros(w, at + 4);
      case MUL -> Arithmetic.multiply(w, at);
      case SHL -> Bitwise.shiftLeft(w, at);
      case SHR -> Bitwise.shiftRight(w, at);
      case SAR -> Bitwise.shiftRightSigned(w, at);
      case BYTE -> Bitwise.byteAt(w, at);
      case SIGNEXTEND -> Bitwise.signExtend(w, at);
      default -> throw new IllegalStateException("no operator: " + opcode);
    }
  }

  private static void put(long[] w, int at, long r0, long r1, long r2, long r3) {
    w[at] = r0;
    w[at + 1] = r1;
    w[at + 2] = r2;
    w[at + 3] = r3;
  }

  /// The carry out of `a + b`, with or without a carry in, that gave `sum`.
  private static long carry(long a, long b, long sum) {
    return ((a & b) | ((a | b) & ~sum)) >>> 63;
  }

  /// The borrow out of `a - b`, with or without a borrow in, that gave `difference`.
  private static long borrow(long a, long b, long difference) {
    return ((~a & b) | ((~a | b) & difference)) >>> 63;
  }

  /// 1 for every number but 0.
  private static long nonZero(long number) {
    return (number | -number) >>> 63;
  }
}
