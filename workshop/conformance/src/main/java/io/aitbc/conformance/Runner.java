// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// Runs a suite over a folder: one thread reads files and archives, others parse them and run their
/// cases.
public final class Runner {
  /// Files read ahead per thread: enough to keep it busy, few enough that contents fit into memory.
  private static final int FILES_AHEAD_PER_THREAD = 2;

  private final Suite suite;
  private final Pattern only;
  private final int threads;
  private final SkipRules skipRules;

  /// A runner of the cases of `suite` in whose names `only` is found, on this many threads.
  public Runner(Suite suite, Pattern only, int threads) {
    this(suite, only, threads, SkipRules.load());
  }

  Runner(Suite suite, Pattern only, int threads, SkipRules skipRules) {
    this.suite = suite;
    this.only = only;
    this.threads = threads;
    this.skipRules = skipRules;
  }

  /// Runs what the folder holds: the files that lie where the suite's collection has them or, if
  /// there are none, every JSON file of the suite's format.
  ///
  /// @throws IOException if a file cannot be read
  /// @throws InterruptedException if the thread is interrupted
  public Summary run(Path folder) throws IOException, InterruptedException {
    AtomicBoolean owned = new AtomicBoolean();
    Summary summary =
        run(
            folder,
            path -> {
              boolean owns = suite.owns(path);
              owned.compareAndSet(false, owns);
              return owns;
            });
    return owned.get() ? summary : run(folder, path -> path.endsWith(".json"));
  }

  private Summary run(Path folder, Predicate<String> wanted)
      throws IOException, InterruptedException {
    Summary summary = new Summary();
    int ahead = threads * FILES_AHEAD_PER_THREAD;
    Semaphore room = new Semaphore(ahead);
    try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
      new VectorFiles(folder)
          .forEach(
              wanted,
              file -> {
                room.acquireUninterruptibly();
                workers.execute(() -> {
                  try {
                    run(file, summary);
                  } finally {
                    room.release();
                  }
                });
              });
      room.acquire(ahead);
    }
    return summary;
  }

  private void run(VectorFile file, Summary summary) {
    try {
      for (Case one : suite.cases(file)) {
        if (only.matcher(one.name()).find()) {
          run(one, summary);
        }
      }
    } catch (IOException | RuntimeException unreadable) {
      summary.fail(file.shortPath(3), "the file cannot be read: " + unreadable);
    }
  }

  // Whatever a room throws, or a stack that is too small, is a failure of this case.
  private void run(Case one, Summary summary) {
    Optional<String> reason = skipRules.reason(suite.name(), one.name());
    if (reason.isPresent()) {
      summary.skip(reason.get());
      return;
    }
    try {
      one.check().failure().ifPresentOrElse(why -> summary.fail(one.name(), why), summary::pass);
    } catch (Exception | StackOverflowError | AssertionError failure) {
      summary.fail(one.name(), "threw " + failure);
    }
  }
}
