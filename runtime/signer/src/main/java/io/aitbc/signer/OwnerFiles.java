// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;

/// Files that only their owner may read and write.
final class OwnerFiles {
  private static final Set<PosixFilePermission> OWNER =
      Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private OwnerFiles() {}

  /// The content of `file`.
  ///
  /// @throws KeyFileException if it cannot be read, is longer than `bytesMax`, or others than the
  ///   owner may do something with it
  static byte[] read(Path file, int bytesMax) throws KeyFileException {
    try {
      if (hasPermissions(file)) {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (!permissions.stream().allMatch(OwnerFiles::isOwners)) {
          throw new KeyFileException(
              new KeyFileRefusal.LoosePermissions(
                  file, PosixFilePermissions.toString(permissions)));
        }
      }
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        long size = channel.size();
        if (size > bytesMax) {
          throw new KeyFileException(new KeyFileRefusal.TooLong(size, bytesMax));
        }
        ByteBuffer content = ByteBuffer.allocate((int) size);
        while (content.hasRemaining() && channel.read(content) >= 0) {}
        byte[] bytes = new byte[content.position()];
        content.flip().get(bytes);
        Arrays.fill(content.array(), (byte) 0);
        return bytes;
      }
    } catch (IOException failure) {
      throw unreachable(file, failure);
    }
  }

  /// Creates `file` with `content`, readable by its owner alone. It is there whole or not at all,
  /// and durable on return.
  ///
  /// @throws KeyFileException if it cannot be written or is there already
  static void create(Path file, byte[] content) throws KeyFileException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new KeyFileException(new KeyFileRefusal.Unreachable(file, "it has no folder"));
    }
    try {
      Path draft = Files.createTempFile(folder, ".", ".draft", ownerOnly(folder));
      try {
        write(draft, content);
        // A link, unlike a move, fails when the name is taken: no key is ever overwritten.
        Files.createLink(file, draft);
      } finally {
        Files.deleteIfExists(draft);
      }
      syncFolder(folder);
    } catch (FileAlreadyExistsException taken) {
      throw new KeyFileException(new KeyFileRefusal.Exists(file));
    } catch (IOException failure) {
      throw unreachable(file, failure);
    }
  }

  /// Makes the names in `folder` durable.
  static void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /// What a new file in `folder` is created with, so that it is never open to others.
  static FileAttribute<?>[] ownerOnly(Path folder) {
    return hasPermissions(folder)
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER)}
        : new FileAttribute<?>[0];
  }

  private static void write(Path file, byte[] content) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
  }

  private static boolean hasPermissions(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        && Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean isOwners(PosixFilePermission permission) {
    return permission == PosixFilePermission.OWNER_READ
        || permission == PosixFilePermission.OWNER_WRITE
        || permission == PosixFilePermission.OWNER_EXECUTE;
  }

  /// A refusal for what the operating system said.
  static KeyFileException unreachable(Path file, IOException failure) {
    return new KeyFileException(new KeyFileRefusal.Unreachable(file, String.valueOf(failure)));
  }
}
