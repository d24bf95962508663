// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Secp256k1;
import io.aitbc.model.Fork;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RehearsalTest {
  /// What a rehearsal met.
  private static final class Witness implements Tracer {
    private final Set<Integer> opcodes = new TreeSet<>();
    private final Set<HaltReason> reasons = EnumSet.noneOf(HaltReason.class);

    @Override
    public boolean wantsInstructions() {
      return true;
    }

    @Override
    public void before(Step step) {
      opcodes.add(step.opcode());
    }

    @Override
    public void halted(HaltReason reason) {
      reasons.add(reason);
    }
  }

  private final Witness witness = new Witness();
  private final Rehearsal rehearsal =
      new Rehearsal(
          new Evm(Secp256k1.chosen(), _ -> Precompiles.NONE, new CodeCache(1 << 17))
              .watchedBy(witness));

  @Test // An instruction that is left out is one at which the JVM compiles the loop again.
  void aRehearsalRunsEveryInstruction() {
    assertInstanceOf(CallResult.Success.class, rehearsal.runMixed());
    rehearsal.runEndings();
    Set<Integer> defined = new TreeSet<>();
    long[] entries = InstructionSet.of(Fork.OSAKA).entries();
    for (int opcode = 0; opcode < entries.length; opcode++) {
      if (InstructionSet.isDefined(entries[opcode])) {
        defined.add(opcode);
      }
    }
    assertTrue(witness.opcodes.containsAll(defined), () -> missing(defined));
  }

  private String missing(Set<Integer> defined) {
    Set<Integer> missing = new TreeSet<>(defined);
    missing.removeAll(witness.opcodes);
    return "not run: " + missing.stream().map(Opcode::name).toList();
  }

  @Test // The same for each way in which the loop stops a frame.
  void aRehearsalFailsInEveryWayOfTheLoop() {
    rehearsal.runEndings();
    assertTrue(
        witness.reasons.containsAll(
            EnumSet.of(
                HaltReason.OUT_OF_GAS,
                HaltReason.STACK_UNDERFLOW,
                HaltReason.STACK_OVERFLOW,
                HaltReason.INVALID_INSTRUCTION,
                HaltReason.INVALID_JUMP)),
        witness.reasons::toString);
  }

  @Test
  void aRehearsalIsTheSameEveryTime() {
    CallResult first = rehearsal.runMixed();
    CallResult second = rehearsal.runMixed();
    assertEquals(first.gasLeft(), second.gasLeft());
    assertTrue(first.gasLeft() > 0);
  }
}
