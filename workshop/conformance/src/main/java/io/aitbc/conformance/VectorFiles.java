// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/// The files of a folder and of the `.tar.gz` archives in it, in the order of their paths. Contents
/// are read one after another, so no archive has to fit into memory.
public final class VectorFiles {
  private static final List<String> ARCHIVES = List.of(".tar.gz", ".tgz");

  private final Path folder;

  /// The files below `folder`.
  public VectorFiles(Path folder) {
    this.folder = folder;
  }

  /// Hands every file whose path is `wanted` to `reader`.
  public void forEach(Predicate<String> wanted, Consumer<VectorFile> reader) throws IOException {
    List<Path> files;
    Path root = folder.toRealPath();
    try (Stream<Path> tree = Files.walk(root)) {
      files = tree.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path file : files) {
      String path = file.toString().replace('\\', '/');
      if (ARCHIVES.stream().anyMatch(path::endsWith)) {
        readArchive(file, path, wanted, reader);
      } else if (wanted.test(path)) {
        reader.accept(new VectorFile(path, Files.readAllBytes(file)));
      }
    }
  }

  private static void readArchive(
      Path file, String path, Predicate<String> wanted, Consumer<VectorFile> reader)
      throws IOException {
    try (InputStream packed = Files.newInputStream(file);
        InputStream bytes = new BufferedInputStream(new GZIPInputStream(packed, 1 << 16))) {
      TarReader tar = new TarReader(bytes);
      while (tar.next()) {
        String inside = path + "/" + tar.path();
        if (tar.isFile() && wanted.test(inside)) {
          reader.accept(new VectorFile(inside, tar.content()));
        }
      }
    }
  }
}
