// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Reads a protobuf message field by field, without a copy. A message in a message is read by a
/// reader of its own.
final class ProtobufReader {
  private final byte[] bytes;
  private final int end;
  private int next;
  private int field;
  private int wireType;

  ProtobufReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  private ProtobufReader(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.next = from;
    this.end = end;
  }

  private OnnxRefusalException malformed() {
    return new OnnxRefusalException(new OnnxRefusal.Malformed(next));
  }

  /// Goes to the next field; false at the end.
  boolean hasNext() throws OnnxRefusalException {
    if (next == end) {
      return false;
    }
    long tag = varint();
    if (tag >>> 32 != 0) {
      throw malformed();
    }
    field = (int) (tag >>> 3);
    wireType = (int) tag & 7;
    return true;
  }

  /// Number of the field.
  int field() {
    return field;
  }

  private long varint() throws OnnxRefusalException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (next == end) {
        throw malformed();
      }
      byte part = bytes[next++];
      value |= (part & 0x7fL) << shift;
      if (part >= 0) {
        return value;
      }
    }
    throw malformed();
  }

  private void expect(int type) throws OnnxRefusalException {
    if (wireType != type) {
      throw malformed();
    }
  }

  /// The field's number.
  long number() throws OnnxRefusalException {
    expect(ProtobufWriter.VARINT);
    return varint();
  }

  /// Whether the field is a piece of bytes: a packed list where numbers are repeated.
  boolean isPacked() {
    return wireType == ProtobufWriter.BYTES;
  }

  /// Reads the numbers of a packed list.
  boolean hasMore() {
    return next < end;
  }

  long packedNumber() throws OnnxRefusalException {
    return varint();
  }

  float fraction() throws OnnxRefusalException {
    expect(ProtobufWriter.FIXED32);
    int from = skip(4);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getFloat(from);
  }

  private int skip(long length) throws OnnxRefusalException {
    if (length < 0 || length > end - next) {
      throw malformed();
    }
    int from = next;
    next += (int) length;
    return from;
  }

  /// The field's message, list or bytes, to be read on its own.
  ProtobufReader message() throws OnnxRefusalException {
    expect(ProtobufWriter.BYTES);
    long length = varint();
    int from = skip(length);
    return new ProtobufReader(bytes, from, next);
  }

  byte[] content() throws OnnxRefusalException {
    ProtobufReader part = message();
    byte[] content = new byte[part.end - part.next];
    System.arraycopy(bytes, part.next, content, 0, content.length);
    return content;
  }

  String text() throws OnnxRefusalException {
    return new String(content(), StandardCharsets.UTF_8);
  }

  /// Passes over a field.
  void pass() throws OnnxRefusalException {
    int _ =
        switch (wireType) {
          case ProtobufWriter.VARINT -> (int) varint();
          case ProtobufWriter.FIXED64 -> skip(8);
          case ProtobufWriter.BYTES -> skip(varint());
          case ProtobufWriter.FIXED32 -> skip(4);
          default -> throw malformed();
        };
  }
}
