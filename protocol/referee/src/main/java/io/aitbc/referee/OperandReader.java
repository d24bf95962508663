// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

/// Where the judge and the prover read operands: from tiles laid open, or from memory.
interface OperandReader {
  /// The bits of `count` neighbouring elements of a row.
  int[] bits(Tensor tensor, int row, int column, int count);

  /// The bits of one element.
  default int bits(Tensor tensor, int row, int column) {
    return bits(tensor, row, column, 1)[0];
  }

  /// One element of FLOAT32.
  default float value(Tensor tensor, int row, int column) {
    return Float.intBitsToFloat(bits(tensor, row, column));
  }
}
