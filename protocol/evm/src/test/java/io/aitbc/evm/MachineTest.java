// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.Amount;
import io.aitbc.model.Fork;
import io.aitbc.model.UInt256;
import io.aitbc.testkit.Seed;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

// Protocol §14.6. What the public vectors hold is not repeated here.
class MachineTest {
  /// Returns the word on top of the stack.
  private static final String RETURN_TOP = "60005260206000f3";

  private static HaltReason halt(String code, long gas) {
    CallResult result = new Sandbox().withCode(code).call(gas).result();
    return assertInstanceOf(CallResult.Halt.class, result).reason();
  }

  @Test
  void callsNestTo1024AndNoDeeper() {
    // Slot 0 counts the calls: SLOAD 0, ADD 1, SSTORE 0, then a call of oneself with all gas.
    String code = "60005460010160005560006000600060006000305af1" + "00";
    Sandbox sandbox = new Sandbox().withCode(code);
    // 1/64 of the gas stays behind at each level, so only a fortune reaches the bottom.
    TransactionOutcome.Executed outcome = sandbox.call(1L << 39);
    assertTrue(outcome.succeeded());
    assertEquals(UInt256.of(1_025), sandbox.state.storage(Sandbox.CONTRACT, UInt256.ZERO));
  }

  @Test // A quarter of what the JVM gives a node's threads, 1 MiB.
  void nestedCallsNeedNoJavaStack() throws Exception {
    AtomicReference<TransactionOutcome.Executed> outcome = new AtomicReference<>();
    Runnable nested =
        () -> {
          // Each level calls itself and, coming back, copies what the deeper one returned.
          Sandbox sandbox = new Sandbox().withCode("60006000600060006000305af160206000f3");
          outcome.set(sandbox.call(1L << 39));
        };
    Thread thread = new Thread(null, nested, "a small stack", 256 << 10);
    thread.start();
    thread.join();
    assertTrue(outcome.get().succeeded());
  }

  @Test
  void aRowOfJumpDestinationsCostsOneEach() {
    String row = "5b".repeat(1_000);
    TransactionOutcome.Executed outcome = new Sandbox().withCode(row).call(22_000);
    assertTrue(outcome.succeeded());
    assertEquals(22_000, outcome.gasUsed());
    assertEquals(HaltReason.OUT_OF_GAS, halt(row, 21_999));
  }

  @Test
  void creationsNestTo1024AndNoDeeper() {
    // The code copies itself to memory and creates with it, so each creation creates again.
    Sandbox sandbox = new Sandbox().withCode("385f5f39385f5ff000");
    assertTrue(sandbox.call(1L << 48).succeeded());
    long contracts =
        sandbox.state.accountChanges().stream()
            .filter(change -> !change.address().equals(Sandbox.CALLER))
            .filter(change -> change.after().nonce() != 0)
            .count();
    assertEquals(1_025, contracts);
  }

  @Test
  void theStackHolds1024Words() {
    assertEquals(HaltReason.STACK_OVERFLOW, halt("5f".repeat(1_025), 100_000));
    assertTrue(new Sandbox().withCode("5f".repeat(1_024)).call(100_000).succeeded());
    assertEquals(HaltReason.STACK_UNDERFLOW, halt("01", 100_000));
  }

  @Test
  void memoryBeyondAnyGasIsOutOfGas() {
    assertEquals(HaltReason.OUT_OF_GAS, halt("60007f" + "ff".repeat(32) + "52", 1L << 39));
    assertEquals(HaltReason.OUT_OF_GAS, halt("6000637fffffff52", Long.MAX_VALUE >> 20));
  }

  @Test // 3 gas a word and the square of their number / 512: 2,195,456 for 32,768 words.
  void memoryCostsWhatItsSizeSays() {
    // Writes the word that ends with the first mebibyte.
    String code = "5f" + "620fffe0" + "52" + "00";
    long exact = 21_000 + 2 + 3 + 3 + 2_195_456;
    TransactionOutcome.Executed outcome = new Sandbox().withCode(code).call(exact);
    assertTrue(outcome.succeeded());
    assertEquals(exact, outcome.gasUsed());
    assertEquals(HaltReason.OUT_OF_GAS, halt(code, exact - 1));
  }

  @Test // EIP-211
  void whatACallReturnedCanBeReadToItsEndAndNoFurther() {
    String mebibyte = "62100000";
    Sandbox sandbox = new Sandbox();
    sandbox.withCode(Words.address(0, 0, 0xbeef), Bytes.fromHex(mebibyte + "5ff3"));
    String call = "5f5f5f5f5f61beef5af150";
    sandbox.withCode(call + "3d" + RETURN_TOP);
    CallResult size = sandbox.call(10_000_000).result();
    assertEquals(UInt256.of(1 << 20), UInt256.of(size.output().toArray(), 0, 32));
    sandbox.withCode(call + "6001" + "620fffff" + "5f3e00");
    assertTrue(sandbox.call(10_000_000).succeeded());
    sandbox.withCode(call + "5f" + mebibyte + "5f3e00");
    assertTrue(sandbox.call(10_000_000).succeeded());
    CallResult beyond = new CallResult.Halt(HaltReason.RETURN_DATA_OUT_OF_BOUNDS);
    for (String range :
        List.of("6001" + mebibyte, "5f" + "62100001", "6002" + "620fffff", "60025f19", "5f195f")) {
      sandbox.withCode(call + range + "5f3e00");
      assertEquals(beyond, sandbox.call(10_000_000).result(), range);
    }
  }

  @Test
  void aJumpIntoAnOperandHalts() {
    assertEquals(HaltReason.INVALID_JUMP, halt("605b60015600", 100_000));
    assertEquals(HaltReason.INVALID_JUMP, halt("7f" + "ff".repeat(32) + "56", 100_000));
  }

  @Test // EIP-7939
  void leadingZerosAreCountedFromOsakaOn() {
    Sandbox osaka = new Sandbox().withCode("60011e" + RETURN_TOP);
    assertEquals(UInt256.of(255), osaka.answer());
    Sandbox prague = new Sandbox().under(Fork.PRAGUE).withCode("60011e" + RETURN_TOP);
    assertEquals(
        new CallResult.Halt(HaltReason.INVALID_INSTRUCTION), prague.call(100_000).result());
  }

  @Test
  void thereAreNoBlobs() {
    assertEquals(UInt256.ZERO, new Sandbox().withCode("600049" + RETURN_TOP).answer());
    assertEquals(UInt256.ONE, new Sandbox().withCode("4a" + RETURN_TOP).answer());
  }

  @Test
  void aFailedCallLeavesNoTrace() {
    // Writes, logs, then halts.
    Sandbox sandbox = new Sandbox().withCode("6001600055600060006000a0fe");
    TransactionOutcome.Executed outcome = sandbox.call(100_000);
    assertEquals(List.of(), outcome.logs());
    assertEquals(UInt256.ZERO, sandbox.state.storage(Sandbox.CONTRACT, UInt256.ZERO));
    assertEquals(100_000, outcome.gasUsed());
  }

  @Test
  void theCallersTableOfPrecompilesIsTheOnlyOne() {
    Precompile twice =
        EthereumPrecompiles.fixed(
            11, input -> input.isEmpty() ? Optional.empty() : Optional.of(input.slice(0, 1)));
    Sandbox sandbox = new Sandbox(Precompiles.NONE.with(0xa01, twice));
    // Calls 0xa01 with one byte 0x2a; returns the byte it answers.
    sandbox.withCode("602a60005360206020600160006000610a015af15060205160f81c" + RETURN_TOP);
    assertEquals(UInt256.of(0x2a), sandbox.answer());
    // Without input it refuses: the call gives 0.
    sandbox.withCode("60206020600060006000610a0161fffff1" + RETURN_TOP);
    assertEquals(UInt256.ZERO, sandbox.answer());
    // 0x04 is an account without code here: the call succeeds and returns nothing.
    sandbox.withCode("602060206020600060006004" + "5af1503d" + RETURN_TOP);
    assertEquals(UInt256.ZERO, sandbox.answer());
  }

  @Test
  void moneySentToNobodyArrives() {
    Sandbox sandbox = new Sandbox();
    TransactionOutcome outcome =
        sandbox.evm.simulate(
            Sandbox.request(Optional.of(Sandbox.CONTRACT), Amount.aitbc(3), Bytes.EMPTY, 21_000),
            Sandbox.CALLER,
            sandbox.block(),
            sandbox.state);
    assertTrue(((TransactionOutcome.Executed) outcome).succeeded());
    assertEquals(Amount.aitbc(3), sandbox.state.account(Sandbox.CONTRACT).balance());
    assertEquals(Amount.aitbc(997), sandbox.state.account(Sandbox.CALLER).balance());
  }

  @Test // Any bytes are code: the result is defined, and the watched loop gives the same.
  void watchedAndUnwatchedLoopsAgreeOnAnyCode() {
    Seed.forAll(
        1,
        3_000,
        seed -> {
          Bytes code = RandomCode.draw(seed);
          Bytes input = Bytes.wrap(seed.bytes(seed.below(100)));
          long gas = 30_000 + seed.below(300_000L);
          Sandbox plain = new Sandbox().withCode(Sandbox.CONTRACT, code);
          Sandbox watched = new Sandbox().withCode(Sandbox.CONTRACT, code);
          StructLogTracer tracer =
              new StructLogTracer(
                  new StructLogTracer.Options(true, true, true, 1_000),
                  new StructLogTracer.Room(1 << 20));
          TransactionOutcome expected = plain.call(plain.evm, input, gas);
          TransactionOutcome actual = watched.call(watched.evm.watchedBy(tracer), input, gas);
          assertEquals(expected, actual, code::toHex);
          assertEquals(plain.state.accountChanges(), watched.state.accountChanges(), code::toHex);
          assertEquals(plain.state.storageChanges(), watched.state.storageChanges(), code::toHex);
        });
  }
}
