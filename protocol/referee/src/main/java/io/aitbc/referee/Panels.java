// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

/// The right factor of a product, laid out for the kernels: panels of 32 of its rows (columns of
/// the product), in each the terms one behind the other, 32 values a term. A last panel is filled
/// up with zeros, whose products nobody reads. Those of int8 stay bytes: as floats a model would
/// take four times its memory, and few rows would wait for it longer than they compute.
final class Panels {
  /// Columns of a panel: two vectors of 512 bits, and a multiple of every shorter one.
  static final int WIDTH = 32;

  private final float[] floats;
  private final byte[] bytes;
  private final int columns;
  private final int terms;

  private Panels(float[] floats, byte[] bytes, int columns, int terms) {
    this.floats = floats;
    this.bytes = bytes;
    this.columns = columns;
    this.terms = terms;
  }

  /// Rows `row` to `row + columns - 1` of a matrix of floats or int8, terms `from` on.
  static Panels of(Elements matrix, int stride, int row, int columns, int from, int terms) {
    int count = Math.toIntExact(count(columns, terms));
    boolean integers = matrix.type() == ElementType.INT8;
    Panels panels =
        new Panels(new float[integers ? 0 : count], new byte[integers ? count : 0], columns, terms);
    for (int column = 0; column < columns; column++) {
      int source = (row + column) * stride + from;
      int target = column / WIDTH * WIDTH * terms + column % WIDTH;
      if (integers) {
        byte[] bytes = matrix.bytes();
        for (int k = 0; k < terms; k++) {
          panels.bytes[target + k * WIDTH] = bytes[source + k];
        }
      } else {
        float[] floats = matrix.floats();
        for (int k = 0; k < terms; k++) {
          panels.floats[target + k * WIDTH] = floats[source + k];
        }
      }
    }
    return panels;
  }

  /// Values of a factor as it is laid out: up to 32 times as many as it has itself.
  static long count(long columns, long terms) {
    return (columns + WIDTH - 1) / WIDTH * WIDTH * terms;
  }

  int columns() {
    return columns;
  }

  int terms() {
    return terms;
  }

  /// Some terms of the panel that begins with a column, one behind the other, as {@link #offsetOf}
  /// says where.
  ///
  /// @param space where they are put if they are not floats already
  float[] block(int column, int from, int count, float[] space) {
    if (bytes.length == 0) {
      return floats;
    }
    int first = column * terms + from * WIDTH;
    for (int i = 0; i < count * WIDTH; i++) {
      space[i] = bytes[first + i];
    }
    return space;
  }

  /// Where the terms begin in what {@link #block} gives.
  int offsetOf(int column, int from) {
    return bytes.length == 0 ? column * terms + from * WIDTH : 0;
  }
}
