// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Chunks in a folder, one file for each container. A container is a file that nothing names until
/// the blob's record is moved to its place, so a half-written one is never taken for a blob.
public final class DirectoryChunks implements ChunkStore {
  /// Room that uploads leave on the disk: leases, results and the outputs of who owns the store
  /// come on it too.
  private static final long SPARE_BYTES = 1L << 30;

  private final Path folder;

  /// Keeps chunks below `folder`, which is made when it is needed.
  public DirectoryChunks(Path folder) {
    this.folder = folder;
  }

  @Override
  public long room() throws IOException {
    Path existing = folder;
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    return Math.max(0, Files.getFileStore(existing).getUsableSpace() - SPARE_BYTES);
  }

  private Path folderOf(Container container) {
    return folder.resolve(container.name().substring(0, 2));
  }

  private Path file(Container container) {
    return folderOf(container).resolve(container.name());
  }

  @Override
  public void write(Container container, int chunk, ByteBuffer bytes) throws IOException {
    Path file = file(container);
    if (chunk == 0) {
      Path _ = Files.createDirectories(folderOf(container));
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      long position = (long) chunk * BlobId.CHUNK_BYTES;
      while (bytes.hasRemaining()) {
        position += channel.write(bytes, position);
      }
    }
  }

  @Override
  public boolean read(Container container, int chunk, ByteBuffer target) throws IOException {
    try (FileChannel channel = FileChannel.open(file(container), StandardOpenOption.READ)) {
      long position = (long) chunk * BlobId.CHUNK_BYTES;
      int read = 0;
      while (target.hasRemaining() && read >= 0) {
        read = channel.read(target, position);
        position += read;
      }
      return !target.hasRemaining();
    } catch (NoSuchFileException absent) {
      return false;
    }
  }

  @Override
  public void sync(Container container) throws IOException {
    Path file = file(container);
    if (Files.exists(file)) { // The blob of no bytes has none.
      DurableFiles.sync(file);
      DurableFiles.sync(folderOf(container));
      DurableFiles.sync(folder);
    }
  }

  @Override
  public void delete(Container container, int chunks) throws IOException {
    boolean _ = Files.deleteIfExists(file(container));
  }
}
