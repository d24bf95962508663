// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

/// Carries a reason from deep inside a check to {@link Attestation}, which answers with it as a
/// value. No stack trace: it is no error of this program.
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1;

  private final Reason reason;

  RefusedException(Reason reason) {
    super(reason.name(), null, false, false);
    this.reason = reason;
  }

  Reason reason() {
    return reason;
  }

  static RefusedException malformed() {
    return new RefusedException(Reason.MALFORMED);
  }

  /// Goes on if `holds`.
  static void unless(boolean holds, Reason reason) throws RefusedException {
    if (!holds) {
      throw new RefusedException(reason);
    }
  }
}
