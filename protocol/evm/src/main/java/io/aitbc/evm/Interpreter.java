// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import static io.aitbc.evm.Opcode.*;

/// The loop: runs a frame until an instruction leaves it. Protocol §14.6, Yellow Paper §9.
///
/// Stack words are four longs each in one flat array. Before an instruction runs, its entry in the
/// {@link InstructionSet} is charged and the stack's height checked; the switch computes; behind it
/// the height changes as the entry says and the position moves on. What only moves words or jumps
/// is here; {@link Operators} computes words; {@link Instructions} has those that touch memory,
/// accounts or storage; and those that begin or end a frame are {@link Machine}'s: the loop only
/// returns their opcode.
///
/// What is where decides the speed. The compiler computes an index that several cases of a switch
/// share before the switch, for every instruction, and keeps it on the processor's stack: so the
/// loop has few shapes of operands, and the methods with the others are longer than the 325 bytes
/// of bytecode up to which the JVM would inline them here. The loop itself stays below 8,000, above
/// which it would not be compiled at all.
final class Interpreter {
  /// Returned in place of an opcode when the frame stops exceptionally; {@link Frame#halt} tells
  /// why.
  static final int HALTED = -1;

  /// A byte that no fork defines, put into a copy of the code by whoever wants to run a single
  /// instruction.
  static final int BREAKPOINT = 0x0c;

  private Interpreter() {}

  /// Runs `frame` on from where it is. Returns the opcode that left it, {@link Frame#position} on
  /// it, its own gas charged and its operands still on the stack; or {@link #HALTED}.
  static int run(Machine machine, Frame frame) {
    final long[] entries = machine.instructionSet().entries();
    final byte[] code = frame.instructions;
    final long[] s = frame.stack;
    final long[] words = machine.words().all();
    int position = frame.position;
    int height = frame.height;
    long gas = frame.gas;
    while (true) {
      int opcode = code[position] & 0xff;
      long entry = entries[opcode];
      gas -= entry & 0xffff;
      int above = height - ((int) (entry >>> 16) & 0xffff);
      if (gas < 0 || above < 0 || above > ((int) (entry >>> 32) & 0xffff)) {
        frame.gas = gas;
        return refused(frame, entry, position, height);
      }
      switch (opcode) {
        case ADD,
            MUL,
            SUB,
            LT,
            GT,
            SLT,
            SGT,
            EQ,
            AND,
            OR,
            XOR,
            SHL,
            SHR,
            SAR,
            BYTE,
            SIGNEXTEND,
            CLZ ->
            Operators.run(opcode, s, height - 8);
        case ISZERO -> {
          long any = s[height - 4] | s[height - 3] | s[height - 2] | s[height - 1];
          Arithmetic.set(s, height - 4, 1 ^ (any | -any) >>> 63);
        }
        case NOT -> Bitwise.not(s, height - 4);
        case POP -> {}
        case JUMPDEST -> {
          // Nothing is cheaper than a row of them, so none goes round the loop on its own.
          while (code[position + 1] == JUMPDEST && gas > 0) {
            position++;
            gas--;
          }
        }
        case JUMP -> {
          long destination = s[height - 4];
          if (!isSmall(s, height - 4) || !isDestination(frame.code, destination)) {
            return invalidJump(frame, position, height);
          }
          height -= 4;
          position = Code.FRONT + (int) destination;
          continue;
        }
        case JUMPI -> {
          if (!Arithmetic.isZero(s, height - 8)) {
            long destination = s[height - 4];
            if (!isSmall(s, height - 4) || !isDestination(frame.code, destination)) {
              return invalidJump(frame, position, height);
            }
            height -= 8;
            position = Code.FRONT + (int) destination;
            continue;
          }
        }
        case PC -> Arithmetic.set(s, height, position - Code.FRONT);
        case GAS -> Arithmetic.set(s, height, gas);
        case PUSH0 -> Arithmetic.set(s, height, 0);
        case PUSH1 -> {
          position++;
          s[height] = code[position] & 0xff;
          s[height + 1] = 0;
          s[height + 2] = 0;
          s[height + 3] = 0;
        }
        case PUSH2 -> {
          position += 2;
          s[height] = ((code[position - 1] & 0xffL) << 8) | (code[position] & 0xff);
          s[height + 1] = 0;
          s[height + 2] = 0;
          s[height + 3] = 0;
        }
        case 0x62, 0x63, 0x64, 0x65, 0x66, PUSH8 -> {
          int count = opcode - PUSH0;
          s[height] = Words.shortOperand(code, position + 1, count);
          s[height + 1] = 0;
          s[height + 2] = 0;
          s[height + 3] = 0;
          position += count;
        }
        case 0x68,
            0x69,
            0x6a,
            0x6b,
            0x6c,
            0x6d,
            0x6e,
            0x6f,
            0x70,
            0x71,
            0x72,
            0x73,
            0x74,
            0x75,
            0x76,
            0x77,
            0x78,
            0x79,
            0x7a,
            0x7b,
            0x7c,
            0x7d,
            0x7e,
            PUSH32 -> {
          position += opcode - PUSH0;
          Words.loadOperand(code, position + 1, opcode - PUSH0, s, height);
        }
        case DUP1,
            0x81,
            0x82,
            0x83,
            0x84,
            0x85,
            0x86,
            0x87,
            0x88,
            0x89,
            0x8a,
            0x8b,
            0x8c,
            0x8d,
            0x8e,
            DUP16 -> {
          int from = height - 4 * (opcode - DUP1 + 1);
          s[height] = s[from];
          s[height + 1] = s[from + 1];
          s[height + 2] = s[from + 2];
          s[height + 3] = s[from + 3];
        }
        case SWAP1,
            0x91,
            0x92,
            0x93,
            0x94,
            0x95,
            0x96,
            0x97,
            0x98,
            0x99,
            0x9a,
            0x9b,
            0x9c,
            0x9d,
            0x9e,
            SWAP16 ->
            swap(s, height - 4, height - 4 * (opcode - SWAP1 + 2));
        case ORIGIN,
            GASPRICE,
            COINBASE,
            TIMESTAMP,
            NUMBER,
            PREVRANDAO,
            GASLIMIT,
            CHAINID,
            BASEFEE,
            BLOBBASEFEE ->
            Words.copy(words, TransactionWords.at(opcode), s, height);
        case ADDRESS -> frame.self.putAddress(s, height);
        case CALLER -> frame.caller.putAddress(s, height);
        case CALLVALUE -> Words.copy(frame.value, 0, s, height);
        case SELFBALANCE -> Words.copy(frame.self.balance, 0, s, height);
        case CALLDATASIZE -> Arithmetic.set(s, height, frame.inputLength);
        case CODESIZE -> Arithmetic.set(s, height, frame.code.length());
        case RETURNDATASIZE -> Arithmetic.set(s, height, frame.returnedLength);
        case MSIZE -> Arithmetic.set(s, height, frame.memorySize);
        case STOP,
            RETURN,
            REVERT,
            SELFDESTRUCT,
            CREATE,
            CREATE2,
            CALL,
            CALLCODE,
            DELEGATECALL,
            STATICCALL -> {
          leave(frame, position, height, gas);
          return opcode;
        }
        case MLOAD, MSTORE, MSTORE8, CALLDATALOAD -> {
          gas = Instructions.runWithMemory(opcode, machine, frame, height, gas);
          if (gas < 0) {
            return outOfGas(frame, position, height);
          }
        }
        default -> {
          gas = Instructions.run(opcode, machine, frame, height, gas);
          if (gas < 0) {
            return outOfGas(frame, position, height);
          }
        }
      }
      height += (int) (entry >> 48);
      position++;
    }
  }

  private static void swap(long[] s, int a, int b) {
    long limb = s[a];
    s[a] = s[b];
    s[b] = limb;
    limb = s[a + 1];
    s[a + 1] = s[b + 1];
    s[b + 1] = limb;
    limb = s[a + 2];
    s[a + 2] = s[b + 2];
    s[b + 2] = limb;
    limb = s[a + 3];
    s[a + 3] = s[b + 3];
    s[b + 3] = limb;
  }

  /// Whether the word is below 2^31: an offset that memory or code may have.
  private static boolean isSmall(long[] s, int at) {
    return (s[at + 1] | s[at + 2] | s[at + 3] | s[at] >>> 31) == 0;
  }

  /// Whether a JUMPDEST is there; any number may be asked.
  private static boolean isDestination(Code code, long destination) {
    long[] destinations = code.destinations();
    long index = destination >>> 6;
    return index < destinations.length && (destinations[(int) index] >>> destination & 1) != 0;
  }

  private static void leave(Frame frame, int position, int height, long gas) {
    frame.position = position;
    frame.height = height;
    frame.gas = gas;
  }

  private static int outOfGas(Frame frame, int position, int height) {
    return halted(frame, frame.halt == null ? HaltReason.OUT_OF_GAS : frame.halt, position, height);
  }

  private static int invalidJump(Frame frame, int position, int height) {
    return halted(frame, HaltReason.INVALID_JUMP, position, height);
  }

  private static int halted(Frame frame, HaltReason reason, int position, int height) {
    frame.halt = reason;
    frame.position = position;
    frame.height = height;
    return HALTED;
  }

  /// Why an instruction whose entry was not fulfilled is not run.
  private static int refused(Frame frame, long entry, int position, int height) {
    HaltReason reason;
    if (!InstructionSet.isDefined(entry)) {
      reason = HaltReason.INVALID_INSTRUCTION;
    } else if (height < InstructionSet.heightMin(entry)) {
      reason = HaltReason.STACK_UNDERFLOW;
    } else if (height > InstructionSet.heightMin(entry) + InstructionSet.heightSpan(entry)) {
      reason = HaltReason.STACK_OVERFLOW;
    } else {
      reason = HaltReason.OUT_OF_GAS;
    }
    return halted(frame, reason, position, height);
  }
}
