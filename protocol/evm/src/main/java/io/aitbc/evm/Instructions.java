// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import static io.aitbc.evm.Opcode.*;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Log;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Instructions that the loop does not compute itself. Each finds its operands below `height`,
/// leaves its result where the lowest of them was, and returns the gas left, negative if the frame
/// stops. Protocol §14.6, Yellow Paper appendix H.
final class Instructions {
  private Instructions() {}

  /// Runs the instruction `opcode`, whose gas in any case is charged already.
  static long run(int opcode, Machine machine, Frame frame, int height, long gas) {
    long[] s = frame.stack;
    switch (opcode) {
      case DIV -> machine.division().divide(s, height - 8);
      case SDIV -> machine.division().divideSigned(s, height - 8);
      case MOD -> machine.division().modulo(s, height - 8);
      case SMOD -> machine.division().moduloSigned(s, height - 8);
      case ADDMOD -> machine.division().addModulo(s, height - 12);
      case MULMOD -> machine.division().multiplyModulo(s, height - 12);
      case EXP -> {
        return power(machine, s, height, gas);
      }
      case KECCAK256 -> {
        return keccak(machine, frame, height, gas);
      }
      case CALLDATACOPY, CODECOPY, RETURNDATACOPY -> {
        return copy(opcode, frame, height, gas);
      }
      case MCOPY -> {
        return copyMemory(frame, height, gas);
      }
      case BALANCE, EXTCODESIZE, EXTCODEHASH -> {
        return account(opcode, machine, s, height, gas);
      }
      case EXTCODECOPY -> {
        return copyForeignCode(machine, frame, height, gas);
      }
      case SLOAD -> {
        return load(machine.state(), frame, height, gas);
      }
      case SSTORE -> {
        return store(machine.state(), frame, height, gas);
      }
      case TLOAD -> {
        SlotTable transients = machine.state().transients();
        transients.copyValue(transients.slot(frame.self, s, height - 4), s, height - 4);
      }
      case TSTORE -> {
        if (frame.isStatic) {
          return frame.halted(HaltReason.WRITE_IN_STATIC_CALL);
        }
        SlotTable transients = machine.state().transients();
        int slot = transients.slot(frame.self, s, height - 4);
        machine.state().setSlot(transients, slot, s, height - 8, frame.mark);
      }
      case LOG0, LOG0 + 1, LOG0 + 2, LOG0 + 3, LOG4 -> {
        return log(opcode - LOG0, machine, frame, height, gas);
      }
      case INVALID -> {
        return frame.halted(HaltReason.INVALID_INSTRUCTION);
      }
      case BLOBHASH -> Arithmetic.set(s, height - 4, 0); // No transaction carries blobs.
      case BLOCKHASH -> blockHash(machine.block(), s, height - 4);
      default -> throw new IllegalStateException("not in the instruction set: " + opcode);
    }
    return gas;
  }

  /// Runs one of the instructions that move a word or a byte to memory, from memory or from the
  /// input.
  static long runWithMemory(int opcode, Machine machine, Frame frame, int height, long gas) {
    long[] s = frame.stack;
    switch (opcode) {
      case MLOAD -> {
        long left = gas;
        if (isOutside(frame, s, height - 4, 32)) {
          left = frame.extendBy(height - 4, 32, gas);
          if (left < 0) {
            return left;
          }
        }
        Words.load(frame.memory, (int) s[height - 4], s, height - 4);
        return left;
      }
      case MSTORE -> {
        long left = gas;
        if (isOutside(frame, s, height - 4, 32)) {
          left = frame.extendBy(height - 4, 32, gas);
          if (left < 0) {
            return left;
          }
        }
        Words.store(s, height - 8, frame.memory, (int) s[height - 4]);
        return left;
      }
      case MSTORE8 -> {
        long left = gas;
        if (isOutside(frame, s, height - 4, 1)) {
          left = frame.extendBy(height - 4, 1, gas);
          if (left < 0) {
            return left;
          }
        }
        frame.memory[(int) s[height - 4]] = (byte) s[height - 8];
        return left;
      }
      case CALLDATALOAD -> callDataLoad(machine, frame, height);
      default -> throw new IllegalStateException("does not read memory: " + opcode);
    }
    return gas;
  }

  /// Whether the `length` bytes from the offset at `s[at]` on reach beyond the memory in use.
  private static boolean isOutside(Frame frame, long[] s, int at, int length) {
    long offset = s[at];
    return (s[at + 1] | s[at + 2] | s[at + 3] | offset >>> 31) != 0
        || offset + length > frame.memorySize;
  }

  private static long power(Machine machine, long[] s, int height, long gas) {
    int exponentBytes = (Arithmetic.bitLength(s, height - 8) + 7) >>> 3;
    long left = gas - GasCost.EXPONENT_BYTE * exponentBytes;
    if (left >= 0) {
      Arithmetic.power(s, height - 8, machine.scratch());
    }
    return left;
  }

  private static long keccak(Machine machine, Frame frame, int height, long gas) {
    long[] s = frame.stack;
    long left = frame.extend(height - 4, height - 8, gas);
    if (left < 0) {
      return left;
    }
    int length = (int) s[height - 8];
    left -= GasCost.HASH_WORD * GasCost.words(length);
    if (left < 0) {
      return left;
    }
    if (length == SlotHashes.INPUT_BYTES) {
      machine.slotHashes().hash(frame.memory, (int) s[height - 4], s, height - 8);
      return left;
    }
    byte[] digest = machine.digest();
    Keccak256.hash(frame.memory, length == 0 ? 0 : (int) s[height - 4], length, digest, 0);
    Words.load(digest, 0, s, height - 8);
    return left;
  }

  private static void callDataLoad(Machine machine, Frame frame, int height) {
    long[] s = frame.stack;
    long offset = Words.toLongCapped(s, height - 4);
    if (offset <= frame.inputLength - 32L) {
      Words.load(frame.input, frame.inputAt + (int) offset, s, height - 4);
      return;
    }
    byte[] word = machine.digest();
    Arrays.fill(word, (byte) 0);
    if (offset < frame.inputLength) {
      int count = frame.inputLength - (int) offset;
      System.arraycopy(frame.input, frame.inputAt + (int) offset, word, 0, count);
    }
    Words.load(word, 0, s, height - 4);
  }

  /// CALLDATACOPY, CODECOPY, RETURNDATACOPY: to memory at the first operand, from the second on, as
  /// many bytes as the third says.
  private static long copy(int opcode, Frame frame, int height, long gas) {
    long[] s = frame.stack;
    long from = Words.toLongCapped(s, height - 8);
    if (opcode == RETURNDATACOPY) {
      long count = Words.toLongCapped(s, height - 12);
      if (from > frame.returnedLength || count > frame.returnedLength - from) {
        return frame.halted(HaltReason.RETURN_DATA_OUT_OF_BOUNDS);
      }
    }
    long left = payCopy(frame, height - 4, height - 12, gas);
    int count = (int) s[height - 12];
    if (left < 0 || count == 0) {
      return left;
    }
    int to = (int) s[height - 4];
    switch (opcode) {
      case CODECOPY -> frame.code.copyTo(from, frame.memory, to, count);
      case RETURNDATACOPY -> System.arraycopy(frame.returned, (int) from, frame.memory, to, count);
      default -> {
        int present = (int) Math.min(Math.max(0, frame.inputLength - from), count);
        if (present > 0) {
          System.arraycopy(frame.input, frame.inputAt + (int) from, frame.memory, to, present);
        }
        Arrays.fill(frame.memory, to + present, to + count, (byte) 0);
      }
    }
    return left;
  }

  /// Pays for memory and for copying the length at `stack[lengthAt]` to it.
  private static long payCopy(Frame frame, int offsetAt, int lengthAt, long gas) {
    long left = frame.extend(offsetAt, lengthAt, gas);
    return left < 0 ? left : left - GasCost.COPY_WORD * GasCost.words(frame.stack[lengthAt]);
  }

  private static long copyMemory(Frame frame, int height, long gas) {
    long[] s = frame.stack;
    long left = frame.extend(height - 8, height - 12, gas);
    left = left < 0 ? left : payCopy(frame, height - 4, height - 12, left);
    int count = (int) s[height - 12];
    if (left >= 0 && count != 0) {
      System.arraycopy(frame.memory, (int) s[height - 8], frame.memory, (int) s[height - 4], count);
    }
    return left;
  }

  private static long account(int opcode, Machine machine, long[] s, int height, long gas) {
    TransactionState state = machine.state();
    LiveAccount account = state.account(s, height - 4);
    long left = gas - state.accessGas(account);
    if (left < 0) {
      return left;
    }
    switch (opcode) {
      case BALANCE -> System.arraycopy(account.balance, 0, s, height - 4, 4);
      case EXTCODESIZE -> Arithmetic.set(s, height - 4, state.codeLength(account));
      default -> {
        if (account.isEmpty()) {
          Arithmetic.set(s, height - 4, 0);
        } else {
          Words.set(account.codeHash, s, height - 4);
        }
      }
    }
    return left;
  }

  private static long copyForeignCode(Machine machine, Frame frame, int height, long gas) {
    long[] s = frame.stack;
    TransactionState state = machine.state();
    LiveAccount account = state.account(s, height - 4);
    long left = gas - state.accessGas(account);
    left = left < 0 ? left : payCopy(frame, height - 8, height - 16, left);
    int count = (int) s[height - 16];
    if (left >= 0 && count != 0) {
      long from = Words.toLongCapped(s, height - 12);
      state.code(account).copyTo(from, frame.memory, (int) s[height - 8], count);
    }
    return left;
  }

  private static void blockHash(BlockEnvironment block, long[] s, int at) {
    long number = Words.toLongCapped(s, at);
    boolean seen =
        number < block.number() && number >= block.number() - BlockEnvironment.ANCESTORS_MAX;
    Words.set(seen ? block.ancestors().hash(number) : Hash.ZERO, s, at);
  }

  private static long load(TransactionState state, Frame frame, int height, long gas) {
    long[] s = frame.stack;
    int slot = state.slot(frame.self, s, height - 4);
    long left = gas - (state.warmed(slot) ? GasCost.COLD_SLOT : GasCost.WARM);
    if (left >= 0) {
      state.slots().copyValue(slot, s, height - 4);
    }
    return left;
  }

  /// Writes to storage; the price and the refund depend on the slot's original, present and new
  /// values. EIP-2200 as changed by EIP-2929 and EIP-3529.
  private static long store(TransactionState state, Frame frame, int height, long gas) {
    if (frame.isStatic) {
      return frame.halted(HaltReason.WRITE_IN_STATIC_CALL);
    }
    if (gas <= GasCost.CALL_STIPEND) {
      return -1;
    }
    long[] s = frame.stack;
    SlotTable slots = state.slots();
    int slot = state.slot(frame.self, s, height - 4);
    long left = gas - (state.warmed(slot) ? GasCost.COLD_SLOT : 0);
    if (slots.holds(slot, s, height - 8)) {
      return left - GasCost.WARM;
    }
    boolean clean = !slots.isChanged(slot);
    left -= !clean ? GasCost.WARM : slots.wasZero(slot) ? GasCost.SLOT_SET : GasCost.SLOT_RESET;
    if (left < 0) {
      return left;
    }
    long refund = storeRefund(slots, slot, s, height - 8, clean);
    if (refund != 0) {
      state.refund(refund, frame.mark);
    }
    state.setSlot(slots, slot, s, height - 8, frame.mark);
    return left;
  }

  private static long storeRefund(SlotTable slots, int slot, long[] s, int at, boolean clean) {
    boolean becomesZero = Arithmetic.isZero(s, at);
    if (clean) {
      return becomesZero ? GasCost.SLOT_CLEARED : 0;
    }
    boolean wasZero = slots.wasZero(slot);
    long refund = 0;
    if (!wasZero) {
      refund -= slots.isZero(slot) ? GasCost.SLOT_CLEARED : 0;
      refund += becomesZero ? GasCost.SLOT_CLEARED : 0;
    }
    if (slots.held(slot, s, at)) {
      refund += (wasZero ? GasCost.SLOT_SET : GasCost.SLOT_RESET) - GasCost.WARM;
    }
    return refund;
  }

  private static long log(int topics, Machine machine, Frame frame, int height, long gas) {
    if (frame.isStatic) {
      return frame.halted(HaltReason.WRITE_IN_STATIC_CALL);
    }
    long[] s = frame.stack;
    long left = frame.extend(height - 4, height - 8, gas);
    int length = (int) s[height - 8];
    left = left < 0 ? left : left - GasCost.LOG_BYTE * length;
    if (left < 0) {
      return left;
    }
    List<Hash> words =
        IntStream.range(0, topics).mapToObj(i -> Words.hash(s, height - 12 - 4 * i)).toList();
    Bytes data = length == 0 ? Bytes.EMPTY : Bytes.of(frame.memory, (int) s[height - 4], length);
    machine.log(new Log(frame.self.address, words, data));
    return left;
  }
}
