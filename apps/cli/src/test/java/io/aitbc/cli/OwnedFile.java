// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// Files that only their owner may read, as secrets must be. For tests.
final class OwnedFile {
  private OwnedFile() {}

  /// Makes one.
  ///
  /// @return the file
  static Path create(Path file, String text) throws IOException {
    Path made =
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(made, text);
  }
}
