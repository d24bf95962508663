// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Height;
import java.util.Optional;

/// A block that somebody vouches for: a node that is given one refuses every chain without it.
/// Blocks at multiples of {@link #INTERVAL_BLOCKS} are those to vouch for. Protocol §10.2.
///
/// @param height the block's height
/// @param blockHash its hash
public record Checkpoint(Height height, Hash blockHash) {
  /// Blocks from one checkpoint to the next: 2.8 hours in FAST, 56 in SECURE.
  public static final long INTERVAL_BLOCKS = 100_000;

  /// How old what is trusted may be: two thirds of the 21 days in which those who signed it can be
  /// punished.
  public static final long TRUSTING_PERIOD_MILLIS = 14L * 24 * 60 * 60 * 1_000;

  /// Reads `height:hash`, the hash with or without `0x` in front; empty if it is not of this form.
  public static Optional<Checkpoint> parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 1) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Checkpoint(
              new Height(Long.parseLong(text.substring(0, colon))),
              Hash.fromHex(text.substring(colon + 1))));
    } catch (IllegalArgumentException malformed) {
      return Optional.empty();
    }
  }

  /// Whether blocks of `height` are checkpoints.
  public static boolean isCheckpoint(Height height) {
    return height.number() > 0 && height.number() % INTERVAL_BLOCKS == 0;
  }

  /// Whether a block of that age may still be trusted.
  ///
  /// @param timestampMillis its time, in milliseconds since 1970
  /// @param nowMillis the time now, in milliseconds since 1970
  public static boolean isYoung(long timestampMillis, long nowMillis) {
    return nowMillis - timestampMillis < TRUSTING_PERIOD_MILLIS;
  }

  /// Whether a chain with block `other` at `at` does not contain this one.
  public boolean contradicts(Height at, Hash other) {
    return height.equals(at) && !blockHash.equals(other);
  }

  @Override
  public String toString() {
    return height + ":" + blockHash;
  }
}
