// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

/// Thrown by decoders, and by nothing else, for bytes that are no canonical encoding. It carries
/// the reason as a value and has no stack trace, so hostile input costs no more than good input.
public final class MalformedException extends Exception {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // Never serialized.
  private final Malformed reason;

  /// An exception for `reason`.
  public MalformedException(Malformed reason) {
    super(null, null, false, false);
    this.reason = reason;
  }

  /// What was wrong.
  public Malformed reason() {
    return reason;
  }

  @Override
  public String getMessage() {
    return reason.toString();
  }
}
