// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.util.Environment;

/// A process loads the library once, so each start is a process of its own.
class RocksLibraryIT {
  private static final String OPEN = "open";

  @TempDir private Path data;
  @TempDir private Path temporary;

  private Path library;

  @BeforeEach
  void aDataFolder() {
    library = data.resolve("native").resolve(RocksLibrary.FILE);
  }

  /// A process that opens a database, says so, and holds it until it is ended.
  static final class Holder {
    public static void main(String[] arguments) throws IOException {
      RocksKeyValues _ = RocksKeyValues.open(Path.of(arguments[0]), RocksSettings.SMALL);
      System.out.print(OPEN);
      System.out.close();
      int _ = System.in.read();
    }
  }

  private Process begin(String database) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-Djava.io.tmpdir=" + temporary,
            "-cp",
            System.getProperty("java.class.path"),
            Holder.class.getName(),
            data.resolve(database).toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /// Starts a process, and kills it once it has opened its database.
  private void start() throws Exception {
    killOnceOpen(begin("chain"));
  }

  private static void killOnceOpen(Process process) throws Exception {
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    Process _ = process.destroyForcibly();
    int _ = process.waitFor();
    assertEquals(OPEN, said);
  }

  private static List<Path> in(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  private Object identity() throws IOException {
    return Files.readAttributes(library, BasicFileAttributes.class).fileKey();
  }

  private void isWhole() throws IOException {
    String name = "/" + Environment.getJniLibraryFileName("rocksdb");
    try (InputStream packed = Environment.class.getResourceAsStream(name)) {
      assertNotNull(packed, name);
      assertArrayEquals(packed.readAllBytes(), Files.readAllBytes(library));
    }
  }

  @Test
  void itIsUnpackedOnceAndNothingElseIsLeftByWhoIsKilled() throws Exception {
    start();
    isWhole();
    Object first = identity();
    start();
    assertEquals(first, identity());
    assertEquals(List.of(), in(temporary));
    assertEquals(
        List.of(library, library.resolveSibling("lock")),
        in(data.resolve("native")).stream().sorted().toList());
  }

  @Test
  void whatIsDamagedIsUnpackedAnew() throws Exception {
    start();
    try (FileChannel file = FileChannel.open(library, StandardOpenOption.WRITE)) {
      FileChannel _ = file.truncate(file.size() - 1);
    }
    start();
    isWhole();
    byte[] bytes = Files.readAllBytes(library);
    bytes[bytes.length / 2] ^= 1;
    Path _ = Files.write(library, bytes);
    // What a process leaves that is killed while it unpacks.
    Path unfinished = Files.write(library.resolveSibling("unfinished"), new byte[1_000]);
    start();
    isWhole();
    assertFalse(Files.exists(unfinished));
  }

  @Test
  void processesThatStartTogetherAllHaveIt() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      boolean _ = processes.add(begin("chain" + i));
    }
    for (Process each : processes) {
      killOnceOpen(each);
    }
    isWhole();
    assertEquals(List.of(), in(temporary));
  }

  @Test
  void nobodyWaitsForAProcessThatHoldsTheLock() throws Exception {
    start();
    Object first = identity();
    try (FileChannel file =
            FileChannel.open(library.resolveSibling("lock"), StandardOpenOption.WRITE);
        FileLock _ = file.lock()) {
      start();
    }
    assertEquals(first, identity());
    assertEquals(List.of(), in(temporary));
  }

  @Test
  void nothingIsLoadedFromWhereOthersMayWrite() throws Exception {
    Path folder = Files.createDirectory(data.resolve("native"));
    Path foreign = Files.write(library, new byte[] {1});
    for (Path open : List.of(folder, data)) {
      var before = Files.getPosixFilePermissions(open);
      Path _ = Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
      start();
      Path _ = Files.setPosixFilePermissions(open, before);
      assertArrayEquals(new byte[] {1}, Files.readAllBytes(foreign));
      assertEquals(List.of(), in(temporary));
    }
    Object foreigners = identity();
    start(); // Now it is this user's alone.
    isWhole();
    assertNotEquals(foreigners, identity());
  }

  @Test // As the system's folder for temporary files: whoever comes first has a name there.
  void nothingIsKeptInAFolderForEverybody() throws Exception {
    Path _ = Files.setAttribute(data, "unix:mode", 01777);
    start();
    Path _ = Files.setAttribute(data, "unix:mode", 0700);
    assertFalse(Files.exists(data.resolve("native")));
    assertEquals(List.of(), in(temporary));
  }

  @Test
  void aDatabaseIsOpenedWhereTheLibraryCannotBeKept() throws Exception {
    Path file = Files.createFile(data.resolve("native"));
    start();
    assertTrue(Files.isRegularFile(file));
    assertEquals(List.of(), in(temporary));
  }
}
