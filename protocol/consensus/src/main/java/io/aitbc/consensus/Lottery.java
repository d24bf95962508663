// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/// Draws by lot with exact integer odds: the numbers come from a seed of 32 bytes, a purpose and a
/// counter, and are the same on every machine. Protocol §7.2.
final class Lottery {
  private final byte[] input;

  /// A lottery.
  ///
  /// @param seed usually a beacon
  /// @param purpose what is drawn, in ASCII, so that no two draws share their numbers
  /// @param subject what the draw is about, say a height
  Lottery(Hash seed, String purpose, long subject) {
    byte[] tag = purpose.getBytes(StandardCharsets.US_ASCII);
    input = new byte[Hash.BYTES + tag.length + 16];
    seed.copyTo(input, 0);
    System.arraycopy(tag, 0, input, Hash.BYTES, tag.length);
    put(input.length - 16, subject);
  }

  private void put(int offset, long value) {
    for (int i = 0; i < 8; i++) {
      input[offset + i] = (byte) (value >>> (56 - 8 * i));
    }
  }

  /// A number from 0 to `bound - 1`. 256 bits are drawn, so that no number is likelier than another
  /// by more than one part in 2^190.
  ///
  /// @param counter which number of this lottery
  /// @param bound above 0
  long below(long counter, long bound) {
    put(input.length - 8, counter);
    BigInteger drawn = new BigInteger(1, Keccak256.hash(input).toArray());
    return drawn.mod(BigInteger.valueOf(bound)).longValueExact();
  }

  /// An index drawn with odds `weights[i] / total`; weights are not negative, `total` is their sum
  /// and above 0.
  int pick(long counter, long[] weights, long total) {
    long left = below(counter, total);
    for (int i = 0; i < weights.length; i++) {
      if (left < weights[i]) {
        return i;
      }
      left -= weights[i];
    }
    throw new IllegalStateException("the weights do not add up to " + total);
  }
}
