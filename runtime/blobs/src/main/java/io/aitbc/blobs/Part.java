// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

/// Bytes that somebody gives to a store, to be copied once, to where they are hashed and written
/// from.
@FunctionalInterface
public interface Part {
  /// Copies bytes.
  ///
  /// @param from number of the first, in the part
  /// @param target where they go
  /// @param offset where the first goes
  /// @param length how many
  void copyTo(int from, byte[] target, int offset, int length);

  /// A part over an array.
  static Part of(byte[] bytes) {
    return (from, target, offset, length) -> System.arraycopy(bytes, from, target, offset, length);
  }
}
