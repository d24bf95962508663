// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee.glyphs;

import io.aitbc.referee.Elements;
import io.aitbc.referee.RandomNumbers;
import java.util.Arrays;

/// Pictures of the digits 0 to 9, drawn from strokes: moved, turned, stretched, thick or thin, with
/// noise. The same seed gives the same bytes on every machine. Protocol §17.7.
public final class Glyphs {
  /// Rows and columns of a picture.
  public static final int SIDE = 28;

  /// Pixels of a picture, row by row, from 0 (paper) to 127 (ink).
  public static final int PIXELS = SIDE * SIDE;

  /// How many digits there are.
  public static final int CLASSES = 10;

  private static final int INK = 127;

  /// Share of ink that noise adds or takes, in 1/128 of a pixel's full ink.
  private static final int NOISE = 40;

  /// Strokes as polylines in a square of 16 x 16: x and y of its points in hexadecimal.
  private static final String[] STROKES = {
    "7354454a5c7d9dbccac5b49373",
    "6583828d,5dbd",
    "456473a3b4c5c64dcd",
    "4473a3c4c5b778b8caccbd5d4c",
    "ada34aca",
    "c3535378a8c9cbbd5d4c",
    "b394655748494b5d9dbccaa9694a",
    "43c36d",
    "735455678799babcad6d5c5a6797b5a373",
    "c6a878575563a3b4c6c99c6d"
  };

  private final byte[] pixels;
  private final int[] labels;

  private Glyphs(byte[] pixels, int[] labels) {
    this.pixels = pixels;
    this.labels = labels;
  }

  /// `count` pictures of digits that are drawn by lot.
  public static Glyphs draw(RandomNumbers.Seed seed, int count) {
    RandomNumbers random = new RandomNumbers(seed, 1);
    byte[] pixels = new byte[count * PIXELS];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = random.below(CLASSES);
      drawOne(random, STROKES[labels[i]], pixels, i * PIXELS);
    }
    return new Glyphs(pixels, labels);
  }

  private static void drawOne(RandomNumbers random, String strokes, byte[] pixels, int offset) {
    // Multiply and add only: a turn by a small angle t is (1 - t^2 / 2, t) without a library's
    // sine.
    float turn = 0.5f * random.nextFloat() - 0.25f;
    float cosine = 1 - turn * turn / 2;
    float scaleX = 1.35f + 0.4f * random.nextFloat();
    float scaleY = 1.35f + 0.4f * random.nextFloat();
    float shiftX = 13.5f + 4 * random.nextFloat() - 2;
    float shiftY = 13.5f + 4 * random.nextFloat() - 2;
    float radius = 1.0f + 0.8f * random.nextFloat();
    float[] ink = new float[PIXELS];
    for (String stroke : strokes.split(",", -1)) {
      float fromX = 0;
      float fromY = 0;
      for (int i = 0; i + 1 < stroke.length(); i += 2) {
        float x = scaleX * (Character.digit(stroke.charAt(i), 16) - 8);
        float y = scaleY * (Character.digit(stroke.charAt(i + 1), 16) - 8);
        float toX = cosine * x - turn * y + shiftX;
        float toY = turn * x + cosine * y + shiftY;
        if (i > 0) {
          line(ink, fromX, fromY, toX, toY, radius);
        }
        fromX = toX;
        fromY = toY;
      }
    }
    for (int i = 0; i < PIXELS; i++) {
      int noise = random.below(2 * NOISE + 1) - NOISE;
      pixels[offset + i] = (byte) Math.clamp((long) (ink[i] * INK) + noise, 0, INK);
    }
  }

  /// Full ink up to the radius from the line, none from one pixel further on.
  private static void line(
      float[] ink, float fromX, float fromY, float toX, float toY, float radius) {
    float dx = toX - fromX;
    float dy = toY - fromY;
    float length = Math.max(dx * dx + dy * dy, 1e-6f);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        float along = ((x - fromX) * dx + (y - fromY) * dy) / length;
        float nearest = along < 0 ? 0 : along > 1 ? 1 : along;
        float offX = x - fromX - nearest * dx;
        float offY = y - fromY - nearest * dy;
        float distance = (float) Math.sqrt(offX * offX + offY * offY);
        float share = radius + 1 - distance;
        float drawn = share < 0 ? 0 : share > 1 ? 1 : share;
        int at = y * SIDE + x;
        ink[at] = drawn > ink[at] ? drawn : ink[at];
      }
    }
  }

  /// Number of pictures.
  public int count() {
    return labels.length;
  }

  /// The digits.
  public int label(int picture) {
    return labels[picture];
  }

  /// A picture's pixels as the input of an int8 model.
  public byte[] picture(int picture) {
    return Arrays.copyOfRange(pixels, picture * PIXELS, (picture + 1) * PIXELS);
  }

  /// All pictures, then all digits: the data set of {@link GlyphTraining}.
  public byte[] dataSet() {
    byte[] digits = Elements.of(labels).encoded();
    byte[] data = Arrays.copyOf(pixels, pixels.length + digits.length);
    System.arraycopy(digits, 0, data, pixels.length, digits.length);
    return data;
  }
}
