// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import java.util.Optional;
import java.util.regex.Pattern;

/// On whose account a blob is kept: who uploads, holds leases and has a quota. The node names
/// accounts by their addresses.
///
/// @param name 1 to 64 letters, digits, hyphens and underscores; safe as the name of a folder
public record BlobOwner(String name) {
  private static final Pattern NAME = Pattern.compile("[0-9A-Za-z_-]{1,64}");

  /// Whose store it is: what it keeps for itself counts for the store alone, not for one owner.
  public static final BlobOwner HOLDER = new BlobOwner("self");

  /// Checks the name.
  public BlobOwner {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a name of an owner: " + name);
    }
  }

  /// The owner of this name; nothing if it is no name.
  public static Optional<BlobOwner> parse(String name) {
    return NAME.matcher(name).matches() ? Optional.of(new BlobOwner(name)) : Optional.empty();
  }
}
