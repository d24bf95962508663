// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.compute;

/// There are no outputs.
public final class EngineRefusedException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient EngineRefusal refusal;

  /// A refusal with its reason.
  public EngineRefusedException(EngineRefusal refusal) {
    super(refusal.toString());
    this.refusal = refusal;
  }

  /// The reason.
  public EngineRefusal refusal() {
    return refusal;
  }
}
