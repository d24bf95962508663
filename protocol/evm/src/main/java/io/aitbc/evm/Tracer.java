// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Log;

/// Somebody who watches a transaction run, for debugging. It is told of every call and creation,
/// and of every instruction if it wants to. Who does not care for some of it leaves that out.
public interface Tracer {
  /// Whether {@link #before} and {@link #after} are to be called; calls alone cost little.
  default boolean wantsInstructions() {
    return false;
  }

  /// A call, creation or SELFDESTRUCT begins.
  ///
  /// @param kind how it was started
  /// @param from who started it; of a DELEGATECALL, on whose storage it runs
  /// @param to whose code runs, the contract created, or who gets the money
  /// @param value money sent along; of a DELEGATECALL, said to be
  /// @param input input, or code that creates the contract
  /// @param gas gas it is given
  record Entered(CallKind kind, Address from, Address to, Amount value, Bytes input, long gas) {}

  /// A call, creation or SELFDESTRUCT begins.
  default void enter(Entered entered) {}

  /// What was entered last ends.
  ///
  /// @param result how
  /// @param gasUsed gas it used of what it was given
  default void exit(CallResult result, long gasUsed) {}

  /// A log was written by the code that runs. It is void if that fails later.
  default void log(Log log) {}

  /// An instruction is about to run.
  default void before(Step step) {}

  /// The instruction ran, or stopped the frame. Not called for one that was refused before.
  ///
  /// @param gasCost gas it took, with what it gives to a callee
  default void after(long gasCost) {}

  /// The instruction stopped the frame exceptionally.
  default void halted(HaltReason reason) {}
}
