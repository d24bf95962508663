// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What happened to a job, why, and what is awaited until when.
///
/// @param status how it stands
/// @param decisions what happened, in order
/// @param awaited what is awaited, by claim; nothing of claims that are over
public record JobExplanation(JobStatus status, List<Decision> decisions, List<Awaited> awaited) {
  /// Copies the lists.
  public JobExplanation {
    decisions = List.copyOf(decisions);
    awaited = List.copyOf(awaited);
  }

  /// Something that happened.
  ///
  /// @param height of its block
  /// @param timestampSeconds of that, since 1970
  /// @param claim which; empty if it is about the whole job
  /// @param what happened
  /// @param why the rule behind it
  public record Decision(
      long height, long timestampSeconds, OptionalLong claim, String what, String why) {}

  /// Something that is awaited.
  ///
  /// @param claim of which claim
  /// @param what by whom
  /// @param until when; empty if it has no time
  /// @param then what happens if it does not come
  public record Awaited(long claim, String what, Optional<Deadline> until, String then) {}

  /// A deadline has passed when both clocks have.
  ///
  /// @param height last block in time
  /// @param activeSeconds last second of active time
  public record Deadline(long height, long activeSeconds) {}
}
