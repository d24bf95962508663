// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.model.Log;
import java.util.List;

/// A call, creation or SELFDESTRUCT of a traced execution, with all that it started.
///
/// @param entered who, whom, with what
/// @param result how it ended; a call that was refused for depth or balance reverted without output
/// @param gasUsed gas it used of what it was given, without the intrinsic gas of a transaction
/// @param calls what it started, in order
/// @param logs what its own code wrote, whether or not it stands in the end
public record CallTrace(
    Tracer.Entered entered,
    CallResult result,
    long gasUsed,
    List<CallTrace> calls,
    List<PlacedLog> logs) {
  /// Copies the lists.
  public CallTrace {
    calls = List.copyOf(calls);
    logs = List.copyOf(logs);
  }

  /// A log and its place among the calls.
  ///
  /// @param log what was written
  /// @param callsBefore how many of {@link CallTrace#calls} began before it
  public record PlacedLog(Log log, int callsBefore) {}
}
