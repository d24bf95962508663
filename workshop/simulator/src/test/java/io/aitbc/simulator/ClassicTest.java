// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Amount;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.VotingPower;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Protocol §5.8, §19.4: the timestamps of 500 blocks of the preset `classic`, ten validators that
/// vote in real rounds.
class ClassicTest {
  private static final int BLOCKS = 500;
  private static final int VALIDATORS = 10;
  private static final long INTERVAL_MILLIS = 2_000;

  /// What a proposal may come later than the interval, with links of 2 ms.
  private static final long LATE_MILLIS_MAX = 50;

  private static final long STAKE_AITBC = 300_000_000;

  @Test
  void blocksAreTwoSecondsApartByTheirTimestamps() {
    List<Long> gaps = gaps(Wear.CALM, BLOCKS);
    long least = Collections.min(gaps);
    long most = Collections.max(gaps);
    System.out.println(
        "%d blocks of the preset classic: %d to %d ms between timestamps"
            .formatted(BLOCKS, least, most));
    assertTrue(least >= INTERVAL_MILLIS, () -> String.valueOf(gaps));
    assertTrue(most <= INTERVAL_MILLIS + LATE_MILLIS_MAX, () -> String.valueOf(gaps));
  }

  @Test
  void clocksThatAreWrongShortenNoInterval() {
    int wrongMillis = 200;
    Wear calm = Wear.CALM;
    List<Long> gaps =
        gaps(
            new Wear(
                calm.executionMicros(), calm.commitMicros(), calm.verifyMicros(), 0, wrongMillis),
            BLOCKS / 20);
    long least = Collections.min(gaps);
    long sum = gaps.stream().mapToLong(Long::longValue).sum();
    System.out.println(
        "clocks wrong by up to %d ms: %d to %d ms, %d on average"
            .formatted(wrongMillis, least, Collections.max(gaps), sum / gaps.size()));
    assertTrue(least >= INTERVAL_MILLIS, () -> String.valueOf(gaps));
  }

  /// Milliseconds between the timestamps of neighbouring blocks, genesis before them.
  private static List<Long> gaps(Wear wear, int blocks) {
    World world = world(wear);
    for (VirtualNode node : world.nodes()) {
      world.timeline().after(1_000L * node.index(), node::start);
    }
    pay(world, 0);
    long end = 2 * INTERVAL_MILLIS * 1_000 * blocks;
    boolean goesOn = true;
    while (goesOn && world.node(0).height() < blocks) {
      goesOn = world.timeline().step(end);
    }
    List<Long> gaps = new ArrayList<>();
    long before = VirtualClock.BEGIN.toEpochMilli();
    Archive archive = world.node(0).archive();
    for (int height = 1; height <= blocks; height++) {
      long at =
          archive.at(height).orElseThrow().block().orElseThrow().extension().timestampMillis();
      gaps.add(at - before);
      before = at;
    }
    assertEquals(blocks, gaps.size());
    return gaps;
  }

  /// Somebody pays somebody, again and again: most blocks have something to order.
  private static void pay(World world, int count) {
    world
        .timeline()
        .after(
            1_700_000,
            () -> {
              world
                  .node(count % VALIDATORS)
                  .enter(world.execution().transfer(count % 2, 2, 1, count / 2));
              pay(world, count + 1);
            });
  }

  private static World world(Wear wear) {
    long stake = VotingPower.of(Amount.aitbc(STAKE_AITBC)).units();
    Member member = new Member(ValidatorClass.BOTH, stake, List.of());
    Options options =
        new Options(
            1,
            Profile.CALM,
            Signing.Kind.KEYED_HASHES,
            false,
            Collections.nCopies(VALIDATORS, member),
            0,
            ConsensusParameters.CLASSIC,
            Weather.CALM,
            wear,
            Workload.CALM,
            Timeline.Ties.FIRST_COME,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            List.of());
    Signing signing = Signing.of(options.signing());
    List<VirtualNode.Keyed> keys = new ArrayList<>();
    for (int i = 0; i < VALIDATORS; i++) {
      keys.add(new VirtualNode.Keyed(RealExecution.account(i), signing.key(i)));
    }
    Execution ledger = new Ledger(1, Simulation.snapshot(options, keys), 1_000, signing.scheme());
    World world =
        new World(
            options,
            signing.scheme(),
            ledger,
            Simulation.genesis(ledger, Simulation.snapshot(options, keys)));
    for (int i = 0; i < VALIDATORS; i++) {
      world.add(new VirtualNode(world, i, Optional.of(keys.get(i))));
    }
    return world;
  }
}
