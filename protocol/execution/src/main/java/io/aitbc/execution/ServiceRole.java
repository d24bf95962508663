// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

/// What an account serves as in AI work, each with a bond of its own. Protocol §17.10.
public enum ServiceRole {
  /// Does the work of claims.
  WORKER(0),
  /// Runs drawn leaves of claims again.
  AUDITOR(1),
  /// Scores results.
  EVALUATOR(2);

  private final int code;

  ServiceRole(int code) {
    this.code = code;
  }

  /// Its number in the contracts.
  public int code() {
    return code;
  }
}
