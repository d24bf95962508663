// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Sha256;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// A certificate (RFC 5280), read strictly and by one reader on every machine, because its verdict
/// enters the chain's state. Protocol §18.3.
///
/// @param encoded the whole encoding
/// @param signed content and signature
/// @param serial the serial number's content bytes; may be the number 0, as AMD's are
/// @param issuer the issuer's name, encoded
/// @param subject the subject's name, encoded
/// @param notBefore first valid second
/// @param notAfter last valid second
/// @param key the subject's key
/// @param extensions by object identifier
record X509Certificate(
    Bytes encoded,
    SignedDer signed,
    Bytes serial,
    Bytes issuer,
    Bytes subject,
    long notBefore,
    long notAfter,
    SubjectKey key,
    SortedMap<String, Extension> extensions) {
  /// Largest certificate that is read.
  static final int BYTES_MAX = 8_192;

  private static final String BASIC_CONSTRAINTS = "2.5.29.19";
  private static final String KEY_USAGE = "2.5.29.15";
  private static final int KEY_CERT_SIGN = 0x04;
  private static final int CRL_SIGN = 0x02;

  /// Critical extensions whose meaning is kept here, or that narrow nothing that is used here.
  private static final List<String> UNDERSTOOD =
      List.of(BASIC_CONSTRAINTS, KEY_USAGE, "2.5.29.37", "2.5.29.32", "2.23.133.5.4.1");

  /// One extension.
  ///
  /// @param value the octet string's content
  record Extension(boolean critical, Bytes value) {}

  X509Certificate {
    extensions = Collections.unmodifiableSortedMap(new TreeMap<>(extensions));
  }

  static X509Certificate of(Bytes encoded) throws RefusedException {
    RefusedException.unless(encoded.length() <= BYTES_MAX, Reason.TOO_LARGE);
    SignedDer signed = SignedDer.of(encoded);
    DerReader parts = signed.content().children();
    DerReader version = parts.next(DerValue.context(0)).children();
    RefusedException.unless(version.next().small() == 2, Reason.MALFORMED); // That is, 3.
    Bytes serial = parts.next(DerValue.INTEGER).content();
    DerValue algorithm = parts.next(DerValue.SEQUENCE);
    RefusedException.unless(algorithm.equals(signed.algorithm()), Reason.MALFORMED);
    Bytes issuer = parts.next(DerValue.SEQUENCE).encoded();
    DerReader validity = parts.next(DerValue.SEQUENCE).children();
    long notBefore = validity.next().seconds();
    long notAfter = validity.next().seconds();
    Bytes subject = parts.next(DerValue.SEQUENCE).encoded();
    SubjectKey key = SubjectKey.of(parts.next());
    SortedMap<String, Extension> extensions = new TreeMap<>();
    Optional<DerValue> list = parts.nextIf(DerValue.context(3));
    if (list.isPresent()) {
      DerReader entries = list.get().children().next(DerValue.SEQUENCE).children();
      while (entries.hasMore()) {
        DerReader entry = entries.next(DerValue.SEQUENCE).children();
        String name = entry.next().objectIdentifier();
        Optional<DerValue> critical = entry.nextIf(DerValue.BOOLEAN);
        Extension extension =
            new Extension(
                critical.isPresent() && !ByteCursor.isZero(critical.get().content()),
                entry.next(DerValue.OCTET_STRING).content());
        entry.end();
        RefusedException.unless(extensions.put(name, extension) == null, Reason.MALFORMED);
      }
    }
    parts.end();
    return new X509Certificate(
        encoded, signed, serial, issuer, subject, notBefore, notAfter, key, extensions);
  }

  /// Which root or certificate this is: SHA-256 of its encoding.
  Hash fingerprint() {
    return Sha256.hash(encoded);
  }

  /// The content of an extension.
  Optional<Bytes> extension(String objectIdentifier) {
    return Optional.ofNullable(extensions.get(objectIdentifier)).map(Extension::value);
  }

  /// Whether `issuing` issued this certificate and was allowed to. Times are not part of it.
  ///
  /// @param below how many authorities stand between `issuing` and the end of the chain
  boolean isIssuedBy(X509Certificate issuing, int below) throws RefusedException {
    return issuer.equals(issuing.subject)
        && understood()
        && issuing.understood()
        && issuing.mayIssue(below)
        && issuing.hasUsage(KEY_CERT_SIGN)
        && signed.isSignedBy(issuing.key);
  }

  /// Whether the certificate may sign revocation lists.
  boolean maySignLists() throws RefusedException {
    return hasUsage(CRL_SIGN);
  }

  /// Refuses the certificate outside of its time.
  void checkTime(long seconds) throws RefusedException {
    RefusedException.unless(seconds >= notBefore, Reason.CERT_NOT_YET_VALID);
    RefusedException.unless(seconds <= notAfter, Reason.CERT_EXPIRED);
  }

  private boolean understood() {
    return extensions.entrySet().stream()
        .allMatch(entry -> !entry.getValue().critical() || UNDERSTOOD.contains(entry.getKey()));
  }

  private boolean mayIssue(int below) throws RefusedException {
    Optional<Bytes> constraints = extension(BASIC_CONSTRAINTS);
    if (constraints.isEmpty()) {
      return false;
    }
    DerReader parts = DerValue.of(constraints.get()).as(DerValue.SEQUENCE).children();
    Optional<DerValue> authority = parts.nextIf(DerValue.BOOLEAN);
    if (authority.isEmpty() || ByteCursor.isZero(authority.get().content())) {
      return false;
    }
    return !parts.hasMore() || parts.next().small() >= below;
  }

  private boolean hasUsage(int bit) throws RefusedException {
    Optional<Bytes> usage = extension(KEY_USAGE);
    if (usage.isEmpty()) {
      return true;
    }
    Bytes bits = DerValue.of(usage.get()).as(DerValue.BIT_STRING).content();
    return bits.length() >= 2 && (bits.at(1) & bit) != 0;
  }
}
