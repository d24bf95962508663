// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

/// A matrix of elements at a place of a {@link Space}. Its rows are cut into tiles of up to 1,024
/// neighbouring elements, numbered from `firstTile` on, row by row. Protocol §17.3.
///
/// @param space where its values come from
/// @param type what its elements are
/// @param firstTile number of its first tile in the space
/// @param rows number of rows, 1 to 2^24
/// @param columns elements of a row, 1 to 2^24
public record Tensor(Space space, ElementType type, int firstTile, int rows, int columns) {
  /// Most elements of a tile: small enough to lay open, large enough that hashing stays cheap.
  public static final int TILE_ELEMENTS = 1024;

  /// Greatest number of rows or columns.
  public static final int SIDE_MAX = 1 << 24;

  /// Most elements of a tensor: what a Java array holds with room to spare.
  public static final int ELEMENTS_MAX = 1 << 28;

  /// Most tiles of a space: a number of 32 bits with room to spare.
  public static final int TILES_MAX = 1 << 28;

  /// A tensor within the bounds.
  ///
  /// @throws IllegalArgumentException if it is not within them
  public Tensor {
    if (!isWithinBounds(firstTile, rows, columns)) {
      throw new IllegalArgumentException(
          "no tensor: " + rows + " x " + columns + " from tile " + firstTile);
    }
  }

  /// Whether a tensor may have these sides and this place.
  static boolean isWithinBounds(int firstTile, int rows, int columns) {
    if (rows < 1 || rows > SIDE_MAX || columns < 1 || columns > SIDE_MAX || firstTile < 0) {
      return false;
    }
    long tiles = (long) rows * tilesOf(columns);
    return (long) rows * columns <= ELEMENTS_MAX && firstTile + tiles <= TILES_MAX;
  }

  private static int tilesOf(int columns) {
    return (columns + TILE_ELEMENTS - 1) / TILE_ELEMENTS;
  }

  /// Number of elements.
  public int elements() {
    return rows * columns;
  }

  /// Length of all elements in bytes.
  public long bytes() {
    return (long) elements() * type.bytes();
  }

  /// Tiles of one row.
  public int tilesPerRow() {
    return tilesOf(columns);
  }

  /// Number of tiles.
  public int tiles() {
    return rows * tilesPerRow();
  }

  /// Number of the first tile behind it.
  public int endTile() {
    return firstTile + tiles();
  }

  /// Number of the tile with this element.
  public int tileOf(int row, int column) {
    return firstTile + row * tilesPerRow() + column / TILE_ELEMENTS;
  }

  /// Index, in the tensor, of the first element of a tile.
  public int firstElementOf(int tile) {
    int index = tile - firstTile;
    return index / tilesPerRow() * columns + index % tilesPerRow() * TILE_ELEMENTS;
  }

  /// Elements of a tile: 1,024, or what is left of the row.
  public int elementsOf(int tile) {
    int from = (tile - firstTile) % tilesPerRow() * TILE_ELEMENTS;
    return Math.min(TILE_ELEMENTS, columns - from);
  }

  /// Length of a tile in bytes.
  public int bytesOf(int tile) {
    return elementsOf(tile) * type.bytes();
  }

  /// Whether the two share a tile.
  boolean overlaps(Tensor other) {
    return space == other.space && firstTile < other.endTile() && other.firstTile < endTile();
  }

  /// The same rows and columns?
  boolean isShapedLike(Tensor other) {
    return rows == other.rows && columns == other.columns;
  }
}
