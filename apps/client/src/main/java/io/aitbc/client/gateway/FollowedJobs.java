// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client.gateway;

import io.aitbc.client.CallRefusedException;
import io.aitbc.client.JobClient;
import io.aitbc.client.JobProgress;
import io.aitbc.client.JobStatus;
import io.aitbc.crypto.Bytes;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkEvent;
import io.aitbc.model.Amount;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a gateway does for an ordered job until it is over. For one thread.
///
/// @param client of this thread alone
record FollowedJobs(SerialChain chain, JobClient client) {
  private static final Logger LOG = LoggerFactory.getLogger(FollowedJobs.class);

  /// Does what is due for a job.
  ///
  /// @throws IOException if the node or the disk fails; it may be called again
  JobStatus step(long job) throws IOException {
    return client.step(job, each -> said(job, each));
  }

  private static void said(long job, JobProgress progress) {
    switch (progress) {
      case JobProgress.NotUploaded _, JobProgress.Sent _ ->
          LOG.atInfo().addKeyValue("job", job).addKeyValue("what", progress).log("job");
      case JobProgress.Uploading _,
          JobProgress.Uploaded _,
          JobProgress.Changed _,
          JobProgress.Fetched _,
          JobProgress.FetchedState _ ->
          LOG.atDebug().addKeyValue("job", job).addKeyValue("what", progress).log("job");
    }
  }

  /// The outputs of a claim; empty until they are here.
  ///
  /// @throws IOException if the disk fails
  Optional<List<Bytes>> outputs(JobStatus.Claim claim) throws IOException {
    return client.fetched(claim);
  }

  /// Whether all seats that were drawn have reported since the worker committed.
  ///
  /// @throws IOException if the node does not answer
  boolean isAudited(JobStatus status, JobStatus.Claim claim) throws IOException {
    Optional<WorkClaim> work = claim.taken().filter(each -> !each.places().isEmpty());
    if (work.isEmpty() || work.get().auditBeacon().isEmpty()) {
      return false;
    }
    long reports =
        chain.jobEvents(status.number()).stream()
            .filter(each -> each.height() >= work.get().committedAt())
            .filter(each -> each.event() instanceof WorkEvent.Reported)
            .count();
    return reports >= work.get().places().size();
  }

  /// What came back is the account's again.
  ///
  /// @throws IOException if the node does not answer
  void withdraw() throws IOException {
    try {
      Amount amount = client.withdraw();
      if (!amount.isZero()) {
        LOG.atInfo().addKeyValue("wei", amount.wei()).log("fees came back");
      }
    } catch (CallRefusedException earlier) {
      LOG.atDebug().setCause(earlier).log("another job's end has withdrawn it");
    }
  }
}
