// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.ClaimId;
import io.aitbc.referee.Trace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/// What a worker served of a claim, whole and compared with the chain. Protocol §17.9.
///
/// @param work the job's model and inputs
/// @param outputs of the claim
record ServedClaim(JobWork work, List<Bytes> outputs) {
  /// Copies the list.
  ServedClaim {
    outputs = List.copyOf(outputs);
  }

  /// An item of inference that was run again.
  ///
  /// @param trace the root of its trace; zeros for an input that does not fit the model
  /// @param right whether the output is the one that was served
  record Again(Hash trace, boolean right) {}

  /// Runs items of a claim again, those that fit the model in one go.
  List<Again> runAgain(ClaimId claim, List<Long> leaves, Tracer tracer) {
    List<byte[]> fitting =
        leaves.stream()
            .map(leaf -> work.inputs().get(JobWork.first(claim) + leaf.intValue()))
            .filter(input -> input.length() == work.model().header().inputBytes())
            .map(Bytes::toArray)
            .toList();
    Iterator<Trace> traces = tracer.traces(work.model(), fitting).iterator();
    List<Again> again = new ArrayList<>();
    for (long leaf : leaves) {
      int item = JobWork.first(claim) + (int) leaf;
      byte[] output = outputs.get((int) leaf).toArray();
      if (work.inputs().get(item).length() == work.model().header().inputBytes()) {
        Trace trace = traces.next();
        boolean right = Arrays.equals(trace.output(), output);
        again.add(new Again(trace.tree().root(), right));
      } else {
        again.add(new Again(Hash.ZERO, output.length == 0));
      }
    }
    return again;
  }
}
