// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto.precompile;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.Optional;

/// The integers modulo an odd prime p of at most 256 bits. An element x is held as x · 2^256 mod p
/// (Montgomery's form), in four words of 64 bits, lowest first.
final class PrimeField {
  /// Length of an encoded element: 32 bytes, big-endian.
  static final int BYTES = 32;

  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final BigInteger WORD = BigInteger.ONE.shiftLeft(Long.SIZE);

  final long p0;
  final long p1;
  final long p2;
  final long p3;

  /// -1/p modulo 2^64.
  final long inverse;

  private final BigInteger modulus;
  private final ModularInverse inversion;

  /// 2^512 and 2^768 modulo p, as they are: a product with the first brings a number into
  /// Montgomery's form, with the second the inverse of a number that was in it.
  private final FieldElement square;

  private final FieldElement cube;
  private final FieldElement zero;
  private final FieldElement one;

  PrimeField(BigInteger modulus) {
    this.modulus = modulus;
    p0 = modulus.longValue();
    p1 = modulus.shiftRight(64).longValue();
    p2 = modulus.shiftRight(128).longValue();
    p3 = modulus.shiftRight(192).longValue();
    inverse = modulus.negate().modInverse(WORD).longValue();
    BigInteger radix = BigInteger.ONE.shiftLeft(256);
    square = words(radix.multiply(radix).mod(modulus));
    cube = words(radix.pow(3).mod(modulus));
    inversion = new ModularInverse(modulus);
    zero = words(BigInteger.ZERO);
    one = words(radix.mod(modulus));
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
    return words(value.mod(modulus)).times(square);
  }

  /// The element with this value.
  FieldElement of(long value) {
    return of(BigInteger.valueOf(value));
  }

  /// The element encoded at `offset`; empty if the number is not below p.
  Optional<FieldElement> decode(byte[] input, int offset) {
    FieldElement words =
        new FieldElement(
            this,
            (long) WORDS.get(input, offset + 24),
            (long) WORDS.get(input, offset + 16),
            (long) WORDS.get(input, offset + 8),
            (long) WORDS.get(input, offset));
    return words.isReduced() ? Optional.of(words.times(square)) : Optional.empty();
  }

  /// Writes the 32 bytes of `element` at `offset`.
  void encode(FieldElement element, byte[] output, int offset) {
    FieldElement words = element.times(new FieldElement(this, 1, 0, 0, 0));
    WORDS.set(output, offset, words.w3);
    WORDS.set(output, offset + 8, words.w2);
    WORDS.set(output, offset + 16, words.w1);
    WORDS.set(output, offset + 24, words.w0);
  }

  /// 1 / `element`, which is not 0.
  FieldElement inverse(FieldElement element) {
    long[] words = inversion.invert(element.w0, element.w1, element.w2, element.w3);
    return new FieldElement(this, words[0], words[1], words[2], words[3]).times(cube);
  }

  /// The number below p that `element` stands for.
  BigInteger value(FieldElement element) {
    byte[] bytes = new byte[BYTES];
    encode(element, bytes, 0);
    return new BigInteger(1, bytes);
  }

  private FieldElement words(BigInteger value) {
    return new FieldElement(
        this,
        value.longValue(),
        value.shiftRight(64).longValue(),
        value.shiftRight(128).longValue(),
        value.shiftRight(192).longValue());
  }
}
