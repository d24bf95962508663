// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The TEE vectors: a folder a platform, a folder a case.
final class TeeVectors {
  private TeeVectors() {}

  /// Every case below a folder, in the order of their names.
  static List<TeeCase> read(Path vectors) throws IOException {
    List<TeeCase> cases = new ArrayList<>();
    try (Stream<Path> files = Files.walk(vectors)) {
      for (Path folder :
          files.filter(path -> Files.exists(path.resolve("expected.json"))).sorted().toList()) {
        cases.add(TeeCase.read(vectors, folder));
      }
    }
    return cases;
  }

  /// Judges the cases in whose names `only` is found.
  static Summary run(Path vectors, Pattern only) throws IOException {
    Summary summary = new Summary();
    for (TeeCase one : read(vectors)) {
      if (only.matcher(one.name()).find()) {
        one.failure().ifPresentOrElse(why -> summary.fail(one.name(), why), summary::pass);
      }
    }
    return summary;
  }
}
