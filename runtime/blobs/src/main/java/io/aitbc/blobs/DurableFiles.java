// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// Small files that are there whole or not at all, also after a loss of power.
public final class DurableFiles {
  /// Ends the names of files that are not finished.
  static final String UNFINISHED = ".tmp";

  private DurableFiles() {}

  /// Puts these bytes in the place of a file: written beside it, made durable, moved.
  ///
  /// @param folder of the file, which is made if it is not there
  /// @param name of the file
  /// @param parts of its content
  /// @throws IOException if the disk fails
  public static void replace(Path folder, String name, byte[]... parts) throws IOException {
    if (!Files.isDirectory(folder)) {
      Path _ = Files.createDirectories(folder);
      sync(folder.resolve("..")); // The folder's own name has to stay too.
    }
    Path file = folder.resolve(name);
    Path unfinished = folder.resolve(name + UNFINISHED);
    try (FileChannel channel =
        FileChannel.open(
            unfinished,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      for (byte[] part : parts) {
        ByteBuffer bytes = ByteBuffer.wrap(part);
        while (bytes.hasRemaining()) {
          int _ = channel.write(bytes);
        }
      }
      channel.force(true);
    }
    Path _ =
        Files.move(
            unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    sync(folder);
  }

  /// Makes a file's content, or a folder's names, durable.
  ///
  /// @throws IOException if the disk fails
  public static void sync(Path path) throws IOException {
    StandardOpenOption how =
        Files.isDirectory(path) ? StandardOpenOption.READ : StandardOpenOption.WRITE;
    try (FileChannel channel = FileChannel.open(path, how)) {
      channel.force(true);
    }
  }
}
