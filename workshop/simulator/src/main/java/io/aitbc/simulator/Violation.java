// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

/// An {@link Invariant} does not hold.
final class Violation extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Invariant invariant;

  Violation(Invariant invariant, String what) {
    super(what);
    this.invariant = invariant;
  }

  Violation(Invariant invariant, Throwable cause) {
    super(cause.toString(), cause);
    this.invariant = invariant;
  }

  Invariant invariant() {
    return invariant;
  }
}
