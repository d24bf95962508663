// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import java.util.List;

/// The geometry of {@link Operator#WINDOWS}: row (item, y, x) of the output holds, for each kernel
/// position (ky, kx) and channel, the element at y * step + ky - padTop, divided by the spread; 0
/// where that is no row or column of the image. Images are stored channels last, one row per pixel.
/// Protocol §17.2.
///
/// @param items number of images
/// @param height rows of an image
/// @param width columns of an image
/// @param outHeight rows of windows
/// @param outWidth columns of windows
/// @param kernelHeight rows of a window
/// @param kernelWidth columns of a window
/// @param step distance of neighbouring windows
/// @param spread distance of neighbouring pixels; between them are zeros
/// @param padTop rows of zeros above
/// @param padLeft columns of zeros to the left
/// @param channels elements of a pixel
record Windows(
    int items,
    int height,
    int width,
    int outHeight,
    int outWidth,
    int kernelHeight,
    int kernelWidth,
    int step,
    int spread,
    int padTop,
    int padLeft,
    int channels) {
  static Windows of(Entry entry) {
    return new Windows(
        entry.immediate(0),
        entry.immediate(1),
        entry.immediate(2),
        entry.immediate(3),
        entry.immediate(4),
        entry.immediate(5),
        entry.immediate(6),
        entry.immediate(7),
        entry.immediate(8),
        entry.immediate(9),
        entry.immediate(10),
        entry.operand(0).columns());
  }

  List<Integer> immediates() {
    return List.of(
        items,
        height,
        width,
        outHeight,
        outWidth,
        kernelHeight,
        kernelWidth,
        step,
        spread,
        padTop,
        padLeft);
  }

  /// Rows of the images; the sides are at most 2^15 and the items 2^24, so this does not overflow.
  long imageRows() {
    return (long) items * height * width;
  }

  long windowRows() {
    return (long) items * outHeight * outWidth;
  }

  long windowColumns() {
    return (long) kernelHeight * kernelWidth * channels;
  }

  /// The image's row that stands at a kernel position of a window; -1 for a zero.
  int imageRow(int windowRow, int kernelY, int kernelX) {
    int x = coordinate(windowRow % outWidth, kernelX, padLeft, width);
    int y = coordinate(windowRow / outWidth % outHeight, kernelY, padTop, height);
    int item = windowRow / (outWidth * outHeight);
    return x < 0 || y < 0 ? -1 : (item * height + y) * width + x;
  }

  private int coordinate(int window, int kernel, int padding, int size) {
    int at = window * step + kernel - padding;
    return at < 0 || at % spread != 0 || at / spread >= size ? -1 : at / spread;
  }
}
