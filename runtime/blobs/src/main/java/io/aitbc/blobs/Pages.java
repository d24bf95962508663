// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import java.io.IOException;
import java.util.Optional;

/// Short answers that a server gives beside its blobs, such as the id of a blob that a reader
/// cannot know. Used by many threads; may block.
@FunctionalInterface
public interface Pages {
  /// No answers.
  Pages NONE = (_, _) -> Optional.empty();

  /// What is at a path; nothing if there is nothing, or not for who asks.
  ///
  /// @param path what was asked for: a stranger's text
  /// @param authorization the request's Authorization header; empty if it has none
  /// @throws IOException if the disk fails
  Optional<byte[]> page(String path, String authorization) throws IOException;

  /// Whether there may soon be something for who asks where there is nothing now: it is told to
  /// come back.
  ///
  /// @param path what was asked for: a stranger's text
  /// @param authorization the request's Authorization header; empty if it has none
  default boolean isEarly(String path, String authorization) {
    return false;
  }
}
