// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

/// The number of a block; the genesis block has 0. Protocol §0.
///
/// @param number from 0 to {@link #NUMBER_MAX}
public record Height(long number) implements Comparable<Height> {
  /// Greatest height: at ten blocks per second, 14 million millennia. Sums of two heights fit.
  public static final long NUMBER_MAX = 1L << 62;

  /// The height of the genesis block.
  public static final Height GENESIS = new Height(0);

  /// @throws IllegalArgumentException if it is out of range
  public Height {
    if (number < 0 || number > NUMBER_MAX) {
      throw new IllegalArgumentException("height out of range: " + number);
    }
  }

  /// The height after this one.
  public Height next() {
    return new Height(number + 1);
  }

  /// The height before this one.
  ///
  /// @throws IllegalArgumentException at the genesis block
  public Height previous() {
    return new Height(number - 1);
  }

  /// The height `blocks` above this one.
  public Height plus(long blocks) {
    return new Height(Math.addExact(number, blocks));
  }

  /// Whether this is above `other`.
  public boolean isAbove(Height other) {
    return number > other.number;
  }

  /// The height at the reader's position.
  public static Height readFrom(RlpReader reader) throws MalformedException {
    long number = reader.number();
    if (number > NUMBER_MAX) {
      throw reader.refuse("height", number);
    }
    return new Height(number);
  }

  @Override
  public int compareTo(Height other) {
    return Long.compare(number, other.number);
  }

  @Override
  public String toString() {
    return Long.toString(number);
  }
}
