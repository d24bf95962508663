// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import java.util.List;

/// A filter of 2,048 bits over the addresses and topics of logs: it may say yes to what is not in
/// it, never no to what is. Yellow Paper §4.3.1; Protocol §11.5.
///
/// @param bytes the 256 bytes, highest bit first
public record Bloom(Bytes bytes) {
  /// Length in bytes.
  public static final int BYTES = 256;

  /// The filter that nothing is in.
  public static final Bloom EMPTY = new Bloom(Bytes.wrap(new byte[BYTES]));

  private static final int BITS_PER_VALUE = 3;
  private static final int INDEX_MASK = 2047;

  /// @throws IllegalArgumentException if there are not 256 bytes
  public Bloom {
    if (bytes.length() != BYTES) {
      throw new IllegalArgumentException("a bloom filter has 256 bytes, not " + bytes.length());
    }
  }

  /// The filter of all addresses and topics of `logs`.
  public static Bloom of(List<Log> logs) {
    if (logs.isEmpty()) {
      return EMPTY;
    }
    byte[] bits = new byte[BYTES];
    for (Log log : logs) {
      set(bits, Keccak256.hash(log.address().bytes()));
      for (Hash topic : log.topics()) {
        set(bits, Keccak256.hash(topic.toArray()));
      }
    }
    return new Bloom(Bytes.wrap(bits));
  }

  /// The filter of everything that is in one of `blooms`.
  public static Bloom union(List<Bloom> blooms) {
    byte[] bits = new byte[BYTES];
    for (Bloom bloom : blooms) {
      for (int i = 0; i < BYTES; i++) {
        bits[i] |= bloom.bytes.at(i);
      }
    }
    return new Bloom(Bytes.wrap(bits));
  }

  /// Whether a log of this account may be in the filter.
  public boolean mayContain(Address address) {
    return mayContain(Value.of(address));
  }

  /// Whether a log with this topic may be in the filter.
  public boolean mayContain(Hash topic) {
    return mayContain(Value.of(topic));
  }

  /// What many filters are asked for: it is hashed once.
  ///
  /// @param front the first eight bytes of its hash
  public record Value(long front) {
    /// The address of a log's account.
    public static Value of(Address address) {
      return new Value(Keccak256.hash(address.bytes()).firstLong());
    }

    /// A topic of a log.
    public static Value of(Hash topic) {
      return new Value(Keccak256.hash(topic.toArray()).firstLong());
    }
  }

  /// Whether a log with this address or topic may be in the filter.
  public boolean mayContain(Value value) {
    long front = value.front;
    for (int i = 0; i < BITS_PER_VALUE; i++) {
      int index = index(front, i);
      if ((bytes.at(BYTES - 1 - (index >>> 3)) >>> (index & 7) & 1) == 0) {
        return false;
      }
    }
    return true;
  }

  private static void set(byte[] bits, Hash hash) {
    long front = hash.firstLong();
    for (int i = 0; i < BITS_PER_VALUE; i++) {
      int index = index(front, i);
      bits[BYTES - 1 - (index >>> 3)] |= (byte) (1 << (index & 7));
    }
  }

  /// The low eleven bits of pair `number` of the hash's first three pairs of bytes.
  private static int index(long front, int number) {
    return (int) (front >>> (48 - 16 * number)) & INDEX_MASK;
  }
}
