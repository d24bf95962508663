// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.WorkJob;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Runs segments of claims again for an auditor. Belongs to one thread. Protocol §17.6, §17.13.
final class SegmentAuditor {
  private Optional<Again> last = Optional.empty();

  /// The segment that was run last.
  private record Again(ClaimId claim, int segment, Segments.Run run) {}

  /// What came out of it.
  sealed interface Finding {
    /// All are right.
    ///
    /// @param states the root over the states of each: what a seat reports
    record Right(List<Hash> states) implements Finding {
      /// Copies the list.
      public Right {
        states = List.copyOf(states);
      }
    }

    /// A segment is wrong, by the state before it: one of them, or an earlier one.
    record Wrong(int segment) implements Finding {}
  }

  /// Runs segments again.
  ///
  /// @param outputs of the claim, as the worker served them
  /// @param leaves the segments
  Finding runAgain(
      ClaimId claim,
      WorkJob job,
      JobWork work,
      List<Bytes> outputs,
      List<Long> leaves,
      Segments.Source source)
      throws IOException {
    List<Hash> states = new ArrayList<>();
    Segments.Outputs known = Segments.Outputs.all(outputs);
    for (long leaf : leaves) {
      int segment = (int) leaf;
      Segments.Before before = Segments.before(work, known, segment, job.steps(), source);
      switch (before) {
        case Segments.Before.Wrong(int earlier) -> {
          return new Finding.Wrong(earlier);
        }
        case Segments.Before.Known(var state) -> {
          Segments.Run run = Segments.run(work, state, job.steps());
          last = Optional.of(new Again(claim, segment, run));
          if (!Segments.isOutput(outputs.get(segment), run.output())) {
            return new Finding.Wrong(segment);
          }
          boolean _ = states.add(run.tree().root());
        }
      }
    }
    return new Finding.Right(states);
  }

  /// A segment that is disputed; empty if the state before it is not what the claim says.
  Optional<Segments.Run> again(
      ClaimId claim,
      WorkJob job,
      JobWork work,
      Segments.Outputs outputs,
      int segment,
      Segments.Source source)
      throws IOException {
    boolean known = last.filter(it -> it.claim.equals(claim) && it.segment == segment).isPresent();
    if (!known) {
      if (!(Segments.before(work, outputs, segment, job.steps(), source)
          instanceof Segments.Before.Known(var state))) {
        return Optional.empty();
      }
      last = Optional.of(new Again(claim, segment, Segments.run(work, state, job.steps())));
    }
    return last.map(Again::run);
  }
}
