// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Reads a byte string from front to back; what reaches over its end is malformed.
final class ByteCursor {
  private final Bytes bytes;
  private int at;

  ByteCursor(Bytes bytes) {
    this.bytes = bytes;
  }

  int position() {
    return at;
  }

  int remaining() {
    return bytes.length() - at;
  }

  /// The next `count` bytes.
  Bytes take(long count) throws RefusedException {
    if (count < 0 || count > remaining()) {
      throw RefusedException.malformed();
    }
    Bytes taken = bytes.slice(at, (int) count);
    at += (int) count;
    return taken;
  }

  void skip(long count) throws RefusedException {
    Bytes _ = take(count);
  }

  /// The next byte, 0 to 255.
  int u8() throws RefusedException {
    return (int) number(1, false);
  }

  int u16Little() throws RefusedException {
    return (int) number(2, false);
  }

  int u24Little() throws RefusedException {
    return (int) number(3, false);
  }

  long u32Little() throws RefusedException {
    return number(4, false);
  }

  /// A big-endian number of 1 to 7 bytes.
  long big(int count) throws RefusedException {
    return number(count, true);
  }

  /// A big-endian number of 8 bytes; negative from 2^63 on.
  long big64() throws RefusedException {
    return number(8, true);
  }

  /// A length of 4 bytes and as many bytes.
  Bytes piece() throws RefusedException {
    return take(big(4));
  }

  private long number(int count, boolean bigEndian) throws RefusedException {
    if (count > remaining()) {
      throw RefusedException.malformed();
    }
    long value = 0;
    for (int i = 0; i < count; i++) {
      int index = bigEndian ? i : count - 1 - i;
      value = value << 8 | (bytes.at(at + index) & 0xff);
    }
    at += count;
    return value;
  }

  /// Whether every byte of `bytes` is zero.
  static boolean isZero(Bytes bytes) {
    for (int i = 0; i < bytes.length(); i++) {
      if (bytes.at(i) != 0) {
        return false;
      }
    }
    return true;
  }

  /// The text that `bytes` are in UTF-8. What is none is malformed, and never read as another text.
  static String utf8(Bytes bytes) throws RefusedException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toArray()))
          .toString();
    } catch (CharacterCodingException noText) {
      throw RefusedException.malformed();
    }
  }

  /// The byte string back to front: a little-endian number as a big-endian one.
  static Bytes reversed(Bytes bytes) {
    byte[] turned = new byte[bytes.length()];
    for (int i = 0; i < turned.length; i++) {
      turned[i] = bytes.at(turned.length - 1 - i);
    }
    return Bytes.wrap(turned);
  }
}
