// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.testkit.Seed;

/// How the network behaves while it is bad.
///
/// @param baseMicros mean way of a message; links differ by half of it
/// @param jitterMicros most that is added by chance
/// @param tailPerMille how many messages are much later
/// @param lateMicros most that one is late
/// @param lossPerMille how many are lost
/// @param duplicatePerMille how many come twice
/// @param bytesPerMilli speed of a node's wire; 0 without a limit
/// @param order whether messages of a link overtake each other
/// @param form whether messages are encoded and decoded on their way
record Weather(
    long baseMicros,
    long jitterMicros,
    int tailPerMille,
    long lateMicros,
    int lossPerMille,
    int duplicatePerMille,
    long bytesPerMilli,
    Order order,
    Form form) {
  /// Whether messages of a link stay in order.
  enum Order {
    /// As over one connection.
    KEPT,
    /// As over many.
    LOOSE
  }

  /// How messages travel.
  enum Form {
    /// As the objects they are.
    OBJECTS,
    /// Through their encoding.
    ENCODED
  }

  /// A calm network.
  static final Weather CALM = new Weather(2_000, 500, 0, 10_000, 0, 0, 0, Order.KEPT, Form.OBJECTS);

  /// A quick network with some loss.
  static Weather mild(Seed seed) {
    return new Weather(
        500,
        500,
        seed.chance(1, 2) ? 5 : 0,
        100_000,
        seed.chance(1, 2) ? 2 : 0,
        0,
        0,
        Order.LOOSE,
        Form.OBJECTS);
  }

  /// Draws each trouble as often absent as present.
  static Weather drawn(Seed seed) {
    long base = seed.pick(500L, 2_000L, 5_000L, 20_000L);
    return new Weather(
        base,
        seed.below(2 * base),
        seed.chance(1, 2) ? seed.below(50) : 0,
        seed.between(base, 1_000_000),
        seed.chance(1, 2) ? seed.pick(5, 20, 60, 150) : 0,
        seed.chance(1, 3) ? seed.below(100) : 0,
        seed.chance(1, 4) ? seed.between(100, 2_000) : 0,
        seed.chance(1, 2) ? Order.KEPT : Order.LOOSE,
        seed.chance(1, 8) ? Form.ENCODED : Form.OBJECTS);
  }
}
