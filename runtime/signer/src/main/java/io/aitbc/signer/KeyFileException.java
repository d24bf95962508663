// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

/// A file with a key, a password or a signing history that cannot be used.
public final class KeyFileException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient KeyFileRefusal refusal;

  /// An exception that carries `refusal`.
  public KeyFileException(KeyFileRefusal refusal) {
    super(refusal.toString());
    this.refusal = refusal;
  }

  /// Why.
  public KeyFileRefusal refusal() {
    return refusal;
  }
}
