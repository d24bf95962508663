// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

/// Bytes from outside are no model.
public final class MalformedModelException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient PlanFault fault;

  /// A refusal with its reason.
  public MalformedModelException(PlanFault fault) {
    super(fault.toString());
    this.fault = fault;
  }

  /// The reason.
  public PlanFault fault() {
    return fault;
  }
}
