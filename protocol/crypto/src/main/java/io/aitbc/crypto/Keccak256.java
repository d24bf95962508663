// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/// Keccak-256 as Ethereum uses it: rate 136 bytes, padding `0x01 … 0x80`, not the SHA-3 of FIPS
/// 202. Yellow Paper §3 (KEC).
public final class Keccak256 {
  /// Bytes that one permutation absorbs: 1600 bits of state less twice 256.
  private static final int RATE_BYTES = 136;

  private static final VarHandle LANES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long[] ROUND_CONSTANTS = {
    0x0000000000000001L, 0x0000000000008082L, 0x800000000000808aL,
    0x8000000080008000L, 0x000000000000808bL, 0x0000000080000001L,
    0x8000000080008081L, 0x8000000000008009L, 0x000000000000008aL,
    0x0000000000000088L, 0x0000000080008009L, 0x000000008000000aL,
    0x000000008000808bL, 0x800000000000008bL, 0x8000000000008089L,
    0x8000000000008003L, 0x8000000000008002L, 0x8000000000000080L,
    0x000000000000800aL, 0x800000008000000aL, 0x8000000080008081L,
    0x8000000000008080L, 0x0000000080000001L, 0x8000000080008008L,
  };

  /// Hash of the empty byte string. Stands after the constants it is computed with.
  public static final Hash EMPTY = hash(new byte[0]);

  private Keccak256() {}

  /// The hash of `input`.
  public static Hash hash(Bytes input) {
    return hash(input.content());
  }

  /// The hash of `input`.
  public static Hash hash(byte[] input) {
    byte[] output = new byte[Hash.BYTES];
    hash(input, 0, input.length, output, 0);
    return Hash.of(output, 0);
  }

  /// Writes the 32 bytes of the hash of `length` bytes of `input` from `offset` on to `output` from
  /// `outputOffset` on; the two may overlap. Allocates nothing.
  ///
  /// @throws IndexOutOfBoundsException if a range lies outside of its array
  public static void hash(byte[] input, int offset, int length, byte[] output, int outputOffset) {
    Objects.checkFromIndexSize(offset, length, input.length);
    Objects.checkFromIndexSize(outputOffset, Hash.BYTES, output.length);
    // The 25 lanes live in locals, not in an array: the compiler keeps them in registers and
    // nothing is allocated. Lane x + 5y of FIPS 202 §3.1.2 is s(x + 5y).
    long s0 = 0;
    long s1 = 0;
    long s2 = 0;
    long s3 = 0;
    long s4 = 0;
    long s5 = 0;
    long s6 = 0;
    long s7 = 0;
    long s8 = 0;
    long s9 = 0;
    long s10 = 0;
    long s11 = 0;
    long s12 = 0;
    long s13 = 0;
    long s14 = 0;
    long s15 = 0;
    long s16 = 0;
    long s17 = 0;
    long s18 = 0;
    long s19 = 0;
    long s20 = 0;
    long s21 = 0;
    long s22 = 0;
    long s23 = 0;
    long s24 = 0;
    int end = offset + length;
    boolean last;
    for (int at = offset; ; at += RATE_BYTES) {
      last = end - at < RATE_BYTES;
      if (last) {
        s0 ^= lastLane(input, at + 0, end);
        s1 ^= lastLane(input, at + 8, end);
        s2 ^= lastLane(input, at + 16, end);
        s3 ^= lastLane(input, at + 24, end);
        s4 ^= lastLane(input, at + 32, end);
        s5 ^= lastLane(input, at + 40, end);
        s6 ^= lastLane(input, at + 48, end);
        s7 ^= lastLane(input, at + 56, end);
        s8 ^= lastLane(input, at + 64, end);
        s9 ^= lastLane(input, at + 72, end);
        s10 ^= lastLane(input, at + 80, end);
        s11 ^= lastLane(input, at + 88, end);
        s12 ^= lastLane(input, at + 96, end);
        s13 ^= lastLane(input, at + 104, end);
        s14 ^= lastLane(input, at + 112, end);
        s15 ^= lastLane(input, at + 120, end);
        s16 ^= lastLane(input, at + 128, end) ^ Long.MIN_VALUE;
      } else {
        s0 ^= (long) LANES.get(input, at + 0);
        s1 ^= (long) LANES.get(input, at + 8);
        s2 ^= (long) LANES.get(input, at + 16);
        s3 ^= (long) LANES.get(input, at + 24);
        s4 ^= (long) LANES.get(input, at + 32);
        s5 ^= (long) LANES.get(input, at + 40);
        s6 ^= (long) LANES.get(input, at + 48);
        s7 ^= (long) LANES.get(input, at + 56);
        s8 ^= (long) LANES.get(input, at + 64);
        s9 ^= (long) LANES.get(input, at + 72);
        s10 ^= (long) LANES.get(input, at + 80);
        s11 ^= (long) LANES.get(input, at + 88);
        s12 ^= (long) LANES.get(input, at + 96);
        s13 ^= (long) LANES.get(input, at + 104);
        s14 ^= (long) LANES.get(input, at + 112);
        s15 ^= (long) LANES.get(input, at + 120);
        s16 ^= (long) LANES.get(input, at + 128);
      }
      for (int round = 0; round < 24; round++) {
        // theta
        long c0 = s0 ^ s5 ^ s10 ^ s15 ^ s20;
        long c1 = s1 ^ s6 ^ s11 ^ s16 ^ s21;
        long c2 = s2 ^ s7 ^ s12 ^ s17 ^ s22;
        long c3 = s3 ^ s8 ^ s13 ^ s18 ^ s23;
        long c4 = s4 ^ s9 ^ s14 ^ s19 ^ s24;
        long d0 = c4 ^ Long.rotateLeft(c1, 1);
        long d1 = c0 ^ Long.rotateLeft(c2, 1);
        long d2 = c1 ^ Long.rotateLeft(c3, 1);
        long d3 = c2 ^ Long.rotateLeft(c4, 1);
        long d4 = c3 ^ Long.rotateLeft(c0, 1);
        // rho and pi
        long b0 = s0 ^ d0;
        long b16 = Long.rotateLeft(s5 ^ d0, 36);
        long b7 = Long.rotateLeft(s10 ^ d0, 3);
        long b23 = Long.rotateLeft(s15 ^ d0, 41);
        long b14 = Long.rotateLeft(s20 ^ d0, 18);
        long b10 = Long.rotateLeft(s1 ^ d1, 1);
        long b1 = Long.rotateLeft(s6 ^ d1, 44);
        long b17 = Long.rotateLeft(s11 ^ d1, 10);
        long b8 = Long.rotateLeft(s16 ^ d1, 45);
        long b24 = Long.rotateLeft(s21 ^ d1, 2);
        long b20 = Long.rotateLeft(s2 ^ d2, 62);
        long b11 = Long.rotateLeft(s7 ^ d2, 6);
        long b2 = Long.rotateLeft(s12 ^ d2, 43);
        long b18 = Long.rotateLeft(s17 ^ d2, 15);
        long b9 = Long.rotateLeft(s22 ^ d2, 61);
        long b5 = Long.rotateLeft(s3 ^ d3, 28);
        long b21 = Long.rotateLeft(s8 ^ d3, 55);
        long b12 = Long.rotateLeft(s13 ^ d3, 25);
        long b3 = Long.rotateLeft(s18 ^ d3, 21);
        long b19 = Long.rotateLeft(s23 ^ d3, 56);
        long b15 = Long.rotateLeft(s4 ^ d4, 27);
        long b6 = Long.rotateLeft(s9 ^ d4, 20);
        long b22 = Long.rotateLeft(s14 ^ d4, 39);
        long b13 = Long.rotateLeft(s19 ^ d4, 8);
        long b4 = Long.rotateLeft(s24 ^ d4, 14);
        // chi and iota
        s0 = b0 ^ (~b1 & b2) ^ ROUND_CONSTANTS[round];
        s1 = b1 ^ (~b2 & b3);
        s2 = b2 ^ (~b3 & b4);
        s3 = b3 ^ (~b4 & b0);
        s4 = b4 ^ (~b0 & b1);
        s5 = b5 ^ (~b6 & b7);
        s6 = b6 ^ (~b7 & b8);
        s7 = b7 ^ (~b8 & b9);
        s8 = b8 ^ (~b9 & b5);
        s9 = b9 ^ (~b5 & b6);
        s10 = b10 ^ (~b11 & b12);
        s11 = b11 ^ (~b12 & b13);
        s12 = b12 ^ (~b13 & b14);
        s13 = b13 ^ (~b14 & b10);
        s14 = b14 ^ (~b10 & b11);
        s15 = b15 ^ (~b16 & b17);
        s16 = b16 ^ (~b17 & b18);
        s17 = b17 ^ (~b18 & b19);
        s18 = b18 ^ (~b19 & b15);
        s19 = b19 ^ (~b15 & b16);
        s20 = b20 ^ (~b21 & b22);
        s21 = b21 ^ (~b22 & b23);
        s22 = b22 ^ (~b23 & b24);
        s23 = b23 ^ (~b24 & b20);
        s24 = b24 ^ (~b20 & b21);
      }
      if (last) {
        break;
      }
    }
    LANES.set(output, outputOffset, s0);
    LANES.set(output, outputOffset + 8, s1);
    LANES.set(output, outputOffset + 16, s2);
    LANES.set(output, outputOffset + 24, s3);
  }

  /// Eight bytes of the last block from `at` on: what is left of the input, then the byte 1, then
  /// zeros.
  private static long lastLane(byte[] input, int at, int end) {
    int left = end - at;
    if (left >= Long.BYTES) {
      return (long) LANES.get(input, at);
    }
    if (left < 0) {
      return 0;
    }
    long lane = 1L << (8 * left);
    for (int i = 0; i < left; i++) {
      lane |= (input[at + i] & 0xffL) << (8 * i);
    }
    return lane;
  }
}
