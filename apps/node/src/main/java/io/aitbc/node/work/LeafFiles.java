// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.execution.ClaimId;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkJob;
import io.aitbc.referee.Model;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Leaves of claims that a service has looked at, a file for each claim: what it says of them on
/// the chain it can prove, though it starts again and the worker serves nothing any more. Belongs
/// to one thread. Protocol §17.9, §17.14.
final class LeafFiles {
  /// In front of a leaf: its number and the length of its encoding.
  private static final int HEAD_BYTES = Long.BYTES + Integer.BYTES;

  private final Path folder;
  private final TreeSet<String> names = new TreeSet<>();

  /// The files of a folder, which is made if it is not there.
  ///
  /// @throws IOException if it cannot be made or read
  LeafFiles(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    try (Stream<Path> all = Files.list(folder)) {
      all.forEach(each -> names.add(each.getFileName().toString()));
    }
  }

  private static String name(ClaimId claim) {
    return claim.job() + "-" + claim.claim();
  }

  /// The leaves of a claim that are kept, by their numbers; none of a file that is damaged.
  SortedMap<Long, ServedLeaf> get(ClaimId claim, WorkJob job, WorkClaim state, Model model)
      throws IOException {
    TreeMap<Long, ServedLeaf> leaves = new TreeMap<>();
    if (!names.contains(name(claim))) {
      return leaves;
    }
    ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(folder.resolve(name(claim))));
    while (file.remaining() >= HEAD_BYTES) {
      long leaf = file.getLong();
      int length = file.getInt();
      if (length < 0 || length > file.remaining()) {
        break;
      }
      byte[] encoding = new byte[length];
      file.get(encoding);
      Optional<List<ServedLeaf>> one =
          leaf >= 0 && leaf < JobWork.itemsOf(claim, job)
              ? ServedLeaf.decode(claim, job, state, model, List.of(leaf), encoding)
              : Optional.empty();
      one.ifPresent(it -> leaves.put(leaf, it.getFirst()));
    }
    return leaves;
  }

  /// Keeps these leaves of a claim, and no others.
  void put(ClaimId claim, Collection<ServedLeaf> leaves) throws IOException {
    int length =
        leaves.stream().mapToInt(each -> HEAD_BYTES + Math.toIntExact(each.encodedBytes())).sum();
    ByteBuffer file = ByteBuffer.allocate(length);
    for (ServedLeaf each : leaves) {
      byte[] encoding = ServedLeaf.encoded(List.of(each));
      file.putLong(each.leaf()).putInt(encoding.length).put(encoding);
    }
    Path part = folder.resolve("part");
    try (FileChannel channel =
        FileChannel.open(
            part,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      file.flip();
      while (file.hasRemaining()) {
        int _ = channel.write(file);
      }
      channel.force(true);
    }
    Path _ = Files.move(part, folder.resolve(name(claim)), StandardCopyOption.ATOMIC_MOVE);
    boolean _ = names.add(name(claim));
  }

  /// Forgets all other claims.
  void retain(Set<ClaimId> claims) throws IOException {
    if (names.isEmpty()) {
      return;
    }
    TreeSet<String> wanted = new TreeSet<>();
    claims.forEach(claim -> wanted.add(name(claim)));
    for (String name : List.copyOf(names)) {
      if (!wanted.contains(name)) {
        boolean _ = Files.deleteIfExists(folder.resolve(name));
        boolean _ = names.remove(name);
      }
    }
  }
}
