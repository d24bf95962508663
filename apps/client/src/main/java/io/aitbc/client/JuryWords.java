// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import io.aitbc.client.JobExplanation.Awaited;
import io.aitbc.client.JobExplanation.Deadline;
import io.aitbc.client.JobExplanation.Decision;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkObjection;
import io.aitbc.execution.WorkRead;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// Puts objections to outputs of class TOLERANCE into words. Protocol §17.17.
final class JuryWords {
  private final JobChain chain;
  private final JobStatus status;

  /// Claims by objection.
  private final TreeMap<Long, Long> claims = new TreeMap<>();

  /// @param events of the job
  JuryWords(JobChain chain, JobStatus status, List<DatedEvent> events) {
    this.chain = chain;
    this.status = status;
    for (DatedEvent each : events) {
      if (each.event() instanceof WorkEvent.Objected it) {
        Long _ = claims.put(it.objection(), it.claim().claim());
      }
    }
  }

  Decision objected(DatedEvent dated, WorkEvent.Objected it) {
    return of(
        dated,
        it.objection(),
        "objection %d of %s: leaf %d".formatted(it.objection(), it.objector(), it.leaf()),
        "what it computed is farther from the output than the job allows; two more auditors are"
            + " asked");
  }

  Decision drawn(DatedEvent dated, WorkEvent.MembersDrawn it) {
    return of(
        dated,
        it.objection(),
        "objection %d: %d seats are drawn".formatted(it.objection(), it.members().size()),
        "by the beacon of the block after its cause, by their bonds");
  }

  Decision sealed(DatedEvent dated, WorkEvent.OpinionCommitted it) {
    return of(
        dated,
        it.objection(),
        "objection %d: %s sealed an opinion".formatted(it.objection(), it.account()),
        "nobody can copy it, nor change it after others are open");
  }

  Decision opened(DatedEvent dated, WorkEvent.OpinionRevealed it) {
    return of(
        dated,
        it.objection(),
        "objection %d: %s says %s".formatted(it.objection(), it.account(), it.said()),
        "all were sealed, or the time for that had passed");
  }

  Decision called(DatedEvent dated, WorkEvent.JuryCalled it) {
    return of(
        dated,
        it.objection(),
        "objection %d: a jury of %d seats decides".formatted(it.objection(), it.seats()),
        "not both auditors found the output right; only two thirds of a jury convict");
  }

  Decision decided(DatedEvent dated, WorkEvent.Decided it) {
    String why =
        switch (it.verdict()) {
          case RIGHT -> "two auditors found the output right, or two thirds of a jury";
          case WRONG -> "two thirds of a jury found the output wrong";
          case SPLIT -> "neither side has two thirds of a jury: void, unpaid, unslashed";
          case DISMISSED -> "the claim had ended otherwise";
        };
    return of(
        dated,
        it.objection(),
        "objection %d is over: %s".formatted(it.objection(), it.verdict()),
        why);
  }

  private Decision of(DatedEvent dated, long objection, String what, String why) {
    return new Decision(
        dated.height(),
        dated.timestampSeconds(),
        OptionalLong.of(claims.getOrDefault(objection, 0L)),
        what,
        why);
  }

  /// What the open objections to a claim wait for.
  List<Awaited> awaited(ClaimId claim) throws IOException {
    List<Awaited> awaited = new ArrayList<>();
    for (Map.Entry<Long, Long> each : claims.entrySet()) {
      if (each.getValue() != claim.claim()) {
        continue;
      }
      Optional<WorkObjection> found = chain.read(WorkRead.objection(each.getKey()));
      if (found.isPresent() && found.get().stage() != WorkObjection.Stage.OVER) {
        awaited.add(awaited(claim.claim(), each.getKey(), found.get()));
      }
    }
    return awaited;
  }

  private Awaited awaited(long claim, long number, WorkObjection objection) {
    String who = objection.stage() == WorkObjection.Stage.JURY ? "the jury" : "two more auditors";
    if (objection.isDecidable(status.height(), status.activeSeconds())) {
      return new Awaited(
          claim,
          "anybody has objection %d go on".formatted(number),
          Optional.empty(),
          "nothing happens");
    }
    if (objection.opens(status.height(), status.activeSeconds())) {
      return new Awaited(
          claim,
          "objection %d: %s open their opinions, %d seats did"
              .formatted(number, who, objection.revealed()),
          Optional.of(new Deadline(objection.revealHeight(), objection.revealSeconds())),
          "who did not open is not paid; without two thirds of a jury the claim is void");
    }
    return new Awaited(
        claim,
        "objection %d: opinions of %s, %d seats sealed theirs"
            .formatted(number, who, objection.committed()),
        Optional.of(new Deadline(objection.commitHeight(), objection.commitSeconds())),
        "who did not seal is not paid; the others open theirs");
  }
}
