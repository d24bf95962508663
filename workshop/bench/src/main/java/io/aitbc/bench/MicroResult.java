// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

/// What a benchmark measured.
///
/// @param target what it is held to
/// @param wallMicros mean wall clock time, in microseconds per operation; longer when other
///   processes want the processor
/// @param cpuMicros median processor time, in microseconds per operation; see {@link CpuProfiler}
record MicroResult(MicroTarget target, double wallMicros, double cpuMicros) {
  /// Whether the processor time is within the target. The prototype's figures are processor time
  /// too.
  boolean isWithinTarget() {
    return cpuMicros <= target.targetMicros();
  }
}
