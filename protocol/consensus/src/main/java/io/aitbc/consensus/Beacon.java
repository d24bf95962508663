// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;

/// The chain of unpredictable values, one per block. A maker cannot choose its contribution, only
/// withhold it, which costs the block. Protocol §7.1.
public final class Beacon {
  private Beacon() {}

  /// The beacon after the genesis block.
  public static Hash genesis(Hash genesisHash) {
    return genesisHash;
  }

  /// The beacon after a block: H(previous beacon ‖ output of its maker's verifiable random
  /// function).
  public static Hash next(Hash previous, Hash vrfOutput) {
    byte[] joined = new byte[2 * Hash.BYTES];
    previous.copyTo(joined, 0);
    vrfOutput.copyTo(joined, Hash.BYTES);
    return Keccak256.hash(joined);
  }
}
