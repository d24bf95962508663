// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.ClaimId;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Trace;
import io.aitbc.referee.Training;
import io.aitbc.referee.TrainingState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Segments that are run again beside what a service does.
class SegmentRunsTest { // Protocol §17.6
  private static final ClaimId LONG = new ClaimId(1, 0);
  private static final ClaimId OTHER = new ClaimId(2, 0);
  private static final int STEPS = 3;
  private static final Duration WAIT_MAX = Duration.ofMinutes(2);

  /// Nothing is known of a claim's outputs, and no state is served.
  private static final Segments.Outputs UNKNOWN = _ -> Optional.empty();

  private static final Segments.Source NONE = _ -> Optional.empty();

  @FunctionalInterface
  private interface Asking {
    Optional<?> ask() throws IOException;
  }

  private static void assertOnItsWay(Asking asking) {
    OnItsWayException _ =
        assertThrows(
            OnItsWayException.class,
            () -> {
              Optional<?> _ = asking.ask();
            });
  }

  private static List<Elements> after(JobWork work, int segments) {
    return Trainer.referee(work.model(), work.inputs().getFirst())
        .train(work.firstState(), (long) segments * STEPS);
  }

  private static Hash root(JobWork work, int segments) {
    return TrainingState.tree(work.model(), after(work, segments)).root();
  }

  @Test
  void whatIsRunAgainIsWhatTheRefereeTrains() throws Exception {
    JobWork work = TrainingJob.work();
    try (SegmentRuns runs = new SegmentRuns(Runnable::run, Runnable::run)) {
      Segments.Run run =
          runs.disputed(LONG, work, UNKNOWN, 2, STEPS, NONE)
              .flatMap(Segments.Again::ran)
              .orElseThrow();
      assertEquals(STEPS + 1, run.states().size());
      assertEquals(root(work, 2), run.states().getFirst());
      assertEquals(root(work, 3), run.output());
      assertEquals(
          Optional.of(List.of(root(work, 1), root(work, 2), root(work, 3))),
          runs.roots(LONG, work, 2, STEPS));

      Training training =
          new Training(
              work.model(),
              work.inputs().getFirst().toArray(),
              after(work, 2),
              Kernel.plain(),
              Workers.NONE);
      training.step();
      Trace expected = training.tracedStep();
      assertEquals(
          Optional.of(expected.tree().root()),
          runs.trace(LONG, work, run, 2, 1).map(trace -> trace.tree().root()));
    }
  }

  @Test
  void itBeginsWithTheLastStateThatIsServedAndTheClaimSays() throws Exception {
    JobWork work = TrainingJob.work();
    List<Bytes> outputs = new ArrayList<>();
    for (int segment = 0; segment < 4; segment++) {
      outputs.add(root(work, segment + 1).toBytes());
    }
    Segments.Outputs known = Segments.Outputs.all(outputs);
    // The state after segment 2 is another one than the claim says.
    Segments.Source served =
        segment -> segment < 1 ? Optional.empty() : Optional.of(after(work, 2));
    assertEquals(2, Segments.start(work, known, 3, served).segment());
    assertEquals(0, Segments.start(work, known, 3, NONE).segment());
    List<Bytes> wrong = new ArrayList<>(outputs);
    wrong.set(1, Hash.ZERO.toBytes());
    try (SegmentRuns runs = new SegmentRuns(Runnable::run, Runnable::run)) {
      assertEquals(
          Optional.of(new Segments.Again.Wrong(1)),
          runs.disputed(LONG, work, Segments.Outputs.all(wrong), 3, STEPS, NONE));
    }
  }

  @Test
  void noClaimWhoseSegmentsAreManyHoldsUpAnother() throws Exception {
    JobWork work = TrainingJob.work();
    try (SegmentRuns runs = new SegmentRuns()) {
      // A million steps.
      assertOnItsWay(() -> runs.roots(LONG, work, ClaimId.ITEMS_MAX - 1, 256));
      assertOnItsWay(() -> runs.reported(OTHER, work, UNKNOWN, 0, STEPS, NONE));
      long end = System.nanoTime() + WAIT_MAX.toNanos();
      while (!runs.haveNews()) {
        assertTrue(System.nanoTime() < end, "a turn ends");
        Thread.sleep(10);
      }
      assertEquals(
          Optional.of(root(work, 1)),
          runs.reported(OTHER, work, UNKNOWN, 0, STEPS, NONE)
              .flatMap(Segments.Again::ran)
              .map(Segments.Run::output));
      assertOnItsWay(() -> runs.roots(LONG, work, ClaimId.ITEMS_MAX - 1, 256));
      assertFalse(runs.haveNews());
    }
  }

  @Test
  void whatNobodyAsksForInALookIsGivenUp() throws Exception {
    JobWork work = TrainingJob.work();
    ArrayDeque<Runnable> thread = new ArrayDeque<>();
    try (SegmentRuns runs = new SegmentRuns(thread::add, thread::add)) {
      Asking asking = () -> runs.disputed(OTHER, work, UNKNOWN, 0, STEPS, NONE);
      assertOnItsWay(asking);
      runs.retain(Set.of(OTHER));
      assertOnItsWay(asking);
      runs.retain(Set.of(OTHER));
      assertEquals(1, thread.size(), "it was asked for in both");
      runs.retain(Set.of(OTHER));
      thread.remove().run();
      assertFalse(runs.haveNews());
      assertOnItsWay(asking);
      runs.retain(Set.of());
      thread.remove().run();
      assertFalse(runs.haveNews(), "the claim is over");
      assertOnItsWay(asking);
      thread.remove().run();
      assertTrue(runs.haveNews());
      runs.retain(Set.of(OTHER));
      assertTrue(runs.disputed(OTHER, work, UNKNOWN, 0, STEPS, NONE).isPresent());
      assertFalse(runs.haveNews());
    }
  }

  @Test
  void reportsWaitForRoomAndDisputesDoNot() throws Exception {
    JobWork work = TrainingJob.work();
    ArrayDeque<Runnable> thread = new ArrayDeque<>();
    try (SegmentRuns runs = new SegmentRuns(thread::add, thread::add)) {
      for (int job = 1; job <= SegmentRuns.REPORTED_MAX + 2; job++) {
        ClaimId claim = new ClaimId(job, 0);
        assertOnItsWay(() -> runs.reported(claim, work, UNKNOWN, 0, STEPS, NONE));
      }
      assertEquals(SegmentRuns.REPORTED_MAX, thread.size());
      assertOnItsWay(() -> runs.disputed(new ClaimId(99, 0), work, UNKNOWN, 0, STEPS, NONE));
      assertEquals(SegmentRuns.REPORTED_MAX + 1, thread.size());
    }
  }

  @Test
  void aDisputeWaitsForNoReport() throws Exception {
    JobWork work = TrainingJob.work();
    ArrayDeque<Runnable> reports = new ArrayDeque<>();
    ArrayDeque<Runnable> disputes = new ArrayDeque<>();
    try (SegmentRuns runs = new SegmentRuns(disputes::add, reports::add)) {
      assertOnItsWay(() -> runs.reported(LONG, work, UNKNOWN, 0, STEPS, NONE));
      assertOnItsWay(() -> runs.reported(OTHER, work, UNKNOWN, 0, STEPS, NONE));
      assertEquals(2, reports.size());
      // What somebody disputes that is run for a report goes on there.
      assertOnItsWay(() -> runs.disputed(OTHER, work, UNKNOWN, 0, STEPS, NONE));
      assertOnItsWay(() -> runs.disputed(OTHER, work, UNKNOWN, 0, STEPS, NONE));
      assertEquals(1, disputes.size(), "once");
      disputes.remove().run();
      assertEquals(
          Optional.of(root(work, 1)),
          runs.disputed(OTHER, work, UNKNOWN, 0, STEPS, NONE)
              .flatMap(Segments.Again::ran)
              .map(Segments.Run::output));
      assertEquals(2, reports.size());
      reports.forEach(Runnable::run);
      assertTrue(runs.reported(LONG, work, UNKNOWN, 0, STEPS, NONE).isPresent());
    }
  }

  @Test
  void trainingThatBreaksIsNotTriedWithoutEnd() throws Exception {
    JobWork work = TrainingJob.work();
    JobWork broken = new JobWork(work.model(), List.of(Bytes.EMPTY), work.tree(), List.of());
    try (SegmentRuns runs = new SegmentRuns(Runnable::run, Runnable::run)) {
      assertEquals(Optional.empty(), runs.disputed(OTHER, broken, UNKNOWN, 0, STEPS, NONE));
      runs.retain(Set.of(OTHER));
      assertFalse(runs.haveNews());
      assertEquals(Optional.empty(), runs.disputed(OTHER, broken, UNKNOWN, 0, STEPS, NONE));
    }
  }
}
