// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Writes the deterministic encoding of CBOR (RFC 8949 §4.2.1): shortest heads, keys in the order
/// of their encodings.
final class CborWriter {
  private CborWriter() {}

  static Bytes write(CborValue value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(value, out);
    return Bytes.wrap(out.toByteArray());
  }

  private record Encoded(Bytes key, CborValue value) {}

  private static void write(CborValue value, ByteArrayOutputStream out) {
    switch (value) {
      case CborValue.Whole(long number) ->
          head(number < 0 ? 1 : 0, number < 0 ? -1 - number : number, out);
      case CborValue.Octets(Bytes bytes) -> {
        head(2, bytes.length(), out);
        out.writeBytes(bytes.toArray());
      }
      case CborValue.Text(String text) -> {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        head(3, utf8.length, out);
        out.writeBytes(utf8);
      }
      case CborValue.Items(List<CborValue> items) -> {
        head(4, items.size(), out);
        items.forEach(item -> write(item, out));
      }
      case CborValue.Members(List<CborValue.Member> members) -> {
        head(5, members.size(), out);
        List<Encoded> sorted = new ArrayList<>();
        members.forEach(member -> sorted.add(new Encoded(write(member.key()), member.value())));
        sorted.sort(Comparator.comparing(Encoded::key));
        for (Encoded entry : sorted) {
          out.writeBytes(entry.key.toArray());
          write(entry.value, out);
        }
      }
      case CborValue.Tagged(long tag, CborValue inner) -> {
        head(6, tag, out);
        write(inner, out);
      }
      case CborValue.Simple(int code) -> out.write(0xe0 | code);
    }
  }

  private static void head(int major, long argument, ByteArrayOutputStream out) {
    int type = major << 5;
    if (argument < 24) {
      out.write(type | (int) argument);
      return;
    }
    int size = argument < 1L << 8 ? 0 : argument < 1L << 16 ? 1 : argument < 1L << 32 ? 2 : 3;
    out.write(type | (24 + size));
    for (int shift = 8 * ((1 << size) - 1); shift >= 0; shift -= 8) {
      out.write((int) (argument >>> shift));
    }
  }
}
