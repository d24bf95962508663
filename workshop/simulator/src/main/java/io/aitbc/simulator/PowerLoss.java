// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

/// The node lost its power in the middle of what it was doing. No fault of the code.
final class PowerLoss extends RuntimeException {
  private static final long serialVersionUID = 1;

  PowerLoss() {
    super("power loss", null, false, false);
  }
}
