// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.UInt256;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What the answers of both registries on one account have in common: the key in the first two
/// words, the state in the third. Protocol §16.5, §16.6.
final class RegistryWords {
  private static final int STATE = 2;

  private RegistryWords() {}

  /// The state, of those that the contract numbers from 1 on; empty for none.
  static <T> Optional<T> state(ReturnData answer, List<T> states) {
    long code = number(answer, STATE);
    return code < 1 || code > states.size()
        ? Optional.empty()
        : Optional.of(states.get((int) code - 1));
  }

  static BlsPublicKey key(ReturnData answer) {
    byte[] head = answer.word(0).orElse(UInt256.ZERO).toArray();
    byte[] tail = answer.word(1).orElse(UInt256.ZERO).toArray();
    byte[] key = new byte[BlsPublicKey.BYTES];
    System.arraycopy(head, 0, key, 0, head.length);
    System.arraycopy(tail, 0, key, head.length, BlsPublicKey.BYTES - head.length);
    return new BlsPublicKey(Bytes.wrap(key));
  }

  /// An epoch that stands there as one more than it is.
  static OptionalLong epoch(ReturnData answer, int index) {
    long word = number(answer, index);
    return word == 0 ? OptionalLong.empty() : OptionalLong.of(word - 1);
  }

  /// A word; 0 if it is missing, or greater than any that the contracts hold.
  static long number(ReturnData answer, int index) {
    UInt256 word = answer.word(index).orElse(UInt256.ZERO);
    return word.fitsLong() ? word.low() : 0;
  }
}
