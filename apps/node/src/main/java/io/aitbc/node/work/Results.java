// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.blobs.BlobId;
import io.aitbc.blobs.DurableFiles;
import io.aitbc.crypto.Bytes;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.WorkJob;
import io.aitbc.model.Address;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Which blob holds the outputs of a claim, and whose they are: a small file for each, written
/// before the commitment is sent, so that a worker that starts again reveals what it committed to,
/// and serves what was revealed as long as the blob is kept. Protocol §17.9.
public final class Results {
  private static final Pattern PAGE = Pattern.compile("/claims/([0-9]{1,15})/([0-9]{1,7})/outputs");
  private static final Pattern STATE_PAGE =
      Pattern.compile("/claims/([0-9]{1,15})/([0-9]{1,7})/states/([0-9]{1,4})");
  private static final Pattern NAME = Pattern.compile("[0-9]{1,19}-[0-9]{1,19}");
  private static final Pattern TEXT =
      Pattern.compile("([0-9a-f]{64}-[0-9]{1,12}) (0x[0-9a-f]{40})( public)?( revealed)?");

  private final Path folder;
  private final StateList states;
  private final LeafPages leaves = new LeafPages();
  private final ConcurrentSkipListMap<String, Kept> kept = new ConcurrentSkipListMap<>();

  /// @param outputs the blob
  /// @param client whose they are
  /// @param everybodys whether everybody may read them once they are revealed
  /// @param revealed whether others than the worker may know
  private record Kept(BlobId outputs, Address client, boolean everybodys, boolean revealed) {
    static Optional<Kept> parse(String text) {
      Matcher match = TEXT.matcher(text);
      return match.matches()
          ? BlobId.parse(match.group(1))
              .map(id ->
                  new Kept(
                      id,
                      new Address(Bytes.fromHex(match.group(2))),
                      match.group(3) != null,
                      match.group(4) != null))
          : Optional.empty();
    }

    @Override
    public String toString() {
      return outputs + " " + client + (everybodys ? " public" : "") + (revealed ? " revealed" : "");
    }
  }

  /// The results in a folder, which is made if it is not there.
  ///
  /// @throws IOException if it cannot be made, or a file in it is damaged
  public Results(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.states = new StateList(folder.resolve("states"));
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(each -> NAME.matcher(each.getFileName().toString()).matches()).toList();
    }
    for (Path file : files) {
      Kept _ =
          kept.put(
              file.getFileName().toString(),
              Kept.parse(Files.readString(file, StandardCharsets.US_ASCII))
                  .orElseThrow(() -> new IOException(file + " is damaged")));
    }
  }

  /// The path under which a worker serves where the outputs of a claim are.
  static String page(ClaimId claim) {
    return "/claims/" + claim.job() + "/" + claim.claim() + "/outputs";
  }

  /// The path under which it serves where the state after a segment is.
  static String statePage(ClaimId claim, int segment) {
    return "/claims/" + claim.job() + "/" + claim.claim() + "/states/" + segment;
  }

  /// The states of claims that train.
  StateList states() {
    return states;
  }

  /// Single leaves of claims that infer.
  LeafPages leaves() {
    return leaves;
  }

  private static String name(ClaimId claim) {
    return claim.job() + "-" + claim.claim();
  }

  /// Keeps where a claim's outputs are.
  ///
  /// @param job of the claim
  void put(ClaimId claim, BlobId outputs, WorkJob job) throws IOException {
    write(name(claim), new Kept(outputs, job.client(), job.isPublic(), false));
  }

  private void write(String name, Kept entry) throws IOException {
    DurableFiles.replace(folder, name, entry.toString().getBytes(StandardCharsets.US_ASCII));
    Kept _ = kept.put(name, entry);
  }

  /// Where a claim's outputs are, if this worker has them.
  Optional<BlobId> get(ClaimId claim) {
    return Optional.ofNullable(kept.get(name(claim))).map(Kept::outputs);
  }

  /// The claim's outputs may be seen by others.
  void reveal(ClaimId claim) throws IOException {
    Kept entry = kept.get(name(claim));
    if (entry != null && !entry.revealed) {
      Kept shown = new Kept(entry.outputs, entry.client, entry.everybodys, true);
      Kept _ = kept.put(name(claim), shown); // Also if the disk is full: the chain tells it again.
      write(name(claim), shown);
    }
  }

  /// The claim is not this worker's any more, or nobody pays for it.
  void remove(ClaimId claim) throws IOException {
    remove(name(claim));
  }

  private void remove(String name) throws IOException {
    Kept _ = kept.remove(name);
    states.remove(name);
    boolean _ = Files.deleteIfExists(folder.resolve(name));
  }

  /// Forgets all other claims.
  void retain(Set<ClaimId> claims) throws IOException {
    TreeSet<String> names = new TreeSet<>();
    claims.forEach(claim -> names.add(name(claim)));
    for (String name : List.copyOf(kept.keySet())) {
      if (!names.contains(name)) {
        remove(name);
      }
    }
  }

  /// Forgets those whose blob is not kept.
  void sweep(Predicate<BlobId> isKept) throws IOException {
    for (var each : List.copyOf(kept.entrySet())) {
      if (!isKept.test(each.getValue().outputs)) {
        remove(each.getKey());
      }
    }
  }

  /// Whether a blob is the revealed outputs, or a state after a segment, of a claim of this client.
  /// Any number of threads may ask.
  boolean isReader(BlobId id, Address client) {
    return isRevealed(id, each -> each.client.equals(client));
  }

  /// Whether a blob is the revealed outputs, or a state after a segment, of a public job's claim.
  /// Any number of threads may ask.
  boolean isPublic(BlobId id) {
    return isRevealed(id, each -> each.everybodys);
  }

  private boolean isRevealed(BlobId id, Predicate<Kept> whose) {
    return kept.entrySet().stream()
        .filter(each -> each.getValue().revealed && whose.test(each.getValue()))
        .anyMatch(
            each -> each.getValue().outputs.equals(id) || states.of(each.getKey()).contains(id));
  }

  /// What is served at a path: the id of the blob with a revealed claim's outputs, or with the
  /// state after one of its segments, as text; or some of its leaves. Any number of threads may
  /// ask.
  ///
  /// @param mayRead whether who asks may read a blob: leaves are for who may read the outputs
  public Optional<byte[]> served(String path, Predicate<BlobId> mayRead) {
    Optional<ClaimId> few = LeafPages.claim(path);
    if (few.isPresent()) {
      return revealed(few.get())
          .filter(each -> mayRead.test(each.outputs))
          .flatMap(_ -> leaves.at(path));
    }
    Matcher outputs = PAGE.matcher(path);
    if (outputs.matches()) {
      return revealed(claim(outputs)).map(each -> line(each.outputs));
    }
    Matcher state = STATE_PAGE.matcher(path);
    if (!state.matches() || revealed(claim(state)).isEmpty()) {
      return Optional.empty();
    }
    List<BlobId> known = states.of(claim(state));
    int segment = Integer.parseInt(state.group(3));
    return segment < known.size() ? Optional.of(line(known.get(segment))) : Optional.empty();
  }

  /// The claim that a path is about at which a worker may serve something; empty if there is none.
  static Optional<ClaimId> claim(String path) {
    Matcher outputs = PAGE.matcher(path);
    if (outputs.matches()) {
      return Optional.of(claim(outputs));
    }
    Matcher state = STATE_PAGE.matcher(path);
    return state.matches() ? Optional.of(claim(state)) : LeafPages.claim(path);
  }

  private static byte[] line(BlobId id) {
    return (id + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  private static ClaimId claim(Matcher page) {
    return new ClaimId(Long.parseLong(page.group(1)), Long.parseLong(page.group(2)));
  }

  private Optional<Kept> revealed(ClaimId claim) {
    return Optional.ofNullable(kept.get(name(claim))).filter(Kept::revealed);
  }
}
