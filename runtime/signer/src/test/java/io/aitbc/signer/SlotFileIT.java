// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.consensus.SignedMark;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

// Protocol §8.3.1.
class SlotFileIT {
  private static final int KILLS = 12;

  @TempDir private Path folder;

  @Test
  void slotsKeepWhatWasWrittenApartFromOneAnother() throws Exception {
    Path file = folder.resolve("record");
    byte[] content = new byte[SlotMedium.SLOT_BYTES];
    content[511] = 7;
    try (SlotFile slots = SlotFile.open(file)) {
      slots.write(1, content);
    }
    try (SlotFile slots = SlotFile.open(file)) {
      assertArrayEquals(new byte[SlotMedium.SLOT_BYTES], slots.read(0));
      assertArrayEquals(content, slots.read(1));
    }
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void aRecordInUseIsNotOpenedTwice() throws Exception {
    Path file = folder.resolve("record");
    try (SlotFile _ = SlotFile.open(file)) {
      KeyFileException refused = assertThrows(KeyFileException.class, () -> SlotFile.open(file));
      assertEquals(new KeyFileRefusal.InUse(file), refused.refusal());
    }
  }

  @Test
  void aCutFileIsRefused() throws Exception {
    Path file = folder.resolve("record");
    SlotFile.open(file).close();
    Files.write(file, new byte[100]);
    assertInstanceOf(
        KeyFileRefusal.WrongField.class,
        assertThrows(KeyFileException.class, () -> SlotFile.open(file)).refusal());
  }

  @Test
  void theMarkOfAPlaceNamesItsPath() throws Exception {
    assertTrue(!HostMark.of(folder.resolve("a")).equals(HostMark.of(folder.resolve("b"))));
    assertEquals(HostMark.of(folder.resolve("a")), HostMark.of(folder.resolve("./a")));
  }

  /// Another process signs, says what it signed, and is killed at any moment. While it lives,
  /// nobody else opens its record; after its death the record holds at least what left it.
  @Test
  void aKilledProcessLeavesARecordThatHoldsWhatLeftIt() throws Exception {
    Path file = folder.resolve("record");
    SlotFile fresh = SlotFile.open(file);
    var begun =
        LocalValidatorSigner.start(
            Votes.KEY,
            Votes.GENESIS,
            Votes.HOST,
            fresh,
            Witnessed.NOTHING,
            new SigningStart.NeverSigned());
    assertInstanceOf(RecordOpening.Ready.class, begun).signer().close();
    long height = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      Process child = SigningLoop.begin(file);
      try (BufferedReader output =
          new BufferedReader(
              new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
        for (int line = 0; line < 20 + 37 * kill; line++) {
          String told = output.readLine();
          if (told == null) {
            throw new AssertionError("the child ended by itself: " + child.waitFor());
          }
          height = Long.parseLong(told);
        }
        assertEquals(
            new KeyFileRefusal.InUse(file),
            assertThrows(KeyFileException.class, () -> SlotFile.open(file)).refusal());
        // Not child.destroyForcibly(), which closes the pipe with what was told last.
        assertTrue(child.toHandle().destroyForcibly());
        for (String rest = output.readLine(); rest != null; rest = output.readLine()) {
          height = rest.isEmpty() ? height : Math.max(height, Long.parseLong(rest));
        }
      }
      assertEquals(128 + 9, child.waitFor());
      try (SlotFile slots = SlotFile.open(file)) {
        SignedMark last = SigningHistory.last(slots).orElseThrow().record().last().orElseThrow();
        assertTrue(
            last.height().number() >= height && last.height().number() <= height + 1,
            last + " after " + height);
      }
    }
    try (var files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
  }
}
