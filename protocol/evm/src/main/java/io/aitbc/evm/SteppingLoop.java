// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import java.util.Arrays;

/// The loop for a tracer that wants every instruction. It lends {@link Interpreter} a copy of the
/// code in which everything but the next instruction is a breakpoint: so both loops share one
/// switch, and the fast one pays nothing for being watched.
final class SteppingLoop {
  private SteppingLoop() {}

  /// Runs as {@link Interpreter#run}, telling `tracer` of every instruction.
  static int run(Machine machine, Frame frame, Tracer tracer) {
    if (frame.code.length() == 0) {
      return Interpreter.run(machine, frame); // Nothing runs, so nothing is told.
    }
    byte[] code = frame.code.padded();
    byte[] lent = new byte[code.length];
    Arrays.fill(lent, (byte) Interpreter.BREAKPOINT);
    frame.instructions = lent;
    Step step = new Step(frame, machine.state());
    while (true) {
      int position = frame.position;
      int length = 1 + Opcode.immediateBytes(code[position] & 0xff);
      frame.stepBegin = frame.gas;
      tracer.before(step);
      System.arraycopy(code, position, lent, position, length);
      int left = Interpreter.run(machine, frame);
      Arrays.fill(lent, position, position + length, (byte) Interpreter.BREAKPOINT);
      if (left != Interpreter.HALTED || frame.position == position) {
        return left;
      }
      frame.halt = null;
      tracer.after(frame.stepBegin - frame.gas);
    }
  }
}
