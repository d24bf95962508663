// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/// Where the chunks of one upload lie, and later those of the blob that it became. Never reused, so
/// that two uploads of one blob cannot spoil each other.
///
/// @param name 32 hexadecimal digits, random
public record Container(String name) {
  private static final Pattern NAME = Pattern.compile("[0-9a-f]{32}");
  private static final SecureRandom RANDOM = new SecureRandom();

  /// Checks the name.
  public Container {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a name of a container: " + name);
    }
  }

  /// The container of this name; nothing if it is no name.
  public static Optional<Container> parse(String name) {
    return NAME.matcher(name).matches() ? Optional.of(new Container(name)) : Optional.empty();
  }

  /// A new one, whose name nobody can guess.
  static Container random() {
    byte[] name = new byte[16];
    RANDOM.nextBytes(name);
    return new Container(HexFormat.of().formatHex(name));
  }
}
