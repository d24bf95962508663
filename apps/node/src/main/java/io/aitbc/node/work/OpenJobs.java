// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.execution.ClaimId;
import io.aitbc.execution.WorkDispute;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// The jobs and the disputes that are not over. The numbers below which all are over are kept in a
/// file, so that a service that starts again does not ask about all that ever was; without the file
/// it asks, and finds the same. Belongs to one thread.
final class OpenJobs {
  /// Claims in the order of their numbers.
  static final Comparator<ClaimId> ORDER =
      Comparator.comparingLong(ClaimId::job).thenComparingLong(ClaimId::claim);

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
      if (numbers.length != 2 || !(numbers[0] + numbers[1]).matches("[0-9]{2,36}")) {
        throw new IOException(file + " is damaged; without it all jobs are looked at again");
      }
      jobsSeen = Long.parseLong(numbers[0]);
      disputesSeen = Long.parseLong(numbers[1]);
    }
  }

  /// Jobs with a claim that is not over, by their numbers.
  SortedMap<Long, WorkJob> jobs() throws IOException {
    long count = chain.read(WorkRead.jobCount()).orElse(0L);
    while (jobsSeen < count) {
      boolean _ = jobs.add(++jobsSeen);
    }
    TreeMap<Long, WorkJob> open = new TreeMap<>();
    for (long number : List.copyOf(jobs)) {
      Optional<WorkJob> job = chain.read(WorkRead.job(number));
      if (job.isPresent() && job.get().openClaims() > 0) {
        WorkJob _ = open.put(number, job.get());
      } else {
        boolean _ = jobs.remove(number);
      }
    }
    return open;
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
  SortedMap<Long, WorkDispute> disputes() throws IOException {
    long count = chain.read(WorkRead.disputeCount()).orElse(0L);
    while (disputesSeen < count) {
      boolean _ = disputes.add(++disputesSeen);
    }
    TreeMap<Long, WorkDispute> open = new TreeMap<>();
    for (long number : List.copyOf(disputes)) {
      Optional<WorkDispute> dispute = chain.read(WorkRead.dispute(number));
      if (dispute.isPresent() && dispute.get().stage() != WorkDispute.Stage.OVER) {
        WorkDispute _ = open.put(number, dispute.get());
      } else {
        boolean _ = disputes.remove(number);
      }
    }
    return open;
  }

  /// Keeps the numbers.
  void keep() throws IOException {
    long job = jobs.isEmpty() ? jobsSeen : jobs.first() - 1;
    long dispute = disputes.isEmpty() ? disputesSeen : disputes.first() - 1;
    String text = job + " " + dispute;
    if (!text.equals(written)) {
      Path part = file.resolveSibling(file.getFileName() + ".part");
      Path _ = Files.writeString(part, text, StandardCharsets.US_ASCII);
      Path _ = Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      written = text;
    }
  }
}
