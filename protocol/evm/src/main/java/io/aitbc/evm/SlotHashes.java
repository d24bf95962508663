// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Hashes of two words, which is how contracts find the slot of a mapping's key: the same one for
/// reading and writing it, and again in the next transaction. The last ones are remembered, each at
/// a place that its input names; two that share a place cost what they did before. Belongs to one
/// thread.
final class SlotHashes {
  /// Bytes of the input: a key and the mapping's slot.
  static final int INPUT_BYTES = 64;

  private static final int PLACE_BITS = 9;

  /// How many are remembered at most: 48 KiB.
  static final int PLACES = 1 << PLACE_BITS;

  private static final int HASH_LONGS = 4;

  /// Odd, and no pattern in its bits: 2^64 by the golden ratio.
  private static final long MIX = 0x9e3779b97f4a7c15L;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final byte[] inputs = new byte[PLACES * INPUT_BYTES];

  /// Zeros where there is none: nobody knows an input of which that is the hash.
  private final long[] hashes = new long[PLACES * HASH_LONGS];

  private final byte[] digest = new byte[Hash.BYTES];

  /// Writes the hash of the {@link #INPUT_BYTES} bytes of `memory` from `offset` on as the word at
  /// `w[at]`.
  void hash(byte[] memory, int offset, long[] w, int at) {
    int place = place(memory, offset);
    int input = place * INPUT_BYTES;
    int hash = place * HASH_LONGS;
    boolean isKnown =
        (hashes[hash] | hashes[hash + 1] | hashes[hash + 2] | hashes[hash + 3]) != 0
            && Arrays.equals(
                inputs, input, input + INPUT_BYTES, memory, offset, offset + INPUT_BYTES);
    if (!isKnown) {
      Keccak256.hash(memory, offset, INPUT_BYTES, digest, 0);
      Words.load(digest, 0, hashes, hash);
      System.arraycopy(memory, offset, inputs, input, INPUT_BYTES);
    }
    Words.copy(hashes, hash, w, at);
  }

  /// The place of an input: keys are small numbers, addresses or hashes, and so are slots.
  private static int place(byte[] memory, int offset) {
    long key = (long) LONGS.get(memory, offset + 24);
    long slot = (long) LONGS.get(memory, offset + 56);
    return (int) ((((key * MIX) ^ slot) * MIX) >>> (Long.SIZE - PLACE_BITS));
  }
}
