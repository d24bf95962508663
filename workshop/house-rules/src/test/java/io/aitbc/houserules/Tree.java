// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.houserules;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The checkout: its files and its modules.
final class Tree {
  private static final List<String> PASSED_OVER =
      List.of(".git", "target", "node_modules", ".devnet", ".vectors", ".idea");

  static final Path ROOT = root();

  private Tree() {}

  /// A file's path below the root, with `/`, and its text.
  record Source(String path, String text) {
    List<String> lines() {
      return text.lines().toList();
    }
  }

  /// Folders of the modules as the root POM lists them, for example `protocol/crypto`.
  static List<String> modules() throws IOException {
    Matcher module =
        Pattern.compile("<module>(.+?)</module>")
            .matcher(Files.readString(ROOT.resolve("pom.xml")));
    List<String> modules = new ArrayList<>();
    while (module.find()) {
      modules.add(module.group(1));
    }
    return modules;
  }

  /// All files whose path ends with one of `endings`.
  static List<Source> sources(String... endings) throws IOException {
    List<Source> sources = new ArrayList<>();
    for (Path file : files()) {
      String path = ROOT.relativize(file).toString().replace('\\', '/');
      for (String ending : endings) {
        if (path.endsWith(ending)) {
          sources.add(new Source(path, Files.readString(file)));
          break;
        }
      }
    }
    return sources;
  }

  /// All files of the checkout but what is built or belongs to tools.
  static List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return PASSED_OVER.contains(String.valueOf(folder.getFileName()))
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    files.sort(null);
    return files;
  }

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("workshop/house-rules/pom.xml"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IllegalStateException("not inside of the checkout");
      }
    }
    return folder;
  }
}
