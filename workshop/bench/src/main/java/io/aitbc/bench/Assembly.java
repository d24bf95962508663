// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.crypto.Bytes;
import io.aitbc.evm.Opcode;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// EVM code from words: `MUL`, `DUP2` and the like are instructions; a number is pushed, a decimal
/// one as short as it goes, a hexadecimal one (`0x001f`) with the bytes that stand there.
final class Assembly {
  private static final int PUSH0 = 0x5f;
  private static final Pattern WORDS = Pattern.compile("\\s+");
  private static final Map<String, Integer> OPCODES = opcodes();

  private Assembly() {}

  private static Map<String, Integer> opcodes() {
    Map<String, Integer> opcodes = new TreeMap<>();
    for (int opcode = 0; opcode < 256; opcode++) {
      opcodes.put(Opcode.name(opcode), opcode);
    }
    return opcodes;
  }

  /// The code of `text`.
  ///
  /// @throws IllegalArgumentException if a word is neither instruction nor number
  static Bytes of(String text) {
    ByteArrayOutputStream code = new ByteArrayOutputStream();
    for (String word : WORDS.split(text.strip(), -1)) {
      if (word.isEmpty()) {
        continue;
      }
      Integer opcode = OPCODES.get(word);
      if (opcode != null) {
        code.write(opcode);
      } else {
        push(word, code);
      }
    }
    return Bytes.wrap(code.toByteArray());
  }

  private static void push(String word, ByteArrayOutputStream code) {
    byte[] operand = word.startsWith("0x") ? Bytes.fromHex(word).toArray() : shortest(word);
    code.write(PUSH0 + operand.length);
    code.writeBytes(operand);
  }

  private static byte[] shortest(String word) {
    try {
      long number = Long.parseLong(word);
      String digits = number == 0 ? "" : Long.toHexString(number);
      return Bytes.fromHex(digits.length() % 2 == 0 ? digits : "0" + digits).toArray();
    } catch (NumberFormatException noNumber) {
      throw new IllegalArgumentException("neither instruction nor number: " + word, noNumber);
    }
  }

  /// A loop that ends with STOP when no more than `gasKept` is left. It runs `setup` once, then
  /// `body`, which leaves the stack as it was, `repeats` times in each round.
  static Bytes loop(String setup, String body, int repeats, long gasKept) {
    int begin = of(setup).length();
    String round = (body + " ").repeat(repeats);
    return of("%s JUMPDEST %s %d GAS GT %d JUMPI STOP".formatted(setup, round, gasKept, begin));
  }
}
