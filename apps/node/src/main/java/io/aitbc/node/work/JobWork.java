// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.blobs.BlobLimits;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.WorkJob;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Model;
import io.aitbc.referee.TrainingState;
import java.util.List;

/// A job's model and inputs, whole and compared with the chain. Protocol §17.12.
///
/// @param model checked
/// @param inputs of all its claims; of a job that trains its data set alone
/// @param tree over them
/// @param firstState that training begins with; empty unless the job trains
record JobWork(Model model, List<Bytes> inputs, MerkleTree tree, List<Elements> firstState) {
  /// Of an item in a file.
  private static final int LENGTH_BYTES = 4;

  /// The inputs of a claim.
  List<Bytes> inputs(ClaimId claim) {
    int from = first(claim);
    return inputs.subList(from, Math.min(inputs.size(), from + ClaimId.ITEMS_MAX));
  }

  /// Bytes of what a worker keeps of an item of a job: its output, or the state after a segment.
  long bytesOfItem() {
    return model.trains()
        ? Math.max(BlobLimits.BLOB_BYTES_MIN, TrainingState.bytes(model))
        : LENGTH_BYTES + model.output().bytes();
  }

  /// The number, in the job, of a claim's first item.
  static int first(ClaimId claim) {
    return Math.toIntExact(claim.claim() * ClaimId.ITEMS_MAX);
  }

  /// What computing a claim costs.
  Pace.Load load(ClaimId claim, WorkJob job) {
    long runs = job.trains() ? job.count() * job.steps() : inputs(claim).size();
    long operations = Math.max(1, model.multiplyAdds() + model.traceElements());
    return new Pace.Load(model.id(), Math.multiplyExact(runs, operations));
  }

  /// Items of a claim.
  static long itemsOf(ClaimId claim, WorkJob job) {
    return Math.min(ClaimId.ITEMS_MAX, job.count() - claim.claim() * ClaimId.ITEMS_MAX);
  }
}
