// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Where the public test vectors are: the folder named by the property `aitbc.vectors`, else
/// `shared/vectors` beside the checkout. They are no part of the project, so tests that need them
/// say when they are absent.
public final class Vectors {
  private Vectors() {}

  /// The folder or file `name` below the vectors' folder, if it is there.
  public static Optional<Path> find(String name) {
    String given = System.getProperty("aitbc.vectors");
    if (given != null) {
      return existing(Path.of(given, name));
    }
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null) {
      Optional<Path> found = existing(folder.resolve("shared/vectors").resolve(name));
      if (found.isPresent()) {
        return found;
      }
      folder = folder.getParent();
    }
    System.out.println("vectors not found, tests over them are skipped: " + name);
    return Optional.empty();
  }

  private static Optional<Path> existing(Path path) {
    try {
      return Files.exists(path) ? Optional.of(path.toRealPath()) : Optional.empty();
    } catch (IOException unreadable) {
      return Optional.empty();
    }
  }
}
