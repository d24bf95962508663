// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.model.Log;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// Collects the tree of calls: for debug_traceTransaction with `callTracer`.
public final class CallTracer implements Tracer {
  /// A call that did not end yet.
  private record Open(Entered entered, List<CallTrace> calls, List<CallTrace.PlacedLog> logs) {}

  private final Deque<Open> open = new ArrayDeque<>();
  private Optional<CallTrace> root = Optional.empty();

  /// A tracer with nothing collected.
  public CallTracer() {}

  /// The outermost call or creation; empty before it ended.
  public Optional<CallTrace> root() {
    return root;
  }

  @Override
  public void enter(Entered entered) {
    open.push(new Open(entered, new ArrayList<>(), new ArrayList<>()));
  }

  @Override
  public void exit(CallResult result, long gasUsed) {
    Open ended = open.pop();
    CallTrace trace = new CallTrace(ended.entered, result, gasUsed, ended.calls, ended.logs);
    if (open.isEmpty()) {
      root = Optional.of(trace);
    } else {
      open.element().calls.add(trace);
    }
  }

  @Override
  public void log(Log log) {
    Open writer = open.element();
    writer.logs.add(new CallTrace.PlacedLog(log, writer.calls.size()));
  }
}
