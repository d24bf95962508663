// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// A list of revoked certificates (RFC 5280 §5).
///
/// @param signed content and signature
/// @param issuer the issuer's name, encoded
/// @param thisUpdate first second in which it counts
/// @param nextUpdate last second in which it counts
/// @param revoked serial numbers, as their content bytes
record RevocationList(
    SignedDer signed, Bytes issuer, long thisUpdate, long nextUpdate, SortedSet<Bytes> revoked) {
  /// Largest list that is read: about 25,000 entries, far above what vendors have published.
  static final int BYTES_MAX = 1 << 20;

  RevocationList {
    revoked = Collections.unmodifiableSortedSet(new TreeSet<>(revoked));
  }

  static RevocationList of(Bytes encoded) throws RefusedException {
    RefusedException.unless(encoded.length() <= BYTES_MAX, Reason.TOO_LARGE);
    SignedDer signed = SignedDer.of(encoded);
    DerReader parts = signed.content().children();
    Optional<DerValue> version = parts.nextIf(DerValue.INTEGER);
    RefusedException.unless(
        version.isPresent() && version.get().small() == 1, Reason.MALFORMED); // That is, 2.
    RefusedException.unless(
        parts.next(DerValue.SEQUENCE).equals(signed.algorithm()), Reason.MALFORMED);
    Bytes issuer = parts.next(DerValue.SEQUENCE).encoded();
    long thisUpdate = parts.next().seconds();
    long nextUpdate = parts.next().seconds();
    SortedSet<Bytes> revoked = new TreeSet<>();
    Optional<DerValue> entries = parts.nextIf(DerValue.SEQUENCE);
    if (entries.isPresent()) {
      DerReader list = entries.get().children();
      while (list.hasMore()) {
        revoked.add(list.next(DerValue.SEQUENCE).children().next(DerValue.INTEGER).content());
      }
    }
    return new RevocationList(signed, issuer, thisUpdate, nextUpdate, revoked);
  }

  /// Refuses a list that is not `authority`'s, or does not count at `seconds`.
  void check(X509Certificate authority, long seconds) throws RefusedException {
    RefusedException.unless(
        issuer.equals(authority.subject())
            && authority.maySignLists()
            && signed.isSignedBy(authority.key()),
        Reason.CRL_INVALID);
    RefusedException.unless(seconds >= thisUpdate && seconds <= nextUpdate, Reason.CRL_EXPIRED);
  }

  /// Refuses a certificate that stands on the list.
  void checkNotRevoked(X509Certificate certificate) throws RefusedException {
    RefusedException.unless(certificate.issuer().equals(issuer), Reason.CRL_INVALID);
    RefusedException.unless(!revoked.contains(certificate.serial()), Reason.CERT_REVOKED);
  }
}
