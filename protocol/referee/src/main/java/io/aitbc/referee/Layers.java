// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import java.util.List;

/// What models are made of, as chains of small operators. Protocol §17.3.
public final class Layers {
  private final Tape tape;

  /// Layers that are written to a tape.
  public Layers(Tape tape) {
    this.tape = tape;
  }

  /// x W^T + b.
  ///
  /// @param weights a row per result column
  /// @param bias one row
  public Tensor dense(Tensor x, Tensor weights, Tensor bias) {
    return tape.product(x, weights, 1, List.of(bias));
  }

  /// The softmax of each row.
  public Tensor softmax(Tensor x) {
    Tensor exponentials = tape.exp(tape.subtract(x, tape.rowMax(x)));
    return tape.divide(exponentials, tape.rowSum(exponentials));
  }

  /// The mean over rows of -ln softmax(x) at the row's label; one element.
  ///
  /// @param labels one INT32 per row
  public Tensor crossEntropy(Tensor x, Tensor labels) {
    Tensor shifted = tape.subtract(x, tape.rowMax(x));
    Tensor logarithms = tape.subtract(shifted, tape.log(tape.rowSum(tape.exp(shifted))));
    Tensor chosen = tape.multiply(logarithms, tape.oneHot(labels, x.columns()));
    Tensor row = tape.reshape(tape.rowSum(chosen), 1, x.rows());
    return tape.multiply(tape.rowSum(row), -1f / x.rows());
  }

  /// The mean of the squares of all elements; one element.
  public Tensor meanSquare(Tensor x) {
    Tensor squares = tape.reshape(tape.multiply(x, x), 1, x.elements());
    return tape.multiply(tape.rowSum(squares), 1f / x.elements());
  }

  /// Each row with mean 0 and variance 1, times gamma, plus beta.
  ///
  /// @param gamma one row
  /// @param beta one row
  /// @param epsilon added to the variance
  public Tensor layerNorm(Tensor x, Tensor gamma, Tensor beta, float epsilon) {
    float share = 1f / x.columns();
    Tensor centred = tape.subtract(x, tape.multiply(tape.rowSum(x), share));
    Tensor variance = tape.multiply(tape.rowSum(tape.multiply(centred, centred)), share);
    Tensor deviation = tape.sqrt(tape.add(variance, tape.plan().constant(epsilon)));
    return tape.add(tape.multiply(tape.divide(centred, deviation), gamma), beta);
  }

  /// Whether a position of a sequence sees those behind it.
  public enum Mask {
    /// It sees all.
    NONE,
    /// It sees itself and those before it.
    CAUSAL
  }

  /// How an attention splits its rows and columns.
  ///
  /// @param sequences sequences in the batch
  /// @param length positions of a sequence
  /// @param heads heads, which divide the columns
  /// @param mask what a position sees
  public record AttentionShape(int sequences, int length, int heads, Mask mask) {}

  /// Scaled dot-product attention: softmax(Q K^T / sqrt(d)) V per sequence and head.
  public Tensor attention(Tensor query, Tensor key, Tensor value, AttentionShape shape) {
    int width = query.columns() / shape.heads();
    int groups = shape.sequences() * shape.heads();
    int[] sizes = {shape.sequences(), shape.length(), shape.heads(), width};
    int[] headsFirst = {0, 2, 1, 3};
    Tensor q = tape.permute(query, sizes, headsFirst, groups * shape.length());
    Tensor k = tape.permute(key, sizes, headsFirst, groups * shape.length());
    Tensor v = tape.permute(value, sizes, new int[] {0, 2, 3, 1}, groups * width);
    Tensor scores = tape.product(q, k, groups, List.of());
    scores = tape.multiply(scores, (float) (1 / Math.sqrt(width)));
    if (shape.mask() == Mask.CAUSAL) {
      scores = tape.add(scores, causalMask(shape.length()));
    }
    Tensor mixed = tape.product(softmax(scores), v, groups, List.of());
    int[] mixedSizes = {shape.sequences(), shape.heads(), shape.length(), width};
    return tape.permute(mixed, mixedSizes, headsFirst, shape.sequences() * shape.length());
  }

  /// 0 where a position is seen, -10^9 where it is not; repeated for each head.
  private Tensor causalMask(int length) {
    float[] mask = new float[length * length];
    for (int row = 0; row < length; row++) {
      for (int column = row + 1; column < length; column++) {
        mask[row * length + column] = -1e9f;
      }
    }
    return tape.plan().constant(Elements.of(mask), length, length);
  }

  /// The images of a convolution and how its windows lie.
  ///
  /// @param items number of images
  /// @param height rows of pixels
  /// @param width columns of pixels
  /// @param kernel rows and columns of a window
  /// @param step distance of windows
  /// @param padding rows and columns of zeros on every side
  public record ConvolutionShape(
      int items, int height, int width, int kernel, int step, int padding) {
    /// Rows of windows.
    public int outHeight() {
      return (height + 2 * padding - kernel) / step + 1; // rounded down
    }

    /// Columns of windows.
    public int outWidth() {
      return (width + 2 * padding - kernel) / step + 1; // rounded down
    }
  }

  /// A convolution over images whose rows are pixels, channels last.
  ///
  /// @param kernel a row per result channel, columns by kernel row, kernel column, channel
  /// @param bias one row
  public Tensor convolution(Tensor image, Tensor kernel, Tensor bias, ConvolutionShape shape) {
    Windows windows =
        new Windows(
            shape.items(),
            shape.height(),
            shape.width(),
            shape.outHeight(),
            shape.outWidth(),
            shape.kernel(),
            shape.kernel(),
            shape.step(),
            1,
            shape.padding(),
            shape.padding(),
            image.columns());
    return tape.convolution(image, kernel, bias, windows);
  }
}
