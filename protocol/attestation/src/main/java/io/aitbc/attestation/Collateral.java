// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import java.util.Optional;

/// What evidence is judged against, as the chain holds it: signed by the vendors, and only ever
/// newer. Protocol §18.5.
public sealed interface Collateral {
  /// Of Intel's platforms. Chains are certificates as text, the signer's first; texts are exactly
  /// what was signed; signatures are r and s.
  ///
  /// @param rootRevocations list of Intel's root, DER
  /// @param platformRevocations list of the authority that issued the platform's key, DER
  /// @param tcbInfoChain who signed the TCB info
  /// @param identityChain who signed the quoting enclave's identity
  record Dcap(
      Bytes rootRevocations,
      Bytes platformRevocations,
      String tcbInfoChain,
      String tcbInfo,
      Bytes tcbInfoSignature,
      String identityChain,
      String identity,
      Bytes identitySignature)
      implements Collateral {}

  /// Of AMD's platforms.
  ///
  /// @param chain the authority that issues the chips' keys, and AMD's root, as text
  /// @param revocations list of the root, DER, where there is one
  record Snp(String chain, Optional<Bytes> revocations) implements Collateral {}

  /// Of platforms whose keys have no certificates: somebody whom governance admitted has vouched
  /// for the key.
  ///
  /// @param key a SubjectPublicKeyInfo, DER
  record Endorsed(Bytes key) implements Collateral {}

  /// Of evidence that brings all it needs.
  record None() implements Collateral {}
}
