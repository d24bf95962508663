// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.crypto.Hash;
import io.aitbc.execution.ClaimId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/// Roots of the traces of leaves that an auditor has run again and found right: it looks at the
/// same leaf when it reports, after each block until a second report is final, and when it compares
/// that with its own. Belongs to one thread. Protocol §17.13.
final class LeafTraces {
  private final TreeMap<ClaimId, Map<Long, Hash>> known = new TreeMap<>(OpenJobs.ORDER);

  /// The leaves among these that are not known, each once.
  List<Long> missing(ClaimId claim, List<Long> leaves) {
    Map<Long, Hash> of = known.getOrDefault(claim, Map.of());
    return leaves.stream().distinct().filter(each -> !of.containsKey(each)).toList();
  }

  /// Notes the roots of leaves, in their order.
  void put(ClaimId claim, List<Long> leaves, List<Hash> roots) {
    Map<Long, Hash> of = known.computeIfAbsent(claim, _ -> new TreeMap<>());
    for (int i = 0; i < leaves.size(); i++) {
      Hash _ = of.put(leaves.get(i), roots.get(i));
    }
  }

  /// The roots of leaves of which none is missing, in their order.
  List<Hash> of(ClaimId claim, List<Long> leaves) {
    Map<Long, Hash> of = known.getOrDefault(claim, Map.of());
    return leaves.stream().map(each -> Objects.requireNonNull(of.get(each))).toList();
  }

  /// Forgets all other claims.
  void retain(Set<ClaimId> claims) {
    boolean _ = known.keySet().retainAll(claims);
  }
}
