// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.AccessListEntry;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Collects the accounts and slots that an execution touches: for eth_createAccessList, and for
/// debug_traceTransaction with `prestateTracer`.
public final class AccessTracer implements Tracer {
  private final SortedMap<Address, Set<UInt256>> touched = new TreeMap<>();
  private final SortedSet<Address> entered = new TreeSet<>();

  /// A tracer with nothing collected.
  public AccessTracer() {}

  /// The accounts touched and their slots, ascending. Those of `withoutSlots` that have no slots
  /// are left out: sender, recipient, coinbase and precompiles are warm anyway (EIP-2929).
  public List<AccessListEntry> accessList(List<Address> withoutSlots) {
    List<AccessListEntry> entries = new ArrayList<>();
    touched.forEach((address, slots) -> {
      if (!slots.isEmpty() || !withoutSlots.contains(address)) {
        entries.add(new AccessListEntry(address, slots.stream().map(UInt256::toHash).toList()));
      }
    });
    return entries;
  }

  /// The accounts that instructions named and the slots that they touched, ascending.
  public SortedMap<Address, Set<UInt256>> touched() {
    return Collections.unmodifiableSortedMap(touched);
  }

  /// The sender, and whoever was called, created or paid, ascending.
  public SortedSet<Address> entered() {
    return Collections.unmodifiableSortedSet(entered);
  }

  @Override
  public boolean wantsInstructions() {
    return true;
  }

  @Override
  public void before(Step step) {
    switch (step.opcode()) {
      case Opcode.SLOAD, Opcode.SSTORE -> {
        if (step.stackHeight() >= 1) {
          slots(step.self()).add(step.stackWord(0));
        }
      }
      case Opcode.BALANCE,
          Opcode.EXTCODESIZE,
          Opcode.EXTCODECOPY,
          Opcode.EXTCODEHASH,
          Opcode.SELFDESTRUCT ->
          account(step, 0);
      case Opcode.CALL, Opcode.CALLCODE, Opcode.DELEGATECALL, Opcode.STATICCALL -> account(step, 1);
      default -> {}
    }
  }

  private void account(Step step, int fromTop) {
    if (step.stackHeight() > fromTop) {
      byte[] word = step.stackWord(fromTop).toArray();
      Bytes address = Bytes.of(word, UInt256.BYTES - Address.BYTES, Address.BYTES);
      Set<UInt256> _ = slots(new Address(address));
    }
  }

  private Set<UInt256> slots(Address address) {
    return touched.computeIfAbsent(address, _ -> new TreeSet<>());
  }

  @Override
  public void enter(Entered call) {
    boolean _ = entered.add(call.from());
    boolean _ = entered.add(call.to());
  }
}
