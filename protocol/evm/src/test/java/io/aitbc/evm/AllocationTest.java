// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.Address;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

// Protocol §14.6. Garbage would be an attacker's to make, at a price that does not know of it.
class AllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /// More than what differs between two equal calls, less than a byte for a thousand instructions.
  private static final long DIFFERENCE_BYTES_MAX = 2_048;

  private static final Address CALLED = Words.address(0, 0, 0xbeef);

  /// Without end: what is warm is read and written, and every kind of operator is used.
  private static final List<String> LOOPS =
      List.of(
          "5b" + "6001600201" + "50" + "5f56", // ADD
          "5b" + "600760031906" + "50" + "5f56", // NOT, MOD
          "5b" + "600760031960031909" + "50" + "5f56", // MULMOD
          "5b" + "600760031904" + "50" + "5f56", // DIV
          "5b" + "60015f52" + "5f5150" + "5f56", // MSTORE, MLOAD
          "5b" + "60205f20" + "50" + "5f56", // KECCAK256
          "5b" + "5f5c" + "50" + "5f56", // TLOAD
          "5b" + "5f54" + "50" + "5f56", // SLOAD
          "5b" + "5a5f5d" + "5f56", // TSTORE
          "5b" + "5a5f55" + "5f56", // SSTORE
          "5b" + "5f54" + "15" + "5f55" + "5f56", // SSTORE with a refund and without, by turns
          "5b" + "303150" + "333b50" + "5f56", // BALANCE, EXTCODESIZE
          "5b" + "5f5f5f5f" + "61beef" + "5a" + "fa" + "50" + "5f56", // STATICCALL
          "5b" + "5f5f5f3e" + "60205f5f37" + "5f56", // RETURNDATACOPY, CALLDATACOPY
          "5b" + "7f" + "9d".repeat(32) + "60051b80" + "5050" + "5f56"); // PUSH32, SHL, DUP1

  @Test
  void theLoopAllocatesNothingHoweverManyInstructionsItRuns() {
    for (String loop : LOOPS) {
      Sandbox sandbox = new Sandbox().withCode(loop).withCode(CALLED, Bytes.fromHex("00"));
      var _ = allocated(sandbox, 200_000);
      var _ = allocated(sandbox, 2_000_000);
      long few = allocated(sandbox, 200_000);
      long many = allocated(sandbox, 2_000_000);
      System.out.printf("[notice] allocated by a call of %s: %d and %d bytes%n", loop, few, many);
      assertTrue(many - few <= DIFFERENCE_BYTES_MAX, loop);
    }
  }

  @Test // What a call changes can be undone, so it is kept; the room for it is there already.
  void aWriteToANewSlotAllocatesNothingUntilTheRoomOfATransactionBeforeIsUsedUp() {
    Sandbox sandbox = new Sandbox().withCode("5b" + "5a5a5d" + "5f56"); // TSTORE of GAS at GAS
    var _ = allocated(sandbox, 2_000_000);
    var _ = allocated(sandbox, 130_000);
    long few = allocated(sandbox, 30_000); // Some 70 slots.
    long many = allocated(sandbox, 130_000); // Some 900.
    System.out.printf("[notice] allocated by a call of new slots: %d and %d bytes%n", few, many);
    assertTrue(many - few <= DIFFERENCE_BYTES_MAX, () -> few + " and " + many);
  }

  @Test // Room is made in steps of four, so a slot's share is bounded.
  void writesToNewSlotsBeyondThatAllocateLessThanSevenBytesForTheirGas() {
    Sandbox sandbox = new Sandbox().withCode("5b" + "5a5a5d" + "5f56");
    var _ = allocated(sandbox, 4_000_000);
    long bytes = allocated(sandbox, 4_000_000);
    System.out.printf("[notice] allocated by 4,000,000 gas of new slots: %d bytes%n", bytes);
    assertTrue(bytes < 7 * 4_000_000, () -> bytes + " bytes");
  }

  /// Bytes that this thread allocates in a call that runs until its gas is used up.
  private static long allocated(Sandbox sandbox, long gas) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    TransactionOutcome.Executed outcome = sandbox.call(gas);
    long after = THREADS.getCurrentThreadAllocatedBytes();
    assertEquals(new CallResult.Halt(HaltReason.OUT_OF_GAS), outcome.result());
    return after - before;
  }
}
