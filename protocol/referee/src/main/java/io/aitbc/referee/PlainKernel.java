// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

/// The kernel in plain Java. The loop over columns has no dependences, so a compiler may vectorize
/// it without changing a bit.
final class PlainKernel implements Kernel {
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
    float[] sums = new float[Panels.WIDTH];
    float[] space = new float[b.terms() * Panels.WIDTH];
    for (int column = 0; column < b.columns(); column += Panels.WIDTH) {
      int width = Math.min(Panels.WIDTH, b.columns() - column);
      float[] values = b.block(column, 0, b.terms(), space);
      int panel = b.offsetOf(column, 0);
      for (int row = 0; row < rows; row++) {
        int target = cOffset + row * cStride + column;
        System.arraycopy(c, target, sums, 0, width);
        multiplyAdd(a, aOffset + row * aStride, values, panel, b.terms(), sums);
        System.arraycopy(sums, 0, c, target, width);
      }
    }
  }

  private static void multiplyAdd(
      float[] a, int aFrom, float[] panel, int panelFrom, int terms, float[] sums) {
    for (int k = 0; k < terms; k++) {
      float factor = a[aFrom + k];
      int from = panelFrom + k * Panels.WIDTH;
      for (int i = 0; i < Panels.WIDTH; i++) {
        sums[i] += factor * panel[from + i];
      }
    }
  }
}
