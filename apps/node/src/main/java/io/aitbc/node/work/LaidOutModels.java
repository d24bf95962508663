// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
import io.aitbc.referee.Inference;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Model;
import io.aitbc.referee.Trace;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/// Models whose weights are laid out for the kernel, for all services of a process. Laying out a
/// large one, and reading its weights once, each take longer than the leaves of a seat: so services
/// that look at one claim use one layout, and what some ask for while others' leaves are run is run
/// in one go after them. Models that were used last stay. Safe for use by several threads. Protocol
/// §17.4.
final class LaidOutModels {
  /// A part of the memory that the process may take.
  private static final int MEMORY_PART = 8;

  /// Those of this process.
  static final LaidOutModels SHARED =
      new LaidOutModels(
          model -> new Inference(model, Kernel.fastest(), Workers.NONE)::traces,
          Runtime.getRuntime().maxMemory() / MEMORY_PART);

  private final Function<Model, LaidOut> layout;
  private final long bytesMax;

  /// By model, the one that was used last the last. Guarded by itself.
  private final LinkedHashMap<Hash, Line> lines = new LinkedHashMap<>();

  /// A model that is laid out. Belongs to one thread at a time.
  @FunctionalInterface
  interface LaidOut {
    /// What the referee computes for inputs that fit.
    List<Trace> traces(List<byte[]> inputs);
  }

  /// Those who want items of a model to be run.
  private static final class Line {
    private final Model model;
    private final ReentrantLock running = new ReentrantLock(true);

    /// Belongs to who runs.
    private Optional<LaidOut> laidOut = Optional.empty();

    /// What is run in one go next. Guarded by the lines, as what follows.
    private Optional<Batch> next = Optional.empty();

    private int users;

    Line(Model model) {
      this.model = model;
    }

    long bytes() {
      return ExecutionMemory.laidOutBytes(model);
    }
  }

  /// Items that are run in one go, by whoever asked for the first.
  private static final class Batch {
    private final List<byte[]> inputs = new ArrayList<>();
    private final CompletableFuture<List<Trace>> end = new CompletableFuture<>();
  }

  /// @param bytesMax of weights that stay while nobody uses them; one model stays however large
  LaidOutModels(Function<Model, LaidOut> layout, long bytesMax) {
    this.layout = layout;
    this.bytesMax = bytesMax;
  }

  /// What the referee computes for inputs that fit.
  List<Trace> traces(Model model, List<byte[]> inputs) {
    Line line;
    Batch batch;
    int from;
    boolean leads;
    synchronized (lines) {
      line = lines.computeIfAbsent(model.id(), _ -> new Line(model));
      Line _ = lines.putLast(model.id(), line);
      line.users++;
      leads =
          line.next
              .filter(it -> ExecutionMemory.suffices(model, it.inputs.size() + inputs.size()))
              .isEmpty();
      batch = leads ? new Batch() : line.next.orElseThrow();
      line.next = Optional.of(batch);
      from = batch.inputs.size();
      boolean _ = batch.inputs.addAll(inputs);
    }
    try {
      if (leads) {
        run(line, batch);
      }
      return List.copyOf(batch.end.join().subList(from, from + inputs.size()));
    } finally {
      leave(line);
    }
  }

  /// Items that wait for those of others to be run.
  int waiting(Model model) {
    synchronized (lines) {
      return Optional.ofNullable(lines.get(model.id()))
          .flatMap(line -> line.next)
          .map(batch -> batch.inputs.size())
          .orElse(0);
    }
  }

  private void run(Line line, Batch batch) {
    line.running.lock();
    try {
      synchronized (lines) { // From now on it is whole.
        line.next = line.next.filter(each -> each != batch);
      }
      LaidOut laidOut = line.laidOut.orElseGet(() -> layout.apply(line.model));
      line.laidOut = Optional.of(laidOut);
      boolean _ = batch.end.complete(laidOut.traces(batch.inputs));
    } finally {
      line.running.unlock();
      boolean _ = batch.end.completeExceptionally(new IllegalStateException("the run broke"));
    }
  }

  private void leave(Line line) {
    synchronized (lines) {
      line.users--;
      long bytes = lines.values().stream().mapToLong(Line::bytes).sum();
      Line last = Objects.requireNonNull(lines.lastEntry()).getValue();
      for (Iterator<Line> each = lines.values().iterator(); bytes > bytesMax && each.hasNext(); ) {
        Line it = each.next();
        if (it.users == 0 && it != last) {
          each.remove();
          bytes -= it.bytes();
        }
      }
    }
  }
}
