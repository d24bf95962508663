// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import java.util.Optional;

/// What a plan entry does. Protocol §17.2 defines each to the bit.
public enum Operator {
  /// a + b; int8 saturates, int32 wraps.
  ADD(0, 2, 2, 0),
  /// a - b.
  SUBTRACT(1, 2, 2, 0),
  /// a * b.
  MULTIPLY(2, 2, 2, 0),
  /// a / b.
  DIVIDE(3, 2, 2, 0),
  /// a > b ? a : b.
  MAXIMUM(4, 2, 2, 0),
  /// a > 0 ? a : 0.
  RELU(5, 1, 1, 0),
  /// a > 0 ? b : 0.
  GATE(6, 2, 2, 0),
  /// e^a, by the algorithm of fdlibm in binary64, rounded to binary32.
  EXP(7, 1, 1, 0),
  /// ln a, as above.
  LOG(8, 1, 1, 0),
  /// The square root, correctly rounded.
  SQRT(9, 1, 1, 0),
  /// The hyperbolic tangent, as EXP.
  TANH(10, 1, 1, 0),
  /// The same number in another type.
  CONVERT(11, 1, 1, 0),
  /// A sum of int32 to int8: shift, round half up, clip.
  REQUANTIZE(12, 1, 1, 3),
  /// b at a + 128.
  TABLE(13, 2, 2, 0),
  /// c + sum over k of a[row, k] * b[column, k].
  SUM_PRODUCTS(14, 2, 3, 3),
  /// b + sum over k of a[row, k].
  ROW_SUM(15, 1, 2, 2),
  /// The greatest of a row, by MAXIMUM.
  ROW_MAX(16, 1, 2, 2),
  /// Elements of a, in another order.
  COPY(17, 1, 1, -1),
  /// The windows of an image, as rows.
  WINDOWS(18, 1, 1, 11),
  /// Rows of b, by numbers in a.
  LOOKUP(19, 2, 2, 0),
  /// 1 in the column that a names, 0 elsewhere.
  ONE_HOT(20, 1, 1, 0),
  /// Which rows of the data set make a training step's batch.
  BATCH_INDEX(21, 2, 2, 1);

  private final int code;
  private final int operandsMin;
  private final int operandsMax;
  private final int immediates;

  Operator(int code, int operandsMin, int operandsMax, int immediates) {
    this.code = code;
    this.operandsMin = operandsMin;
    this.operandsMax = operandsMax;
    this.immediates = immediates;
  }

  /// Number on the wire.
  public int code() {
    return code;
  }

  boolean takesOperands(int count) {
    return count >= operandsMin && count <= operandsMax;
  }

  boolean takesImmediates(int count) {
    return immediates >= 0 ? count == immediates : count % 2 == 1 && count >= 3;
  }

  /// The operator with this number, if there is one.
  static Optional<Operator> ofCode(int code) {
    return code >= 0 && code < values().length && values()[code].code == code
        ? Optional.of(values()[code])
        : Optional.empty();
  }
}
