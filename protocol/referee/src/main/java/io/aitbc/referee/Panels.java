// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

/// The right factor of a product, laid out for the kernels: panels of 32 of its rows (columns of
/// the product), in each the terms one behind the other, 32 values a term. A last panel is filled
/// up with zeros, whose products nobody reads.
final class Panels {
  /// Columns of a panel: two vectors of 512 bits, and a multiple of every shorter one.
  static final int WIDTH = 32;

  private final float[] values;
  private final int columns;
  private final int terms;

  private Panels(float[] values, int columns, int terms) {
    this.values = values;
    this.columns = columns;
    this.terms = terms;
  }

  /// Rows `row` to `row + columns - 1` of a matrix of floats or int8, terms `from` on.
  static Panels of(Elements matrix, int stride, int row, int columns, int from, int terms) {
    int panels = (columns + WIDTH - 1) / WIDTH;
    float[] values = new float[panels * WIDTH * terms];
    boolean integers = matrix.type() == ElementType.INT8;
    byte[] bytes = integers ? matrix.bytes() : new byte[0];
    float[] floats = integers ? new float[0] : matrix.floats();
    for (int column = 0; column < columns; column++) {
      int source = (row + column) * stride + from;
      int target = column / WIDTH * WIDTH * terms + column % WIDTH;
      for (int k = 0; k < terms; k++) {
        values[target + k * WIDTH] = integers ? bytes[source + k] : floats[source + k];
      }
    }
    return new Panels(values, columns, terms);
  }

  float[] values() {
    return values;
  }

  int columns() {
    return columns;
  }

  int terms() {
    return terms;
  }

  /// Where the panel that begins with a column begins.
  int offsetOf(int column) {
    return column * terms;
  }
}
