// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

/// The instructions' bytes and names. Yellow Paper appendix H and the EIPs that added to it.
public final class Opcode {
  static final int STOP = 0x00;
  static final int ADD = 0x01;
  static final int MUL = 0x02;
  static final int SUB = 0x03;
  static final int DIV = 0x04;
  static final int SDIV = 0x05;
  static final int MOD = 0x06;
  static final int SMOD = 0x07;
  static final int ADDMOD = 0x08;
  static final int MULMOD = 0x09;
  static final int EXP = 0x0a;
  static final int SIGNEXTEND = 0x0b;
  static final int LT = 0x10;
  static final int GT = 0x11;
  static final int SLT = 0x12;
  static final int SGT = 0x13;
  static final int EQ = 0x14;
  static final int ISZERO = 0x15;
  static final int AND = 0x16;
  static final int OR = 0x17;
  static final int XOR = 0x18;
  static final int NOT = 0x19;
  static final int BYTE = 0x1a;
  static final int SHL = 0x1b;
  static final int SHR = 0x1c;
  static final int SAR = 0x1d;
  static final int CLZ = 0x1e;
  static final int KECCAK256 = 0x20;
  static final int ADDRESS = 0x30;
  static final int BALANCE = 0x31;
  static final int ORIGIN = 0x32;
  static final int CALLER = 0x33;
  static final int CALLVALUE = 0x34;
  static final int CALLDATALOAD = 0x35;
  static final int CALLDATASIZE = 0x36;
  static final int CALLDATACOPY = 0x37;
  static final int CODESIZE = 0x38;
  static final int CODECOPY = 0x39;
  static final int GASPRICE = 0x3a;
  static final int EXTCODESIZE = 0x3b;
  static final int EXTCODECOPY = 0x3c;
  static final int RETURNDATASIZE = 0x3d;
  static final int RETURNDATACOPY = 0x3e;
  static final int EXTCODEHASH = 0x3f;
  static final int BLOCKHASH = 0x40;
  static final int COINBASE = 0x41;
  static final int TIMESTAMP = 0x42;
  static final int NUMBER = 0x43;
  static final int PREVRANDAO = 0x44;
  static final int GASLIMIT = 0x45;
  static final int CHAINID = 0x46;
  static final int SELFBALANCE = 0x47;
  static final int BASEFEE = 0x48;
  static final int BLOBHASH = 0x49;
  static final int BLOBBASEFEE = 0x4a;
  static final int POP = 0x50;
  static final int MLOAD = 0x51;
  static final int MSTORE = 0x52;
  static final int MSTORE8 = 0x53;
  static final int SLOAD = 0x54;
  static final int SSTORE = 0x55;
  static final int JUMP = 0x56;
  static final int JUMPI = 0x57;
  static final int PC = 0x58;
  static final int MSIZE = 0x59;
  static final int GAS = 0x5a;
  static final int JUMPDEST = 0x5b;
  static final int TLOAD = 0x5c;
  static final int TSTORE = 0x5d;
  static final int MCOPY = 0x5e;
  static final int PUSH0 = 0x5f;
  static final int PUSH1 = 0x60;
  static final int PUSH2 = 0x61;
  static final int PUSH8 = 0x67;
  static final int PUSH32 = 0x7f;
  static final int DUP1 = 0x80;
  static final int DUP16 = 0x8f;
  static final int SWAP1 = 0x90;
  static final int SWAP16 = 0x9f;
  static final int LOG0 = 0xa0;
  static final int LOG4 = 0xa4;
  static final int CREATE = 0xf0;
  static final int CALL = 0xf1;
  static final int CALLCODE = 0xf2;
  static final int RETURN = 0xf3;
  static final int DELEGATECALL = 0xf4;
  static final int CREATE2 = 0xf5;
  static final int STATICCALL = 0xfa;
  static final int REVERT = 0xfd;
  static final int INVALID = 0xfe;
  static final int SELFDESTRUCT = 0xff;

  private static final String[] NAMES = names();

  private Opcode() {}

  /// The name of the instruction with this byte, such as `PUSH1`; for a byte that is none, `opcode
  /// 0x.. not defined`.
  ///
  /// @param opcode 0 to 255
  public static String name(int opcode) {
    return NAMES[opcode];
  }

  /// How many bytes of the code behind the instruction belong to it: 1 to 32 for PUSH1 to PUSH32.
  static int immediateBytes(int opcode) {
    return opcode >= PUSH1 && opcode <= PUSH32 ? opcode - PUSH0 : 0;
  }

  private static String[] names() {
    String[] names = new String[256];
    for (int opcode = 0; opcode < 256; opcode++) {
      names[opcode] = "opcode 0x" + Integer.toHexString(opcode) + " not defined";
    }
    numbered(names, "PUSH", PUSH1, PUSH32, 1);
    numbered(names, "DUP", DUP1, DUP16, 1);
    numbered(names, "SWAP", SWAP1, SWAP16, 1);
    numbered(names, "LOG", LOG0, LOG4, 0);
    named(names, STOP, "STOP ADD MUL SUB DIV SDIV MOD SMOD ADDMOD MULMOD EXP SIGNEXTEND");
    named(names, LT, "LT GT SLT SGT EQ ISZERO AND OR XOR NOT BYTE SHL SHR SAR CLZ");
    named(names, KECCAK256, "KECCAK256");
    named(names, ADDRESS, "ADDRESS BALANCE ORIGIN CALLER CALLVALUE CALLDATALOAD CALLDATASIZE");
    named(names, CALLDATACOPY, "CALLDATACOPY CODESIZE CODECOPY GASPRICE EXTCODESIZE EXTCODECOPY");
    named(names, RETURNDATASIZE, "RETURNDATASIZE RETURNDATACOPY EXTCODEHASH BLOCKHASH COINBASE");
    named(names, TIMESTAMP, "TIMESTAMP NUMBER PREVRANDAO GASLIMIT CHAINID SELFBALANCE BASEFEE");
    named(names, BLOBHASH, "BLOBHASH BLOBBASEFEE");
    named(names, POP, "POP MLOAD MSTORE MSTORE8 SLOAD SSTORE JUMP JUMPI PC MSIZE GAS JUMPDEST");
    named(names, TLOAD, "TLOAD TSTORE MCOPY PUSH0");
    named(names, CREATE, "CREATE CALL CALLCODE RETURN DELEGATECALL CREATE2");
    named(names, STATICCALL, "STATICCALL");
    named(names, REVERT, "REVERT INVALID SELFDESTRUCT");
    return names;
  }

  private static void named(String[] names, int first, String list) {
    int opcode = first;
    for (String name : list.split(" ", -1)) {
      names[opcode++] = name;
    }
  }

  private static void numbered(String[] names, String name, int first, int last, int number) {
    for (int opcode = first; opcode <= last; opcode++) {
      names[opcode] = name + (number + opcode - first);
    }
  }
}
