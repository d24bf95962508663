// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.execution.ClaimId;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/// The evaluators of claims, asked until there are some: they do not change then. Belongs to one
/// thread. Protocol §17.15.
final class Committees {
  private final WorkChain chain;
  private final TreeMap<ClaimId, List<Address>> known = new TreeMap<>(OpenJobs.ORDER);

  Committees(WorkChain chain) {
    this.chain = chain;
  }

  /// The evaluator of each seat of a claim; empty before the beacon is there, and when there was
  /// nobody.
  List<Address> of(ClaimId claim) throws IOException {
    List<Address> committee = known.get(claim);
    if (committee == null) {
      committee = chain.read(WorkRead.committee(claim)).orElse(List.of());
      if (!committee.isEmpty()) {
        List<Address> _ = known.put(claim, committee);
      }
    }
    return committee;
  }

  /// Forgets all other claims.
  void retain(Set<ClaimId> claims) {
    boolean _ = known.keySet().retainAll(claims);
  }
}
