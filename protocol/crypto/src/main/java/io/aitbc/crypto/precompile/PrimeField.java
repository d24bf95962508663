// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto.precompile;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.Optional;

/// The integers modulo an odd prime p of at most 256 bits. An element x is held as x · 2^260 mod p
/// (Montgomery's form).
final class PrimeField {
  /// Length of an encoded element: 32 bytes, big-endian.
  static final int BYTES = 32;

  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /// Bits of five limbs; four spare ones above 256 keep Montgomery's product below 2p.
  private static final int RADIX_BITS = 5 * FieldElement.BITS;

  final long p0;
  final long p1;
  final long p2;
  final long p3;
  final long p4;

  /// -1/p modulo 2^52.
  final long inverse;

  private final BigInteger modulus;
  private final ModularInverse inversion;

  /// 2^520 and 2^780 modulo p, as they are: a product with the first brings a number into
  /// Montgomery's form, with the second the inverse of a number that was in it.
  private final FieldElement square;

  private final FieldElement cube;
  private final FieldElement zero;
  private final FieldElement one;

  PrimeField(BigInteger modulus) {
    this.modulus = modulus;
    FieldElement limbs = limbs(modulus);
    p0 = limbs.l0;
    p1 = limbs.l1;
    p2 = limbs.l2;
    p3 = limbs.l3;
    p4 = limbs.l4;
    BigInteger limb = BigInteger.ONE.shiftLeft(FieldElement.BITS);
    inverse = modulus.negate().modInverse(limb).longValue();
    BigInteger radix = BigInteger.ONE.shiftLeft(RADIX_BITS);
    square = limbs(radix.pow(2).mod(modulus));
    cube = limbs(radix.pow(3).mod(modulus));
    inversion = new ModularInverse(modulus);
    zero = limbs(BigInteger.ZERO);
    one = limbs(radix.mod(modulus));
  }

  BigInteger modulus() {
    return modulus;
  }

  FieldElement zero() {
    return zero;
  }

  FieldElement one() {
    return one;
  }

  /// The element with this value modulo p.
  FieldElement of(BigInteger value) {
    return limbs(value.mod(modulus)).times(square);
  }

  /// The element with this value.
  FieldElement of(long value) {
    return of(BigInteger.valueOf(value));
  }

  /// The element encoded at `offset`; empty if the number is not below p.
  Optional<FieldElement> decode(byte[] input, int offset) {
    FieldElement plain =
        limbs(
            (long) WORDS.get(input, offset + 24),
            (long) WORDS.get(input, offset + 16),
            (long) WORDS.get(input, offset + 8),
            (long) WORDS.get(input, offset));
    return plain.isReduced() ? Optional.of(plain.times(square)) : Optional.empty();
  }

  /// Writes the 32 bytes of `element` at `offset`.
  void encode(FieldElement element, byte[] output, int offset) {
    FieldElement plain = element.times(new FieldElement(this, 1, 0, 0, 0, 0));
    WORDS.set(output, offset, word3(plain));
    WORDS.set(output, offset + 8, word2(plain));
    WORDS.set(output, offset + 16, word1(plain));
    WORDS.set(output, offset + 24, word0(plain));
  }

  /// 1 / `element`, which is not 0.
  FieldElement inverse(FieldElement element) {
    long[] words = inversion.invert(word0(element), word1(element), word2(element), word3(element));
    return limbs(words[0], words[1], words[2], words[3]).times(cube);
  }

  /// The number below p that `element` stands for.
  BigInteger value(FieldElement element) {
    byte[] bytes = new byte[BYTES];
    encode(element, bytes, 0);
    return new BigInteger(1, bytes);
  }

  private FieldElement limbs(BigInteger value) {
    return limbs(
        value.longValue(),
        value.shiftRight(64).longValue(),
        value.shiftRight(128).longValue(),
        value.shiftRight(192).longValue());
  }

  /// Four words of 64 bits as five limbs of 52.
  private FieldElement limbs(long w0, long w1, long w2, long w3) {
    return new FieldElement(
        this,
        w0 & FieldElement.MASK,
        (w0 >>> 52 | w1 << 12) & FieldElement.MASK,
        (w1 >>> 40 | w2 << 24) & FieldElement.MASK,
        (w2 >>> 28 | w3 << 36) & FieldElement.MASK,
        w3 >>> 16);
  }

  private static long word0(FieldElement limbs) {
    return limbs.l0 | limbs.l1 << 52;
  }

  private static long word1(FieldElement limbs) {
    return limbs.l1 >>> 12 | limbs.l2 << 40;
  }

  private static long word2(FieldElement limbs) {
    return limbs.l2 >>> 24 | limbs.l3 << 28;
  }

  private static long word3(FieldElement limbs) {
    return limbs.l3 >>> 36 | limbs.l4 << 16;
  }
}
