// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Bytes;
import java.util.Collection;

/// Which members of one class signed: bit i of byte i / 8, counted from the low end, is the i-th
/// member. As long as the class needs and no longer, unused bits zero, so that a group has one
/// encoding. Protocol §11.7.
///
/// @param bits the bytes, at most {@link #BYTES_MAX}
public record SignerBitmap(Bytes bits) {
  /// Greatest length: a bit for each of {@link ValidatorSet#VALIDATORS_MAX} members.
  public static final int BYTES_MAX = (ValidatorSet.VALIDATORS_MAX + 7) / 8;

  /// @throws IllegalArgumentException if it is too long
  public SignerBitmap {
    if (bits.length() > BYTES_MAX) {
      throw new IllegalArgumentException("a bitmap of " + bits.length() + " bytes");
    }
  }

  /// The bitmap over a class of `size` members in which the members `indices` are set.
  ///
  /// @throws IllegalArgumentException if an index is outside of the class
  public static SignerBitmap of(int size, Collection<Integer> indices) {
    byte[] bits = new byte[(size + 7) / 8];
    for (int index : indices) {
      if (index < 0 || index >= size) {
        throw new IllegalArgumentException("no member " + index + " among " + size);
      }
      bits[index >> 3] |= (byte) (1 << (index & 7));
    }
    return new SignerBitmap(Bytes.wrap(bits));
  }

  /// Whether this is the one encoding of a group within a class of `size` members.
  public boolean fits(int size) {
    if (bits.length() != (size + 7) / 8) {
      return false;
    }
    int used = size & 7;
    return used == 0 || (bits.at(bits.length() - 1) & 0xff) >>> used == 0;
  }

  /// Whether member `index` is set; false beyond the end.
  public boolean contains(int index) {
    return index >> 3 < bits.length() && (bits.at(index >> 3) >>> (index & 7) & 1) == 1;
  }

  /// How many members are set.
  public int count() {
    int count = 0;
    for (int i = 0; i < bits.length(); i++) {
      count += Integer.bitCount(bits.at(i) & 0xff);
    }
    return count;
  }

  /// The members that are set, ascending.
  public int[] indices() {
    int[] indices = new int[count()];
    int next = 0;
    for (int index = 0; index < bits.length() * 8; index++) {
      if (contains(index)) {
        indices[next++] = index;
      }
    }
    return indices;
  }

  /// The members set in this bitmap or in `other`, which is over the same class.
  ///
  /// @throws IllegalArgumentException if the lengths differ
  public SignerBitmap or(SignerBitmap other) {
    if (bits.length() != other.bits.length()) {
      throw new IllegalArgumentException("bitmaps over different classes");
    }
    byte[] joined = bits.toArray();
    for (int i = 0; i < joined.length; i++) {
      joined[i] |= other.bits.at(i);
    }
    return new SignerBitmap(Bytes.wrap(joined));
  }

  static SignerBitmap readFrom(RlpReader reader) throws MalformedException {
    return new SignerBitmap(reader.string(0, BYTES_MAX));
  }
}
