// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.bench.AiUse.Kind;
import io.aitbc.bench.ThreadTimes.Task;
import io.aitbc.model.Mode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What `bench ai` makes of the processor time of threads.
class AiReportTest {
  private static final double TOLERANCE = 1e-9;

  /// When the measured seconds began, and a thread of each process.
  private static final AiUse BEFORE =
      new AiUse(
          5_000_000_000L,
          List.of(
              process(Kind.VALIDATOR, 10, Map.of(1L, new Task("execution", 10))),
              process(
                  Kind.WORKER,
                  3,
                  Map.of(
                      1L, new Task("engine-1", 1),
                      2L, new Task("engine-2", 1),
                      3L, new Task("worker", 1))),
              process(Kind.WORKER, 5, Map.of(1L, new Task("engine-1", 5))),
              process(Kind.AUDITOR, 2, Map.of(1L, new Task("engine-1", 2))),
              process(Kind.EVALUATOR, 0, Map.of()),
              process(Kind.CLIENTS, 1, Map.of(1L, new Task("main", 1)))));

  /// 20 s later.
  private static final AiUse AFTER =
      new AiUse(
          25_000_000_000L,
          List.of(
              process(Kind.VALIDATOR, 16, Map.of(1L, new Task("execution", 16))),
              // A new thread of the engine; one that began and ended between used a second.
              process(
                  Kind.WORKER,
                  21,
                  Map.of(
                      1L, new Task("engine-1", 9),
                      2L, new Task("engine-2", 7),
                      3L, new Task("worker", 2),
                      4L, new Task("engine-3", 2))),
              process(Kind.WORKER, 9, Map.of(1L, new Task("engine-1", 9))),
              process(
                  Kind.AUDITOR, 6, Map.of(1L, new Task("engine-1", 5), 2L, new Task("auditor", 1))),
              process(Kind.EVALUATOR, 0.5, Map.of(1L, new Task("evaluator", 0.5))),
              process(Kind.CLIENTS, 10, Map.of(1L, new Task("main", 10)))));

  private static AiUse.Used process(Kind kind, double seconds, Map<Long, Task> threads) {
    return new AiUse.Used(kind, new ThreadTimes(seconds, threads));
  }

  @Test
  void processorTimeIsSummedByRoleAndByNameOfThread() {
    AiUse.Spent spent = AFTER.since(BEFORE);
    assertEquals(20, spent.seconds(), TOLERANCE);
    assertEquals(6, spent.of(Kind.VALIDATOR), TOLERANCE);
    assertEquals(22, spent.of(Kind.WORKER), TOLERANCE);
    assertEquals(20, spent.of(Kind.WORKER, AiReport.ENGINE), TOLERANCE);
    assertEquals(1, spent.of(Kind.WORKER, "worker"), TOLERANCE);
    assertEquals(1, spent.of(Kind.WORKER, ThreadTimes.ENDED), TOLERANCE);
    assertEquals(4, spent.of(Kind.AUDITOR), TOLERANCE);
    assertEquals(0.5, spent.of(Kind.EVALUATOR), TOLERANCE);
    assertEquals(9, spent.of(Kind.CLIENTS), TOLERANCE);
    assertEquals(32.5, spent.network(), TOLERANCE, "without the clients");
  }

  /// Ten seconds without jobs.
  private static AiUse.Spent idle() {
    return new AiUse.Spent(
        10,
        Map.of(
            Kind.VALIDATOR, Map.of("execution", 1.0),
            Kind.AUDITOR, Map.of("auditor", 0.5),
            Kind.EVALUATOR, Map.of("evaluator", 0.1)));
  }

  private static AiReport report(AiUse.Spent spent) {
    AiWork inference = AiWork.inference(List.of(8, 4), 64, 0.8);
    AiWork training = new AiWork(AiWork.Kind.TRAINING, "segments", 0.2, 1_000, inference.model());
    AiOptions options = new AiOptions(Mode.BALANCED, 1, 2, 1, 1, 1, 1, 4, 64, 10, 0, 20);
    return new AiReport(
        new AiRun("MADE-UP", List.of(inference, training), options),
        idle(),
        spent,
        List.of(new AiMix.Done(inference, 8, 16), new AiMix.Done(training, 2, 4)),
        List.of(0L, 0L),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        0,
        40,
        100,
        List.of());
  }

  @Test
  void sharesAreOfTheProcessorTimeOfAllNodesAndServices() {
    AiReport report = report(AFTER.since(BEFORE));
    // What an auditor's engine repeats is verification, no use.
    assertEquals(20 / 32.5, report.useful(), TOLERANCE);
    assertEquals(4.5 / 20, report.verification(), TOLERANCE);
    // In 20 s auditors and evaluators would have taken 1.2 s without any job, the node 2 s.
    assertEquals(3.3 / 20, report.verificationAboveIdle(), TOLERANCE);
    assertEquals(10, report.claims());
    assertEquals(400, report.chainMillisPerClaim(), TOLERANCE);
    assertEquals(8 * 64 / 20.0, report.inferencesPerSecond(), TOLERANCE, "training infers nothing");
    JsonNode json = report.json();
    assertEquals(20 / 32.5, json.path("useful").asDouble(), TOLERANCE);
    assertEquals(4.5 / 20, json.path("verification").asDouble(), TOLERANCE);
    assertEquals(20, json.path("cpuSeconds").path("worker").path("engine").asDouble(), TOLERANCE);
  }

  @Test
  void whereNoEngineRanNoShareIsTold() {
    AiReport report = report(new AiUse.Spent(20, Map.of(Kind.VALIDATOR, Map.of("execution", 6.0))));
    assertFalse(report.json().has("useful"));
    assertFalse(report.json().has("verification"));
  }
}
