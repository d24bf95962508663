// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import java.util.Optional;

/// Reads values of the distinguished encoding rules one after the other. Only one-byte tags and
/// shortest definite lengths: one value has one encoding.
final class DerReader {
  private final ByteCursor cursor;
  private final Bytes bytes;

  DerReader(Bytes bytes) {
    this.bytes = bytes;
    cursor = new ByteCursor(bytes);
  }

  boolean hasMore() {
    return cursor.remaining() > 0;
  }

  DerValue next() throws RefusedException {
    int start = cursor.position();
    int tag = cursor.u8();
    RefusedException.unless((tag & 0x1f) != 0x1f, Reason.MALFORMED);
    long length = cursor.u8();
    if (length >= 0x80) {
      int count = (int) length & 0x7f;
      RefusedException.unless(count >= 1 && count <= 3, Reason.MALFORMED);
      length = cursor.big(count);
      RefusedException.unless(length >= 0x80 && length >> (8 * (count - 1)) != 0, Reason.MALFORMED);
    }
    Bytes content = cursor.take(length);
    return new DerValue(tag, bytes.slice(start, cursor.position() - start), content);
  }

  DerValue next(int tag) throws RefusedException {
    return next().as(tag);
  }

  /// The next value if its tag is `tag`; else nothing is read.
  Optional<DerValue> nextIf(int tag) throws RefusedException {
    return hasMore() && (bytes.at(cursor.position()) & 0xff) == tag
        ? Optional.of(next())
        : Optional.empty();
  }

  /// Nothing may follow.
  void end() throws RefusedException {
    RefusedException.unless(!hasMore(), Reason.MALFORMED);
  }
}
