// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.MalformedException;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.Proposal;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;

/// The links between the nodes: each with its own delays, loss and order, splits that drop or hold
/// back, and one outgoing wire per node of limited speed.
final class VirtualNetwork {
  private static final int MESSAGE_BYTES = 300;
  private static final int HASH_BYTES = 33;

  private record Held(int from, int to, PeerMessage message) {}

  private final World world;
  private final Seed[] links;
  private final long[] baseMicros;
  private final long[] lastArrivals;
  private final long[] wireFreeMicros;
  private final List<Fault.Split> splits = new ArrayList<>();
  private final List<Held> held = new ArrayList<>();
  private final int nodes;
  private boolean healed;
  private long inFlight;

  VirtualNetwork(World world, Seed seed, int nodes) {
    this.world = world;
    this.nodes = nodes;
    links = new Seed[nodes * nodes];
    baseMicros = new long[nodes * nodes];
    lastArrivals = new long[nodes * nodes];
    wireFreeMicros = new long[nodes];
    Weather weather = world.options().weather();
    for (int link = 0; link < links.length; link++) {
      links[link] = seed.fork();
      baseMicros[link] = seed.between(weather.baseMicros() / 2, weather.baseMicros() * 3 / 2);
    }
  }

  /// Messages on their way.
  long inFlight() {
    return inFlight;
  }

  boolean isSplit() {
    return !splits.isEmpty();
  }

  boolean separates(int from, int to) {
    return splits.stream().anyMatch(split -> split.separates(from, to));
  }

  void split(Fault.Split split) {
    splits.add(split);
  }

  /// A split ends; what it held goes on its way at once.
  void join(Fault.Split split) {
    if (splits.remove(split)) {
      release();
      world.greetAll();
    }
  }

  private void release() {
    List<Held> waiting = List.copyOf(held);
    held.clear();
    for (Held each : waiting) {
      world.coverage().count(Coverage.CLOG_RELEASED);
      send(each.from, each.to, each.message);
    }
  }

  /// All splits end, and nothing is lost any more.
  void heal() {
    splits.clear();
    healed = true;
    release();
  }

  /// Puts a message on the wire.
  void send(int from, int to, PeerMessage message) {
    int link = from * nodes + to;
    Weather weather = world.options().weather();
    for (Fault.Split split : splits) {
      if (split.separates(from, to)) {
        if (split.manner() == Fault.Split.Manner.HELD && held.size() < World.HELD_MAX) {
          held.add(new Held(from, to, message));
        }
        return;
      }
    }
    Seed seed = links[link];
    if (!healed && seed.chance(weather.lossPerMille(), 1_000)) {
      return;
    }
    deliver(link, from, to, message, 0);
    if (!healed && seed.chance(weather.duplicatePerMille(), 1_000)) {
      deliver(link, from, to, message, seed.below(weather.lateMicros() + 1));
    }
  }

  private void deliver(int link, int from, int to, PeerMessage message, long lateMicros) {
    Seed seed = links[link];
    Weather weather = world.options().weather();
    long now = world.timeline().nowMicros();
    if (weather.bytesPerMilli() > 0) {
      long cost = bytes(message) * 1_000 / weather.bytesPerMilli();
      wireFreeMicros[from] = Math.max(now, wireFreeMicros[from]) + cost;
      now = wireFreeMicros[from];
    }
    long delay = baseMicros[link] + seed.below(weather.jitterMicros() + 1) + lateMicros;
    if (!healed && seed.chance(weather.tailPerMille(), 1_000)) {
      // Pareto with shape 1: half of the tail is twice as late, a quarter four times, and so on.
      delay = Math.min(weather.lateMicros(), delay * 1_024 / (1 + seed.below(1_024)));
    }
    long arrival = now + delay;
    if (weather.order() == Weather.Order.KEPT) {
      arrival = Math.max(arrival, lastArrivals[link] + 1);
      lastArrivals[link] = arrival;
    }
    PeerMessage carried = weather.form() == Weather.Form.ENCODED ? recoded(message) : message;
    VirtualNode receiver = world.node(to);
    int life = receiver.life();
    inFlight++;
    world
        .timeline()
        .at(
            arrival,
            () -> {
              inFlight--;
              receiver.receive(life, from, carried);
            });
  }

  /// What the other end decodes.
  private static PeerMessage recoded(PeerMessage message) {
    try {
      Bytes encoding = message.encoded();
      PeerMessage decoded = PeerMessage.decode(message.frameType(), encoding);
      if (!decoded.encoded().equals(encoding)) {
        throw new Violation(Invariant.NO_BROKEN_PROMISE, "decoded to another value: " + message);
      }
      return decoded;
    } catch (MalformedException malformed) {
      throw new Violation(Invariant.NO_BROKEN_PROMISE, malformed);
    }
  }

  private static long bytes(PeerMessage message) {
    return switch (message) {
      case Proposal proposal ->
          2L * MESSAGE_BYTES + (long) HASH_BYTES * proposal.content().transactions().size();
      case PeerMessage.Blocks blocks -> 4L * MESSAGE_BYTES * (1 + blocks.blocks().size());
      default -> MESSAGE_BYTES;
    };
  }
}
