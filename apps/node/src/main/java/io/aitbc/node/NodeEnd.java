// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.signer.RecordDiskException;
import io.aitbc.storage.DiskException;
import io.aitbc.storage.DiskInUseException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Why a node ended.
public enum NodeEnd {
  /// It was asked to.
  ASKED(0),
  /// A promise that it relies on is broken, or its operator must decide something.
  FAULT(1),
  /// The disk is full or failed, at the start or later. With space again, a start goes on from what
  /// is on it.
  DISK(3),
  /// It did not start: an address or a file cannot be used yet, or the signer does not answer.
  /// Nothing was signed; starting it again does no harm and may help, after a power cut for
  /// example.
  NOT_STARTED(4);

  private final int status;

  NodeEnd(int status) {
    this.status = status;
  }

  /// What a process ends with.
  public int status() {
    return status;
  }

  /// Why a start failed: another process that has the disk may be gone at the next try, a disk that
  /// is full will not be empty.
  static NodeEnd ofStart(Throwable failure) {
    for (@Nullable Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof DiskInUseException) {
        return NOT_STARTED;
      }
    }
    return ofDisk(failure).isPresent() ? DISK : NOT_STARTED;
  }

  /// What the disk said, if it is the cause of a failure.
  static Optional<String> ofDisk(Throwable failure) {
    boolean disk = false;
    String said = "";
    for (@Nullable Throwable each = failure; each != null; each = each.getCause()) {
      disk |= each instanceof DiskException || each instanceof RecordDiskException;
      said += (said.isEmpty() ? "" : ": ") + each.getMessage();
    }
    return disk ? Optional.of(said) : Optional.empty();
  }
}
