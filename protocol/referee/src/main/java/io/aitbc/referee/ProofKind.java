// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import java.util.Optional;

/// What a proof is about. Protocol §17.5.
public enum ProofKind {
  /// One element of the trace is not what its operands make.
  ELEMENT(1),
  /// The output has another length than it must have: that of the model's output, or none for an
  /// item that does not fit.
  LENGTH(2),
  /// The output is not what the trace ends with.
  OUTPUT(3),
  /// The state after a training step is not what the trace ends with.
  STATE(4),
  /// The plan cannot be carried out.
  PLAN(5);

  private final int code;

  ProofKind(int code) {
    this.code = code;
  }

  /// Number on the wire.
  public int code() {
    return code;
  }

  static Optional<ProofKind> ofCode(int code) {
    return code >= 1 && code <= values().length
        ? Optional.of(values()[code - 1])
        : Optional.empty();
  }
}
