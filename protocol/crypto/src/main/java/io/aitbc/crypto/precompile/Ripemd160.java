// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto.precompile;

import org.bouncycastle.crypto.digests.RIPEMD160Digest;

/// RIPEMD-160, for precompile 0x03 (Yellow Paper §E.1). Nothing else uses it.
public final class Ripemd160 {
  /// Length of a hash in bytes.
  public static final int BYTES = 20;

  private Ripemd160() {}

  /// The 20 bytes of the hash of `input`. The precompile puts twelve zeros in front.
  public static byte[] hash(byte[] input) {
    RIPEMD160Digest digest = new RIPEMD160Digest();
    digest.update(input, 0, input.length);
    byte[] output = new byte[BYTES];
    int _ = digest.doFinal(output, 0);
    return output;
  }
}
