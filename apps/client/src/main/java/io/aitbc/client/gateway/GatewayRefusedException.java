// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client.gateway;

/// A request is not answered.
public final class GatewayRefusedException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient GatewayRefusal refusal;

  /// A refusal with its reason.
  public GatewayRefusedException(GatewayRefusal refusal) {
    super(refusal.text(), null, false, false);
    this.refusal = refusal;
  }

  /// The reason.
  public GatewayRefusal refusal() {
    return refusal;
  }
}
