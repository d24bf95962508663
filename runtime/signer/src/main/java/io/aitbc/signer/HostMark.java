// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where a signing record belongs. A copy of it that turns up elsewhere is not used before an
/// operator says that the first place has stopped: two copies would sign against each other.
/// Protocol §8.3.
///
/// @param hash names the place without telling it
public record HostMark(Hash hash) {
  private static final Path MACHINE = Path.of("/etc/machine-id");

  /// The place with this name, for example one that an operator chose for a key whatever machine it
  /// runs on.
  public static HostMark named(String name) {
    return new HostMark(Sha256.hash(name.getBytes(StandardCharsets.UTF_8)));
  }

  /// The place `file` on this machine, as systemd's machine-id names it; where there is none, the
  /// path alone.
  ///
  /// @throws KeyFileException if the path cannot be resolved
  public static HostMark of(Path file) throws KeyFileException {
    try {
      String machine = Files.isReadable(MACHINE) ? Files.readString(MACHINE).strip() : "";
      Path folder = file.toAbsolutePath().getParent();
      Path name = file.getFileName();
      if (folder == null || name == null) {
        throw new KeyFileException(new KeyFileRefusal.Unreachable(file, "it is no file"));
      }
      return named(machine + "\n" + folder.toRealPath().resolve(name));
    } catch (IOException failure) {
      throw OwnerFiles.unreachable(file, failure);
    }
  }
}
