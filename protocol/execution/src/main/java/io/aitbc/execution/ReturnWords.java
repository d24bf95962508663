// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;

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
    return address(word(index));
  }

  /// The address in a word.
  static Address address(UInt256 word) {
    return new Address(Bytes.of(word.toArray(), UInt256.BYTES - Address.BYTES, Address.BYTES));
  }

  Hash hash(int index) {
    return word(index).toHash();
  }

  /// The list of words to which word `index` points; empty if it is not all there, or longer than
  /// {@link ReturnData#WORDS_MAX}.
  Optional<List<UInt256>> listAt(int index) {
    int first = pointedAt(index);
    long length = first < 0 ? -1 : number(first);
    if (length < 0 || length > ReturnData.WORDS_MAX || !fits(first, length * UInt256.BYTES)) {
      return Optional.empty();
    }
    return Optional.of(
        IntStream.rangeClosed(1, (int) length).mapToObj(i -> word(first + i)).toList());
  }

  /// The byte string to which word `index` points; empty if it is not all there.
  Optional<Bytes> bytesAt(int index) {
    int first = pointedAt(index);
    long length = first < 0 ? -1 : number(first);
    return length < 0 || !fits(first, length)
        ? Optional.empty()
        : Optional.of(data.bytes().slice((first + 1) * UInt256.BYTES, (int) length));
  }

  /// The list of byte strings to which word `index` points; empty if it is not all there.
  Optional<List<Bytes>> byteStringsAt(int index) {
    int first = pointedAt(index);
    long length = first < 0 ? -1 : number(first);
    if (length < 0 || length > ReturnData.WORDS_MAX || !fits(first, length * UInt256.BYTES)) {
      return Optional.empty();
    }
    int start = (first + 1) * UInt256.BYTES;
    ReturnWords items =
        new ReturnWords(new ReturnData(data.bytes().slice(start, data.bytes().length() - start)));
    List<Bytes> strings = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      Optional<Bytes> string = items.bytesAt(i);
      if (string.isEmpty()) {
        return Optional.empty();
      }
      boolean _ = strings.add(string.get());
    }
    return Optional.of(strings);
  }

  /// Number of the word that word `index` points at; -1 if there is none.
  private int pointedAt(int index) {
    UInt256 offset = word(index);
    long first = offset.fitsLong() ? offset.low() / UInt256.BYTES : -1;
    boolean whole = has(index) && offset.fitsLong() && offset.low() % UInt256.BYTES == 0;
    return whole && first < data.bytes().length() / UInt256.BYTES && word((int) first).fitsLong()
        ? (int) first
        : -1;
  }

  /// Whether so many bytes stand behind a word.
  private boolean fits(int word, long length) {
    return length <= data.bytes().length() - (word + 1L) * UInt256.BYTES;
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
