// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

/// Multiplies matrices, the one loop that most time goes into. All kernels give the same bits: each
/// element has one accumulator that takes the products in ascending order of terms, product rounded
/// first, then the sum. Protocol §17.2.
public sealed interface Kernel permits PlainKernel, VectorKernel {
  /// Adds to each of `rows` rows of `c` the products of a row of `a` with the panels.
  ///
  /// @param a left factor, rows of terms
  /// @param aOffset first element of its first row
  /// @param aStride distance of its rows
  /// @param b right factor
  /// @param c sums to go on from, and the result
  /// @param cOffset first element of its first row
  /// @param cStride distance of its rows
  /// @param rows number of rows
  void multiplyAdd(
      float[] a, int aOffset, int aStride, Panels b, float[] c, int cOffset, int cStride, int rows);

  /// The fastest kernel that this process can load: that of the Vector API where its incubating
  /// module is present (`--add-modules jdk.incubator.vector`), else plain Java.
  static Kernel fastest() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
        ? new VectorKernel()
        : new PlainKernel();
  }

  /// Plain Java.
  static Kernel plain() {
    return new PlainKernel();
  }
}
