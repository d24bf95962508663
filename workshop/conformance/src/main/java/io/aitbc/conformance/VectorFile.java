// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

/// A file of vectors.
///
/// @param path where it is, with `/` between names; the name of an archive is followed by the path
///   in it
/// @param content its bytes, which nobody changes
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
public record VectorFile(String path, byte[] content) {
  /// The last `count` names of the path.
  public String shortPath(int count) {
    int from = path.length();
    for (int i = 0; i < count && from > 0; i++) {
      from = path.lastIndexOf('/', from - 1);
    }
    return path.substring(from + 1);
  }
}
