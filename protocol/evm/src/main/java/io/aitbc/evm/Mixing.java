// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.crypto.Hash;
import io.aitbc.model.UInt256;

/// Chooses hash buckets for keys that an attacker may have chosen: sums of products of keyed limbs
/// (NH of J. Black et al., UMAC, CRYPTO 1999), so keys of one bucket cannot be found without the
/// secret.
final class Mixing {
  private static final long ODD = 0x9e3779b97f4a7c15L;

  private final long a;
  private final long b;
  private final long c;
  private final long d;

  /// @param secret a value that was not known when the keys were chosen
  Mixing(Hash secret) {
    UInt256 number = UInt256.of(secret);
    a = number.low() ^ ODD;
    b = number.midLow() + ODD;
    c = number.midHigh() ^ -ODD;
    d = number.high() - ODD;
  }

  /// A number whose low bits choose the bucket.
  int bucket(int owner, long key0, long key1, long key2, long key3) {
    long mixed = (key0 + a) * (key1 + b) + (key2 + c) * (key3 + d) + owner * ODD;
    // The product's low bits depend on few bits of the key; the high half of a second product on
    // all of them.
    mixed ^= mixed >>> 32;
    return (int) ((mixed * (a | 1)) >>> 32) ^ (int) ((key0 * ODD) >>> 40);
  }
}
