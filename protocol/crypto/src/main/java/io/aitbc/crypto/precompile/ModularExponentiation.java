// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto.precompile;

import java.math.BigInteger;
import java.util.Arrays;

/// Modular exponentiation, for precompile 0x05 (EIP-198). Lengths and gas are the EVM's concern
/// (EIP-2565, EIP-7823, EIP-7883); it charges before it calls.
public final class ModularExponentiation {
  private ModularExponentiation() {}

  /// `base ^ exponent mod modulus`, big-endian, in as many bytes as `modulus` has. 0 ^ 0 is 1; a
  /// modulus of 0 gives 0.
  public static byte[] power(byte[] base, byte[] exponent, byte[] modulus) {
    byte[] output = new byte[modulus.length];
    BigInteger divisor = new BigInteger(1, modulus);
    if (divisor.signum() == 0) {
      return output;
    }
    BigInteger result = new BigInteger(1, base).modPow(new BigInteger(1, exponent), divisor);
    byte[] bytes = result.toByteArray();
    int length = Math.min(bytes.length, output.length); // A sign byte may be one too many.
    System.arraycopy(bytes, bytes.length - length, output, output.length - length, length);
    return output;
  }

  /// The same for the three numbers concatenated, without their lengths: input that ends early is
  /// continued with zeros.
  ///
  /// @throws IllegalArgumentException if a length is negative
  public static byte[] power(
      byte[] input, int offset, int baseBytes, int exponentBytes, int modulusBytes) {
    return power(
        padded(input, offset, baseBytes),
        padded(input, (long) offset + baseBytes, exponentBytes),
        padded(input, (long) offset + baseBytes + exponentBytes, modulusBytes));
  }

  private static byte[] padded(byte[] input, long offset, int length) {
    if (length < 0) {
      throw new IllegalArgumentException("negative length: " + length);
    }
    if (offset >= input.length) {
      return new byte[length];
    }
    int from = (int) offset;
    int to = (int) Math.min(input.length, offset + length);
    return Arrays.copyOf(Arrays.copyOfRange(input, from, to), length);
  }
}
