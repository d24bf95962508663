// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.WorkJob;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Runs segments of claims again for an auditor. Belongs to one thread. Protocol §17.6, §17.13.
final class SegmentAuditor {
  private final SegmentRuns runs;

  /// Roots over the states of segments that are right.
  private final TreeMap<ClaimId, TreeMap<Integer, Hash>> right = new TreeMap<>(OpenJobs.ORDER);

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

    /// A segment cannot be run here.
    record Unknown() implements Finding {}
  }

  SegmentAuditor(SegmentRuns runs) {
    this.runs = runs;
  }

  /// Runs segments again.
  ///
  /// @param outputs of the claim, as the worker served them
  /// @param leaves the segments
  /// @throws OnItsWayException until all are run
  /// @throws IOException if a state cannot be looked for
  Finding runAgain(
      ClaimId claim,
      WorkJob job,
      JobWork work,
      List<Bytes> outputs,
      List<Long> leaves,
      Segments.Source source)
      throws IOException {
    TreeMap<Integer, Hash> known = right.computeIfAbsent(claim, _ -> new TreeMap<>());
    Optional<OnItsWayException> awaited = Optional.empty();
    for (long leaf : leaves) {
      int segment = (int) leaf;
      if (known.containsKey(segment)) {
        continue;
      }
      Optional<Segments.Again> again;
      try {
        again =
            runs.reported(claim, work, Segments.Outputs.all(outputs), segment, job.steps(), source);
      } catch (OnItsWayException later) {
        awaited = Optional.of(later); // The next one runs behind it.
        continue;
      }
      if (again.isEmpty()) {
        return new Finding.Unknown();
      }
      switch (again.get()) {
        case Segments.Again.Wrong(int earlier) -> {
          return new Finding.Wrong(earlier);
        }
        case Segments.Again.Ran(Segments.Run run) -> {
          if (!Segments.isOutput(outputs.get(segment), run.output())) {
            return new Finding.Wrong(segment);
          }
          Hash _ = known.put(segment, run.tree().root());
        }
      }
    }
    if (awaited.isPresent()) {
      throw awaited.get();
    }
    return new Finding.Right(
        leaves.stream().map(leaf -> Objects.requireNonNull(known.get(leaf.intValue()))).toList());
  }

  /// Forgets all other claims.
  void retain(Set<ClaimId> claims) {
    boolean _ = right.keySet().retainAll(claims);
  }
}
