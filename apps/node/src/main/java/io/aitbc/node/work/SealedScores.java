// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.blobs.DurableFiles;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.WorkCall.Score;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The scores that an evaluator sealed, a small file for each, written before the seal is sent: who
/// starts again opens what it sealed, whatever the worker serves by then. Belongs to one thread.
/// Protocol §17.15.
final class SealedScores {
  private static final Pattern NAME = Pattern.compile("([0-9]{1,18})-([0-9]{1,18})");
  private static final Pattern TEXT = Pattern.compile("([0-9]{1,7}) ([0-9]{1,7})");

  private final Path folder;

  /// Claims of which there is a file: looked for once.
  private final TreeSet<ClaimId> kept = new TreeSet<>(OpenJobs.ORDER);

  SealedScores(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    try (Stream<Path> all = Files.list(folder)) {
      for (Path each : all.toList()) {
        Matcher name = NAME.matcher(String.valueOf(each.getFileName()));
        if (name.matches()) {
          boolean _ =
              kept.add(new ClaimId(Long.parseLong(name.group(1)), Long.parseLong(name.group(2))));
        }
      }
    }
  }

  private Path file(ClaimId claim) {
    return folder.resolve(claim.job() + "-" + claim.claim());
  }

  /// The score of a claim, if one was sealed.
  ///
  /// @throws IOException if its file cannot be read, or is damaged
  Optional<Score> get(ClaimId claim) throws IOException {
    Path file = file(claim);
    if (!kept.contains(claim) || !Files.exists(file)) {
      return Optional.empty();
    }
    Matcher text = TEXT.matcher(Files.readString(file, StandardCharsets.US_ASCII));
    if (!text.matches()) {
      throw new IOException(file + " is damaged");
    }
    try {
      return Optional.of(
          new Score(Integer.parseInt(text.group(1)), Integer.parseInt(text.group(2))));
    } catch (IllegalArgumentException outOfRange) {
      throw new IOException(file + " is damaged", outOfRange);
    }
  }

  /// Keeps a score.
  void put(ClaimId claim, Score score) throws IOException {
    String text = score.utility() + " " + score.novelty();
    DurableFiles.replace(
        folder,
        String.valueOf(file(claim).getFileName()),
        text.getBytes(StandardCharsets.US_ASCII));
    boolean _ = kept.add(claim);
  }

  /// Forgets the scores of all other claims.
  void retain(Set<ClaimId> claims) throws IOException {
    for (ClaimId claim : List.copyOf(kept)) {
      if (!claims.contains(claim)) {
        boolean _ = Files.deleteIfExists(file(claim));
        boolean _ = kept.remove(claim);
      }
    }
  }
}
