// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One call or creation while it runs: stack, memory, gas and place in the code. Yellow Paper §9.3.
///
/// Frames are kept by depth and used again, so a call allocates nothing. The memory of a frame
/// stands still while its callee runs: the callee reads its input there.
final class Frame {
  /// Arrays longer than this are not kept for the next use, in bytes.
  private static final int KEPT_BYTES_MAX = 1 << 16;

  /// Memory that a frame can have, in bytes: more than any gas limit below 2^43 pays for, and near
  /// the longest array there is.
  static final long MEMORY_BYTES_MAX = Integer.MAX_VALUE - 63L;

  private static final byte[] NOTHING = new byte[0];

  /// Callers above this one.
  final int depth;

  /// Index of the stack's lowest word in {@link #stack}. Below lies one more, so that an
  /// instruction of one operand can be computed like one of two ({@link Operators}).
  static final int STACK_BOTTOM = 4;

  final long[] stack = new long[STACK_BOTTOM + 4 * InstructionSet.STACK_WORDS_MAX];

  /// Index behind the highest word in {@link #stack}.
  int height;

  /// Position in {@link #instructions}.
  int position;

  long gas;

  /// What {@link #gas} was in the beginning.
  long gasGiven;

  /// What {@link #gas} was before the instruction that runs, while a tracer watches.
  long stepBegin;

  /// What its last call or creation took of its gas, with what it gave away.
  long stepCost;

  Code code = Code.EMPTY;

  /// The code's bytes as the loop reads them.
  byte[] instructions = Code.EMPTY.padded();

  byte[] memory = NOTHING;

  /// Bytes in use, a multiple of 32. The array may be longer.
  int memorySize;

  byte[] input = NOTHING;
  int inputAt;
  int inputLength;

  /// What the last call returned.
  byte[] returned = NOTHING;

  int returnedLength;

  /// Whose storage and balance it is.
  LiveAccount self;

  LiveAccount caller;

  /// Money sent along, or said to be by DELEGATECALL.
  final long[] value = new long[4];

  boolean isStatic;

  /// Whether what it returns becomes the code of {@link #self}.
  boolean isCreation;

  /// Where to go back to if it fails.
  int mark;

  /// Where in the caller's memory what it returns goes.
  int outputAt;

  int outputLength;

  @Nullable HaltReason halt;

  /// A frame at this depth, to be filled.
  Frame(int depth, LiveAccount self, LiveAccount caller) {
    this.depth = depth;
    this.self = self;
    this.caller = caller;
  }

  /// Makes the frame ready to run `newCode` from its begin.
  void begin(Code newCode, long newGas) {
    code = newCode;
    instructions = newCode.padded();
    position = Code.FRONT;
    height = STACK_BOTTOM;
    gas = newGas;
    gasGiven = newGas;
    memorySize = 0;
    returnedLength = 0;
    halt = null;
    if (memory.length > KEPT_BYTES_MAX) {
      memory = NOTHING;
    }
    if (returned.length > KEPT_BYTES_MAX) {
      returned = NOTHING;
    }
  }

  /// Notes why the frame stops; a gas value that says so to the loop.
  long halted(HaltReason reason) {
    halt = reason;
    return -1;
  }

  /// Pays for memory that reaches `end`, in bytes; the gas left, negative if it is not enough.
  long extend(long end, long gasLeft) {
    if (end <= memorySize) {
      return gasLeft;
    }
    if (end > MEMORY_BYTES_MAX) {
      return -1;
    }
    long words = GasCost.words(end);
    long left = gasLeft - memoryGas(words) + memoryGas(memorySize >>> 5);
    if (left >= 0) {
      enlarge((int) words << 5);
    }
    return left;
  }

  private static long memoryGas(long words) {
    return GasCost.MEMORY_WORD * words + words * words / GasCost.MEMORY_SQUARE;
  }

  private void enlarge(int size) {
    if (size > memory.length) {
      byte[] larger = new byte[Math.max(size, (int) Math.min(MEMORY_BYTES_MAX, 2L * size))];
      System.arraycopy(memory, 0, larger, 0, memorySize);
      memory = larger;
    } else {
      Arrays.fill(memory, memorySize, size, (byte) 0);
    }
    memorySize = size;
  }

  /// Pays for the memory that the offset at `stack[offsetAt]` and the length at `stack[lengthAt]`
  /// mean; the gas left, negative if it is not enough. Nothing is needed for a length of 0.
  long extend(int offsetAt, int lengthAt, long gasLeft) {
    long[] s = stack;
    if (Arithmetic.isZero(s, lengthAt)) {
      return gasLeft;
    }
    long offset = s[offsetAt];
    long length = s[lengthAt];
    if ((s[offsetAt + 1] | s[offsetAt + 2] | s[offsetAt + 3]) != 0
        || (s[lengthAt + 1] | s[lengthAt + 2] | s[lengthAt + 3]) != 0
        || ((offset | length) >>> 32) != 0) {
      return -1;
    }
    return extend(offset + length, gasLeft);
  }

  /// Pays for the memory that `length` bytes from the offset at `stack[offsetAt]` on mean; the gas
  /// left, negative if it is not enough.
  long extendBy(int offsetAt, int length, long gasLeft) {
    long[] s = stack;
    if ((s[offsetAt + 1] | s[offsetAt + 2] | s[offsetAt + 3]) != 0 || (s[offsetAt] >>> 32) != 0) {
      return -1;
    }
    return extend(s[offsetAt] + length, gasLeft);
  }

  /// Keeps a copy of what a call returned.
  void keepReturned(byte[] bytes, int at, int length) {
    if (length > returned.length) {
      returned = new byte[Math.max(length, 2 * returned.length)];
    }
    System.arraycopy(bytes, at, returned, 0, length);
    returnedLength = length;
  }
}
