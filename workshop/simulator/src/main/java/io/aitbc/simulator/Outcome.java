// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.model.Address;
import java.util.List;
import java.util.Optional;

/// How a run ended.
///
/// @param options what it was drawn from
/// @param violation the first invariant that did not hold; empty if all held
/// @param traceHash hash of everything that happened
/// @param steps inputs of consensus, over all nodes
/// @param events events of the timeline
/// @param height the highest final block
/// @param virtualMillis how long it took in virtual time
/// @param convergedMillis the longest wait for a decision after the faults had ended
/// @param cpuMicros time of a processor that it took
/// @param coverage what was seen
/// @param struck whether a fault struck a height that was then decided
/// @param forked whether nodes have different final blocks
/// @param accused whom evidence convicts
/// @param lines last events and where the nodes stood
/// @param story what there is to tell of the set, if it grew
record Outcome(
    Options options,
    Optional<Violation> violation,
    long traceHash,
    long steps,
    long events,
    long height,
    long virtualMillis,
    long convergedMillis,
    long cpuMicros,
    CoverageCount coverage,
    boolean struck,
    boolean forked,
    List<Address> accused,
    List<String> lines,
    List<String> story) {
  boolean passed() {
    return violation.isEmpty();
  }
}
