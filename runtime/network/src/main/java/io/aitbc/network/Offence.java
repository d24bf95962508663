// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

/// What a peer can do wrong, and how much it weighs. A peer with {@link Standing#BAN_POINTS} points
/// is banned for a while; points fade. Nothing that a correct node does under load or while it is
/// behind may count here. Protocol §15.4.
public enum Offence {
  /// Bytes that no correct node sends: no TLS identity, no frame, no canonical message.
  MALFORMED(100),
  /// A message that is well-formed and provably wrong: a signature that does not hold, a block that
  /// does not fit its certificate.
  INVALID(50),
  /// An answer that was not asked for, or one that does not answer the question.
  UNSOLICITED(20),
  /// A question left unanswered until its deadline. Light: the path may be slow.
  UNANSWERED(2);

  private final int points;

  Offence(int points) {
    this.points = points;
  }

  /// Its weight in points.
  public int points() {
    return points;
  }
}
