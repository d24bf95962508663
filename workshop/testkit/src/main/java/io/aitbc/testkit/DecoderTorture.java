// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.testkit;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/// Feeds a decoder what strangers send: random bytes, damaged valid bytes, announced lengths of
/// 2^63, lists nested 10,000 deep. A decoder must accept or refuse with its own kind of exception,
/// and may not allocate more than 64 times the input and 64 KiB.
public final class DecoderTorture {
  /// Bytes that may be allocated per byte of input.
  public static final long ALLOCATION_PER_BYTE_MAX = 64;

  /// Bytes that may be allocated whatever the input.
  public static final long ALLOCATION_FIXED_BYTES_MAX = 64 * 1024;

  private static final int DEPTH = 10_000;

  /// The decoder under test.
  @FunctionalInterface
  public interface Decoder {
    /// Decodes `input` and returns the value, or throws its refusal.
    Object decode(byte[] input) throws Exception;
  }

  private final Decoder decoder;
  private final Predicate<Exception> refusal;

  /// Torture for `decoder`, whose refusals are the exceptions that `refusal` accepts.
  public DecoderTorture(Decoder decoder, Predicate<Exception> refusal) {
    this.decoder = decoder;
    this.refusal = refusal;
  }

  /// Runs `rounds` rounds from `seed` over damaged copies of `valid` and over bytes made up.
  ///
  /// @param valid encodings that the decoder accepts; at least one
  /// @throws AssertionError with the input if the decoder fails
  public void run(long seed, int rounds, List<byte[]> valid) {
    for (byte[] sample : valid) {
      warmUp(sample);
      if (!accepts(sample)) {
        throw new AssertionError("a valid sample is refused: " + hex(sample));
      }
    }
    for (byte[] hostile : made()) {
      check(hostile);
    }
    Seed.forAll(
        seed,
        rounds,
        random -> {
          check(random.bytes(random.below(200)));
          check(damaged(random, valid));
        });
  }

  private void warmUp(byte[] sample) {
    for (int i = 0; i < 3; i++) {
      boolean _ = accepts(sample);
    }
  }

  private boolean accepts(byte[] input) {
    try {
      var _ = decoder.decode(input);
      return true;
    } catch (Exception failure) {
      if (!refusal.test(failure)) {
        throw new AssertionError("not a refusal: " + failure + " for " + hex(input), failure);
      }
      return false;
    } catch (StackOverflowError | OutOfMemoryError failure) {
      throw new AssertionError("not a refusal: " + failure + " for " + hex(input), failure);
    }
  }

  private void check(byte[] input) {
    long limit = ALLOCATION_PER_BYTE_MAX * input.length + ALLOCATION_FIXED_BYTES_MAX;
    // Loading a class or compiling on this thread allocates too, once; a decoder's own allocation
    // repeats.
    long least = Long.MAX_VALUE;
    for (int attempt = 0; attempt < 3 && least > limit; attempt++) {
      long before = Allocation.ofThisThreadBytes();
      boolean _ = accepts(input);
      least = Math.min(least, Allocation.ofThisThreadBytes() - before);
    }
    if (least > limit) {
      throw new AssertionError(
          least + " bytes allocated, " + limit + " allowed, for " + hex(input));
    }
  }

  private static byte[] damaged(Seed random, List<byte[]> valid) {
    byte[] sample = random.pick(valid).clone();
    int damages = random.between(1, 4);
    for (int i = 0; i < damages; i++) {
      sample = damagedOnce(random, sample, random.pick(valid));
    }
    return sample;
  }

  private static byte[] damagedOnce(Seed random, byte[] sample, byte[] other) {
    if (sample.length == 0) {
      return random.bytes(1);
    }
    int at = random.below(sample.length);
    return switch (random.below(6)) {
      case 0 -> {
        sample[at] ^= (byte) (1 << random.below(8));
        yield sample;
      }
      case 1 -> {
        sample[at] = (byte) random.nextLong();
        yield sample;
      }
      case 2 -> Arrays.copyOf(sample, at);
      case 3 -> join(Arrays.copyOf(sample, at), random.bytes(random.between(1, 9)), sample, at);
      case 4 -> join(Arrays.copyOf(sample, at), new byte[0], other, random.below(other.length + 1));
      default -> {
        // A header in front of the rest that announces more than there is.
        byte[] header = {random.pick((byte) 0xbf, (byte) 0xff, (byte) 0xb8, (byte) 0xf9), -1, -1};
        yield join(Arrays.copyOf(sample, at), header, sample, at);
      }
    };
  }

  private static byte[] join(byte[] front, byte[] middle, byte[] back, int from) {
    byte[] joined = Arrays.copyOf(front, front.length + middle.length + back.length - from);
    System.arraycopy(middle, 0, joined, front.length, middle.length);
    System.arraycopy(back, from, joined, front.length + middle.length, back.length - from);
    return joined;
  }

  private static List<byte[]> made() {
    byte[] hugeString = {(byte) 0xbf, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0};
    byte[] hugeList = {(byte) 0xff, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0};
    byte[] hugest = {(byte) 0xff, -1, -1, -1, -1, -1, -1, -1, -1};
    byte[] nested = new byte[DEPTH];
    Arrays.fill(nested, (byte) 0xc1);
    nested[DEPTH - 1] = (byte) 0xc0;
    return List.of(new byte[0], hugeString, hugeList, hugest, nested, deep(), new byte[4096]);
  }

  /// Well-formed lists, one in the other, 10,000 deep.
  private static byte[] deep() {
    byte[] inside = {(byte) 0xc0};
    byte[] reversed = new byte[DEPTH * 4];
    int size = 0;
    reversed[size++] = inside[0];
    for (int i = 1; i < DEPTH; i++) {
      int length = size;
      if (length < 56) {
        reversed[size++] = (byte) (0xc0 + length);
      } else {
        int bytes = (32 - Integer.numberOfLeadingZeros(length) + 7) >>> 3;
        for (int b = 0; b < bytes; b++) {
          reversed[size++] = (byte) (length >>> (8 * b));
        }
        reversed[size++] = (byte) (0xf7 + bytes);
      }
    }
    byte[] encoding = new byte[size];
    for (int i = 0; i < size; i++) {
      encoding[i] = reversed[size - 1 - i];
    }
    return encoding;
  }

  private static String hex(byte[] bytes) {
    StringBuilder text = new StringBuilder(bytes.length + " bytes 0x");
    for (int i = 0; i < Math.min(bytes.length, 512); i++) {
      text.append(Character.forDigit((bytes[i] >> 4) & 15, 16));
      text.append(Character.forDigit(bytes[i] & 15, 16));
    }
    return text.toString();
  }
}
