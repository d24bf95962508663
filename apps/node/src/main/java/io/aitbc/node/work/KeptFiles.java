// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.blobs.BlobId;
import io.aitbc.execution.ClaimId;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Files of the claims that a worker accepts, which it keeps on its own account until they are
/// over: the clients' leases are the clients' affair. Which they are follows from the chain, so
/// nothing of this outlives the process but the leases, which end by themselves. Belongs to one
/// thread. Protocol §17.9.
final class KeptFiles {
  private final JobFiles files;
  private final TreeMap<ClaimId, List<BlobId>> kept = new TreeMap<>(OpenJobs.ORDER);

  KeptFiles(JobFiles files) {
    this.files = files;
  }

  /// Keeps the files of a claim.
  ///
  /// @return whether all are here
  boolean keep(ClaimId claim, List<BlobId> ids) throws IOException {
    if (kept.containsKey(claim)) {
      return true;
    }
    boolean all = true;
    for (BlobId id : ids) {
      all &= files.keep(id);
    }
    if (all) {
      List<BlobId> _ = kept.put(claim, ids);
    }
    return all;
  }

  /// Keeps those of other claims no longer.
  void only(Set<ClaimId> claims) throws IOException {
    Set<BlobId> over = new HashSet<>();
    for (Map.Entry<ClaimId, List<BlobId>> each : List.copyOf(kept.entrySet())) {
      if (!claims.contains(each.getKey())) {
        boolean _ = over.addAll(each.getValue());
        List<BlobId> _ = kept.remove(each.getKey());
      }
    }
    kept.values().forEach(over::removeAll);
    for (BlobId id : over) {
      files.release(id);
    }
  }

  /// Renews the leases, which end before a long dispute does.
  void renew() throws IOException {
    Set<BlobId> all = new HashSet<>();
    kept.values().forEach(all::addAll);
    for (BlobId id : all) {
      boolean _ = files.keep(id);
    }
  }
}
