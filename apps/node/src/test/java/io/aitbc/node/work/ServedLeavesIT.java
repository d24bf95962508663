// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.compute.ItemFile;
import io.aitbc.compute.RefereeEngine;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Model;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Leaves that a worker serves one by one, rightly, wrongly and not at all.
class ServedLeavesIT extends WorkNetwork { // Protocol §17.9 rule 4
  /// What the worker does to an answer about leaves.
  private enum Manner {
    /// Nothing.
    HONEST,
    /// It changes a bit of the first input.
    LYING,
    /// It sends fewer bytes.
    SHORT,
    /// It sends more.
    LONG,
    /// It does not answer.
    SILENT
  }

  private Manner manner = Manner.HONEST;
  private int answered;

  @Override
  Optional<byte[]> page(String path, String authorization) {
    Optional<byte[]> page = super.page(path, authorization);
    if (LeafPages.claim(path).isEmpty() || page.isEmpty()) {
      return page;
    }
    answered++;
    byte[] bytes = page.get();
    return switch (manner) {
      case HONEST -> page;
      case LYING -> {
        bytes[10] ^= 1;
        yield Optional.of(bytes);
      }
      case SHORT -> Optional.of(Bytes.of(bytes, 0, bytes.length - 1).toArray());
      case LONG -> Optional.of(Arrays.copyOf(bytes, bytes.length + 1));
      case SILENT -> Optional.empty();
    };
  }

  private void settles(boolean byLeaves) throws Exception {
    List<ClaimChecker> checkers = new ArrayList<>(auditors());
    checkers.addAll(evaluators());
    submitInference(checkers);
    WorkerService worker = worker(model -> new RefereeEngine(model, Kernel.plain(), Workers.NONE));
    upload(worker);
    WorkClaim _ = until(WorkClaim.State.SETTLED, worker, checkers);
    assertTrue(answered > 0);
    boolean all = hasInputs(2) && hasInputs(3);
    boolean none = !hasInputs(2) && !hasInputs(3);
    assertTrue(byLeaves ? none : all, "whether they fetched all inputs");
    for (ClaimChecker checker : checkers) {
      boolean _ = checker.step();
    }
    assertFalse(keepsInputs(2) || keepsInputs(3), "once the claim is over");
  }

  @Test
  void anAuditorFetchesNoMoreThanItsLeaves() throws Exception {
    settles(true);
  }

  @Test
  void leavesThatAreNotTheChainsAreNotTakenAndTheFilesAre() throws Exception {
    manner = Manner.LYING;
    settles(false);
  }

  @Test
  void anAnswerThatIsTooShortIsNotTaken() throws Exception {
    manner = Manner.SHORT;
    settles(false);
  }

  @Test
  void anAnswerThatIsTooLongIsNotTaken() throws Exception {
    manner = Manner.LONG;
    settles(false);
  }

  @Test
  void aWorkerThatServesNoLeavesIsAuditedByItsFiles() throws Exception {
    manner = Manner.SILENT;
    settles(false);
  }

  @Test // Protocol §17.9 rule 5
  void leavesAreForWhoMayReadTheOutputs() throws Exception {
    List<AuditorService> auditors = auditors();
    submitInference(auditors);
    WorkerService worker = worker(model -> new RefereeEngine(model, Kernel.plain(), Workers.NONE));
    upload(worker);
    String path = LeafPages.page(CLAIM, List.of(3L, 7L));
    WorkClaim _ = until(WorkClaim.State.COMMITTED, worker, List.of());
    assertTrue(results.served(path, _ -> true).isEmpty(), "before the reveal");
    WorkClaim revealed = until(WorkClaim.State.REVEALED, worker, List.of());
    boolean _ = worker.step();
    assertTrue(results.served(path, _ -> false).isEmpty(), "to strangers");
    byte[] page = results.served(path, _ -> true).orElseThrow();
    WorkJob job = accounts.getFirst().read(WorkRead.job(CLAIM.job())).orElseThrow();
    Model model = workersFiles.model(job).orElseThrow();
    List<ServedLeaf> leaves =
        ServedLeaf.decode(CLAIM, job, revealed, model, List.of(3L, 7L), page).orElseThrow();
    assertTrue(leaves.get(0).fits());
    assertFalse(leaves.get(1).fits());
    assertEquals(Bytes.EMPTY, leaves.get(1).output());
    assertTrue(
        ServedLeaf.decode(CLAIM, job, revealed, model, List.of(7L, 3L), page).isEmpty(),
        "in another order");
    String behind = LeafPages.page(CLAIM, List.of((long) ITEMS));
    assertTrue(results.served(behind, _ -> true).isEmpty(), "behind the last");
  }

  @Test
  void theOldestClaimsGiveWayWhenMemoryIsFull() throws Exception {
    List<AuditorService> auditors = auditors();
    submitInference(auditors);
    WorkerService worker = worker(model -> new RefereeEngine(model, Kernel.plain(), Workers.NONE));
    upload(worker);
    WorkJob job = accounts.getFirst().read(WorkRead.job(CLAIM.job())).orElseThrow();
    JobWork work = ((JobFiles.Found.Whole) workersFiles.find(job)).work();
    ServedClaim claim = new ServedClaim(work, Collections.nCopies(ITEMS, Bytes.of(new byte[8])));
    long bytes = work.inputs().stream().mapToLong(Bytes::length).sum() + 8L * ITEMS;
    LeafPages pages = new LeafPages(2 * bytes);
    ClaimId second = new ClaimId(2, 0);
    ClaimId third = new ClaimId(3, 0);
    for (ClaimId each : List.of(CLAIM, second, third)) {
      pages.put(each, claim, ItemFile.outputTree(claim.outputs()));
    }
    assertTrue(pages.at(LeafPages.page(CLAIM, List.of(0L))).isEmpty());
    assertTrue(pages.at(LeafPages.page(second, List.of(0L))).isPresent());
    pages.retain(Set.of(second));
    assertTrue(pages.at(LeafPages.page(third, List.of(0L))).isEmpty());
  }
}
