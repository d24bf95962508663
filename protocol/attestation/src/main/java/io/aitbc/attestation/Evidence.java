// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;

/// Native evidence, untouched. Protocol §18.2.
public sealed interface Evidence {
  /// Largest evidence of a CPU's platform, in bytes.
  int BYTES_MAX = 16_384;

  /// A quote of an SGX enclave or of a trust domain.
  record Dcap(Bytes quote) implements Evidence {}

  /// A report of an SEV-SNP guest.
  ///
  /// @param key the certificate of the key that signed it (VCEK or VLEK), DER
  record Snp(Bytes report, Bytes key) implements Evidence {}

  /// A PSA token.
  record Psa(Bytes token) implements Evidence {}

  /// A CCA token.
  record Cca(Bytes token) implements Evidence {}

  /// A GPU's report, request and response one after the other.
  ///
  /// @param chain the GPU's certificates, as text
  record Gpu(Bytes report, String chain) implements Evidence {}
}
