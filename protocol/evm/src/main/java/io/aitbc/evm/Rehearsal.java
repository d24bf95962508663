// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import static io.aitbc.evm.Opcode.*;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Fork;
import io.aitbc.model.UInt256;
import io.aitbc.state.MemoryState;
import io.aitbc.state.Overlay;
import java.io.ByteArrayOutputStream;

/// Fixed code, run so often that the JVM compiles the loop for it.
///
/// The compiler lays the loop out for the instructions it has counted, and leaves out what was
/// never taken; who takes that makes it begin again, with the counts of whatever runs then. So what
/// a jump cost depended on the contracts a node had met, by a factor of two. The rehearsal has
/// instructions about as often as compiled contracts have them and takes every way through the
/// loop, the failures too: nothing is left that would be compiled again.
final class Rehearsal {
  /// Runs of the mixed code: a second or two of processor time, the compiler's with it.
  private static final int ROUNDS = 1_000;

  /// Parts of the mixed code, of two to nine instructions each.
  private static final int PARTS = 2_000;

  /// Rounds from one run of the codes that end at once to the next.
  private static final int ENDINGS_EVERY = 16;

  /// Gas of the mixed code: more than it takes.
  private static final long GAS_MIXED = 50_000_000;

  /// Gas of code that ends at once, or when this is gone.
  private static final long GAS_ENDING = 40_000;

  private static final Address CALLER = Words.address(0, 0, 1 << 16);
  private static final Address MIXED = Words.address(0, 0, 2 << 16);
  private static final long ENDING = 3 << 16;

  private static final Bytes INPUT = Bytes.wrap(new byte[100]);

  /// Words that the mixed code finds at the bottom of its stack, as PUSH instructions.
  private static final String[] OPERANDS = {
    "5f",
    "6001",
    "6002",
    "601f",
    "6020",
    "604d",
    "60ff",
    "610100",
    "63ffffffff",
    "67ffffffffffffffff",
    "6f80000000000000000000000000000001",
    "73" + "9d".repeat(20),
    "7f" + "9d3c5af17b28e604".repeat(4),
    "7f" + "ff".repeat(32)
  };

  /// Instructions of two operands, as often as they are to be drawn. ADD and AND lead, as in
  /// compiled contracts: the compiler then tests for them first, where it would jump by a table.
  private static final int[] BINARY = {
    ADD,
    ADD,
    ADD,
    ADD,
    ADD,
    ADD,
    ADD,
    ADD,
    ADD,
    ADD,
    ADD,
    ADD,
    ADD,
    ADD,
    ADD,
    ADD,
    AND,
    AND,
    AND,
    AND,
    AND,
    AND,
    AND,
    SUB,
    SUB,
    SUB,
    LT,
    LT,
    GT,
    GT,
    EQ,
    EQ,
    SHL,
    SHR,
    SHR,
    MUL,
    OR,
    XOR,
    SLT,
    SGT,
    SAR,
    BYTE,
    SIGNEXTEND
  };

  private static final int[] DIVISIONS = {DIV, DIV, SDIV, MOD, SMOD};

  private static final int[] ACCOUNTS = {BALANCE, EXTCODESIZE, EXTCODEHASH, BLOBHASH, BLOCKHASH};

  private static final int[] SURROUNDINGS = {
    ADDRESS,
    Opcode.CALLER,
    Opcode.CALLER,
    CALLVALUE,
    CALLVALUE,
    CALLDATASIZE,
    CALLDATASIZE,
    RETURNDATASIZE,
    CODESIZE,
    ORIGIN,
    GASPRICE,
    COINBASE,
    TIMESTAMP,
    NUMBER,
    PREVRANDAO,
    GASLIMIT,
    CHAINID,
    BASEFEE,
    BLOBBASEFEE,
    SELFBALANCE,
    PC,
    GAS,
    MSIZE
  };

  /// Codes that end at once, one for each way out of the loop and of what is compiled into it.
  private static final String[] ENDINGS = {
    "50", // Nothing to pop.
    "5b5f5f5f5f5f600056", // Pushes until the stack is full.
    "5b600056", // Jumps until the gas is gone.
    "5b".repeat(50_000), // Runs a row of JUMPDESTs until the gas is gone.
    "0c", // No instruction.
    "fe", // INVALID.
    "600056", // No JUMPDEST there.
    "60ff56", // Behind the code.
    "63ffffffff56", // Far behind it.
    "7f" + "ff".repeat(32) + "56", // Further than a position can be.
    "6001600057",
    "600160ff57",
    "600163ffffffff57",
    "60017f" + "ff".repeat(32) + "57",
    "6380000000515b", // More memory than gas.
    "7f" + "ff".repeat(32) + "51",
    "7f" + "ff".repeat(32) + "5f9052",
    "7f" + "ff".repeat(32) + "5f9053",
    "620fffff51",
    "5f620fffff52",
    "5f620fffff53",
    "620fffff5f20", // The same by the default way.
    "5f54".repeat(30), // Reads a slot until the gas is gone.
    "5f5ffd", // REVERT.
    "5f5ff3", // RETURN.
    "30ff", // SELFDESTRUCT.
    "5f51", // Each way to extend memory first.
    "5f5f52",
    "5f5f53"
  };

  private final Evm evm;
  private final Overlay state = new Overlay(new MemoryState());
  private final ByteArrayOutputStream code = new ByteArrayOutputStream();
  private long drawn = 1;

  /// A rehearsal on `evm`.
  Rehearsal(Evm evm) {
    this.evm = evm;
    state.setCode(MIXED, mixed());
    for (int i = 0; i < ENDINGS.length; i++) {
      state.setCode(ending(i), Bytes.fromHex(ENDINGS[i]));
    }
  }

  /// Runs all of it as often as it takes.
  void run() {
    for (int round = 0; round < ROUNDS; round++) {
      var _ = runMixed();
      if (round % ENDINGS_EVERY == 0) {
        runEndings();
      }
    }
  }

  /// Runs the mixed code once.
  CallResult runMixed() {
    return call(MIXED, GAS_MIXED);
  }

  /// Runs each of the codes that end at once.
  void runEndings() {
    for (int i = 0; i < ENDINGS.length; i++) {
      var _ = call(ending(i), GAS_ENDING);
    }
  }

  private static Address ending(int index) {
    return Words.address(0, 0, ENDING + index);
  }

  private CallResult call(Address target, long gas) {
    BlockEnvironment block =
        new BlockEnvironment(
            Fork.OSAKA,
            UInt256.ONE,
            CALLER,
            1_000,
            1_000,
            GAS_MIXED,
            Hash.ZERO,
            Amount.ZERO,
            Amount.ZERO,
            _ -> Hash.ZERO);
    return evm.systemCall(CALLER, target, INPUT, gas, block, new Overlay(state)).result();
  }

  /// Code of all instructions that stay in a frame, in no order that repeats.
  private Bytes mixed() {
    for (String operand : OPERANDS) {
      code.writeBytes(Bytes.fromHex(operand).toArray());
    }
    for (int part = 0; part < PARTS; part++) {
      draw();
    }
    addEach();
    code.write(STOP);
    return Bytes.wrap(code.toByteArray());
  }

  /// Adds a part, which leaves the stack as it was.
  private void draw() {
    switch (below(40)) {
      case 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 -> {
        write(operand(), operand() + 1, BINARY[below(BINARY.length)], POP);
      }
      case 12, 13 -> write(operand(), ISZERO, POP);
      case 14 -> write(operand(), below(4) == 0 ? CLZ : NOT, POP);
      case 15, 16, 17 -> push(1 + below(2));
      case 18 -> push(1 + below(32));
      case 19 -> write(PUSH0, POP);
      case 20, 21, 22, 23 -> {
        int swap = SWAP1 + below(OPERANDS.length - 1);
        write(swap, swap);
      }
      case 24 -> {
        write(DUP1, DUP1, DUP1, SWAP16, SWAP16, DUP16, POP, POP, POP, POP);
      }
      case 25, 26, 27, 28 -> jump(below(3));
      case 29, 30 -> write(PUSH1, below(256), MLOAD, POP);
      case 31, 32 -> write(operand(), PUSH1, below(256), below(8) == 0 ? MSTORE8 : MSTORE);
      case 33 -> {
        write(PUSH1, below(128), CALLDATALOAD, POP, operand(), CALLDATALOAD, POP);
      }
      case 34, 35, 36 -> write(SURROUNDINGS[below(SURROUNDINGS.length)], POP);
      case 37 -> write(JUMPDEST, JUMPDEST, JUMPDEST);
      default -> drawOther();
    }
  }

  /// Adds an instruction that the loop does not compute itself.
  private void drawOther() {
    switch (below(16)) {
      case 0, 1 -> write(PUSH1, below(4), SLOAD, POP);
      case 2 -> write(operand(), PUSH1, below(4), SSTORE);
      case 3 -> write(PUSH1, below(4), TLOAD, POP);
      case 4 -> write(operand(), PUSH1, below(4), TSTORE);
      case 5, 6 -> write(PUSH1, 32 * below(4), PUSH0, KECCAK256, POP);
      case 7, 8 -> {
        int[] copies = {CALLDATACOPY, CODECOPY, MCOPY};
        write(PUSH1, below(200), PUSH1, below(200), PUSH1, below(200), copies[below(3)]);
      }
      case 9, 10, 11 -> write(operand(), operand() + 1, DIVISIONS[below(DIVISIONS.length)], POP);
      case 12 -> write(operand(), operand() + 1, PUSH1, 1 + below(255), ADDMOD, POP);
      case 13 -> write(operand(), operand() + 1, operand() + 2, MULMOD, POP);
      case 14 -> {
        write(operand(), ACCOUNTS[below(ACCOUNTS.length)], POP);
      }
      default -> drawRare();
    }
  }

  private void drawRare() {
    switch (below(8)) {
      case 0 -> write(PUSH1, below(40), operand() + 1, EXP, POP);
      case 1 -> write(PUSH0, PUSH0, PUSH0, RETURNDATACOPY);
      case 2 -> write(PUSH1, 20, PUSH0, PUSH0, operand() + 3, EXTCODECOPY);
      case 3 -> write(PUSH0, PUSH0, PUSH0, CREATE, POP);
      case 4 -> write(PUSH0, PUSH0, PUSH0, PUSH0, CREATE2, POP);
      case 5 -> log(below(5));
      case 6 -> callNobody(CALL);
      default -> callNobody(STATICCALL);
    }
  }

  /// One of each, so that none is left to chance.
  private void addEach() {
    for (int bytes = 1; bytes <= 32; bytes++) {
      push(bytes);
    }
    write(DUP1, DUP1, DUP1);
    for (int depth = 0; depth < 16; depth++) {
      write(SWAP1 + depth, SWAP1 + depth, DUP1 + depth, POP);
    }
    write(POP, POP, POP);
    for (int topics = 0; topics <= 4; topics++) {
      log(topics);
    }
    for (int opcode : new int[] {CALL, CALLCODE, DELEGATECALL, STATICCALL}) {
      callNobody(opcode);
    }
    for (int opcode : ACCOUNTS) {
      write(DUP1, opcode, POP);
    }
    for (int opcode : SURROUNDINGS) {
      write(opcode, POP);
    }
    write(PUSH0, PUSH0, PUSH0, CREATE, POP, PUSH0, PUSH0, PUSH0, PUSH0, CREATE2, POP);
  }

  private void log(int topics) {
    for (int i = 0; i < 2 + topics; i++) {
      write(PUSH1, 8);
    }
    write(LOG0 + topics);
  }

  private void callNobody(int opcode) {
    if (opcode == CALL || opcode == CALLCODE) {
      write(PUSH0);
    }
    write(PUSH0, PUSH0, PUSH0, PUSH0, PUSH1, 0, GAS, opcode, POP);
  }

  private void push(int bytes) {
    code.write(PUSH0 + bytes);
    for (int i = 0; i < bytes; i++) {
      code.write(below(256));
    }
    code.write(POP);
  }

  /// A jump to the next instruction but one, or one that is not taken.
  private void jump(int kind) {
    if (kind != 0) {
      write(PUSH1, kind - 1);
    }
    int target = code.size() + 5; // Behind the jump and one more.
    write(PUSH2, target >>> 8, target & 0xff, kind == 0 ? JUMP : JUMPI, JUMPDEST, JUMPDEST);
  }

  /// DUP of one of the words at the bottom.
  private int operand() {
    return DUP1 + below(OPERANDS.length);
  }

  private void write(int... bytes) {
    for (int next : bytes) {
      code.write(next);
    }
  }

  /// A number from 0 on below `bound`, the same in every run.
  private int below(int bound) {
    drawn = drawn * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
    return (int) ((drawn >>> 33) % bound);
  }
}
