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

  SealedScores(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  private Path file(ClaimId claim) {
    return folder.resolve(claim.job() + "-" + claim.claim());
  }

  /// The score of a claim, if one was sealed.
  ///
  /// @throws IOException if its file cannot be read, or is damaged
  Optional<Score> get(ClaimId claim) throws IOException {
    Path file = file(claim);
    if (!Files.exists(file)) {
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
  }

  /// Forgets the scores of all other claims.
  void retain(Set<ClaimId> claims) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.toList();
    }
    for (Path file : files) {
      Matcher name = NAME.matcher(file.getFileName().toString());
      if (name.matches()
          && !claims.contains(
              new ClaimId(Long.parseLong(name.group(1)), Long.parseLong(name.group(2))))) {
        Files.delete(file);
      }
    }
  }
}
