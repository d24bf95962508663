// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import com.sun.security.auth.module.UnixSystem;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/// RocksDB's native library, which a process loads once.
///
/// RocksDB itself unpacks its 17 MB into the system's temporary folder at each start, and a process
/// that is killed leaves them there. Here they are kept in a folder from one start to the next.
final class RocksLibrary {
  /*
   * What is loaded is code: whoever may write to the file, or may put another folder in the place
   * of its own, runs what it likes as this user. So the library is kept where nobody but this user
   * and root may, and compared with the jar byte by byte before it is loaded: a disk may have
   * failed, and another version may have left its own. Elsewhere it is unpacked into a new folder
   * that only this user enters, and removed as soon as it is loaded.
   *
   * Looking and loading are two steps. A lock keeps other processes of this user from replacing the
   * file in between. Who does not get it does not wait for it, as whoever has it may be stopped.
   */

  /// What RocksDB looks for in a folder that it is told: its own name of the library, twice.
  static final String FILE = Environment.getJniLibraryFileName("rocksdbjni");

  private static final String LOCK = "lock";
  private static final String UNFINISHED = "unfinished";

  /// Name of the library in RocksDB's jar.
  private static final String PACKED = Environment.getJniLibraryFileName("rocksdb");

  private static final FileAttribute<?> OWNERS =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private static final int CHUNK_BYTES = 1 << 16;

  /// Bits of a mode: others than the owner may write.
  private static final int OTHERS_WRITE = 0022;

  /// In a folder of this mode only owners of its files rename or remove them.
  private static final int STICKY = 01000;

  private static final int ROOT = 0;

  private static boolean isLoaded;

  private RocksLibrary() {}

  /// Loads the library, unless this process has it.
  ///
  /// @param folder where it is kept; made when it is absent
  static synchronized void load(Path folder) {
    if (isLoaded) {
      return;
    }
    boolean canTell = FileSystems.getDefault().supportedFileAttributeViews().contains("unix");
    if (!canTell || !(loadKept(folder) || loadUnkept())) {
      RocksDB.loadLibrary(); // Or says what is wrong.
    }
    isLoaded = true;
  }

  /// Whether the library could be loaded from where it is kept.
  private static boolean loadKept(Path folder) {
    try {
      Path whole = folder.toAbsolutePath();
      Path parent = whole.getParent();
      if (parent == null || !isOwn(Files.createDirectories(parent).toRealPath())) {
        return false;
      }
      Path own = Files.createDirectories(whole, OWNERS).toRealPath();
      if (!isOwn(own)) {
        return false;
      }
      try (FileChannel channel =
              FileChannel.open(
                  own.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.tryLock()) {
        if (lock == null) {
          return false;
        }
        Path file = own.resolve(FILE);
        if (!isWhole(file)) {
          Path unfinished = own.resolve(UNFINISHED);
          unpack(unfinished);
          Path _ = Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        }
        RocksDB.loadLibrary(List.of(own.toString()));
        return true;
      }
    } catch (IOException | UnsatisfiedLinkError unusable) {
      return false; // The disk is full, a name is taken, or no code may be run from there.
    }
  }

  /// Whether the library could be loaded from a folder of this start's own, which is gone then.
  private static boolean loadUnkept() {
    try {
      Path folder = Files.createTempDirectory("rocksdb");
      Path file = folder.resolve(FILE);
      try {
        unpack(file);
        RocksDB.loadLibrary(List.of(folder.toString()));
        return true;
      } finally {
        boolean _ = Files.deleteIfExists(file);
        boolean _ = Files.deleteIfExists(folder);
      }
    } catch (IOException | UnsatisfiedLinkError unusable) {
      return false;
    }
  }

  /// Whether nobody but this user and root may change a folder of this user, or have another one in
  /// its place.
  ///
  /// @param folder without links
  private static boolean isOwn(Path folder) throws IOException {
    int self = (int) new UnixSystem().getUid();
    if (owner(folder) != self || (mode(folder) & OTHERS_WRITE) != 0) {
      return false;
    }
    for (@Nullable Path each = folder.getParent(); each != null; each = each.getParent()) {
      int owner = owner(each);
      int mode = mode(each);
      boolean othersReplace = (mode & OTHERS_WRITE) != 0 && (mode & STICKY) == 0;
      if ((owner != self && owner != ROOT) || othersReplace) {
        return false;
      }
    }
    return true;
  }

  private static int owner(Path path) throws IOException {
    return (int) Files.getAttribute(path, "unix:uid");
  }

  private static int mode(Path path) throws IOException {
    return (int) Files.getAttribute(path, "unix:mode");
  }

  private static boolean isWhole(Path file) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try (InputStream packed = packed();
        InputStream kept = Files.newInputStream(file)) {
      byte[] expected = new byte[CHUNK_BYTES];
      byte[] found = new byte[CHUNK_BYTES];
      int count;
      do {
        count = packed.readNBytes(expected, 0, CHUNK_BYTES);
        int bytes = kept.readNBytes(found, 0, CHUNK_BYTES);
        if (!Arrays.equals(expected, 0, count, found, 0, bytes)) {
          return false;
        }
      } while (count > 0);
      return true;
    }
  }

  private static void unpack(Path file) throws IOException {
    try (InputStream packed = packed()) {
      long _ = Files.copy(packed, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static InputStream packed() throws IOException {
    InputStream packed = RocksDB.class.getResourceAsStream("/" + PACKED);
    if (packed == null) {
      throw new FileNotFoundException(PACKED);
    }
    return packed;
  }
}
