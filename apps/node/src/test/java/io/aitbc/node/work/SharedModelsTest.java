// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.aitbc.blobs.BlobHasher;
import io.aitbc.blobs.BlobLimits;
import io.aitbc.blobs.BlobStore;
import io.aitbc.blobs.DirectoryChunks;
import io.aitbc.blobs.Holders;
import io.aitbc.compute.ItemFile;
import io.aitbc.compute.TaskFile;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.WorkJob;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Inference;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Model;
import io.aitbc.referee.PlanBuilder;
import io.aitbc.referee.Tensor;
import io.aitbc.referee.Trace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Services of a process have models and jobs once, and no more of them than their memory holds.
class SharedModelsTest { // Protocol §17.4, §17.9
  private static final int SERVICES = 10;
  private static final byte[] INPUT = {1, 2, 3, 4};

  /// Longer than anything that is waited for here.
  private static final Duration WAIT_MAX = Duration.ofHours(1);

  @TempDir private Path folder;

  private final List<Model> laidOut = new ArrayList<>();

  /// Four numbers into two sums.
  private static Model model(int weight) throws Exception {
    PlanBuilder plan = new PlanBuilder();
    Tensor x = plan.input(ElementType.INT8, 1, 4);
    Tensor w = plan.constant(Elements.of(new byte[] {(byte) weight, 2, 3, 4, -1, -2, 5, 2}), 2, 4);
    Tensor bias = plan.constant(Elements.of(new int[2]), 1, 2);
    return plan.inference(plan.sumProducts(x, w, 1, List.of(bias)));
  }

  private LaidOutModels laidOut(long bytesMax) {
    return new LaidOutModels(
        model -> {
          laidOut.add(model);
          return new Inference(model, Kernel.plain(), Workers.NONE)::traces;
        },
        bytesMax);
  }

  @Test
  void aModelIsLaidOutOnceForManyServicesThoughClaimsOfSeveralAlternate() throws Exception {
    LaidOutModels models = laidOut(1 << 20);
    List<Model> used = List.of(model(1), model(2), model(3));
    for (int claim = 0; claim < 6; claim++) {
      Model model = used.get(claim % used.size());
      byte[] expected = new Inference(model, Kernel.plain(), Workers.NONE).trace(INPUT).output();
      for (int service = 0; service < SERVICES; service++) {
        assertArrayEquals(
            expected, models.traces(model, List.of(INPUT)).getFirst().output(), "its own outputs");
      }
    }
    assertEquals(used, laidOut);
  }

  @Test
  void whereThereIsNoRoomTheLastOneStays() throws Exception {
    LaidOutModels models = laidOut(0);
    Model first = model(1);
    Model second = model(2);
    for (Model each : List.of(first, first, second, second, first)) {
      var _ = models.traces(each, List.of(INPUT));
    }
    assertEquals(List.of(first, second, first), laidOut);
  }

  @Test
  void whatServicesAskForMeanwhileIsRunInOneGo() throws Exception {
    Model model = model(1);
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    List<Integer> runs = new CopyOnWriteArrayList<>();
    LaidOutModels models =
        new LaidOutModels(
            it -> {
              Inference inference = new Inference(it, Kernel.plain(), Workers.NONE);
              return inputs -> {
                runs.add(inputs.size());
                first.countDown();
                await(go);
                return inference.traces(inputs);
              };
            },
            1 << 20);
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Future<?>> all = new ArrayList<>();
      for (int service = 0; service < SERVICES; service++) {
        byte[] input = {(byte) service, 2, 3, 4};
        byte[] other = {(byte) -service, 5, 6, 7};
        Inference alone = new Inference(model, Kernel.plain(), Workers.NONE);
        all.add(
            threads.submit(() -> {
              List<Trace> traces = models.traces(model, List.of(input, other));
              assertEquals(2, traces.size());
              assertEquals(alone.trace(input).tree().root(), traces.getFirst().tree().root());
              assertEquals(alone.trace(other).tree().root(), traces.getLast().tree().root());
            }));
        await(first); // The others come while it runs.
      }
      while (models.waiting(model) < 2 * (SERVICES - 1)) {
        Thread.onSpinWait();
      }
      go.countDown();
      for (Future<?> each : all) {
        Object _ = each.get();
      }
    }
    assertEquals(List.of(2, 2 * (SERVICES - 1)), runs);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(2, TimeUnit.MINUTES));
    } catch (InterruptedException ended) {
      throw new IllegalStateException(ended);
    }
  }

  @Test
  void whoIsInALineWithARunThatBreaksIsTold() throws Exception {
    LaidOutModels models =
        new LaidOutModels(
            _ ->
                _ -> {
                  throw new IllegalStateException("out of order");
                },
            1 << 20);
    Model model = model(1);
    assertThrows(IllegalStateException.class, () -> models.traces(model, List.of(INPUT)));
    assertThrows(IllegalStateException.class, () -> models.traces(model, List.of(INPUT)));
  }

  private JobFiles files(String name, JobMemory memory) throws Exception {
    Path own = Files.createDirectories(folder.resolve(name));
    return new JobFiles(
        BlobStore.open(
            own,
            new DirectoryChunks(own.resolve("chunks")),
            BlobLimits.DEFAULT,
            Holders.NONE,
            InstantSource.system()),
        memory);
  }

  private static WorkJob job(Model model, TaskFile task, List<Bytes> inputs, int count) {
    return new WorkJob(
        Address.ZERO,
        Amount.ZERO,
        model.id(),
        ItemFile.inputTree(model, inputs).root(),
        task.hash(),
        count,
        60,
        60,
        1,
        Amount.ZERO,
        0,
        Hash.ZERO,
        Hash.ZERO,
        WorkJob.PARTIES,
        Hash.ZERO,
        0);
  }

  @Test
  void aModelThatAServiceHasReadIsNotReadByAnother() throws Exception {
    Model model = model(7);
    List<Bytes> inputs = List.of(Bytes.wrap(INPUT));
    TaskFile task = task(model, inputs);
    WorkJob job = job(model, task, inputs, 1);
    JobFiles first = files("first", new JobMemory(1));
    JobFiles second = files("second", new JobMemory(1));
    for (JobFiles each : List.of(first, second)) {
      assertEquals(task.model(), each.put(model.encoded()));
      assertEquals(TaskFile.id(task.hash()), each.put(task.encoded()));
    }
    assertSame(first.model(job).orElseThrow(), second.model(job).orElseThrow());
    assertEquals(
        Optional.empty(),
        files("third", new JobMemory(1)).model(job),
        "it has not got the file itself");
  }

  private static TaskFile task(Model model, List<Bytes> inputs) {
    return new TaskFile(BlobHasher.id(model.encoded()), BlobHasher.id(ItemFile.encoded(inputs)));
  }

  private static void put(JobFiles files, Model model, List<Bytes> inputs) throws Exception {
    TaskFile task = task(model, inputs);
    assertEquals(task.model(), files.put(model.encoded()));
    assertEquals(task.inputs(), files.put(ItemFile.encoded(inputs)));
    assertEquals(TaskFile.id(task.hash()), files.put(task.encoded()));
  }

  private static JobWork found(JobFiles files, WorkJob job) throws Exception {
    return ((JobFiles.Found.Whole) files.find(job)).work();
  }

  @Test
  void aJobThatAServiceHasReadIsInMemoryOnce() throws Exception {
    Model model = model(7);
    List<Bytes> inputs = List.of(Bytes.wrap(INPUT));
    WorkJob job = job(model, task(model, inputs), inputs, 1);
    JobMemory memory = new JobMemory(1 << 20);
    JobFiles first = files("first", memory);
    JobFiles second = files("second", memory);
    put(first, model, inputs);
    JobWork work = found(first, job);
    assertInstanceOf(
        JobFiles.Found.Missing.class, second.find(job), "it has not got the files itself");
    put(second, model, inputs);
    assertSame(work, found(second, job));
    WorkJob two = job(model, task(model, inputs), inputs, 2);
    assertInstanceOf(JobFiles.Found.Wrong.class, first.find(two), "the files have one item");
  }

  @Test
  void jobsTakeNoMoreMemoryThanTheyMay() throws Exception {
    Model model = model(7);
    JobMemory memory = new JobMemory(ExecutionMemory.modelBytes(model) + 1_000);
    JobFiles files = files("first", memory);
    List<WorkJob> jobs = new ArrayList<>();
    List<JobWork> works = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      List<Bytes> inputs = List.of(Bytes.wrap(new byte[] {(byte) i, 2, 3, 4}));
      put(files, model, inputs);
      jobs.add(job(model, task(model, inputs), inputs, 1));
      works.add(found(files, jobs.getLast()));
    }
    List<Integer> kept =
        IntStream.range(0, jobs.size())
            .filter(each -> memory.get(jobs.get(each)).isPresent())
            .boxed()
            .toList();
    assertEquals(List.of(2, 3, 4), kept, "beside the model inputs of 260 bytes each");
    JobWork again = found(files, jobs.getFirst());
    assertNotSame(works.getFirst(), again);
    assertEquals(works.getFirst().inputs(), again.inputs());
    assertTrue(memory.get(jobs.get(2)).isEmpty(), "it was used least lately");
    JobMemory none = new JobMemory(0);
    none.put(jobs.getFirst(), again);
    assertSame(again, none.get(jobs.getFirst()).orElseThrow(), "the last one stays");
  }

  private static OutputMemory.Key outputsOf(int claim) {
    return new OutputMemory.Key(Hash.ZERO, claim);
  }

  @Test
  void outputsTakeNoMoreMemoryThanTheyMay() {
    OutputMemory memory = new OutputMemory(200, WAIT_MAX);
    List<Bytes> outputs = List.of(Bytes.wrap(INPUT));
    for (int claim = 0; claim < 4; claim++) {
      memory.put(outputsOf(claim), outputs);
      assertEquals(Optional.of(outputs), memory.get(outputsOf(0)));
    }
    List<Integer> kept =
        IntStream.range(0, 4)
            .filter(claim -> memory.get(outputsOf(claim)).isPresent())
            .boxed()
            .toList();
    assertEquals(List.of(0, 3), kept, "those that were used last, of 68 bytes each");
    OutputMemory none = new OutputMemory(0, WAIT_MAX);
    none.put(outputsOf(0), outputs);
    assertEquals(Optional.of(outputs), none.get(outputsOf(0)), "the last one stays");
  }

  /// What comes of outputs that two services want.
  ///
  /// @param first what the one fetches that was there first; it has it once the other one wants it
  private static List<OutputMemory.Fetched> wantedByTwo(
      OutputMemory memory,
      OutputMemory.Fetched first,
      Callable<OutputMemory.Fetched> second,
      boolean firstEnds)
      throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch ends = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<OutputMemory.Fetched> one =
          threads.submit(() ->
              memory.together(
                  outputsOf(0),
                  () -> {
                    begun.countDown();
                    ends.await();
                    return first;
                  }));
      begun.await();
      Future<OutputMemory.Fetched> other =
          threads.submit(() -> memory.together(outputsOf(0), second));
      if (!firstEnds) {
        OutputMemory.Fetched _ = other.get();
      }
      ends.countDown();
      return List.of(one.get(), other.get());
    }
  }

  private static OutputMemory.Fetched fetched(Optional<List<Bytes>> outputs) {
    return new OutputMemory.Fetched(outputs, Optional.empty());
  }

  @Test
  void outputsThatSeveralServicesWantAreFetchedOnce() throws Exception {
    OutputMemory memory = new OutputMemory(200, WAIT_MAX);
    OutputMemory.Fetched right = fetched(Optional.of(List.of(Bytes.wrap(INPUT))));
    assertEquals(
        List.of(right, right), wantedByTwo(memory, right, () -> fail("fetched twice"), true));
    assertEquals(right, memory.together(outputsOf(0), () -> fail("fetched again")));
  }

  @Test
  void whatOneServiceIsNotServedAnotherFetchesForItself() throws Exception {
    OutputMemory.Fetched wrong = fetched(Optional.empty());
    OutputMemory.Fetched right = fetched(Optional.of(List.of(Bytes.wrap(INPUT))));
    assertEquals(
        List.of(wrong, right),
        wantedByTwo(new OutputMemory(200, WAIT_MAX), wrong, () -> right, true));
    assertEquals(
        List.of(wrong, right),
        wantedByTwo(new OutputMemory(200, Duration.ZERO), wrong, () -> right, false),
        "nor does it wait for ever");
  }
}
