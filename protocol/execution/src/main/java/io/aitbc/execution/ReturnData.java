// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.UInt256;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a contract's function returned, in the encoding of the Solidity ABI. A contract that was
/// upgraded may return anything, so what does not fit is empty, not an error. Protocol §16.1.
///
/// @param bytes as returned
record ReturnData(Bytes bytes) {
  /// Most words of a list: four for each candidate that there may be.
  static final int WORDS_MAX = 4 * 4_096;

  /// The word at `index`.
  Optional<UInt256> word(int index) {
    long end = (index + 1L) * UInt256.BYTES;
    return end > bytes.length()
        ? Optional.empty()
        : Optional.of(
            UInt256.of(
                bytes.slice(index * UInt256.BYTES, UInt256.BYTES).toArray(), 0, UInt256.BYTES));
  }

  /// The list of words that is all that was returned.
  Optional<List<UInt256>> words() {
    UInt256 offset = word(0).orElse(UInt256.ZERO);
    UInt256 length = word(1).orElse(UInt256.MAX);
    if (!offset.equals(UInt256.of(UInt256.BYTES))
        || length.compareTo(UInt256.of(WORDS_MAX)) > 0
        || bytes.length() != (2 + length.low()) * UInt256.BYTES) {
      return Optional.empty();
    }
    byte[] all = bytes.toArray();
    List<UInt256> words = new ArrayList<>();
    for (int at = 2 * UInt256.BYTES; at < all.length; at += UInt256.BYTES) {
      words.add(UInt256.of(all, at, UInt256.BYTES));
    }
    return Optional.of(words);
  }
}
