// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.compute.ItemFile;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.ClaimId;
import io.aitbc.referee.Trace;
import java.util.ArrayList;
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

  /// Runs items of a claim again, those that fit the model in one go.
  List<ClaimLeaf.Again> runAgain(ClaimId claim, List<Long> leaves, Tracer tracer) {
    List<byte[]> fitting =
        leaves.stream()
            .map(leaf -> work.inputs().get(JobWork.first(claim) + leaf.intValue()))
            .filter(input -> input.length() == work.model().header().inputBytes())
            .map(Bytes::toArray)
            .toList();
    Iterator<Trace> traces = tracer.traces(work.model(), fitting).iterator();
    List<ClaimLeaf.Again> again = new ArrayList<>();
    for (long leaf : leaves) {
      int item = JobWork.first(claim) + (int) leaf;
      Bytes output = outputs.get((int) leaf);
      if (work.inputs().get(item).length() == work.model().header().inputBytes()) {
        Trace trace = traces.next();
        boolean right = Bytes.wrap(trace.output()).equals(output);
        again.add(new ClaimLeaf.Again(trace.tree().root(), right));
      } else {
        again.add(new ClaimLeaf.Again(Hash.ZERO, output.isEmpty()));
      }
    }
    return again;
  }

  /// An item of a claim of inference.
  ClaimLeaf leaf(ClaimId claim, long leaf) {
    int item = JobWork.first(claim) + (int) leaf;
    return new ClaimLeaf(
        work.model(),
        work.tree(),
        item,
        work.inputs().get(item),
        ItemFile.outputTree(outputs),
        (int) leaf,
        outputs.get((int) leaf));
  }
}
