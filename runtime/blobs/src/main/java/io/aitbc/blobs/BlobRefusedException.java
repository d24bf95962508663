// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

/// A store does not do what it is asked for.
public final class BlobRefusedException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient BlobRefusal refusal;

  /// A refusal with its reason.
  public BlobRefusedException(BlobRefusal refusal) {
    super(refusal.toString(), null, false, false); // An answer, not a fault: no stack.
    this.refusal = refusal;
  }

  /// The reason.
  public BlobRefusal refusal() {
    return refusal;
  }
}
