// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.execution.ClaimId;
import io.aitbc.execution.WorkObjection;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// The objections that are not over. Each costs its objector a good part of a claim's fee, so there
/// are few, and who starts again asks about all that ever were. Belongs to one thread. Protocol
/// §17.17.
final class OpenObjections {
  private final WorkChain chain;
  private final TreeSet<Long> numbers = new TreeSet<>();
  private final TreeSet<ClaimId> own = new TreeSet<>(OpenJobs.ORDER);
  private long seen;

  OpenObjections(WorkChain chain) {
    this.chain = chain;
  }

  /// By their numbers.
  SortedMap<Long, WorkObjection> all() throws IOException {
    long count = chain.read(WorkRead.objectionCount()).orElse(0L);
    if (count < seen) {
      throw new IOException(
          "the node is behind: it has %d objections of %d".formatted(count, seen));
    }
    while (seen < count) {
      boolean _ = numbers.add(++seen);
    }
    TreeMap<Long, WorkObjection> open = new TreeMap<>();
    for (long number : List.copyOf(numbers)) {
      Optional<WorkObjection> objection = chain.read(WorkRead.objection(number));
      if (objection.isEmpty()) {
        throw new IOException("the node is behind: it does not know objection " + number);
      }
      if (objection.filter(each -> each.objector().equals(chain.account())).isPresent()) {
        boolean _ = own.add(objection.get().claim());
      }
      if (objection.get().stage() != WorkObjection.Stage.OVER) {
        WorkObjection _ = open.put(number, objection.get());
      } else {
        boolean _ = numbers.remove(number);
      }
    }
    return open;
  }

  /// Whether the account objected to an output of a claim, also if that is over.
  boolean hasObjected(ClaimId claim) throws IOException {
    SortedMap<Long, WorkObjection> _ = all();
    return own.contains(claim);
  }

  /// Whose opinions about outputs of a claim are awaited.
  List<Address> members(ClaimId claim) throws IOException {
    TreeSet<Address> members = new TreeSet<>();
    for (var each : all().entrySet()) {
      if (each.getValue().claim().equals(claim)) {
        boolean _ = members.addAll(chain.read(WorkRead.members(each.getKey())).orElse(List.of()));
      }
    }
    return List.copyOf(members);
  }
}
