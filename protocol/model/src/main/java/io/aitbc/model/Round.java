// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import java.util.Optional;

/// An attempt to decide a height, from 0 on. Protocol §5.
///
/// @param number from 0 to {@link #NUMBER_MAX}
public record Round(int number) implements Comparable<Round> {
  /// Greatest round: with timers of 3 s, a hundred years at one height.
  public static final int NUMBER_MAX = 1 << 30;

  /// The first fallback round of a height. Protocol §4.
  public static final int FALLBACK_FIRST = 3;

  /// The first round.
  public static final Round ZERO = new Round(0);

  /// @throws IllegalArgumentException if it is out of range
  public Round {
    if (number < 0 || number > NUMBER_MAX) {
      throw new IllegalArgumentException("round out of range: " + number);
    }
  }

  /// The round after this one.
  public Round next() {
    return new Round(number + 1);
  }

  /// Whether this is above `other`.
  public boolean isAbove(Round other) {
    return number > other.number;
  }

  /// Whether this is one of the rounds 3, 5, 7, ... Protocol §4.
  public boolean isFallback() {
    return number >= FALLBACK_FIRST && (number & 1) == 1;
  }

  static Round readFrom(RlpReader reader) throws MalformedException {
    return new Round(reader.number(NUMBER_MAX));
  }

  /// Writes a round that may be absent: 0, or one more than its number.
  static void writeOptional(RlpWriter writer, Optional<Round> round) {
    writer.number(round.map(r -> r.number + 1L).orElse(0L));
  }

  /// Reads a round that may be absent: 0, or one more than its number.
  static Optional<Round> readOptional(RlpReader reader) throws MalformedException {
    int shifted = reader.number(NUMBER_MAX + 1);
    return shifted == 0 ? Optional.empty() : Optional.of(new Round(shifted - 1));
  }

  @Override
  public int compareTo(Round other) {
    return Integer.compare(number, other.number);
  }

  @Override
  public String toString() {
    return Integer.toString(number);
  }
}
