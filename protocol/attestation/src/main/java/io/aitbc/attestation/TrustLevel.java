// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

/// What attestation is worth to a claim: it lowers the audit rate, never to zero. Protocol §18.1.
public enum TrustLevel {
  /// Nothing: audited as any other.
  NONE(0),
  /// A CPU's platform vouches for it.
  CPU(1),
  /// The same, and a GPU's report is bound to it.
  CPU_AND_GPU(2),
  /// Under a development root: worth nothing, shown as what it is.
  DEVELOPMENT(3);

  private final int code;

  TrustLevel(int code) {
    this.code = code;
  }

  /// The number that stands in the chain's state.
  public int code() {
    return code;
  }
}
