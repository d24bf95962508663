// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.precompile.ModularExponentiation;
import io.aitbc.model.Fork;
import io.aitbc.model.UInt256;
import java.util.Optional;

/// Precompile 0x05: three lengths of 32 bytes, then base, exponent and modulus; input that ends
/// early goes on with zeros. EIP-198; the price is EIP-2565's, from Osaka on EIP-7883's, which also
/// bounds the lengths (EIP-7823). Protocol §14.6.
final class PowerPrecompile implements Precompile {
  /// Greatest length of base, exponent and modulus from Osaka on, in bytes (EIP-7823).
  private static final int LENGTH_BYTES_MAX = 1_024;

  private static final int HEADER_BYTES = 3 * UInt256.BYTES;

  /// Bytes of the exponent whose bits count; those behind count as if all were set.
  private static final int EXPONENT_HEAD_BYTES = 32;

  private final boolean isOsaka;

  PowerPrecompile(Fork fork) {
    isOsaka = fork.isAtLeast(Fork.OSAKA);
  }

  /// The three lengths, in bytes; 2^63 - 1 stands for more.
  private record Lengths(long base, long exponent, long modulus) {
    static Lengths of(Bytes input) {
      byte[] header = EthereumPrecompiles.padded(input, HEADER_BYTES);
      long[] words = new long[3 * 4];
      for (int i = 0; i < 3; i++) {
        Words.load(header, UInt256.BYTES * i, words, 4 * i);
      }
      return new Lengths(
          Words.toLongCapped(words, 0), Words.toLongCapped(words, 4), Words.toLongCapped(words, 8));
    }
  }

  @Override
  public long gas(Bytes input) {
    Lengths lengths = Lengths.of(input);
    long longest = Math.max(lengths.base, lengths.modulus);
    if (isOsaka) {
      if (Math.max(longest, lengths.exponent) > LENGTH_BYTES_MAX) {
        return UNPAYABLE;
      }
      long words = (longest + 7) / 8; // rounded up
      long work = longest <= 32 ? 16 : 2 * words * words;
      return Math.max(500, work * iterations(input, lengths, 16));
    }
    if (longest == 0) {
      return 200;
    }
    if (longest > Integer.MAX_VALUE || lengths.exponent > Integer.MAX_VALUE) {
      return UNPAYABLE; // More than 2^32 gas, above the gas limit of every block.
    }
    long words = (longest + 7) / 8; // rounded up; at most 2^28
    long iterations = iterations(input, lengths, 8); // at most 2^34
    long high = Math.multiplyHigh(words * words, iterations);
    return high != 0 || words * words * iterations < 0
        ? UNPAYABLE
        : Math.max(200, words * words * iterations / 3); // rounded down
  }

  /// How often the loop over the exponent's bits multiplies, at least 1: the position of its
  /// highest bit, and `tailFactor` for each byte behind the first 32.
  private static long iterations(Bytes input, Lengths lengths, long tailFactor) {
    int headBytes = (int) Math.min(lengths.exponent, EXPONENT_HEAD_BYTES);
    byte[] head = new byte[headBytes];
    long from = HEADER_BYTES + lengths.base;
    if (from < input.length()) {
      int present = (int) Math.min(headBytes, input.length() - from);
      input.copyTo((int) from, head, 0, present);
    }
    int bits = UInt256.of(head, 0, headBytes).bitLength();
    long tail = tailFactor * Math.max(0, lengths.exponent - EXPONENT_HEAD_BYTES);
    return Math.max(1, tail + Math.max(0, bits - 1));
  }

  @Override
  public Optional<Bytes> run(Bytes input) {
    Lengths lengths = Lengths.of(input);
    if (lengths.modulus == 0) {
      return Optional.of(Bytes.EMPTY);
    }
    byte[] power =
        ModularExponentiation.power(
            input.toArray(),
            HEADER_BYTES,
            (int) lengths.base,
            (int) lengths.exponent,
            (int) lengths.modulus);
    return Optional.of(Bytes.wrap(power));
  }
}
