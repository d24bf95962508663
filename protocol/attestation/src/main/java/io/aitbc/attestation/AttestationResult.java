// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Hash;
import java.util.Optional;

/// What became of evidence. Protocol §18.7.
///
/// @param reason {@link Reason#OK}, or the first fault found
/// @param claims what authentic evidence says; empty unless the reason is OK
/// @param level what it is worth
/// @param policyEpoch the policy it was judged by
public record AttestationResult(
    Reason reason, Optional<NormalisedClaims> claims, TrustLevel level, Hash policyEpoch) {
  /// Whether the evidence was accepted.
  public boolean isAccepted() {
    return reason == Reason.OK;
  }

  static AttestationResult refused(Reason reason, TrustPolicy policy) {
    return new AttestationResult(reason, Optional.empty(), TrustLevel.NONE, policy.epoch());
  }
}
