// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.consensus.Epochs;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.Address;
import io.aitbc.model.Candidate;
import io.aitbc.model.Height;
import io.aitbc.model.HeightRules;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/// How a validator set grows by stake: a tenth of the validators are there from genesis; the others
/// come in three groups, at the beginning of one epoch after the other, with a node, a stake and a
/// readiness vote, and must be in the set from the epoch after next on. Protocol §2.
final class Growth {
  /// One validator in so many is there from genesis.
  private static final int FIRST_ONE_IN = 10;

  /// An authority and a staker.
  private static final int FIRST_MIN = 2;

  /// Groups that come later, one in each epoch from the first on.
  private static final int GROUPS = 3;

  /// Blocks that the grown set decides before the run is over.
  private static final int BLOCKS_AFTER = 20;

  /// How often the chain is looked at; many times in an epoch.
  private static final long LOOK_MICROS = 20_000;

  /// How often who has come and is not ready says so again.
  private static final int AGAIN_LOOKS = 100;

  private final World world;
  private final List<Candidate> validators;
  private final List<String> story = new ArrayList<>();
  private final int first;
  private int come;
  private long epoch = -1;
  private long looks;

  /// The growth of a run's set.
  ///
  /// @param validators all there will be: whoever is there from genesis before the others
  Growth(World world, List<Candidate> validators) {
    this.world = world;
    this.validators = validators;
    first = first(world.options());
    come = first;
  }

  /// How many validators of a run are there from genesis.
  static int first(Options options) {
    int all = options.members().size();
    return options.profile() == Profile.GROWTH ? Math.max(FIRST_MIN, all / FIRST_ONE_IN) : all;
  }

  /// Begins.
  void begin() {
    look();
  }

  /// Whether the set has grown and has decided blocks.
  boolean isOver() {
    return world.truth().farthest() >= Epochs.first(GROUPS + 1L).number() + BLOCKS_AFTER;
  }

  /// What became of the set, a line for each epoch.
  List<String> story() {
    return List.copyOf(story);
  }

  private void look() {
    long height = world.truth().farthest() + 1;
    long now = Epochs.of(new Height(height));
    if (now > epoch) {
      epoch = now;
      world.truth().rules(height).ifPresent(this::check);
      comes();
    }
    if (++looks % AGAIN_LOOKS == 0) {
      speaks();
    }
    world.timeline().after(LOOK_MICROS, this::look);
  }

  /// Who came by the epoch before the last one is in the set, and nobody else.
  private void check(HeightRules rules) {
    int size = rules.set().validators().size();
    int expected = upTo(Math.max(0, epoch - 1));
    String line =
        "epoch %d: %d validators, %s units of stake, from block %s on"
            .formatted(epoch, size, rules.set().totalStake().units(), rules.height());
    story.add(line);
    if (size != expected) {
      throw new Violation(Invariant.EVERYBODY_JOINS, line + ", expected " + expected);
    }
  }

  /// How many there are with so many groups.
  private int upTo(long groups) {
    int all = validators.size();
    return first + (int) ((all - first) * Math.min(GROUPS, groups) / GROUPS);
  }

  /// The next group comes.
  private void comes() {
    for (int end = upTo(epoch + 1); come < end; come++) {
      world.node(come).start();
      says(new Entry.Joins(validators.get(come)).encoded());
      says(new Entry.Ready(validators.get(come).account(), epoch).encoded());
    }
  }

  /// Who has come and whose readiness of this epoch is not in the chain says it again: whatever was
  /// sent may have found full pools.
  private void speaks() {
    SortedMap<Address, Candidate> known =
        ((Ledger.State) Simulation.mostAdvanced(world.nodes()).archive().head().state())
            .candidates();
    for (Candidate each : validators.subList(upTo(epoch), come)) {
      Candidate there = known.get(each.account());
      if (there == null) {
        says(new Entry.Joins(each).encoded());
      }
      if (there == null || there.readyEpoch().orElse(-1) < epoch) {
        says(new Entry.Ready(each.account(), epoch).encoded());
      }
    }
  }

  private void says(Bytes entry) {
    world.node(0).enter(entry);
  }
}
