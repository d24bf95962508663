// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.blobs.DurableFiles;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.ContractRead;
import io.aitbc.execution.WorkDispute;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The jobs and the disputes that are not over. The numbers below which all are over are kept in a
/// file, so that a service that starts again does not ask about all that ever was; without the file
/// it asks, and finds the same. The contracts forget neither, so a node that knows less than was
/// seen is behind, and nothing is concluded from what it says. Belongs to one thread.
final class OpenJobs {
  /// Claims in the order of their numbers.
  static final Comparator<ClaimId> ORDER =
      Comparator.comparingLong(ClaimId::job).thenComparingLong(ClaimId::claim);

  private static final Logger LOG = LoggerFactory.getLogger(OpenJobs.class);

  private final WorkChain chain;
  private final Path file;
  private final TreeSet<Long> jobs = new TreeSet<>();
  private final TreeSet<Long> disputes = new TreeSet<>();
  private long jobsSeen;
  private long disputesSeen;
  private String written = "";

  OpenJobs(WorkChain chain, Path file) throws IOException {
    this.chain = chain;
    this.file = file;
    if (Files.exists(file)) {
      String[] numbers = Files.readString(file, StandardCharsets.US_ASCII).strip().split(" ", -1);
      if (numbers.length == 2
          && numbers[0].matches("[0-9]{1,18}")
          && numbers[1].matches("[0-9]{1,18}")) {
        jobsSeen = Long.parseLong(numbers[0]);
        disputesSeen = Long.parseLong(numbers[1]);
      } else {
        LOG.atWarn().addKeyValue("file", file).log("damaged, so all jobs are looked at again");
      }
    }
  }

  /// Jobs with a claim that is not over, by their numbers.
  ///
  /// @throws IOException also if the node is behind what was seen
  SortedMap<Long, WorkJob> jobs() throws IOException {
    jobsSeen = seen(chain.read(WorkRead.jobCount()), jobsSeen, jobs);
    return open(jobs, WorkRead::job, job -> job.openClaims() > 0);
  }

  /// Adds the numbers that are new.
  private long seen(Optional<Long> answer, long before, Set<Long> numbers) throws IOException {
    long count = answer.orElse(0L);
    if (count < before) {
      throw behind(before);
    }
    for (long number = before + 1; number <= count; number++) {
      boolean _ = numbers.add(number);
    }
    return count;
  }

  /// What is read of the numbers that are not over; the others are forgotten.
  private <T> SortedMap<Long, T> open(
      Set<Long> numbers, LongFunction<ContractRead<T>> read, Predicate<T> isOpen)
      throws IOException {
    TreeMap<Long, T> open = new TreeMap<>();
    for (long number : List.copyOf(numbers)) {
      Optional<T> it = chain.read(read.apply(number));
      if (it.isEmpty()) {
        throw behind(number);
      } else if (isOpen.test(it.get())) {
        T _ = open.put(number, it.get());
      } else {
        boolean _ = numbers.remove(number);
      }
    }
    return open;
  }

  private IOException behind(long number) {
    return new IOException(
        "the node is behind, or of another network than %s: it does not know number %d"
            .formatted(file, number));
  }

  /// The claims of a job.
  static List<ClaimId> claims(long number, WorkJob job) {
    List<ClaimId> claims = new ArrayList<>();
    for (long claim = 0; claim < job.claims(); claim++) {
      claims.add(new ClaimId(number, claim));
    }
    return claims;
  }

  /// Disputes that are not over, by their numbers.
  ///
  /// @throws IOException also if the node is behind what was seen
  SortedMap<Long, WorkDispute> disputes() throws IOException {
    disputesSeen = seen(chain.read(WorkRead.disputeCount()), disputesSeen, disputes);
    return open(disputes, WorkRead::dispute, dispute -> dispute.stage() != WorkDispute.Stage.OVER);
  }

  /// Keeps the numbers.
  void keep() throws IOException {
    long job = jobs.isEmpty() ? jobsSeen : jobs.first() - 1;
    long dispute = disputes.isEmpty() ? disputesSeen : disputes.first() - 1;
    String text = job + " " + dispute;
    if (!text.equals(written)) {
      DurableFiles.replace(
          file.resolveSibling("."),
          String.valueOf(file.getFileName()),
          text.getBytes(StandardCharsets.US_ASCII));
      written = text;
    }
  }
}
