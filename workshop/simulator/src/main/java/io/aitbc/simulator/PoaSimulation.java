// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.crypto.Hash;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One run of a network without votes: nodes start, things go wrong, then the world heals, and all
/// nodes must come to one chain. Protocol §10.4.
final class PoaSimulation {
  /// Blocks by which heads may differ: one that is on its way, and one beside it.
  private static final int BESIDE_MAX = 2;

  /// Slots that a network needs at most once nothing goes wrong, beside those that make up for what
  /// went wrong.
  private static final int SLOTS_TO_SETTLE = 80;

  /// A chain by fewer than a third of the proposers stops nobody: the others overtake it by a third
  /// of a block for each slot.
  private static final int SLOTS_TO_OVERTAKE = 3;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final PoaOptions options;
  private final PoaWorld world;

  /// How a run ended.
  ///
  /// @param options what it was drawn from
  /// @param violation the first invariant that did not hold; empty if all held
  /// @param traceHash hash of everything that happened
  /// @param steps tasks of all nodes
  /// @param height the highest head
  /// @param virtualMillis how long it took in virtual time
  /// @param settledSlots slots after the end of the faults until all were on one chain
  /// @param cpuMicros time of a processor that it took
  /// @param sights how often what was seen
  /// @param lines the last events
  record Outcome(
      PoaOptions options,
      Optional<Violation> violation,
      long traceHash,
      long steps,
      long height,
      long virtualMillis,
      int settledSlots,
      long cpuMicros,
      Map<PoaWorld.Sight, Integer> sights,
      List<String> lines) {
    boolean passed() {
      return violation.isEmpty();
    }

    /// For a reader.
    List<String> report() {
      List<String> report = new ArrayList<>();
      options.lines().forEach(line -> report.add("  " + line));
      violation.ifPresent(found -> {
        report.add("last events:");
        lines.forEach(line -> report.add("  " + line));
        report.add("violated: " + found.invariant() + ": " + found.getMessage());
        if (found.getCause() != null) {
          for (StackTraceElement each : found.getCause().getStackTrace()) {
            report.add("    at " + each);
          }
        }
      });
      report.add(
          "seed %d: %s, height %d, %d steps, %d ms of virtual time, on one chain after %d slots, %d ms of a processor, trace %016x"
              .formatted(
                  options.seed(),
                  passed() ? "passed" : "FAILED",
                  height,
                  steps,
                  virtualMillis,
                  settledSlots,
                  cpuMicros / 1_000,
                  traceHash));
      report.add("repeat: ./aitbc simulate --seed " + options.seed() + " --profile poa");
      return report;
    }
  }

  private int settledSlots;

  private PoaSimulation(PoaOptions options) {
    this.options = options;
    this.world = new PoaWorld(options);
  }

  /// Runs it.
  static Outcome run(PoaOptions options) {
    long began = THREADS.getCurrentThreadCpuTime();
    PoaSimulation simulation = new PoaSimulation(options);
    Optional<Violation> violation = Optional.empty();
    try {
      simulation.play();
    } catch (Violation found) {
      violation = Optional.of(found);
    }
    PoaWorld world = simulation.world;
    return new Outcome(
        options,
        violation,
        world.trace().hash(),
        world.steps(),
        world.nodes().stream().mapToLong(node -> node.ledger().highest()).max().orElse(0),
        world.timeline().nowMicros() / 1_000,
        simulation.settledSlots,
        (THREADS.getCurrentThreadCpuTime() - began) / 1_000,
        world.sights(),
        world.trace().lines());
  }

  /// A failed run with as few of its faults as fail in the same way.
  static Outcome minimized(Outcome failed) {
    Outcome smallest = failed;
    List<Fault> kept = new ArrayList<>(failed.options().faults());
    for (int i = kept.size() - 1; i >= 0; i--) {
      List<Fault> fewer = new ArrayList<>(kept);
      fewer.remove(i);
      Outcome again = run(failed.options().withFaults(fewer));
      if (again
          .violation()
          .map(Violation::invariant)
          .equals(failed.violation().map(Violation::invariant))) {
        smallest = again;
        kept = fewer;
      }
    }
    return smallest;
  }

  private void play() {
    world.nodes().forEach(PoaNode::start);
    for (Fault fault : options.faults()) {
      world.timeline().at(fault.atMicros(), () -> strike(fault));
    }
    for (int i = 0; i < options.liars(); i++) {
      if (options.vice() == PoaOptions.Vice.REWRITES) {
        PoaNode liar = world.node(i);
        world.timeline().at(world.slotMicros() * options.faultySlots() / 2, liar::rewrite);
        world.timeline().at(world.slotMicros() * options.faultySlots(), liar::rewrite);
      }
    }
    runTo(world.slotMicros() * options.faultySlots());
    heal();
    long most =
        (long) SLOTS_TO_OVERTAKE * options.faultySlots()
            + SLOTS_TO_SETTLE
            + 2 * PoaOptions.JUMP_MILLIS_MAX / options.slotMillis();
    while (!isOneChain()) {
      if (++settledSlots > most) {
        throw new Violation(
            Invariant.ONE_CHAIN, "not after %d slots: %s".formatted(most, standing()));
      }
      runTo(world.timeline().nowMicros() + world.slotMicros());
      world.nodes().stream().filter(PoaNode::hasStopped).toList().forEach(PoaNode::beginAnew);
    }
  }

  private void runTo(long micros) {
    while (world.timeline().step(micros)) {
      // One event after the other.
    }
  }

  private void strike(Fault fault) {
    world.note(Math.max(0, Faults.nodeOf(fault)), "fault", fault, fault.atMicros());
    switch (fault) {
      case Fault.Crash crash -> world.node(crash.node()).dooms(crash);
      case Fault.PowerCut cut -> world.nodes().forEach(node -> node.stop(cut.downMicros()));
      case Fault.OldDisk old -> {
        PoaNode node = world.node(old.node());
        if (node.isUp()) {
          node.stop(old.downMicros());
          node.hasOldDisk((int) old.ageMicros());
        }
      }
      case Fault.SyncFails fails -> world.node(fails.node()).failNextRecordWrite();
      case Fault.Pause pause -> world.node(pause.node()).pause(pause.forMicros());
      case Fault.ClockJump jump -> world.node(jump.node()).clock().jump(jump.millis());
      case Fault.Split split -> {
        world.network().split(split);
        world.timeline().after(split.forMicros(), () -> world.network().join(split));
      }
      case Fault.RecordLost lost ->
          throw new IllegalStateException("none is drawn without votes: " + lost);
    }
  }

  private void heal() {
    for (PoaNode node : world.nodes()) {
      node.clock().correct(node.index() * 10L);
      node.start();
    }
    world.network().heal();
  }

  /// Whether all honest nodes are up, none has stopped, and their chains are one but for the last
  /// blocks.
  private boolean isOneChain() {
    List<PoaNode> honest = world.nodes().stream().filter(PoaNode::isHonest).toList();
    long lowest = Long.MAX_VALUE;
    long highest = 0;
    for (PoaNode node : honest) {
      if (!node.isUp() || node.hasStopped()) {
        return false;
      }
      lowest = Math.min(lowest, node.head().height().number());
      highest = Math.max(highest, node.head().height().number());
    }
    if (lowest == 0 || highest - lowest > BESIDE_MAX) {
      return false;
    }
    long shared = Math.max(1, lowest - BESIDE_MAX);
    List<Hash> hashes =
        honest.stream().map(node -> node.ledger().block(shared).orElseThrow().blockHash()).toList();
    return hashes.stream().distinct().count() == 1;
  }

  private List<String> standing() {
    return world.nodes().stream()
        .map(node ->
            "node %d%s%s at %s"
                .formatted(
                    node.index(),
                    node.isUp() ? "" : " down",
                    node.hasStopped() ? " stopped" : "",
                    node.head().height()))
        .toList();
  }
}
