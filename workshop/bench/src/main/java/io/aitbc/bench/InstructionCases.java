// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.bench.EvmCase.Group;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.UInt256;
import java.util.ArrayList;
import java.util.List;

/// Every instruction where it costs most time for its gas: what the floor is held to, and calls and
/// creations.
final class InstructionCases {
  private static final String ONES = "0x" + "ff".repeat(32);

  /// Numbers without zero limbs, so that no shortcut helps.
  private static final String LARGE = "0x" + "9d3c5af17b28e604".repeat(4);

  private static final String OTHER = "0x" + "73e1b2480fd65ca9".repeat(4);

  /// Gas that is left when a loop ends: more than a round of any case here takes.
  private static final long GAS_KEPT = 400_000;

  private static final int REPEATS = 400;

  private final List<EvmCase> cases = new ArrayList<>();

  private final long gas;

  private InstructionCases(long gas) {
    this.gas = gas;
  }

  private EvmScene scene() {
    return new EvmScene(gas);
  }

  /// All of them, each with so much gas for a run.
  static List<EvmCase> all(long gas) {
    InstructionCases made = new InstructionCases(gas);
    made.arithmetic();
    made.memory();
    made.storage();
    made.control();
    made.calls();
    return made.cases;
  }

  private void arithmetic() {
    for (String opcode : List.of("ADD", "SUB", "MUL", "AND", "OR", "XOR", "EQ")) {
      onPairs(opcode, LARGE, OTHER);
    }
    for (String opcode : List.of("LT", "GT", "SLT", "SGT")) {
      onPairs(opcode, "0x" + "9d3c5af17b28e604".repeat(3) + "00", LARGE);
    }
    for (String opcode : List.of("DIV", "SDIV", "MOD", "SMOD")) {
      for (int limbs = 1; limbs <= 4; limbs++) {
        String divisor = "0x" + "73e1b2480fd65ca9".repeat(limbs);
        operands(Group.ARITHMETIC, opcode, opcode + "/" + 64 * limbs, divisor + " " + LARGE);
      }
    }
    operands(Group.ARITHMETIC, "ADDMOD", "ADDMOD/256", OTHER + " " + LARGE + " " + ONES);
    operands(
        Group.ARITHMETIC,
        "ADDMOD",
        "ADDMOD/192",
        "0x" + "73e1b2480fd65ca9".repeat(3) + " " + LARGE + " " + ONES);
    for (int limbs = 1; limbs <= 4; limbs++) {
      String modulus = "0x" + "73e1b2480fd65ca9".repeat(limbs);
      operands(
          Group.ARITHMETIC, "MULMOD", "MULMOD/" + 64 * limbs, modulus + " " + LARGE + " " + ONES);
    }
    operands(Group.ARITHMETIC, "EXP", "EXP/256", ONES + " " + LARGE);
    operands(Group.ARITHMETIC, "EXP", "EXP/8", "0xff " + LARGE);
    operands(Group.ARITHMETIC, "SIGNEXTEND", "SIGNEXTEND", LARGE + " 11");
    operands(Group.ARITHMETIC, "BYTE", "BYTE", LARGE + " 11");
    for (String opcode : List.of("SHL", "SHR", "SAR")) {
      operands(Group.ARITHMETIC, opcode, opcode, LARGE + " 77");
    }
    for (String opcode : List.of("NOT", "ISZERO", "CLZ")) {
      body(Group.ARITHMETIC, opcode, LARGE, opcode, REPEATS);
    }
  }

  /// Alternating operands without anything else: each result is an operand of the next.
  private void onPairs(String opcode, String first, String second) {
    body(Group.ARITHMETIC, opcode, first + " " + second, "DUP2 " + opcode, REPEATS);
  }

  /// The instruction on copies of `operands`, the top one last.
  private void operands(Group group, String opcode, String name, String operands) {
    int count = operands.strip().split("\\s+").length;
    String copies = ("DUP" + count + " ").repeat(count);
    body(group, name, operands, copies + opcode + " POP", opcode.equals("EXP") ? 100 : REPEATS);
  }

  private void body(Group group, String name, String setup, String body, int repeats) {
    add(group, name, scene().with(EvmScene.CONTRACT, loop(setup, body, repeats)));
  }

  private static Bytes loop(String setup, String body, int repeats) {
    return Assembly.loop(setup, body, repeats, GAS_KEPT);
  }

  private void add(Group group, String name, EvmScene scene) {
    cases.add(new EvmCase(name, group, scene.work(EvmScene.Root.LEFT_OUT)));
  }

  private void memory() {
    body(Group.MEMORY, "MLOAD", "1 64 MSTORE 17", "MLOAD POP 17", REPEATS);
    body(Group.MEMORY, "MSTORE", LARGE, "DUP1 17 MSTORE", REPEATS);
    body(Group.MEMORY, "MSTORE8", LARGE, "DUP1 17 MSTORE8", REPEATS);
    body(Group.MEMORY, "MSIZE", "1 64 MSTORE", "MSIZE POP", REPEATS);
    body(Group.MEMORY, "CALLDATALOAD", "17", "DUP1 CALLDATALOAD POP", REPEATS);
    for (int bytes : new int[] {0, 1, 32, 8_192}) {
      String count = bytes + " ";
      int repeats = bytes > 1_000 ? 40 : REPEATS;
      body(Group.MEMORY, "MCOPY/" + bytes, "1 20000 MSTORE", count + "17 64 MCOPY", repeats);
      body(Group.MEMORY, "CODECOPY/" + bytes, "", count + "17 64 CODECOPY", repeats);
      add(
          Group.MEMORY,
          "CALLDATACOPY/" + bytes,
          scene()
              .withInput(Bytes.wrap(new byte[16_384]))
              .with(EvmScene.CONTRACT, loop("", count + "17 64 CALLDATACOPY", repeats)));
      add(
          Group.MEMORY,
          "RETURNDATACOPY/" + bytes,
          scene()
              .with(EvmScene.address(0xbeef), Assembly.of("16384 0 RETURN"))
              .with(
                  EvmScene.CONTRACT,
                  loop(
                      "0 0 0 0 0xbeef GAS STATICCALL POP",
                      count + "17 64 RETURNDATACOPY",
                      repeats)));
    }
    for (int bytes : new int[] {0, 32, 64, 136, 8_192}) {
      body(
          Group.MEMORY,
          "KECCAK256/" + bytes,
          "1 20000 MSTORE " + bytes,
          "DUP1 PUSH0 KECCAK256 POP",
          bytes > 1_000 ? 40 : REPEATS);
    }
    // A callee that fills so much memory anew each time.
    for (int bytes : new int[] {1_024, 65_536, 262_144}) {
      add(
          Group.MEMORY,
          "memory of " + bytes,
          scene()
              .with(EvmScene.address(0xbeef), Assembly.of("1 " + (bytes - 32) + " MSTORE STOP"))
              .with(EvmScene.CONTRACT, loop("", "0 0 0 0 0xbeef GAS STATICCALL POP", 1)));
    }
  }

  private void storage() {
    add(
        Group.STORAGE,
        "SLOAD",
        scene()
            .with(EvmScene.CONTRACT, UInt256.of(17), UInt256.parse(LARGE))
            .with(EvmScene.CONTRACT, loop("17", "DUP1 SLOAD POP", REPEATS)));
    body(Group.STORAGE, "SSTORE, same value", "1 17", "DUP2 DUP2 SSTORE", REPEATS);
    body(Group.STORAGE, "SSTORE, other value", "17", "GAS DUP2 SSTORE", REPEATS);
    body(Group.STORAGE, "TLOAD", "17", "DUP1 TLOAD POP", REPEATS);
    body(Group.STORAGE, "TSTORE", LARGE + " 17", "DUP2 DUP2 TSTORE", REPEATS);
    body(Group.STORAGE, "SLOAD, 1000 slots", "0", slots("SLOAD POP"), REPEATS);
    body(Group.STORAGE, "TLOAD, new slots", "0", "1 ADD DUP1 TLOAD POP", REPEATS);
    body(Group.STORAGE, "TSTORE, new slots", "0", "1 ADD DUP1 DUP1 TSTORE", REPEATS);
    for (String opcode : List.of("BALANCE", "EXTCODESIZE", "EXTCODEHASH")) {
      add(
          Group.STORAGE,
          opcode,
          scene()
              .with(EvmScene.address(0xbeef), Assembly.of("STOP"))
              .with(EvmScene.CONTRACT, loop("0xbeef", "DUP1 " + opcode + " POP", REPEATS)));
    }
    add(
        Group.STORAGE,
        "EXTCODECOPY",
        scene()
            .with(EvmScene.address(0xbeef), Bytes.wrap(new byte[24_576]))
            .with(EvmScene.CONTRACT, loop("0xbeef", "8192 0 0 DUP4 EXTCODECOPY", 40)));
  }

  private static String slots(String what) {
    return "1 ADD DUP1 1000 SWAP1 MOD " + what;
  }

  private void control() {
    body(Group.CONTROL, "PUSH0 POP", "", "PUSH0 POP", REPEATS);
    body(Group.CONTROL, "PUSH1 POP", "", "17 POP", REPEATS);
    body(Group.CONTROL, "PUSH32 POP", "", LARGE + " POP", REPEATS);
    body(Group.CONTROL, "PUSH7 POP", "", "0x73e1b2480fd65c POP", REPEATS);
    body(Group.CONTROL, "DUP16 POP", "0 ".repeat(16), "DUP16 POP", REPEATS);
    body(Group.CONTROL, "SWAP16", "0 ".repeat(17), "SWAP16", REPEATS);
    body(Group.CONTROL, "SWAP1", "1 2", "SWAP1", REPEATS);
    body(Group.CONTROL, "JUMPDEST", "", "JUMPDEST", 20_000);
    for (String opcode :
        List.of(
            "PC",
            "GAS",
            "ADDRESS",
            "ORIGIN",
            "CALLER",
            "CALLVALUE",
            "CALLDATASIZE",
            "CODESIZE",
            "GASPRICE",
            "COINBASE",
            "TIMESTAMP",
            "NUMBER",
            "PREVRANDAO",
            "GASLIMIT",
            "CHAINID",
            "SELFBALANCE",
            "BASEFEE",
            "BLOBBASEFEE",
            "RETURNDATASIZE")) {
      body(Group.CONTROL, opcode, "", opcode + " POP", REPEATS);
    }
    body(Group.CONTROL, "BLOBHASH", "0", "DUP1 BLOBHASH POP", REPEATS);
    body(Group.CONTROL, "BLOCKHASH", "999", "DUP1 BLOCKHASH POP", REPEATS);
    body(Group.CONTROL, "JUMPI, not taken", "0", "DUP1 0 JUMPI", REPEATS);
    jumps("JUMP", "", "JUMP", 1);
    jumps("JUMPI, taken", "1 SWAP1", "JUMPI", 1);
    jumps("JUMP to and fro", "", "JUMP", 617);
    body(Group.CONTROL, "mixed", "1 2 3 4 5 6 7 8", mixed(), 20);
  }

  /// What compiled code does most, in no order that repeats soon.
  private static String mixed() {
    return """
    DUP1 DUP3 ADD SWAP2 POP 0x40 MLOAD POP DUP4 DUP2 LT ISZERO POP DUP5 0x20 MSTORE
    DUP2 DUP7 AND 0xff AND SWAP4 POP 0xe0 DUP4 SHR POP DUP6 0x1f ADD NOT POP DUP3 DUP3 SUB
    SWAP1 POP CALLVALUE ISZERO POP DUP8 DUP5 MUL SWAP5 POP 4 CALLDATASIZE LT POP DUP2
    DUP2 EQ POP SWAP3 SWAP1 SWAP3 0x60 MLOAD 0x80 MSTORE DUP4 DUP6 XOR SWAP6 POP
    """;
  }

  /// A thousand jumps, each to the place that is `step` places on.
  private void jumps(String name, String condition, String jump, int step) {
    int count = 1_000;
    int bytes = Assembly.of("JUMPDEST 0x0000 " + condition + " " + jump).length();
    String[] places = new String[count];
    int place = 0;
    for (int i = 0; i < count; i++) {
      int next = i == count - 1 ? count : (place + step) % count;
      String target = "0x%04x ".formatted(1 + next * bytes); // Behind the loop's own JUMPDEST.
      places[place] = "JUMPDEST " + target + condition + " " + jump;
      place = next;
    }
    body(Group.CONTROL, name, "", String.join(" ", places) + " JUMPDEST", 1);
  }

  private void calls() {
    Bytes nothing = Assembly.of("STOP");
    for (String opcode : List.of("CALL", "CALLCODE", "DELEGATECALL", "STATICCALL")) {
      String value = opcode.startsWith("CALL") ? "0 " : "";
      String call = "0 0 0 0 " + value + "0xbeef GAS " + opcode + " POP";
      add(
          Group.CALL,
          opcode,
          scene()
              .with(EvmScene.address(0xbeef), nothing)
              .with(EvmScene.CONTRACT, loop("", call, 100)));
      add(Group.CALL, opcode + " of nobody", scene().with(EvmScene.CONTRACT, loop("", call, 100)));
    }
    add(
        Group.CALL,
        "CALL with 8 KiB each way",
        scene()
            .with(EvmScene.address(0xbeef), Assembly.of("8192 0 RETURN"))
            .with(EvmScene.CONTRACT, loop("", "8192 0 8192 0 0 0xbeef GAS CALL POP", 20)));
    add(
        Group.CALL,
        "CALL with money",
        scene()
            .with(EvmScene.address(0xbeef), nothing)
            .with(EvmScene.CONTRACT, loop("", "0 0 0 0 1 0xbeef GAS CALL POP", 20)));
    // To the bottom and back: each frame calls itself with all it has.
    Bytes down = Assembly.of("0 0 0 0 0 ADDRESS GAS CALL STOP");
    add(
        Group.CALL,
        "calls nested as deep as gas goes",
        scene()
            .with(EvmScene.address(0xbeef), down)
            .with(EvmScene.CONTRACT, loop("", "0 0 0 0 0 0xbeef 190000 CALL POP", 1)));
    add(
        Group.CALL,
        "calls nested deep, all undone",
        scene()
            .with(
                EvmScene.address(0xbeef),
                Assembly.of("GAS PUSH0 TSTORE 0 0 0 0 0 ADDRESS GAS CALL 0 0 REVERT"))
            .with(EvmScene.CONTRACT, loop("", "0 0 0 0 0 0xbeef 300000 CALL POP", 1)));
    body(Group.CALL, "CREATE of nothing", "", "0 0 0 CREATE POP", 3);
    body(Group.CALL, "CREATE2 of nothing", "0", "1 ADD DUP1 0 0 0 CREATE2 POP", 3);
    body(Group.CALL, "CREATE with 48 KiB of code to scan", scanned(), "49152 0 0 CREATE POP", 1);
    body(Group.CALL, "LOG0", "", "0 0 LOG0", 100);
    body(Group.CALL, "LOG4", "", "1 2 3 4 0 0 LOG4", 100);
    body(Group.CALL, "LOG0 with 8 KiB", "", "8192 0 LOG0", 3);
  }

  /// Fills 48 KiB of memory with JUMPDESTs, behind a jump to the last but one.
  private static String scanned() {
    StringBuilder text = new StringBuilder("0x" + "5b".repeat(32) + " 0 MSTORE ");
    for (int filled = 32; filled < 49_152; filled *= 2) {
      int more = Math.min(filled, 49_152 - filled);
      text.append("%d 0 %d MCOPY ".formatted(more, filled));
    }
    return text + "0x61bffe56" + "5b".repeat(28) + " 0 MSTORE";
  }
}
