// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.model.PeerMessage;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;

/// The links between the nodes of a network without votes: delays, loss, order and splits.
final class PoaNetwork {
  private static final int HELD_MAX = 10_000;

  private record Held(int from, int to, PeerMessage message) {}

  private final PoaWorld world;
  private final Seed seed;
  private final int nodes;
  private final long[] lastArrivals;
  private final List<Fault.Split> splits = new ArrayList<>();
  private final List<Held> held = new ArrayList<>();
  private boolean healed;

  PoaNetwork(PoaWorld world, Seed seed, int nodes) {
    this.world = world;
    this.seed = seed;
    this.nodes = nodes;
    this.lastArrivals = new long[nodes * nodes];
  }

  void split(Fault.Split split) {
    splits.add(split);
  }

  /// A split ends; what it held goes on its way, and nodes that could not hear of each other greet.
  void join(Fault.Split split) {
    if (splits.remove(split)) {
      release();
      world.greetAll();
    }
  }

  /// All splits end, and nothing is lost any more.
  void heal() {
    splits.clear();
    healed = true;
    release();
    world.greetAll();
  }

  private void release() {
    List<Held> waiting = List.copyOf(held);
    held.clear();
    waiting.forEach(each -> send(each.from, each.to, each.message));
  }

  void send(int from, int to, PeerMessage message) {
    for (Fault.Split split : splits) {
      if (split.separates(from, to)) {
        if (split.manner() == Fault.Split.Manner.HELD && held.size() < HELD_MAX) {
          held.add(new Held(from, to, message));
        }
        return;
      }
    }
    Weather weather = world.options().weather();
    if (!healed && seed.chance(weather.lossPerMille(), 1_000)) {
      return;
    }
    deliver(from, to, message, 0);
    if (!healed && seed.chance(weather.duplicatePerMille(), 1_000)) {
      deliver(from, to, message, seed.below(weather.lateMicros() + 1));
    }
  }

  private void deliver(int from, int to, PeerMessage message, long lateMicros) {
    Weather weather = world.options().weather();
    long delay = weather.baseMicros() + seed.below(weather.jitterMicros() + 1) + lateMicros;
    if (!healed && seed.chance(weather.tailPerMille(), 1_000)) {
      delay = seed.between(delay, Math.max(delay, weather.lateMicros()));
    }
    long arrival = world.timeline().nowMicros() + delay;
    if (weather.order() == Weather.Order.KEPT) {
      int link = from * nodes + to;
      arrival = Math.max(arrival, lastArrivals[link] + 1);
      lastArrivals[link] = arrival;
    }
    world.timeline().at(arrival, () -> world.node(to).receive(from, message));
  }
}
