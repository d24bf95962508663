// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.blobs.BlobId;
import io.aitbc.execution.ClaimId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which blob holds the outputs of a claim: a small file for each, written before the commitment is
/// sent, so that a worker that starts again reveals what it committed to. Serves those that are
/// revealed. Protocol §17.9.
public final class Results {
  private static final Pattern PAGE = Pattern.compile("/claims/([0-9]{1,15})/([0-9]{1,7})/outputs");

  private final Path folder;
  private final ConcurrentSkipListSet<String> revealed = new ConcurrentSkipListSet<>();

  /// The results in a folder, which is made if it is not there.
  ///
  /// @throws IOException if it cannot be made
  public Results(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  /// The path under which a worker serves where the outputs of a claim are.
  static String page(ClaimId claim) {
    return "/claims/" + claim.job() + "/" + claim.claim() + "/outputs";
  }

  private static String name(ClaimId claim) {
    return claim.job() + "-" + claim.claim();
  }

  /// Keeps where a claim's outputs are.
  void put(ClaimId claim, BlobId outputs) throws IOException {
    Path file = folder.resolve(name(claim));
    Path part = folder.resolve(name(claim) + ".part");
    try (FileChannel channel =
        FileChannel.open(
            part,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      int _ =
          channel.write(ByteBuffer.wrap(outputs.toString().getBytes(StandardCharsets.US_ASCII)));
      channel.force(true);
    }
    Path _ = Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /// Where a claim's outputs are, if this worker has them.
  Optional<BlobId> get(ClaimId claim) throws IOException {
    Path file = folder.resolve(name(claim));
    return Files.exists(file)
        ? BlobId.parse(Files.readString(file, StandardCharsets.US_ASCII))
        : Optional.empty();
  }

  /// The claim's outputs may be seen by others.
  void reveal(ClaimId claim) {
    boolean _ = revealed.add(name(claim));
  }

  /// The claim is over.
  void remove(ClaimId claim) throws IOException {
    boolean _ = revealed.remove(name(claim));
    boolean _ = Files.deleteIfExists(folder.resolve(name(claim)));
  }

  /// What is served at a path: the id of the blob with a revealed claim's outputs, as text. Any
  /// number of threads may ask.
  ///
  /// @throws IOException if the disk fails
  public Optional<String> served(String path) throws IOException {
    Matcher match = PAGE.matcher(path);
    if (!match.matches()) {
      return Optional.empty();
    }
    ClaimId claim = new ClaimId(Long.parseLong(match.group(1)), Long.parseLong(match.group(2)));
    return revealed.contains(name(claim)) ? get(claim).map(BlobId::toString) : Optional.empty();
  }
}
