// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which bytes a request asks for (RFC 9110 §14). Several ranges at once, and what is no range of
/// bytes, are passed over: then the whole is given, as the RFC allows.
///
/// @param kind what to answer
/// @param from the first byte
/// @param to the byte after the last
record ByteRange(Kind kind, long from, long to) {
  private static final Pattern TEXT = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})");

  /// What to answer.
  enum Kind {
    /// Everything.
    WHOLE,
    /// A part.
    PART,
    /// That there is no such part.
    UNSATISFIABLE
  }

  /// The range that a Range header asks for.
  static ByteRange of(@Nullable String header, long length) {
    Matcher match = TEXT.matcher(header == null ? "" : header);
    if (!match.matches() || (match.group(1).isEmpty() && match.group(2).isEmpty())) {
      return new ByteRange(Kind.WHOLE, 0, length);
    }
    long from;
    long to = length;
    if (match.group(1).isEmpty()) {
      from = Math.max(0, length - Long.parseLong(match.group(2))); // The last so many bytes.
    } else {
      from = Long.parseLong(match.group(1));
      if (!match.group(2).isEmpty()) {
        long last = Long.parseLong(match.group(2));
        if (last < from) {
          return new ByteRange(Kind.WHOLE, 0, length); // No range at all.
        }
        to = Math.min(length, last + 1);
      }
    }
    return from >= to
        ? new ByteRange(Kind.UNSATISFIABLE, 0, 0)
        : new ByteRange(Kind.PART, from, to);
  }
}
