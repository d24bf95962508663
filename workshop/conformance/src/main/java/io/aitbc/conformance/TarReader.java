// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// Reads a tar archive (POSIX ustar, with the long names of pax and of GNU tar) entry by entry.
final class TarReader {
  private static final int BLOCK_BYTES = 512;

  /// Largest file accepted, in bytes: the largest vector published is a tenth of it.
  private static final long FILE_BYTES_MAX = 1L << 30;

  private final InputStream input;
  private final byte[] header = new byte[BLOCK_BYTES];
  private String path = "";
  private long size;
  private long left;
  private boolean file;

  TarReader(InputStream input) {
    this.input = input;
  }

  /// Moves to the next entry; false at the end.
  boolean next() throws IOException {
    String longPath = "";
    while (true) {
      input.skipNBytes(left == 0 ? padding() : left + padding());
      left = 0;
      size = 0;
      if (input.readNBytes(header, 0, BLOCK_BYTES) < BLOCK_BYTES || header[0] == 0) {
        return false;
      }
      size = octal(124, 12);
      left = size;
      char type = (char) header[156];
      if (type == 'L') {
        longPath = text(content(), 0, (int) size);
      } else if (type == 'x') {
        longPath = paxPath(content(), longPath);
      } else if (type == 'g') {
        byte[] _ = content();
      } else {
        file = type == '0' || type == 0;
        path = longPath.isEmpty() ? shortPath() : longPath;
        return true;
      }
    }
  }

  /// Path of the entry in the archive.
  String path() {
    return path;
  }

  /// Whether the entry is an ordinary file.
  boolean isFile() {
    return file;
  }

  /// The content of the entry; to be read once.
  byte[] content() throws IOException {
    if (size > FILE_BYTES_MAX) {
      throw new IOException(path + " has " + size + " bytes, more than " + FILE_BYTES_MAX);
    }
    byte[] content = input.readNBytes((int) size);
    if (content.length < size) {
      throw new EOFException("the archive ends inside of " + path);
    }
    left = 0;
    return content;
  }

  private long padding() {
    return (BLOCK_BYTES - size % BLOCK_BYTES) % BLOCK_BYTES;
  }

  private String shortPath() {
    String prefix = text(header, 345, 155);
    String name = text(header, 0, 100);
    boolean posix = text(header, 257, 5).equals("ustar") && !prefix.isEmpty();
    return posix ? prefix + "/" + name : name;
  }

  private long octal(int offset, int length) throws IOException {
    String digits = text(header, offset, length).strip();
    try {
      return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
    } catch (NumberFormatException malformed) {
      throw new IOException("not a tar header: size " + digits, malformed);
    }
  }

  /// Up to the first zero.
  private static String text(byte[] bytes, int offset, int length) {
    int end = offset;
    while (end < offset + length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, offset, end - offset, StandardCharsets.UTF_8);
  }

  /// The value of the record `path` of a pax header, whose records are `length key=value`.
  private static String paxPath(byte[] content, String otherwise) {
    for (String line : new String(content, StandardCharsets.UTF_8).split("\n", -1)) {
      int key = line.indexOf(" path=");
      if (key > 0) {
        return line.substring(key + " path=".length());
      }
    }
    return otherwise;
  }
}
