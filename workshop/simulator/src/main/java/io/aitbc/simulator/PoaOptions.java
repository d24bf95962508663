// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Everything that a run of a network without votes is drawn from, itself drawn from the seed.
///
/// @param seed the seed
/// @param proposers nodes that take turns; the first ones
/// @param liars how many of them, the first ones, are Byzantine
/// @param vice what these do
/// @param followers nodes without a key
/// @param slotMillis how long a slot lasts
/// @param weather of the network
/// @param ties how events of one moment follow each other
/// @param faultySlots slots after which the faults end
/// @param faults what goes wrong, by time
record PoaOptions(
    long seed,
    int proposers,
    int liars,
    Vice vice,
    int followers,
    int slotMillis,
    Weather weather,
    Timeline.Ties ties,
    int faultySlots,
    List<Fault> faults) {
  private static final long MICROS = 1_000;
  private static final int PROPOSERS_MAX = 7;

  /// One run in so many is about a long split alone.
  private static final int PARTS_ONE_IN = 8;

  /// Slots of a long split: more than ten blocks on both sides, of two as of seven proposers.
  private static final int PARTED_SLOTS = 40;

  /// Most that a clock jumps: what is signed ahead of time keeps a key silent for as long.
  static final long JUMP_MILLIS_MAX = 20_000;

  /// What a Byzantine proposer does.
  enum Vice {
    /// It makes two blocks of a slot, one for each half of the others.
    EQUIVOCATES,
    /// Its blocks have a wrong result.
    MISCOMPUTES,
    /// It signs a branch for its slots of the past.
    REWRITES
  }

  /// Draws the options of a seed.
  static PoaOptions of(long number) {
    Seed seed = Seed.of(number);
    int proposers = seed.between(1, PROPOSERS_MAX);
    int liars = seed.chance(1, 2) ? seed.below((proposers - 1) / 3 + 1) : 0;
    int followers = seed.below(3);
    int slotMillis = seed.pick(400, 1_000, 2_000);
    boolean parts = proposers > 1 && seed.chance(1, PARTS_ONE_IN);
    int faultySlots = parts ? 2 * PARTED_SLOTS : seed.pick(10, 30, 60);
    long endMicros = faultySlots * (long) slotMillis * MICROS;
    return new PoaOptions(
        number,
        proposers,
        liars,
        seed.pick(Vice.values()),
        followers,
        slotMillis,
        Weather.drawn(seed.fork()),
        seed.pick(Timeline.Ties.values()),
        faultySlots,
        parts
            ? List.of(parting(proposers, slotMillis * MICROS))
            : faults(seed.fork(), proposers + followers, slotMillis * MICROS, endMicros));
  }

  /// The proposers fall into halves for long enough that neither can go over to the other.
  private static Fault parting(int proposers, long slotMicros) {
    return new Fault.Split(
        5 * slotMicros,
        PARTED_SLOTS * slotMicros,
        (1L << ((proposers + 1) / 2)) - 1,
        Fault.Split.Direction.BOTH,
        Fault.Split.Manner.LOST);
  }

  int nodes() {
    return proposers + followers;
  }

  /// The same run with other faults.
  PoaOptions withFaults(List<Fault> others) {
    return new PoaOptions(
        seed,
        proposers,
        liars,
        vice,
        followers,
        slotMillis,
        weather,
        ties,
        faultySlots,
        List.copyOf(others));
  }

  private static List<Fault> faults(Seed seed, int nodes, long slotMicros, long endMicros) {
    List<Fault> faults = new ArrayList<>();
    for (int kind = 0; kind < 9; kind++) {
      int count = seed.chance(1, 2) ? 0 : 1 + seed.below(3);
      for (int i = 0; i < count; i++) {
        faults.add(fault(seed, kind, nodes, slotMicros, endMicros));
      }
    }
    faults.sort(Comparator.comparingLong(Fault::atMicros));
    return List.copyOf(faults);
  }

  private static Fault fault(Seed seed, int kind, int nodes, long slotMicros, long endMicros) {
    long at = seed.below(endMicros);
    int node = seed.below(nodes);
    long down = slotMicros * seed.pick(1, 4, 20) / 2;
    return switch (kind) {
      case 0, 1 -> new Fault.Crash(at, node, Fault.Crash.Moment.EFFECT, seed.below(12), down);
      case 2 -> new Fault.Crash(at, node, Fault.Crash.Moment.RECORD_WRITE, seed.below(2), down);
      case 3 -> new Fault.PowerCut(at, down);
      case 4 -> new Fault.OldDisk(at, node, seed.between(1, 12), down);
      case 5 -> new Fault.SyncFails(at, node, Fault.SyncFails.Where.RECORD, down);
      case 6 -> new Fault.Pause(at, node, slotMicros * seed.between(1, 12) / 2);
      case 7 -> {
        long millis = seed.pick(50L, 800L, 5_000L, JUMP_MILLIS_MAX);
        yield new Fault.ClockJump(at, node, seed.chance(1, 2) ? millis : -millis);
      }
      default ->
          new Fault.Split(
              at,
              slotMicros * seed.pick(3, 8, 25),
              seed.chance(1, 3) ? 1L << node : seed.nextLong(),
              seed.pick(Fault.Split.Direction.values()),
              seed.pick(Fault.Split.Manner.values()));
    };
  }

  /// Lines that show all of it.
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "profile POA, %d proposers, %d Byzantine: %s, %d followers, slots of %d ms, events of one moment %s"
            .formatted(proposers, liars, vice, followers, slotMillis, ties));
    lines.add(weather.toString());
    lines.add("faults end after %d slots".formatted(faultySlots));
    faults.forEach(fault -> lines.add(fault.toString()));
    return lines;
  }
}
