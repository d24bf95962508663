// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.compute.ItemFile;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.execution.ClaimId;
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

  /// Items of a claim of inference with their paths.
  List<ServedLeaf> leaves(ClaimId claim, List<Long> leaves) {
    MerkleTree tree = ItemFile.outputTree(outputs);
    return leaves.stream().map(leaf -> ServedLeaf.of(claim, leaf, this, tree)).toList();
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
