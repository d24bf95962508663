// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.crypto.Hash;
import io.aitbc.execution.WorkJob;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Model;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Models and inputs of jobs that stay in memory, those that were used last, for all services of a
/// process: each of them looks at a job several times, and reading and checking its files takes
/// longer. They are what the chain says, whoever has read them. Safe for use by several threads.
/// Protocol §17.9.
final class JobMemory {
  /// Of the memory that the process may take.
  private static final int MEMORY_PART = 8;

  private static final int ELEMENT_BYTES = 4;

  /// What an input takes beside its bytes: its objects, and its place in the tree.
  private static final int INPUT_BYTES = 256;

  /// That of this process.
  static final JobMemory SHARED = new JobMemory(Runtime.getRuntime().maxMemory() / MEMORY_PART);

  private final long bytesMax;

  /// The one that was used last is the last. Guarded by this.
  private final LinkedHashMap<Key, Kept> works = new LinkedHashMap<>();

  /// All that a job's files are compared with.
  private record Key(
      Hash model, Hash inputs, Hash task, Hash initialState, long count, long steps) {
    static Key of(WorkJob job) {
      return new Key(
          job.model(), job.inputs(), job.task(), job.initialState(), job.count(), job.steps());
    }
  }

  /// @param bytes of inputs and first state
  private record Kept(JobWork work, long bytes) {}

  /// @param bytesMax what jobs may take together; the last one stays however long it is
  JobMemory(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// A job's model and inputs, if they are here.
  synchronized Optional<JobWork> get(WorkJob job) {
    Kept kept = works.get(Key.of(job));
    if (kept == null) {
      return Optional.empty();
    }
    Kept _ = works.putLast(Key.of(job), kept);
    return Optional.of(kept.work);
  }

  /// Keeps them until others were used since.
  synchronized void put(WorkJob job, JobWork work) {
    Kept _ = works.putLast(Key.of(job), new Kept(work, bytes(work)));
    while (works.size() > 1 && bytes() > bytesMax) {
      var _ = works.pollFirstEntry();
    }
  }

  private static long bytes(JobWork work) {
    return work.inputs().stream().mapToLong(each -> each.length() + INPUT_BYTES).sum()
        + work.firstState().stream().mapToLong(Elements::count).sum() * ELEMENT_BYTES;
  }

  /// Jobs of one model share it.
  private long bytes() {
    Map<Hash, Model> models = new LinkedHashMap<>();
    works.values().forEach(each -> models.put(each.work.model().id(), each.work.model()));
    return models.values().stream().mapToLong(ExecutionMemory::modelBytes).sum()
        + works.values().stream().mapToLong(Kept::bytes).sum();
  }
}
