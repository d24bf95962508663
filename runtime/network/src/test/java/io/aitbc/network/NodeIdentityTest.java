// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeIdentityTest {
  private final SecureRandom random = new SecureRandom();
  @TempDir Path directory;

  @Test // Protocol §15.1
  void anIdentityOnDiskKeepsItsIdAcrossStarts() throws IOException {
    PeerId first = NodeIdentity.loadOrCreate(directory, random).id();
    assertEquals(first, NodeIdentity.loadOrCreate(directory, random).id());
  }

  @Test // Protocol §15.1
  void theFileIsReadableByItsOwnerOnly() throws IOException {
    var _ = NodeIdentity.loadOrCreate(directory, random);
    Path file = directory.resolve(NodeIdentity.FILE);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test // Protocol §15.1
  void aFileThatOthersMayReadIsRefused() throws IOException {
    var _ = NodeIdentity.loadOrCreate(directory, random);
    Path file = directory.resolve(NodeIdentity.FILE);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThrows(IdentityFileException.class, () -> NodeIdentity.loadOrCreate(directory, random));
  }

  @Test // Protocol §15.1
  void aCertificateOfAnotherKeyIsRefused() throws IOException {
    var _ = NodeIdentity.loadOrCreate(directory.resolve("a"), random);
    var _ = NodeIdentity.loadOrCreate(directory.resolve("b"), random);
    Path file = directory.resolve("a").resolve(NodeIdentity.FILE);
    String own = Files.readString(file);
    String other = Files.readString(directory.resolve("b").resolve(NodeIdentity.FILE));
    String mark = "-----BEGIN CERTIFICATE";
    Files.writeString(
        file, own.substring(0, own.indexOf(mark)) + other.substring(other.indexOf(mark)));
    assertThrows(
        IdentityFileException.class,
        () -> NodeIdentity.loadOrCreate(directory.resolve("a"), random));
  }

  @Test // Protocol §15.1
  void damagedFilesAreRefused() throws IOException {
    var _ = NodeIdentity.loadOrCreate(directory, random);
    Path file = directory.resolve(NodeIdentity.FILE);
    Files.writeString(file, Files.readString(file).substring(0, 200));
    assertThrows(IdentityFileException.class, () -> NodeIdentity.loadOrCreate(directory, random));
    Files.writeString(file, " ".repeat(20_000));
    assertThrows(IdentityFileException.class, () -> NodeIdentity.loadOrCreate(directory, random));
  }

  @Test
  void theTextOfAnIdentityDoesNotShowItsKey() {
    NodeIdentity identity = NodeIdentity.create(random);
    assertEquals("NodeIdentity[" + identity.id() + "]", identity.toString());
  }

  @Test // Protocol §15.1
  void twoIdentitiesDiffer() {
    assertFalse(NodeIdentity.create(random).id().equals(NodeIdentity.create(random).id()));
  }
}
