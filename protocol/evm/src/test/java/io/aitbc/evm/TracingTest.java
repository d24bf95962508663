// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.AccessListEntry;
import io.aitbc.model.UInt256;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

// Protocol §14.6: watching changes nothing and misses nothing.
class TracingTest {
  private static final StructLogTracer.Options ALL =
      new StructLogTracer.Options(true, true, true, 100);

  private static List<StructLog> entries(String code, StructLogTracer.Options options) {
    Sandbox sandbox = new Sandbox().withCode(code);
    StructLogTracer tracer = new StructLogTracer(options, new StructLogTracer.Room(Long.MAX_VALUE));
    var _ = sandbox.call(sandbox.evm.watchedBy(tracer), Bytes.EMPTY, 100_000);
    return tracer.entries();
  }

  private static List<String> names(List<StructLog> entries) {
    return entries.stream().map(entry -> Opcode.name(entry.opcode())).toList();
  }

  @Test
  void everyInstructionIsToldWithItsCostAndStack() {
    List<StructLog> entries = entries("6001600255", ALL);
    assertEquals(List.of("PUSH1", "PUSH1", "SSTORE", "STOP"), names(entries));
    StructLog store = entries.get(2);
    assertEquals(4, store.programCounter());
    assertEquals(List.of(UInt256.ONE, UInt256.of(2)), store.stack());
    assertEquals(22_100, store.gasCost());
    assertEquals(79_000 - 6, store.gas());
    assertEquals(Optional.of(new StructLog.SlotAccess(UInt256.of(2), UInt256.ONE)), store.slot());
  }

  @Test
  void theInstructionThatHaltsSaysWhy() {
    StructLog last = entries("60016055" + "56", ALL).getLast();
    assertEquals("JUMP", Opcode.name(last.opcode()));
    assertEquals(Optional.of(HaltReason.INVALID_JUMP), last.halt());
  }

  @Test
  void aCallCostsWhatItGivesAway() {
    // Calls a precompile (identity) with 1,000 gas.
    List<StructLog> entries = entries("5f5f5f5f5f60046103e8f100", ALL);
    assertEquals(100 + 1_000, entries.get(7).gasCost());
  }

  @Test
  void entriesAreBounded() {
    assertEquals(
        2, entries("5f5f5f5f", new StructLogTracer.Options(false, false, false, 2)).size());
  }

  @Test
  void tracersThatShareARoomCollectNoMoreThanItHolds() {
    StructLogTracer.Room room = new StructLogTracer.Room(1_000);
    Sandbox sandbox = new Sandbox().withCode("6104005150" + "5f50".repeat(10));
    StructLogTracer first = new StructLogTracer(ALL, room);
    var _ = sandbox.call(sandbox.evm.watchedBy(first), Bytes.EMPTY, 100_000);
    // Entries of 200 and 240 bytes, and one with 1,056 bytes of memory.
    assertEquals(List.of("PUSH2", "MLOAD", "POP"), names(first.entries()));
    assertTrue(room.isFull());
    StructLogTracer second = new StructLogTracer(ALL, room);
    var _ = sandbox.call(sandbox.evm.watchedBy(second), Bytes.EMPTY, 100_000);
    assertEquals(List.of(), second.entries());
  }

  @Test
  void callsAreToldAsATree() {
    // Writes a log, calls itself once more if there is call data, reverts if there is none.
    String code = "36600757" + "5f5ffd" + "5b" + "5f5fa0" + "5f5f5f5f5f305af1" + "00";
    Sandbox sandbox = new Sandbox().withCode(code);
    CallTracer tracer = new CallTracer();
    var _ = sandbox.call(sandbox.evm.watchedBy(tracer), Bytes.of((byte) 1), 100_000);
    CallTrace root = tracer.root().orElseThrow();
    assertEquals(CallKind.CALL, root.entered().kind());
    assertEquals(Sandbox.CALLER, root.entered().from());
    assertEquals(1, root.calls().size());
    assertEquals(List.of(0), root.logs().stream().map(CallTrace.PlacedLog::callsBefore).toList());
    CallTrace inner = root.calls().getFirst();
    assertEquals(Sandbox.CONTRACT, inner.entered().from());
    assertInstanceOf(CallResult.Revert.class, inner.result());
  }

  @Test
  void accountsAndSlotsTouchedMakeAnAccessList() {
    Sandbox sandbox = new Sandbox().withCode("600754503331503b00");
    AccessTracer tracer = new AccessTracer();
    var _ = sandbox.call(sandbox.evm.watchedBy(tracer), Bytes.EMPTY, 100_000);
    List<AccessListEntry> list = tracer.accessList(List.of(Sandbox.CALLER));
    assertEquals(
        List.of(new AccessListEntry(Sandbox.CONTRACT, List.of(UInt256.of(7).toHash()))), list);
  }
}
