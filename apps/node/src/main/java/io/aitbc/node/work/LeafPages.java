// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.execution.ClaimId;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Single leaves of a worker's claims of inference, for those who look at a few of thousands. The
/// claims are in memory, as many as fit, the last ones first; of others the whole files are served.
/// The worker's thread puts and forgets, any number of threads ask. Protocol §17.9.
final class LeafPages {
  /// Leaves that are asked for at a time: those of all seats.
  static final int LEAVES_MAX = 16 * AuditorService.LEAVES;

  /// Longest answer; who wants more takes the files.
  static final int ANSWER_BYTES_MAX = 4 << 20;

  private static final Pattern PAGE =
      Pattern.compile("/claims/([0-9]{1,15})/([0-9]{1,7})/leaves/([0-9]{1,4}(-[0-9]{1,4}){0,111})");

  /// A part of the memory that the process may take.
  private static final int MEMORY_PART = 4;

  private final long bytesMax;
  private final ConcurrentSkipListMap<ClaimId, Held> claims =
      new ConcurrentSkipListMap<>(OpenJobs.ORDER);

  /// @param outputs tree over the outputs
  /// @param bytes that inputs and outputs take
  private record Held(ServedClaim claim, MerkleTree outputs, long bytes) {}

  LeafPages() {
    this(Runtime.getRuntime().maxMemory() / MEMORY_PART);
  }

  LeafPages(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// The path under which a worker serves leaves.
  static String page(ClaimId claim, Collection<Long> leaves) {
    return "/claims/%d/%d/leaves/%s"
        .formatted(
            claim.job(),
            claim.claim(),
            leaves.stream().map(String::valueOf).collect(Collectors.joining("-")));
  }

  /// The claim that a path of leaves is about; empty if it is no such path.
  static Optional<ClaimId> claim(String path) {
    Matcher match = PAGE.matcher(path);
    return match.matches()
        ? Optional.of(new ClaimId(Long.parseLong(match.group(1)), Long.parseLong(match.group(2))))
        : Optional.empty();
  }

  /// Keeps a claim, and gives up the oldest ones for it.
  ///
  /// @param outputs tree over its outputs
  void put(ClaimId id, ServedClaim claim, MerkleTree outputs) {
    long bytes =
        Stream.concat(claim.work().inputs(id).stream(), claim.outputs().stream())
            .mapToLong(Bytes::length)
            .sum();
    Held _ = claims.put(id, new Held(claim, outputs, bytes));
    long all = claims.values().stream().mapToLong(Held::bytes).sum();
    while (all > bytesMax) {
      all -= Objects.requireNonNull(claims.pollFirstEntry()).getValue().bytes;
    }
  }

  /// Forgets all other claims.
  void retain(Set<ClaimId> ids) {
    boolean _ = claims.keySet().retainAll(ids);
  }

  /// The leaves at a path; empty if the claim is not here, has fewer, or they are too long.
  Optional<byte[]> at(String path) {
    Matcher match = PAGE.matcher(path);
    if (!match.matches()) {
      return Optional.empty();
    }
    ClaimId id = new ClaimId(Long.parseLong(match.group(1)), Long.parseLong(match.group(2)));
    Held held = claims.get(id);
    if (held == null) {
      return Optional.empty();
    }
    int items = held.claim.outputs().size();
    List<Long> numbers = Arrays.stream(match.group(3).split("-", -1)).map(Long::valueOf).toList();
    if (numbers.stream().anyMatch(each -> each >= items)) {
      return Optional.empty();
    }
    List<ServedLeaf> leaves =
        numbers.stream().map(each -> ServedLeaf.of(id, each, held.claim, held.outputs)).toList();
    return leaves.stream().mapToLong(ServedLeaf::encodedBytes).sum() <= ANSWER_BYTES_MAX
        ? Optional.of(ServedLeaf.encoded(leaves))
        : Optional.empty();
  }
}
