// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import java.io.IOException;
import java.util.Optional;

/// Short texts that a server gives beside its blobs, such as the id of a blob that a reader cannot
/// know. Used by many threads; may block.
@FunctionalInterface
public interface Pages {
  /// No texts.
  Pages NONE = _ -> Optional.empty();

  /// The text at a path, in US-ASCII; nothing if there is none.
  ///
  /// @param path what was asked for: a stranger's text
  /// @throws IOException if the disk fails
  Optional<String> page(String path) throws IOException;
}
