// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.blobs.BlobId;
import io.aitbc.blobs.DurableFiles;
import io.aitbc.execution.ClaimId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Which blobs hold the states after the segments of claims that train: a file for each claim, one
/// line for each segment in order, so that training goes on where it was when the worker starts
/// again. One thread writes, any number read. Protocol §17.9.
final class StateList {
  private static final Pattern NAME = Pattern.compile("[0-9]{1,19}-[0-9]{1,19}");

  private final Path folder;
  private final ConcurrentSkipListMap<String, List<BlobId>> states = new ConcurrentSkipListMap<>();

  StateList(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(each -> NAME.matcher(each.getFileName().toString()).matches()).toList();
    }
    for (Path file : files) {
      List<BlobId> _ = states.put(file.getFileName().toString(), read(file));
    }
  }

  /// Whole lines; what a stop cut off is made again.
  private static List<BlobId> read(Path file) throws IOException {
    String text = Files.readString(file, StandardCharsets.US_ASCII);
    List<BlobId> ids = new ArrayList<>();
    int from = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      Optional<BlobId> id = BlobId.parse(text.substring(from, end));
      if (id.isEmpty()) {
        throw new IOException(file + " is damaged; without it the claim is trained anew");
      }
      ids.add(id.get());
      from = end + 1;
    }
    if (from < text.length()) {
      Path _ = Files.writeString(file, text.substring(0, from), StandardCharsets.US_ASCII);
    }
    return List.copyOf(ids);
  }

  private static String name(ClaimId claim) {
    return claim.job() + "-" + claim.claim();
  }

  /// The states that there are, from the first segment on.
  List<BlobId> of(ClaimId claim) {
    return of(name(claim));
  }

  /// The same of the claim JOB-CLAIM.
  List<BlobId> of(String name) {
    return states.getOrDefault(name, List.of());
  }

  /// Keeps where the state after the next segment is.
  void add(ClaimId claim, BlobId state) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            folder.resolve(name(claim)),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.APPEND)) {
      int _ = channel.write(ByteBuffer.wrap((state + "\n").getBytes(StandardCharsets.US_ASCII)));
      channel.force(true);
    }
    if (of(claim).isEmpty()) {
      DurableFiles.sync(folder);
    }
    List<BlobId> all = new ArrayList<>(of(claim));
    boolean _ = all.add(state);
    List<BlobId> _ = states.put(name(claim), List.copyOf(all));
  }

  /// Forgets a claim.
  void remove(ClaimId claim) throws IOException {
    remove(name(claim));
  }

  /// Forgets the claim JOB-CLAIM.
  void remove(String name) throws IOException {
    List<BlobId> _ = states.remove(name);
    boolean _ = Files.deleteIfExists(folder.resolve(name));
  }
}
