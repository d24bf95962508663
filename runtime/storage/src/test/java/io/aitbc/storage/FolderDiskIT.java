// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderDiskIT {
  @TempDir private Path folder;

  @Test
  void whatWasAppendedIsReadAgain() {
    try (FolderDisk disk = FolderDisk.open(folder)) {
      try (DiskFile file = disk.open("a")) {
        file.append(new byte[] {1, 2, 3, 4});
        file.sync();
        file.truncate(3);
        file.append(new byte[] {9});
        assertEquals(4, file.size());
      }
      disk.rename("a", "b");
    }
    try (FolderDisk disk = FolderDisk.open(folder)) {
      assertEquals(List.of("b"), disk.names());
      try (DiskFile file = disk.open("b")) {
        assertArrayEquals(new byte[] {2, 3, 9}, file.read(1, 3));
        assertThrows(DiskException.class, () -> file.read(2, 3));
      }
      disk.delete("b");
      assertEquals(List.of(), disk.names());
    }
  }

  @Test
  void aFolderInUseIsNotOpenedTwice() {
    try (FolderDisk _ = FolderDisk.open(folder)) {
      assertThrows(DiskInUseException.class, () -> FolderDisk.open(folder));
    }
  }
}
