// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

/// The disk failed under a signing record. What it holds now is unknown, so the signer signs
/// nothing more and the node stops.
public final class RecordDiskException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// An exception with what was attempted and what the disk said.
  public RecordDiskException(String attempt, Throwable cause) {
    super(attempt, cause);
  }

  /// An exception with what was attempted.
  public RecordDiskException(String attempt) {
    super(attempt);
  }
}
