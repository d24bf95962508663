// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The kernel on the Vector API: lanes are columns, so every lane does what the scalar loop does.
/// Never a fused multiply-add, never a sum over lanes. This class alone needs the incubating
/// module, and is loaded only where it is present.
final class VectorKernel implements Kernel {
  private static final VectorSpecies<Float> SPECIES = species();
  private static final int LANES = SPECIES.length();

  /// Terms of a panel between two looks at the sums: 128 times 32 floats, half of a first-level
  /// cache.
  private static final int TERMS = 128;

  /// Rows that share a load of the panel.
  private static final int ROWS = 4;

  private static VectorSpecies<Float> species() {
    VectorSpecies<Float> preferred = FloatVector.SPECIES_PREFERRED;
    return preferred.length() > Panels.WIDTH / 2 ? FloatVector.SPECIES_512 : preferred;
  }

  @Override
  public void multiplyAdd(
      float[] a,
      int aOffset,
      int aStride,
      Panels b,
      float[] c,
      int cOffset,
      int cStride,
      int rows) {
    float[] tail = new float[ROWS * Panels.WIDTH];
    float[] space = new float[TERMS * Panels.WIDTH];
    for (int column = 0; column < b.columns(); column += Panels.WIDTH) {
      int width = Math.min(Panels.WIDTH, b.columns() - column);
      for (int k = 0; k < b.terms(); k += TERMS) {
        int terms = Math.min(TERMS, b.terms() - k);
        float[] values = b.block(column, k, terms, space);
        int panel = b.offsetOf(column, k);
        int row = 0;
        for (; row + ROWS <= rows; row += ROWS) {
          int aFrom = aOffset + row * aStride + k;
          int cFrom = cOffset + row * cStride + column;
          if (width == Panels.WIDTH) {
            fourRows(a, aFrom, aStride, values, panel, terms, c, cFrom, cStride);
          } else {
            move(c, cFrom, cStride, tail, 0, Panels.WIDTH, width, ROWS);
            fourRows(a, aFrom, aStride, values, panel, terms, tail, 0, Panels.WIDTH);
            move(tail, 0, Panels.WIDTH, c, cFrom, cStride, width, ROWS);
          }
        }
        for (; row + 2 <= rows; row += 2) {
          int aFrom = aOffset + row * aStride + k;
          int cFrom = cOffset + row * cStride + column;
          move(c, cFrom, cStride, tail, 0, Panels.WIDTH, width, 2);
          twoRows(a, aFrom, aStride, values, panel, terms, tail);
          move(tail, 0, Panels.WIDTH, c, cFrom, cStride, width, 2);
        }
        for (; row < rows; row++) {
          int aFrom = aOffset + row * aStride + k;
          int cFrom = cOffset + row * cStride + column;
          System.arraycopy(c, cFrom, tail, 0, width);
          oneRow(a, aFrom, values, panel, terms, tail);
          System.arraycopy(tail, 0, c, cFrom, width);
        }
      }
    }
  }

  private static void move(
      float[] from, int at, int stride, float[] to, int toAt, int toStride, int width, int rows) {
    for (int row = 0; row < rows; row++) {
      System.arraycopy(from, at + row * stride, to, toAt + row * toStride, width);
    }
  }

  private static void fourRows(
      float[] a,
      int aFrom,
      int aStride,
      float[] panel,
      int panelFrom,
      int terms,
      float[] c,
      int cFrom,
      int cStride) {
    for (int lane = 0; lane < Panels.WIDTH; lane += 2 * LANES) {
      int at = cFrom + lane;
      FloatVector c00 = FloatVector.fromArray(SPECIES, c, at);
      FloatVector c01 = FloatVector.fromArray(SPECIES, c, at + LANES);
      FloatVector c10 = FloatVector.fromArray(SPECIES, c, at + cStride);
      FloatVector c11 = FloatVector.fromArray(SPECIES, c, at + cStride + LANES);
      FloatVector c20 = FloatVector.fromArray(SPECIES, c, at + 2 * cStride);
      FloatVector c21 = FloatVector.fromArray(SPECIES, c, at + 2 * cStride + LANES);
      FloatVector c30 = FloatVector.fromArray(SPECIES, c, at + 3 * cStride);
      FloatVector c31 = FloatVector.fromArray(SPECIES, c, at + 3 * cStride + LANES);
      for (int k = 0; k < terms; k++) {
        int from = panelFrom + k * Panels.WIDTH + lane;
        FloatVector b0 = FloatVector.fromArray(SPECIES, panel, from);
        FloatVector b1 = FloatVector.fromArray(SPECIES, panel, from + LANES);
        FloatVector a0 = FloatVector.broadcast(SPECIES, a[aFrom + k]);
        c00 = c00.add(a0.mul(b0));
        c01 = c01.add(a0.mul(b1));
        FloatVector a1 = FloatVector.broadcast(SPECIES, a[aFrom + aStride + k]);
        c10 = c10.add(a1.mul(b0));
        c11 = c11.add(a1.mul(b1));
        FloatVector a2 = FloatVector.broadcast(SPECIES, a[aFrom + 2 * aStride + k]);
        c20 = c20.add(a2.mul(b0));
        c21 = c21.add(a2.mul(b1));
        FloatVector a3 = FloatVector.broadcast(SPECIES, a[aFrom + 3 * aStride + k]);
        c30 = c30.add(a3.mul(b0));
        c31 = c31.add(a3.mul(b1));
      }
      c00.intoArray(c, at);
      c01.intoArray(c, at + LANES);
      c10.intoArray(c, at + cStride);
      c11.intoArray(c, at + cStride + LANES);
      c20.intoArray(c, at + 2 * cStride);
      c21.intoArray(c, at + 2 * cStride + LANES);
      c30.intoArray(c, at + 3 * cStride);
      c31.intoArray(c, at + 3 * cStride + LANES);
    }
  }

  /// Two rows whose sums stand in the first two rows of `c`.
  private static void twoRows(
      float[] a, int aFrom, int aStride, float[] panel, int panelFrom, int terms, float[] c) {
    for (int lane = 0; lane < Panels.WIDTH; lane += 2 * LANES) {
      int next = lane + Panels.WIDTH;
      FloatVector c00 = FloatVector.fromArray(SPECIES, c, lane);
      FloatVector c01 = FloatVector.fromArray(SPECIES, c, lane + LANES);
      FloatVector c10 = FloatVector.fromArray(SPECIES, c, next);
      FloatVector c11 = FloatVector.fromArray(SPECIES, c, next + LANES);
      for (int k = 0; k < terms; k++) {
        int from = panelFrom + k * Panels.WIDTH + lane;
        FloatVector b0 = FloatVector.fromArray(SPECIES, panel, from);
        FloatVector b1 = FloatVector.fromArray(SPECIES, panel, from + LANES);
        FloatVector a0 = FloatVector.broadcast(SPECIES, a[aFrom + k]);
        c00 = c00.add(a0.mul(b0));
        c01 = c01.add(a0.mul(b1));
        FloatVector a1 = FloatVector.broadcast(SPECIES, a[aFrom + aStride + k]);
        c10 = c10.add(a1.mul(b0));
        c11 = c11.add(a1.mul(b1));
      }
      c00.intoArray(c, lane);
      c01.intoArray(c, lane + LANES);
      c10.intoArray(c, next);
      c11.intoArray(c, next + LANES);
    }
  }

  private static void oneRow(
      float[] a, int aFrom, float[] panel, int panelFrom, int terms, float[] c) {
    for (int lane = 0; lane < Panels.WIDTH; lane += 2 * LANES) {
      FloatVector c0 = FloatVector.fromArray(SPECIES, c, lane);
      FloatVector c1 = FloatVector.fromArray(SPECIES, c, lane + LANES);
      for (int k = 0; k < terms; k++) {
        int from = panelFrom + k * Panels.WIDTH + lane;
        FloatVector factor = FloatVector.broadcast(SPECIES, a[aFrom + k]);
        c0 = c0.add(factor.mul(FloatVector.fromArray(SPECIES, panel, from)));
        c1 = c1.add(factor.mul(FloatVector.fromArray(SPECIES, panel, from + LANES)));
      }
      c0.intoArray(c, lane);
      c1.intoArray(c, lane + LANES);
    }
  }
}
