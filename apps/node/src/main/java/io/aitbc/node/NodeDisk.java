// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.crypto.Bytes;
import io.aitbc.storage.CipherOpening;
import io.aitbc.storage.DiskCipher;
import io.aitbc.storage.EncryptedKeyValues;
import io.aitbc.storage.FolderDisk;
import io.aitbc.storage.KeyValues;
import io.aitbc.storage.RocksKeyValues;
import io.aitbc.storage.RocksSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The tables in a node's data folder, and what encrypts them where a key file is configured. Every
/// reason why they cannot be used is told with what to do next.
///
/// @param tables where the chain is
/// @param cipher encrypts the tables, and is there for what else is written
record NodeDisk(KeyValues tables, Optional<DiskCipher> cipher) {
  /// Folder with the chain.
  private static final String CHAIN = "chain";

  /// Folder with what says how the others are encrypted; it is there if and only if they are.
  private static final String ENCRYPTION = "encryption";

  /// A key, and room for the end of a line.
  private static final int KEY_FILE_BYTES_MAX = 80;

  private static final Pattern KEY = Pattern.compile("(?:0x)?[0-9a-fA-F]{64}");

  private static final Set<PosixFilePermission> OWNERS =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  /// Opens the tables in `folder`; it is made, and they are begun, where there are none.
  ///
  /// @throws ConfigurationException if the key is not that of the folder
  /// @throws IOException if the key file cannot be read
  static NodeDisk open(Path folder, Optional<Path> keyFile)
      throws IOException, ConfigurationException {
    Path _ = Files.createDirectories(folder);
    boolean isEncrypted = Files.exists(folder.resolve(ENCRYPTION));
    if (keyFile.isEmpty()) {
      if (isEncrypted) {
        throw new ConfigurationException(
            folder + " is encrypted: name its key in storage.key_file");
      }
      return new NodeDisk(rocks(folder), Optional.empty());
    }
    if (!isEncrypted && Files.exists(folder.resolve(CHAIN))) {
      throw new ConfigurationException(
          "storage.key_file is there, but %s holds a chain in plain; name another data folder and let the node sync again"
              .formatted(folder));
    }
    Bytes key = key(keyFile.get());
    DiskCipher cipher =
        switch (DiskCipher.open(
            FolderDisk.open(folder.resolve(ENCRYPTION)), key, new SecureRandom())) {
          case CipherOpening.Opened(DiskCipher opened) -> opened;
          case CipherOpening.WrongKey _ ->
              throw new ConfigurationException(
                  "%s is not the key with which %s was encrypted".formatted(keyFile.get(), folder));
          case CipherOpening.Corrupt _ ->
              throw new ConfigurationException(
                  "%s is damaged, without it %s cannot be read; bring it back from a backup, or move the folder away and let the node sync again"
                      .formatted(folder.resolve(ENCRYPTION), folder));
        };
    try {
      return new NodeDisk(new EncryptedKeyValues(rocks(folder), cipher), Optional.of(cipher));
    } catch (RuntimeException failed) {
      cipher.close();
      throw failed;
    }
  }

  private static KeyValues rocks(Path folder) {
    return RocksKeyValues.open(folder.resolve(CHAIN), RocksSettings.SMALL);
  }

  private static Bytes key(Path file) throws IOException, ConfigurationException {
    if (!Files.exists(file)) {
      throw new ConfigurationException(
          file + " does not exist; `openssl rand -hex 32` makes a key, keep a copy of it");
    }
    if (Files.getFileStore(file).supportsFileAttributeView("posix")
        && !OWNERS.containsAll(Files.getPosixFilePermissions(file))) {
      throw new ConfigurationException(file + " can be read by others: chmod 600");
    }
    String text =
        Files.size(file) > KEY_FILE_BYTES_MAX
            ? ""
            : Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    if (!KEY.matcher(text).matches()) {
      throw new ConfigurationException(
          file + " holds no key; allowed are 64 hexadecimal digits in one line");
    }
    return Bytes.fromHex(text.startsWith("0x") ? text : "0x" + text);
  }

  void close() {
    try {
      tables.close();
    } finally {
      cipher.ifPresent(DiskCipher::close);
    }
  }
}
