// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What a contract's function returned, read word by word. A word that is missing reads as 0:
/// whoever needs to know asks {@link #has} first.
///
/// @param data as returned
record ReturnWords(ReturnData data) {
  boolean has(int index) {
    return data.word(index).isPresent();
  }

  UInt256 word(int index) {
    return data.word(index).orElse(UInt256.ZERO);
  }

  /// A word; 0 if it is greater than any number that the contracts hold.
  long number(int index) {
    UInt256 word = word(index);
    return word.fitsLong() ? word.low() : 0;
  }

  Amount amount(int index) {
    return new Amount(word(index));
  }

  Address address(int index) {
    byte[] word = word(index).toArray();
    return new Address(Bytes.of(word, UInt256.BYTES - Address.BYTES, Address.BYTES));
  }

  /// An epoch that stands there as one more than it is.
  OptionalLong epoch(int index) {
    long word = number(index);
    return word == 0 ? OptionalLong.empty() : OptionalLong.of(word - 1);
  }

  /// One of the values that the contract numbers from `first` on; empty for another number.
  <T> Optional<T> oneOf(int index, List<T> values, int first) {
    long code = number(index) - first;
    return has(index) && code >= 0 && code < values.size()
        ? Optional.of(values.get((int) code))
        : Optional.empty();
  }

  /// The BLS key that stands in two words.
  BlsPublicKey key(int index) {
    byte[] head = word(index).toArray();
    byte[] tail = word(index + 1).toArray();
    byte[] key = new byte[BlsPublicKey.BYTES];
    System.arraycopy(head, 0, key, 0, head.length);
    System.arraycopy(tail, 0, key, head.length, BlsPublicKey.BYTES - head.length);
    return new BlsPublicKey(Bytes.wrap(key));
  }
}
