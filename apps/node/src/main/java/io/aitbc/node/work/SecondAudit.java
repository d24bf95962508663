// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.crypto.Hash;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkAudit;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What an auditor does when the reports of a claim are closed: as the second auditor it runs the
/// leaves again that it was given, reports them, and challenges the seats that reported something
/// else of them; with a seat it compares what the second auditor reported of its leaves. Belongs to
/// one thread. Protocol §17.13.
final class SecondAudit {
  private final WorkChain chain;
  private final Address self;
  private final Outbox outbox;
  private final Challenges challenges;
  private final Runs runs;

  /// Claims about which nothing is left to do.
  private final TreeSet<ClaimId> done = new TreeSet<>(OpenJobs.ORDER);

  /// Runs leaves again.
  @FunctionalInterface
  interface Runs {
    /// The trace roots of leaves whose outputs are right; empty if one is not, or does not come.
    Optional<List<Hash>> again(ClaimId claim, WorkJob job, WorkClaim state, List<Long> leaves)
        throws IOException;
  }

  /// A leaf that the second auditor is given.
  ///
  /// @param auditor whose seat it is of
  /// @param number of the leaf among those of the seat
  private record Given(int seat, Address auditor, int number, long leaf) {}

  SecondAudit(WorkChain chain, Outbox outbox, Challenges challenges, Runs runs) {
    this.chain = chain;
    this.self = chain.account();
    this.outbox = outbox;
    this.challenges = challenges;
    this.runs = runs;
  }

  /// Forgets all other claims.
  void retain(Set<ClaimId> claims) {
    boolean _ = done.retainAll(claims);
  }

  /// Whether nothing is left to do about a claim whose reports are closed.
  boolean isDone(ClaimId claim) {
    return done.contains(claim);
  }

  /// Does what is to be done about a claim whose seats are drawn.
  void step(ClaimId claim, WorkJob job, WorkClaim state, WorkAudit audit, long epoch)
      throws IOException {
    if (audit.closedAt() == 0 || isDone(claim)) {
      return;
    }
    Optional<WorkAudit.Given> drawn = chain.read(WorkRead.given(claim));
    if (drawn.isEmpty()) {
      return;
    }
    if (drawn.get().second().equals(self)) {
      List<Given> given = given(claim, job, state, epoch, drawn.get());
      reportSecond(claim, job, state, given, audit);
    } else if (audit.hasReported(WorkAudit.SECOND)) {
      List<Given> own =
          given(claim, job, state, epoch, drawn.get()).stream()
              .filter(each -> each.auditor.equals(self))
              .toList();
      compareSecond(claim, job, state, own, drawn.get().second(), audit);
    }
  }

  private List<Given> given(
      ClaimId claim, WorkJob job, WorkClaim state, long epoch, WorkAudit.Given drawn)
      throws IOException {
    List<Given> given = new ArrayList<>();
    int count = AuditorService.leavesOf(job);
    for (int seat = 0; seat < drawn.numbers().size(); seat++) {
      long number = drawn.numbers().get(seat);
      if (number >= count) {
        continue;
      }
      Optional<Address> auditor =
          chain.read(WorkRead.accountAt(ServiceRole.AUDITOR, state.places().get(seat)));
      Optional<Hash> secret =
          auditor.isPresent()
              ? chain.read(WorkRead.secret(auditor.get(), epoch))
              : Optional.empty();
      if (secret.isPresent()) {
        List<Long> leaves =
            WorkCall.leaves(
                secret.get(),
                state.auditBeacon().orElseThrow(),
                claim,
                seat,
                count,
                JobWork.itemsOf(claim, job));
        boolean _ =
            given.add(new Given(seat, auditor.get(), (int) number, leaves.get((int) number)));
      }
    }
    return given;
  }

  private void reportSecond(
      ClaimId claim, WorkJob job, WorkClaim state, List<Given> given, WorkAudit audit)
      throws IOException {
    Optional<List<Hash>> roots =
        runs.again(claim, job, state, given.stream().map(Given::leaf).toList());
    if (roots.isEmpty()) {
      return;
    }
    NavigableMap<Integer, List<Hash>> reports = reports(claim, state);
    List<Hash> own = new ArrayList<>(Collections.nCopies(state.places().size(), Hash.ZERO));
    boolean settled = true;
    for (int i = 0; i < given.size(); i++) {
      Given it = given.get(i);
      Hash root = roots.get().get(i);
      Hash _ = own.set(it.seat, hash(self, claim, WorkAudit.SECOND, it.seat, it.leaf, root));
      List<Hash> reported = reports.getOrDefault(it.seat, List.of());
      if (!audit.isDisputed(it.seat)
          && it.number < reported.size()
          && !reported
              .get(it.number)
              .equals(hash(it.auditor, claim, it.seat, it.number, it.leaf, root))) {
        challenges.challengeReport(claim, it.seat, it.number, reported, state.stake());
        settled = false;
      }
    }
    if (!audit.hasReported(WorkAudit.SECOND)) {
      outbox.post("second report of " + claim, WorkCall.report(claim, WorkAudit.SECOND, own));
    } else if (settled) {
      boolean _ = done.add(claim);
    }
  }

  private void compareSecond(
      ClaimId claim, WorkJob job, WorkClaim state, List<Given> own, Address second, WorkAudit audit)
      throws IOException {
    Optional<List<Hash>> roots =
        own.isEmpty()
            ? Optional.of(List.of())
            : runs.again(claim, job, state, own.stream().map(Given::leaf).toList());
    if (roots.isEmpty()) {
      return;
    }
    List<Hash> reported = reports(claim, state).getOrDefault(WorkAudit.SECOND, List.of());
    for (int i = 0; i < own.size() && !audit.isDisputed(WorkAudit.SECOND); i++) {
      Given it = own.get(i);
      Hash expected = hash(second, claim, WorkAudit.SECOND, it.seat, it.leaf, roots.get().get(i));
      if (it.seat < reported.size() && !reported.get(it.seat).equals(expected)) {
        challenges.challengeReport(claim, WorkAudit.SECOND, it.seat, reported, state.stake());
        return;
      }
    }
    boolean _ = done.add(claim);
  }

  private Hash hash(Address auditor, ClaimId claim, int seat, int number, long leaf, Hash root) {
    return WorkCall.report(chain.chainId(), auditor, claim, seat, number, leaf, root);
  }

  /// The reports of a claim by seats; the last of each counts.
  private NavigableMap<Integer, List<Hash>> reports(ClaimId claim, WorkClaim state)
      throws IOException {
    TreeMap<Integer, List<Hash>> reports = new TreeMap<>();
    for (WorkEvent event :
        chain.events(EconomyContract.WORK_LEDGER, claim.job(), state.committedAt())) {
      if (event instanceof WorkEvent.Reported it && it.claim().equals(claim)) {
        List<Hash> _ = reports.put((int) it.seat(), it.hashes());
      }
    }
    return reports;
  }
}
