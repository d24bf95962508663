// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.UInt256;
import java.util.List;
import java.util.Optional;

/// One instruction of a traced execution, as it was before it ran.
///
/// @param programCounter index in the code, in bytes
/// @param opcode the instruction, 0 to 255; {@link Opcode#name} names it
/// @param gas gas left before it
/// @param gasCost gas it took, with what it gave to a callee
/// @param depth callers above the frame
/// @param stack words, lowest first; empty if not wanted
/// @param memory memory in use; empty if not wanted
/// @param returnData what the last call returned; empty if not wanted
/// @param slot the slot that SLOAD read or SSTORE wrote
/// @param refund gas to be returned so far
/// @param halt why it stopped the frame exceptionally, if it did
public record StructLog(
    int programCounter,
    int opcode,
    long gas,
    long gasCost,
    int depth,
    List<UInt256> stack,
    Bytes memory,
    Bytes returnData,
    Optional<SlotAccess> slot,
    long refund,
    Optional<HaltReason> halt) {
  /// A storage slot and what it held, or was to hold.
  ///
  /// @param key the slot
  /// @param value what SLOAD gave, or SSTORE wrote
  public record SlotAccess(UInt256 key, UInt256 value) {}

  StructLog withGasCost(long cost) {
    return new StructLog(
        programCounter, opcode, gas, cost, depth, stack, memory, returnData, slot, refund, halt);
  }

  StructLog haltedBy(HaltReason reason) {
    return new StructLog(
        programCounter,
        opcode,
        gas,
        gasCost,
        depth,
        stack,
        memory,
        returnData,
        slot,
        refund,
        Optional.of(reason));
  }
}
