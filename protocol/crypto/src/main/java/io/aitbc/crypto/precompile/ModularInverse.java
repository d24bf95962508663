// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto.precompile;

import java.math.BigInteger;

/// Inverts numbers modulo one odd prime of at most 256 bits, several times faster than {@link
/// BigInteger#modInverse}: Bernstein and Yang, "Fast constant-time gcd computation and modular
/// inversion" (2019), in the variant whose time depends on the input, 62 division steps at a time.
///
/// Numbers are five limbs of 62 bits, lowest first; the highest carries the sign.
final class ModularInverse {
  private static final int LIMBS = 5;
  private static final int LIMB_BITS = 62;
  private static final long LIMB_MASK = -1L >>> (Long.SIZE - LIMB_BITS);

  private final long[] modulus;

  /// 1 / modulus, modulo 2^62.
  private final long inverse;

  ModularInverse(BigInteger modulus) {
    this.modulus = new long[LIMBS];
    for (int i = 0; i < LIMBS; i++) {
      this.modulus[i] = modulus.shiftRight(LIMB_BITS * i).longValue() & LIMB_MASK;
    }
    inverse = modulus.modInverse(BigInteger.ONE.shiftLeft(LIMB_BITS)).longValue();
  }

  /// The inverse of the number with these words of 64 bits, lowest first, which is not 0 and below
  /// the modulus; in four such words.
  long[] invert(long w0, long w1, long w2, long w3) {
    Run run = new Run(w0, w1, w2, w3);
    run.reduce();
    return words(run.result());
  }

  private static long[] words(long[] limbs) {
    return new long[] {
      limbs[0] | limbs[1] << 62,
      limbs[1] >>> 2 | limbs[2] << 60,
      limbs[2] >>> 4 | limbs[3] << 58,
      limbs[3] >>> 6 | limbs[4] << 56
    };
  }

  /// A signed number of 128 bits that collects products.
  private static final class Accumulator {
    private long low;
    private long high;

    void add(long a, long b) {
      long product = a * b;
      low += product;
      high += Math.multiplyHigh(a, b) + (Long.compareUnsigned(low, product) < 0 ? 1 : 0);
    }

    /// The lowest 62 bits, which are shifted out.
    long takeLimb() {
      long limb = low & LIMB_MASK;
      low = low >>> LIMB_BITS | high << (Long.SIZE - LIMB_BITS);
      high >>= LIMB_BITS;
      return limb;
    }
  }

  /// One inversion. f and g go to plus or minus 1 and 0 as in Euclid's algorithm; d and e are the
  /// numbers with d · x = f and e · x = g modulo the modulus.
  private final class Run {
    private final long[] d = new long[LIMBS];
    private final long[] e = {1, 0, 0, 0, 0};
    private final long[] f = modulus.clone();
    private final long[] g;

    /// Limbs of f and g that are in use.
    private int length = LIMBS;

    private long eta = -1;

    // The matrix of the last 62 steps, times 2^62: f becomes u f + v g, g becomes q f + r g.
    private long u;
    private long v;
    private long q;
    private long r;

    Run(long w0, long w1, long w2, long w3) {
      g =
          new long[] {
            w0 & LIMB_MASK,
            (w0 >>> 62 | w1 << 2) & LIMB_MASK,
            (w1 >>> 60 | w2 << 4) & LIMB_MASK,
            (w2 >>> 58 | w3 << 6) & LIMB_MASK,
            w3 >>> 56
          };
    }

    void reduce() {
      while (!isZero(g)) {
        step();
        applyToDivisors();
        applyToValues();
        shorten();
      }
    }

    private boolean isZero(long[] number) {
      long bits = 0;
      for (int i = 0; i < length; i++) {
        bits |= number[i];
      }
      return bits == 0;
    }

    /// 62 division steps on the lowest words alone.
    private void step() {
      long f0 = f[0];
      long g0 = g[0];
      u = 1;
      v = 0;
      q = 0;
      r = 1;
      int left = LIMB_BITS;
      while (true) {
        int zeros = Long.numberOfTrailingZeros(g0 | (-1L << left));
        g0 >>>= zeros;
        u <<= zeros;
        v <<= zeros;
        eta -= zeros;
        left -= zeros;
        if (left == 0) {
          return;
        }
        boolean swap = eta < 0;
        if (swap) {
          eta = -eta;
          long swapped = f0;
          f0 = g0;
          g0 = -swapped;
          swapped = u;
          u = q;
          q = -swapped;
          swapped = v;
          v = r;
          r = -swapped;
        }
        // As many low bits of g as can be cancelled at once with a multiple of f: up to 6 after a
        // swap, up to 4 otherwise, where the shorter formula for -g / f holds.
        long limit = -1L >>> (Long.SIZE - (int) Math.min(eta + 1, left));
        long multiple =
            swap
                ? (f0 * g0 * (f0 * f0 - 2)) & limit & 63
                : (-(f0 + (((f0 + 1) & 4) << 1)) * g0) & limit & 15;
        g0 += f0 * multiple;
        q += u * multiple;
        r += v * multiple;
      }
    }

    /// d and e by the same matrix, modulo the modulus: multiples of it make the lowest limbs zero.
    private void applyToDivisors() {
      long dSign = d[LIMBS - 1] >> 63;
      long eSign = e[LIMBS - 1] >> 63;
      long ofD = (u & dSign) + (v & eSign);
      long ofE = (q & dSign) + (r & eSign);
      Accumulator first = new Accumulator();
      Accumulator second = new Accumulator();
      first.add(u, d[0]);
      first.add(v, e[0]);
      second.add(q, d[0]);
      second.add(r, e[0]);
      ofD -= (inverse * first.low + ofD) & LIMB_MASK;
      ofE -= (inverse * second.low + ofE) & LIMB_MASK;
      first.add(modulus[0], ofD);
      second.add(modulus[0], ofE);
      long _ = first.takeLimb();
      long _ = second.takeLimb();
      for (int i = 1; i < LIMBS; i++) {
        first.add(u, d[i]);
        first.add(v, e[i]);
        first.add(modulus[i], ofD);
        second.add(q, d[i]);
        second.add(r, e[i]);
        second.add(modulus[i], ofE);
        d[i - 1] = first.takeLimb();
        e[i - 1] = second.takeLimb();
      }
      d[LIMBS - 1] = first.low;
      e[LIMBS - 1] = second.low;
    }

    /// f and g by the same matrix, exactly: the lowest limbs come out zero by themselves.
    private void applyToValues() {
      Accumulator first = new Accumulator();
      Accumulator second = new Accumulator();
      for (int i = 0; i < length; i++) {
        first.add(u, f[i]);
        first.add(v, g[i]);
        second.add(q, f[i]);
        second.add(r, g[i]);
        long fLimb = first.takeLimb();
        long gLimb = second.takeLimb();
        if (i > 0) {
          f[i - 1] = fLimb;
          g[i - 1] = gLimb;
        }
      }
      f[length - 1] = first.low;
      g[length - 1] = second.low;
    }

    /// Drops the highest limb of f and g where it holds nothing but the sign.
    private void shorten() {
      long fTop = f[length - 1];
      long gTop = g[length - 1];
      if (length > 1 && (fTop ^ (fTop >> 63)) == 0 && (gTop ^ (gTop >> 63)) == 0) {
        f[length - 2] |= fTop << LIMB_BITS;
        g[length - 2] |= gTop << LIMB_BITS;
        length--;
      }
    }

    /// d, with the sign of f, between 0 and the modulus.
    long[] result() {
      addModulusIfNegative();
      if (f[length - 1] < 0) {
        for (int i = 0; i < LIMBS; i++) {
          d[i] = -d[i];
        }
      }
      carry();
      addModulusIfNegative();
      carry();
      return d;
    }

    private void addModulusIfNegative() {
      long mask = d[LIMBS - 1] >> 63;
      for (int i = 0; i < LIMBS; i++) {
        d[i] += modulus[i] & mask;
      }
    }

    private void carry() {
      for (int i = 0; i < LIMBS - 1; i++) {
        d[i + 1] += d[i] >> LIMB_BITS;
        d[i] &= LIMB_MASK;
      }
    }
  }
}
