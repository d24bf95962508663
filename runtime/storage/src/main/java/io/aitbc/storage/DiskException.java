// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

/// The disk or the database failed, or holds what it cannot have been given. What is durable is
/// unknown, so the node stops.
public sealed class DiskException extends RuntimeException permits DiskInUseException {
  private static final long serialVersionUID = 1L;

  /// An exception with what was attempted and what the disk said.
  public DiskException(String attempt, Throwable cause) {
    super(attempt, cause);
  }

  /// An exception with what was attempted.
  public DiskException(String attempt) {
    super(attempt);
  }
}
