// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto.precompile;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Optional;

/// The compression function F of BLAKE2b, for precompile 0x09 (EIP-152, RFC 7693 §3.2).
public final class Blake2f {
  /// Length of an input: rounds (4, big-endian), h (64), m (128), t (16), final flag (1).
  public static final int INPUT_BYTES = 213;

  /// Length of an output: the new h.
  public static final int OUTPUT_BYTES = 64;

  private static final int STATE_OFFSET = 4;
  private static final int MESSAGE_OFFSET = 68;
  private static final int COUNTER_OFFSET = 196;
  private static final int FINAL_OFFSET = 212;

  private static final VarHandle LITTLE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle BIG =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private static final long[] INITIAL = {
    0x6a09e667f3bcc908L,
    0xbb67ae8584caa73bL,
    0x3c6ef372fe94f82bL,
    0xa54ff53a5f1d36f1L,
    0x510e527fade682d1L,
    0x9b05688c2b3e6c1fL,
    0x1f83d9abfb41bd6bL,
    0x5be0cd19137e2179L,
  };

  private static final byte[][] SIGMA = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
  };

  private Blake2f() {}

  /// The new state; empty if the input has not 213 bytes or its last byte is neither 0 nor 1. The
  /// time grows with the rounds, up to 2^32 - 1: the caller charges first.
  public static Optional<byte[]> compress(byte[] input) {
    if (input.length != INPUT_BYTES || (input[FINAL_OFFSET] & 0xfe) != 0) {
      return Optional.empty();
    }
    long[] h = new long[8];
    for (int i = 0; i < h.length; i++) {
      h[i] = (long) LITTLE.get(input, STATE_OFFSET + 8 * i);
    }
    long[] m = new long[16];
    for (int i = 0; i < m.length; i++) {
      m[i] = (long) LITTLE.get(input, MESSAGE_OFFSET + 8 * i);
    }
    long low = (long) LITTLE.get(input, COUNTER_OFFSET);
    long high = (long) LITTLE.get(input, COUNTER_OFFSET + 8);
    long inverted = input[FINAL_OFFSET] == 1 ? -1L : 0;
    mix(Integer.toUnsignedLong((int) BIG.get(input, 0)), h, m, low, high, inverted);
    byte[] output = new byte[OUTPUT_BYTES];
    for (int i = 0; i < h.length; i++) {
      LITTLE.set(output, 8 * i, h[i]);
    }
    return Optional.of(output);
  }

  /// Changes `h`. The 16 words of the work vector live in locals, so that the compiler keeps them
  /// in registers: a round costs one unit of gas and must be fast.
  private static void mix(long rounds, long[] h, long[] m, long low, long high, long inverted) {
    long v0 = h[0];
    long v1 = h[1];
    long v2 = h[2];
    long v3 = h[3];
    long v4 = h[4];
    long v5 = h[5];
    long v6 = h[6];
    long v7 = h[7];
    long v8 = INITIAL[0];
    long v9 = INITIAL[1];
    long v10 = INITIAL[2];
    long v11 = INITIAL[3];
    long v12 = INITIAL[4] ^ low;
    long v13 = INITIAL[5] ^ high;
    long v14 = INITIAL[6] ^ inverted;
    long v15 = INITIAL[7];
    int schedule = 0;
    for (long round = 0; round < rounds; round++) {
      byte[] s = SIGMA[schedule];
      schedule = schedule == SIGMA.length - 1 ? 0 : schedule + 1;
      // columns
      v0 += v4 + m[s[0]];
      v12 = Long.rotateRight(v12 ^ v0, 32);
      v8 += v12;
      v4 = Long.rotateRight(v4 ^ v8, 24);
      v0 += v4 + m[s[1]];
      v12 = Long.rotateRight(v12 ^ v0, 16);
      v8 += v12;
      v4 = Long.rotateRight(v4 ^ v8, 63);
      v1 += v5 + m[s[2]];
      v13 = Long.rotateRight(v13 ^ v1, 32);
      v9 += v13;
      v5 = Long.rotateRight(v5 ^ v9, 24);
      v1 += v5 + m[s[3]];
      v13 = Long.rotateRight(v13 ^ v1, 16);
      v9 += v13;
      v5 = Long.rotateRight(v5 ^ v9, 63);
      v2 += v6 + m[s[4]];
      v14 = Long.rotateRight(v14 ^ v2, 32);
      v10 += v14;
      v6 = Long.rotateRight(v6 ^ v10, 24);
      v2 += v6 + m[s[5]];
      v14 = Long.rotateRight(v14 ^ v2, 16);
      v10 += v14;
      v6 = Long.rotateRight(v6 ^ v10, 63);
      v3 += v7 + m[s[6]];
      v15 = Long.rotateRight(v15 ^ v3, 32);
      v11 += v15;
      v7 = Long.rotateRight(v7 ^ v11, 24);
      v3 += v7 + m[s[7]];
      v15 = Long.rotateRight(v15 ^ v3, 16);
      v11 += v15;
      v7 = Long.rotateRight(v7 ^ v11, 63);
      // diagonals
      v0 += v5 + m[s[8]];
      v15 = Long.rotateRight(v15 ^ v0, 32);
      v10 += v15;
      v5 = Long.rotateRight(v5 ^ v10, 24);
      v0 += v5 + m[s[9]];
      v15 = Long.rotateRight(v15 ^ v0, 16);
      v10 += v15;
      v5 = Long.rotateRight(v5 ^ v10, 63);
      v1 += v6 + m[s[10]];
      v12 = Long.rotateRight(v12 ^ v1, 32);
      v11 += v12;
      v6 = Long.rotateRight(v6 ^ v11, 24);
      v1 += v6 + m[s[11]];
      v12 = Long.rotateRight(v12 ^ v1, 16);
      v11 += v12;
      v6 = Long.rotateRight(v6 ^ v11, 63);
      v2 += v7 + m[s[12]];
      v13 = Long.rotateRight(v13 ^ v2, 32);
      v8 += v13;
      v7 = Long.rotateRight(v7 ^ v8, 24);
      v2 += v7 + m[s[13]];
      v13 = Long.rotateRight(v13 ^ v2, 16);
      v8 += v13;
      v7 = Long.rotateRight(v7 ^ v8, 63);
      v3 += v4 + m[s[14]];
      v14 = Long.rotateRight(v14 ^ v3, 32);
      v9 += v14;
      v4 = Long.rotateRight(v4 ^ v9, 24);
      v3 += v4 + m[s[15]];
      v14 = Long.rotateRight(v14 ^ v3, 16);
      v9 += v14;
      v4 = Long.rotateRight(v4 ^ v9, 63);
    }
    h[0] ^= v0 ^ v8;
    h[1] ^= v1 ^ v9;
    h[2] ^= v2 ^ v10;
    h[3] ^= v3 ^ v11;
    h[4] ^= v4 ^ v12;
    h[5] ^= v5 ^ v13;
    h[6] ^= v6 ^ v14;
    h[7] ^= v7 ^ v15;
  }
}
