// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import java.util.List;

/// A chain of certificates from the key that signs to the root.
///
/// @param certificates the leaf first, the root last; at least two
record CertificateChain(List<X509Certificate> certificates) {
  CertificateChain {
    certificates = List.copyOf(certificates);
  }

  X509Certificate leaf() {
    return certificates.getFirst();
  }

  /// Who issued the leaf.
  X509Certificate issuer() {
    return certificates.get(1);
  }

  X509Certificate root() {
    return certificates.getLast();
  }

  /// Refuses a chain of which a link does not hold.
  void checkLinks() throws RefusedException {
    RefusedException.unless(certificates.size() >= 2, Reason.CHAIN_INVALID);
    for (int i = 0; i < certificates.size(); i++) {
      X509Certificate issuing = certificates.get(Math.min(i + 1, certificates.size() - 1));
      int below = Math.max(0, Math.min(i, certificates.size() - 2));
      RefusedException.unless(certificates.get(i).isIssuedBy(issuing, below), Reason.CHAIN_INVALID);
    }
  }

  /// Refuses a chain of which a certificate is outside of its time.
  void checkTimes(long seconds) throws RefusedException {
    for (X509Certificate certificate : certificates) {
      certificate.checkTime(seconds);
    }
  }

  /// The last second in which all of it is valid.
  long validUntil() {
    return certificates.stream().mapToLong(X509Certificate::notAfter).min().orElseThrow();
  }
}
