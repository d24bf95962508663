// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import io.aitbc.crypto.Hash;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a blob is found by: the root of the tree over its chunks, and its length. Its text is the
/// root's 64 hexadecimal digits, a hyphen and the length in decimal digits. Protocol §17.8.
///
/// @param root root of the tree over the chunks; zeros if there are none
/// @param length bytes, 0 to {@link #LENGTH_BYTES_MAX}
public record BlobId(Hash root, long length) {
  /// Bytes of every chunk but the last, which may be shorter: what is checked, resumed and fetched
  /// again as one.
  public static final int CHUNK_BYTES = 1 << 20;

  /// Bytes of the longest blob, 256 GiB: the hashes of its chunks are 8 MiB and fit into memory.
  public static final long LENGTH_BYTES_MAX = 1L << 38;

  private static final Pattern TEXT = Pattern.compile("([0-9a-f]{64})-(0|[1-9][0-9]{0,11})");

  /// Checks the length.
  public BlobId {
    if (length < 0 || length > LENGTH_BYTES_MAX) {
      throw new IllegalArgumentException("length of a blob out of range: " + length);
    }
  }

  /// Reads the text form; nothing if it is another text.
  public static Optional<BlobId> parse(String text) {
    Matcher match = TEXT.matcher(text);
    if (!match.matches()) {
      return Optional.empty();
    }
    long length = Long.parseLong(match.group(2)); // Twelve digits at most.
    Hash root = Hash.fromHex(match.group(1));
    boolean possible = length <= LENGTH_BYTES_MAX && (length > 0 || root.equals(Hash.ZERO));
    return possible ? Optional.of(new BlobId(root, length)) : Optional.empty();
  }

  /// Number of chunks.
  public int chunks() {
    return (int) ((length + CHUNK_BYTES - 1) / CHUNK_BYTES); // Rounded up; at most 2^18.
  }

  /// Bytes of a chunk.
  ///
  /// @param chunk its number, from 0 on, below {@link #chunks}
  public int chunkLength(int chunk) {
    return (int) Math.min(CHUNK_BYTES, length - (long) chunk * CHUNK_BYTES);
  }

  /// The text form.
  @Override
  public String toString() {
    return HexFormat.of().formatHex(root.toArray()) + "-" + length;
  }
}
