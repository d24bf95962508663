// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.blobs.DurableFiles;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.WorkCall.Score;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The scores that an evaluator sealed, a line for each in one file, on the disk before the seal is
/// sent: who starts again opens what it sealed, whatever the worker serves by then. Belongs to one
/// thread. Protocol §17.15.
final class SealedScores implements AutoCloseable {
  /// Lines of claims that are over before the file is written anew.
  private static final int OVER_MAX = 256;

  private static final String FILE = "sealed";
  private static final Pattern LINE =
      Pattern.compile("([0-9]{1,18}) ([0-9]{1,18}) ([0-9]{1,7}) ([0-9]{1,7})");

  /// The version before had a file for each, `JOB-CLAIM`, with the score in it.
  private static final Pattern NAME = Pattern.compile("([0-9]{1,18})-([0-9]{1,18})");

  private static final Logger LOG = LoggerFactory.getLogger(SealedScores.class);

  private final Path folder;
  private final TreeMap<ClaimId, Score> kept = new TreeMap<>(OpenJobs.ORDER);
  private FileChannel file;

  /// Where the next line begins: behind all that was written whole.
  private long end;

  /// Lines of claims that are over.
  private int over;

  /// The scores in a folder, which is made if it is not there. What is damaged in it is lost, and
  /// said.
  ///
  /// @throws IOException if it cannot be made, read or written
  SealedScores(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    List<Path> single;
    try (Stream<Path> all = Files.list(folder)) {
      single = all.filter(each -> NAME.matcher(name(each)).matches()).toList();
    }
    for (Path each : single) {
      take(name(each).replace('-', ' ') + " " + Files.readString(each, StandardCharsets.US_ASCII));
    }
    Path all = folder.resolve(FILE);
    if (Files.exists(all)) {
      String text = Files.readString(all, StandardCharsets.US_ASCII);
      // Behind the end of the last line may be one whose seal was never sent.
      text.substring(0, text.lastIndexOf('\n') + 1).lines().forEach(this::take);
    }
    file = written();
    for (Path each : single) {
      Files.delete(each);
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  private void take(String line) {
    Matcher text = LINE.matcher(line);
    try {
      if (text.matches()) {
        ClaimId claim = new ClaimId(Long.parseLong(text.group(1)), Long.parseLong(text.group(2)));
        Score score = new Score(Integer.parseInt(text.group(3)), Integer.parseInt(text.group(4)));
        Score _ = kept.put(claim, score);
        return;
      }
    } catch (IllegalArgumentException outOfRange) {
      LOG.atDebug().setCause(outOfRange).log("no score");
    }
    LOG.atWarn().addKeyValue("folder", folder).addKeyValue("line", line).log("a score is damaged");
  }

  private static byte[] line(ClaimId claim, Score score) {
    return "%d %d %d %d\n"
        .formatted(claim.job(), claim.claim(), score.utility(), score.novelty())
        .getBytes(StandardCharsets.US_ASCII);
  }

  /// Writes the file anew, and opens it for lines behind those.
  private FileChannel written() throws IOException {
    List<byte[]> lines =
        kept.entrySet().stream().map(each -> line(each.getKey(), each.getValue())).toList();
    DurableFiles.replace(folder, FILE, lines.toArray(byte[][]::new));
    end = lines.stream().mapToLong(each -> each.length).sum();
    over = 0;
    return FileChannel.open(folder.resolve(FILE), StandardOpenOption.WRITE);
  }

  /// The score of a claim, if one was sealed.
  Optional<Score> get(ClaimId claim) {
    return Optional.ofNullable(kept.get(claim));
  }

  /// Keeps a score.
  ///
  /// @throws IOException if it is not on the disk
  void put(ClaimId claim, Score score) throws IOException {
    byte[] line = line(claim, score);
    ByteBuffer bytes = ByteBuffer.wrap(line);
    file.truncate(end); // Of one that did not get to the disk something may be left.
    while (bytes.hasRemaining()) {
      int _ = file.write(bytes, end + bytes.position());
    }
    file.force(false);
    end += line.length;
    Score _ = kept.put(claim, score);
  }

  /// Forgets the scores of all other claims.
  void retain(Set<ClaimId> claims) throws IOException {
    int before = kept.size();
    boolean _ = kept.keySet().retainAll(claims);
    over += before - kept.size();
    if (over > OVER_MAX) {
      FileChannel old = file;
      file = written();
      old.close();
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException failed) {
      LOG.atDebug().setCause(failed).log("the scores were not closed");
    }
  }
}
