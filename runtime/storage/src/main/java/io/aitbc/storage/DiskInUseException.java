// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import java.nio.file.Path;

/// A folder that another process has open, or this one already. Nothing is wrong with the disk.
public final class DiskInUseException extends DiskException {
  private static final long serialVersionUID = 1L;

  /// An exception that names the folder.
  public DiskInUseException(Path folder) {
    super("another process uses " + folder);
  }
}
