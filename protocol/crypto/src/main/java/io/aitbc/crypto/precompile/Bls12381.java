// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto.precompile;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.aitbc.crypto.precompile.BlstGroup.Decoded;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// The operations of BLS12-381 for precompiles 0x0b to 0x11 (EIP-2537). Encodings are the EIP's: 64
/// bytes per element of Fp, G1 points 128, G2 points 256 bytes, zeros for the identity. Empty
/// results are what the EIP calls an error.
public final class Bls12381 {
  /// Length of a point of G1.
  public static final int G1_BYTES = BlstGroup.G1.pointBytes();

  /// Length of a point of G2.
  public static final int G2_BYTES = BlstGroup.G2.pointBytes();

  /// Length of a pair of a point of G1 and a scalar.
  public static final int G1_TERM_BYTES = G1_BYTES + BlstGroup.SCALAR_BYTES;

  /// Length of a pair of a point of G2 and a scalar.
  public static final int G2_TERM_BYTES = G2_BYTES + BlstGroup.SCALAR_BYTES;

  /// Length of a pair of points of G1 and G2.
  public static final int PAIR_BYTES = G1_BYTES + G2_BYTES;

  private static final int OUTPUT_WORD_BYTES = 32;
  private static final long FP12_BYTES = 576;

  private static final MethodHandle MILLER_LOOP =
      BlstGroup.function(
          "blst_miller_loop_n", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG));
  private static final MethodHandle FINAL_EXPONENTIATION =
      BlstGroup.function("blst_final_exp", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));
  private static final MethodHandle IS_ONE =
      BlstGroup.function("blst_fp12_is_one", FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS));

  private Bls12381() {}

  /// The sum of two points of G1's curve (BLS12_G1ADD). The subgroup is not checked.
  public static Optional<byte[]> addG1(byte[] input) {
    return add(BlstGroup.G1, input);
  }

  /// The sum of two points of G2's curve (BLS12_G2ADD). The subgroup is not checked.
  public static Optional<byte[]> addG2(byte[] input) {
    return add(BlstGroup.G2, input);
  }

  /// The sum of points of G1, each times its scalar (BLS12_G1MSM). At least one term.
  public static Optional<byte[]> multiplyG1(byte[] input) {
    return multiply(BlstGroup.G1, input);
  }

  /// The sum of points of G2, each times its scalar (BLS12_G2MSM). At least one term.
  public static Optional<byte[]> multiplyG2(byte[] input) {
    return multiply(BlstGroup.G2, input);
  }

  /// The point of G1 that an element of Fp maps to (BLS12_MAP_FP_TO_G1).
  public static Optional<byte[]> mapToG1(byte[] input) {
    return map(BlstGroup.G1, input);
  }

  /// The point of G2 that an element of Fp2 maps to (BLS12_MAP_FP2_TO_G2).
  public static Optional<byte[]> mapToG2(byte[] input) {
    return map(BlstGroup.G2, input);
  }

  /// A word of 32 bytes: 1 if the product of the pairings is one, else 0 (BLS12_PAIRING_CHECK). At
  /// least one pair.
  public static Optional<byte[]> pairing(byte[] input) {
    if (input.length == 0 || input.length % PAIR_BYTES != 0) {
      return Optional.empty();
    }
    int pairs = input.length / PAIR_BYTES;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment firsts = BlstGroup.G1.allocateAffine(arena, pairs);
      MemorySegment seconds = BlstGroup.G2.allocateAffine(arena, pairs);
      long count = 0;
      for (int i = 0; i < pairs; i++) {
        MemorySegment first = slot(BlstGroup.G1, firsts, count);
        MemorySegment second = slot(BlstGroup.G2, seconds, count);
        Decoded one = decodeInSubgroup(BlstGroup.G1, input, i * PAIR_BYTES, first);
        Decoded two = decodeInSubgroup(BlstGroup.G2, input, i * PAIR_BYTES + G1_BYTES, second);
        if (one == Decoded.INVALID || two == Decoded.INVALID) {
          return Optional.empty();
        }
        // A pairing with the identity is one and changes nothing.
        count += one == Decoded.POINT && two == Decoded.POINT ? 1 : 0;
      }
      byte[] word = new byte[OUTPUT_WORD_BYTES];
      word[OUTPUT_WORD_BYTES - 1] =
          (byte) (count == 0 || productIsOne(arena, firsts, seconds, count) ? 1 : 0);
      return Optional.of(word);
    }
  }

  private static boolean productIsOne(
      Arena arena, MemorySegment firsts, MemorySegment seconds, long count) {
    MemorySegment product = arena.allocate(FP12_BYTES, 64);
    try {
      MILLER_LOOP.invokeExact(
          product, BlstGroup.startOf(arena, seconds), BlstGroup.startOf(arena, firsts), count);
      FINAL_EXPONENTIATION.invokeExact(product, product);
      return (boolean) IS_ONE.invokeExact(product);
    } catch (Throwable failure) {
      throw BlstGroup.broken(failure);
    }
  }

  private static Optional<byte[]> add(BlstGroup group, byte[] input) {
    if (input.length != 2 * group.pointBytes()) {
      return Optional.empty();
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment first = group.allocateAffine(arena, 1);
      MemorySegment second = group.allocateAffine(arena, 1);
      Decoded one = group.decode(input, 0, first);
      Decoded two = group.decode(input, group.pointBytes(), second);
      if (one == Decoded.INVALID || two == Decoded.INVALID) {
        return Optional.empty();
      }
      // Memory of a fresh arena is zero, and zero is blst's identity in either form.
      MemorySegment sum = group.toJacobian(arena, first);
      if (one == Decoded.IDENTITY) {
        sum = group.toJacobian(arena, second);
      } else if (two == Decoded.POINT) {
        group.addTo(sum, second);
      }
      return Optional.of(group.encode(sum));
    }
  }

  private static Optional<byte[]> multiply(BlstGroup group, byte[] input) {
    int termBytes = group.pointBytes() + BlstGroup.SCALAR_BYTES;
    if (input.length == 0 || input.length % termBytes != 0) {
      return Optional.empty();
    }
    int terms = input.length / termBytes;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment points = group.allocateAffine(arena, terms);
      MemorySegment scalars = arena.allocate((long) BlstGroup.SCALAR_BYTES * terms);
      long count = 0;
      for (int i = 0; i < terms; i++) {
        MemorySegment point = slot(group, points, count);
        Decoded decoded = decodeInSubgroup(group, input, i * termBytes, point);
        if (decoded == Decoded.INVALID) {
          return Optional.empty();
        }
        if (decoded == Decoded.POINT) {
          int scalar = i * termBytes + group.pointBytes();
          byte[] reversed = reversed(input, scalar);
          MemorySegment.copy(
              MemorySegment.ofArray(reversed),
              0,
              scalars,
              count * BlstGroup.SCALAR_BYTES,
              BlstGroup.SCALAR_BYTES);
          count++;
        }
      }
      return Optional.of(
          count == 0
              ? new byte[group.pointBytes()]
              : group.encode(group.multiply(arena, points, scalars, count)));
    }
  }

  private static Optional<byte[]> map(BlstGroup group, byte[] input) {
    return input.length == group.coordinateBytes() ? group.mapToCurve(input) : Optional.empty();
  }

  private static MemorySegment slot(BlstGroup group, MemorySegment points, long index) {
    return points.asSlice(index * group.affineBytes(), group.affineBytes());
  }

  private static Decoded decodeInSubgroup(
      BlstGroup group, byte[] input, int offset, MemorySegment affine) {
    Decoded decoded = group.decode(input, offset, affine);
    return decoded == Decoded.POINT && !group.isInSubgroup(affine) ? Decoded.INVALID : decoded;
  }

  private static byte[] reversed(byte[] input, int offset) {
    byte[] reversed = new byte[BlstGroup.SCALAR_BYTES];
    for (int i = 0; i < reversed.length; i++) {
      reversed[i] = input[offset + reversed.length - 1 - i];
    }
    return reversed;
  }
}
