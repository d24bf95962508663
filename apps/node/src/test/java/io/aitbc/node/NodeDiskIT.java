// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.network.NodeIdentity;
import io.aitbc.signer.RecordDiskException;
import io.aitbc.storage.Batch;
import io.aitbc.storage.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeDiskIT {
  private static final byte[] NAME = {1};

  @TempDir private Path folder;

  private Optional<Path> key(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    return Optional.of(
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------")));
  }

  private String refusal(Optional<Path> key) {
    return String.valueOf(
        assertThrows(ConfigurationException.class, () -> NodeDisk.open(folder.resolve("data"), key))
            .getMessage());
  }

  private void write(Optional<Path> key) throws Exception {
    NodeDisk disk = NodeDisk.open(folder.resolve("data"), key);
    disk.tables().write(new Batch().put(Table.META, NAME, NAME));
    disk.close();
  }

  @Test
  void anEncryptedFolderIsOpenedWithItsKeyAlone() throws Exception {
    Optional<Path> key = key("a", "0x" + "ab".repeat(32) + "\n");
    write(key);
    NodeDisk disk = NodeDisk.open(folder.resolve("data"), key);
    assertEquals(1, disk.tables().view().get(Table.META, NAME).orElseThrow().length);
    disk.close();
    assertTrue(refusal(Optional.empty()).contains("is encrypted: name its key"));
    assertTrue(refusal(key("b", "ac".repeat(32))).contains("is not the key with which"));
    write(key); // Nothing was left locked or changed.
  }

  @Test
  void aFolderInPlainIsNotEncryptedLater() throws Exception {
    write(Optional.empty());
    assertTrue(refusal(key("a", "ab".repeat(32))).contains("holds a chain in plain"));
    write(Optional.empty());
  }

  @Test
  void aDiskThatFailsAtTheStartIsNotTriedAgainAndOneInUseIs() throws Exception {
    NodeDisk disk = NodeDisk.open(folder.resolve("data"), Optional.empty());
    IOException used = unusable();
    disk.close();
    assertEquals(NodeEnd.NOT_STARTED, NodeEnd.ofStart(used), used::toString);
    assertTrue(String.valueOf(used.getMessage()).contains("another process uses"));
    Path _ = Files.move(folder.resolve("data/chain"), folder.resolve("data/moved"));
    Path _ = Files.writeString(folder.resolve("data/chain"), "no database");
    IOException failed = unusable();
    assertEquals(NodeEnd.DISK, NodeEnd.ofStart(failed), failed::toString);
    assertEquals(NodeEnd.NOT_STARTED, NodeEnd.ofStart(new IOException("no such address")));
    RuntimeException record = new RecordDiskException("reading the signing record");
    assertEquals(NodeEnd.DISK, NodeEnd.ofStart(record));
  }

  private IOException unusable() {
    return assertThrows(
        IOException.class,
        () -> NodeData.hasChain(folder.resolve("data"), NodeConfiguration.Storage.DEFAULT));
  }

  @Test
  void anIdentityThatDoesNotFitIsAFaultOfTheConfiguration() throws Exception {
    Path _ = Files.writeString(folder.resolve(NodeIdentity.FILE), "none");
    assertThrows(ConfigurationException.class, () -> NodeFiles.identity(folder));
  }

  @Test
  void aFileThatIsNoKeyIsRefused() throws Exception {
    assertTrue(refusal(Optional.of(folder.resolve("none"))).contains("does not exist"));
    for (String text : new String[] {"", "ab".repeat(31), "ab".repeat(33), "x".repeat(64)}) {
      assertTrue(refusal(key("a", text)).contains("64 hexadecimal digits"), text);
    }
    Path open = key("b", "ab".repeat(32)).orElseThrow();
    Path _ = Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
    assertTrue(refusal(Optional.of(open)).contains("chmod 600"));
  }
}
