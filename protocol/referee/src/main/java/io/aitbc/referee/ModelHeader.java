// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Sha256;
import java.nio.ByteBuffer;

/// What a model's id is the hash of: the roots over its plan and its constants, and how large its
/// spaces are. Protocol §17.3.
///
/// @param planRoot root of the tree over the encoded entries
/// @param entries number of entries, at least 1
/// @param constantsRoot root of the tree over the constants' tiles; zeros if there are none
/// @param constantTiles tiles of the constants
/// @param inputTiles tiles of the input
/// @param inputBytes length of the input in bytes
/// @param stateTiles tiles of a training step's state; 0 if the model only infers
/// @param traceTiles tiles of the trace
public record ModelHeader(
    Hash planRoot,
    int entries,
    Hash constantsRoot,
    int constantTiles,
    int inputTiles,
    long inputBytes,
    int stateTiles,
    int traceTiles) {
  /// Length of the encoding in bytes.
  public static final int BYTES = 2 * Hash.BYTES + 5 * 4 + 8;

  /// Most entries of a plan.
  public static final int ENTRIES_MAX = 1 << 20;

  /// First byte of what a model id is the hash of.
  static final byte ID_PREFIX = 2;

  /// Tiles of a space.
  public int tiles(Space space) {
    return switch (space) {
      case CONSTANT -> constantTiles;
      case INPUT -> inputTiles;
      case STATE -> stateTiles;
      case TRACE -> traceTiles;
    };
  }

  /// The header's bytes.
  public byte[] encoded() {
    ByteBuffer buffer = ByteBuffer.allocate(BYTES);
    buffer.put(planRoot.toArray()).putInt(entries);
    buffer.put(constantsRoot.toArray()).putInt(constantTiles);
    buffer.putInt(inputTiles).putLong(inputBytes).putInt(stateTiles).putInt(traceTiles);
    return buffer.array();
  }

  /// The header that begins at the buffer's position, which moves behind it.
  static ModelHeader read(ByteBuffer buffer) {
    return new ModelHeader(
        readHash(buffer),
        buffer.getInt(),
        readHash(buffer),
        buffer.getInt(),
        buffer.getInt(),
        buffer.getLong(),
        buffer.getInt(),
        buffer.getInt());
  }

  static Hash readHash(ByteBuffer buffer) {
    byte[] bytes = new byte[Hash.BYTES];
    buffer.get(bytes);
    return Hash.of(bytes);
  }

  /// The model's id: SHA-256(0x02 ‖ header).
  public Hash id() {
    byte[] bytes = new byte[1 + BYTES];
    bytes[0] = ID_PREFIX;
    System.arraycopy(encoded(), 0, bytes, 1, BYTES);
    return Sha256.hash(bytes);
  }

  /// Whether its numbers can be those of a model.
  boolean isWithinBounds() {
    return entries >= 1
        && entries <= ENTRIES_MAX
        && constantTiles >= 0
        && constantTiles <= Tensor.TILES_MAX
        && inputTiles >= 0
        && inputTiles <= Tensor.TILES_MAX
        && inputBytes >= 0
        && stateTiles >= 0
        && traceTiles >= 1
        && traceTiles <= Tensor.TILES_MAX
        && stateTiles <= traceTiles;
  }
}
