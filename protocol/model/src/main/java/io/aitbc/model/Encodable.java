// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Bytes;

/// A value with one canonical encoding. Protocol §11.1.
public interface Encodable {
  /// Appends the canonical encoding, one item.
  void writeTo(RlpWriter writer);

  /// The canonical encoding.
  default Bytes encoded() {
    RlpWriter writer = new RlpWriter();
    writeTo(writer);
    return writer.toBytes();
  }

  /// The value whose canonical encoding is all of `encoding`, read by `element`.
  static <T> T decode(Bytes encoding, RlpReader.Element<T> element) throws MalformedException {
    RlpReader reader = RlpReader.of(encoding);
    T value = element.read(reader);
    reader.finish();
    return value;
  }
}
