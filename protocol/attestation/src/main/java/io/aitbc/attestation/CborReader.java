// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// Reads CBOR strictly: shortest heads, definite lengths, no repeated keys, bounded depth and
/// count.
final class CborReader {
  /// Deepest nesting.
  static final int DEPTH_MAX = 8;

  /// Most values of one text: bounds what a small text can make of memory.
  static final int VALUES_MAX = 4_096;

  private final ByteCursor cursor;
  private final Bytes bytes;
  private int values;

  private CborReader(Bytes bytes) {
    this.bytes = bytes;
    cursor = new ByteCursor(bytes);
  }

  /// The one value that `bytes` are.
  static CborValue read(Bytes bytes) throws RefusedException {
    CborReader reader = new CborReader(bytes);
    CborValue value = reader.value(0);
    RefusedException.unless(reader.cursor.remaining() == 0, Reason.TRAILING_DATA);
    return value;
  }

  private CborValue value(int depth) throws RefusedException {
    RefusedException.unless(depth <= DEPTH_MAX && ++values <= VALUES_MAX, Reason.MALFORMED);
    int head = cursor.u8();
    int major = head >> 5;
    long argument = argument(head & 0x1f);
    return switch (major) {
      case 0 -> new CborValue.Whole(argument);
      case 1 -> new CborValue.Whole(-1 - argument);
      case 2 -> new CborValue.Octets(cursor.take(argument));
      case 3 -> new CborValue.Text(ByteCursor.utf8(cursor.take(argument)));
      case 4 -> items(argument, depth);
      case 5 -> members(argument, depth);
      case 6 -> new CborValue.Tagged(argument, value(depth + 1));
      default -> {
        RefusedException.unless(argument >= 20 && argument <= 22, Reason.MALFORMED);
        yield new CborValue.Simple((int) argument);
      }
    };
  }

  private long argument(int low) throws RefusedException {
    if (low < 24) {
      return low;
    }
    RefusedException.unless(low <= 27, Reason.MALFORMED);
    int count = 1 << (low - 24);
    long value = count == 8 ? cursor.big(4) << 32 | cursor.big(4) : cursor.big(count);
    long least =
        switch (count) {
          case 1 -> 24;
          case 2 -> 1L << 8;
          case 4 -> 1L << 16;
          default -> 1L << 32;
        };
    RefusedException.unless(value >= least, Reason.MALFORMED); // Also refuses 2^63 and above.
    return value;
  }

  private CborValue items(long count, int depth) throws RefusedException {
    RefusedException.unless(count <= cursor.remaining(), Reason.MALFORMED);
    List<CborValue> items = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      items.add(value(depth + 1));
    }
    return new CborValue.Items(items);
  }

  private CborValue members(long count, int depth) throws RefusedException {
    RefusedException.unless(count <= cursor.remaining(), Reason.MALFORMED);
    List<CborValue.Member> members = new ArrayList<>();
    TreeSet<Bytes> keys = new TreeSet<>();
    for (long i = 0; i < count; i++) {
      int start = cursor.position();
      CborValue key = value(depth + 1);
      boolean fresh = keys.add(bytes.slice(start, cursor.position() - start));
      RefusedException.unless(fresh, Reason.MALFORMED);
      members.add(new CborValue.Member(key, value(depth + 1)));
    }
    return new CborValue.Members(members);
  }
}
