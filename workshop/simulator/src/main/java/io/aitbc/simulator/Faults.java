// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Draws what goes wrong in a run.
final class Faults {
  private static final int KINDS = 10;

  private final Seed seed;
  private final int nodes;
  private final int authorities;
  private final long endMicros;

  private Faults(Seed seed, int nodes, int authorities, long endMicros) {
    this.seed = seed;
    this.nodes = nodes;
    this.authorities = authorities;
    this.endMicros = endMicros;
  }

  /// Draws the faults of a run by time: each kind is there in half of the runs, at a rate of its
  /// own.
  ///
  /// @param authorities the first nodes, which are those of authorities
  static List<Fault> drawn(Seed seed, int nodes, int authorities, long endMicros) {
    Faults draw = new Faults(seed, nodes, authorities, endMicros);
    List<Fault> faults = new ArrayList<>();
    for (int kind = 0; kind < KINDS; kind++) {
      int count = seed.chance(1, 2) ? 0 : 1 + seed.below(4);
      for (int i = 0; i < count; i++) {
        faults.add(draw.fault(kind));
      }
    }
    faults.sort(Comparator.comparingLong(Fault::atMicros));
    return List.copyOf(faults);
  }

  /// The number of the node that a fault strikes; -1 if it is no single one.
  static int nodeOf(Fault fault) {
    return switch (fault) {
      case Fault.Crash crash -> crash.node();
      case Fault.RecordLost lost -> lost.node();
      case Fault.OldDisk old -> old.node();
      case Fault.SyncFails fails -> fails.node();
      case Fault.Pause pause -> pause.node();
      case Fault.ClockJump jump -> jump.node();
      case Fault.PowerCut _, Fault.Split _ -> -1;
    };
  }

  private Fault fault(int kind) {
    long at = seed.below(endMicros);
    int node = seed.below(nodes);
    return switch (kind) {
      case 0 -> new Fault.Crash(at, node, Fault.Crash.Moment.EFFECT, seed.below(40), down());
      case 1 ->
          new Fault.Crash(
              at,
              node,
              seed.pick(Fault.Crash.Moment.LOG_SYNC, Fault.Crash.Moment.RECORD_WRITE),
              seed.below(3),
              down());
      case 2 -> new Fault.PowerCut(at, down());
      case 3 -> new Fault.RecordLost(at, node, seed.pick(Fault.RecordLost.Manner.values()), down());
      case 4 -> new Fault.OldDisk(at, node, seed.below(at + 1), down());
      case 5 -> new Fault.SyncFails(at, node, seed.pick(Fault.SyncFails.Where.values()), down());
      case 6 -> new Fault.Pause(at, node, seed.between(10_000L, 5_000_000L));
      case 7 -> new Fault.ClockJump(at, node, jump());
      default ->
          new Fault.Split(
              at,
              seed.between(50_000L, 8_000_000L),
              group(),
              seed.pick(Fault.Split.Direction.values()),
              seed.pick(Fault.Split.Manner.values()));
    };
  }

  private long down() {
    return seed.pick(1_000L, 100_000L, 2_000_000L, 10_000_000L);
  }

  private long jump() {
    long size = seed.pick(50L, 800L, 5_000L, 3_600_000L);
    return seed.chance(1, 2) ? size : -size;
  }

  /// One node, one class, or any.
  private long group() {
    return switch (seed.below(3)) {
      case 0 -> 1L << seed.below(nodes);
      case 1 -> (1L << authorities) - 1;
      default -> seed.nextLong();
    };
  }
}
