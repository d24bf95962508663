// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import java.util.Arrays;
import java.util.HexFormat;

/// An immutable byte string of any length; compared by content, ordered as unsigned bytes.
public final class Bytes implements Comparable<Bytes> {
  /// The byte string of length 0.
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private static final HexFormat HEX = HexFormat.of();

  private final byte[] content;

  private Bytes(byte[] content) {
    this.content = content;
  }

  /// A byte string with a copy of `bytes`.
  public static Bytes of(byte... bytes) {
    return bytes.length == 0 ? EMPTY : new Bytes(bytes.clone());
  }

  /// A byte string with a copy of `length` bytes from `offset` on.
  public static Bytes of(byte[] bytes, int offset, int length) {
    return length == 0 ? EMPTY : new Bytes(Arrays.copyOfRange(bytes, offset, offset + length));
  }

  /// A byte string over `bytes` itself. The caller gives the array away and never writes to it
  /// again.
  public static Bytes wrap(byte[] bytes) {
    return bytes.length == 0 ? EMPTY : new Bytes(bytes);
  }

  /// Reads hexadecimal digits, with or without `0x` in front.
  ///
  /// @throws IllegalArgumentException if a character is no digit or their count is odd
  public static Bytes fromHex(String hex) {
    return wrap(HEX.parseHex(hex.startsWith("0x") ? hex.substring(2) : hex));
  }

  /// Length in bytes.
  public int length() {
    return content.length;
  }

  /// Whether the length is 0.
  public boolean isEmpty() {
    return content.length == 0;
  }

  /// The byte at `index`, from 0 on.
  public byte at(int index) {
    return content[index];
  }

  /// A copy of `length` bytes from `offset` on.
  public Bytes slice(int offset, int length) {
    return of(content, offset, length);
  }

  /// The content itself, not a copy; only for code of this room that reads it.
  byte[] content() {
    return content;
  }

  /// A copy of the content.
  public byte[] toArray() {
    return content.clone();
  }

  /// Copies the whole content to `target` from `offset` on.
  public void copyTo(byte[] target, int offset) {
    System.arraycopy(content, 0, target, offset, content.length);
  }

  /// Copies `length` bytes from `from` on to `target` from `offset` on.
  public void copyTo(int from, byte[] target, int offset, int length) {
    System.arraycopy(content, from, target, offset, length);
  }

  /// Lower-case hexadecimal digits with `0x` in front.
  public String toHex() {
    return "0x" + HEX.formatHex(content);
  }

  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(content, other.content);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes bytes && Arrays.equals(content, bytes.content);
  }

  @Override
  public int hashCode() {
    // Short strings of small bytes, as paths in a trie are, would crowd a few buckets of a table
    // without the multiplication, which spreads them over the upper bits.
    return Arrays.hashCode(content) * 0x9e3779b9;
  }

  /// The first 32 bytes in hexadecimal, and the length if there are more.
  @Override
  public String toString() {
    return content.length <= 32
        ? toHex()
        : "0x" + HEX.formatHex(content, 0, 32) + "… (" + content.length + " bytes)";
  }
}
