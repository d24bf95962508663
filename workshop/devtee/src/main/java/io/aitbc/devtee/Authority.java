// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.devtee;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V2TBSCertListGenerator;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;

/// A certificate with its key, and what the key signs. Every name says that it is worth nothing.
/// Protocol §18.3.
///
/// @param name the subject's name
/// @param certificate DER
record Authority(X500Name name, SigningKey key, Bytes certificate) {
  /// From when to when all certificates are valid: their bytes follow from the seed alone.
  static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  static final Instant END = Instant.parse("2049-12-31T00:00:00Z");

  private static final int LINE = 64;

  /// One extension of a certificate beside those that say what it may sign.
  ///
  /// @param name object identifier
  /// @param value the octet string's content
  record Named(String name, Bytes value) {}

  /// A root, which signs itself and may have so many authorities below it.
  static Authority root(String name, SigningKey key, int below) {
    X500Name subject = name(name);
    return new Authority(subject, key, certificate(subject, subject, key, key, signing(below)));
  }

  /// An authority below this one.
  Authority authority(String subject, SigningKey subjectKey) {
    X500Name named = name(subject);
    return new Authority(named, subjectKey, certificate(name, named, key, subjectKey, signing(0)));
  }

  /// A key below this one that signs no certificates.
  Authority leaf(String subject, SigningKey subjectKey, List<Named> extensions) {
    X500Name named = name(subject);
    return new Authority(
        named, subjectKey, certificate(name, named, key, subjectKey, named(extensions)));
  }

  private static X500Name name(String common) {
    return new X500Name("CN=" + common + ",O=DEVELOPMENT ONLY");
  }

  /// SHA-256 of the certificate, as policies pin roots.
  Hash fingerprint() {
    return Sha256.hash(certificate);
  }

  /// The certificate as text.
  String text() {
    String base64 =
        Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(certificate.toArray());
    return "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n";
  }

  /// The list of revoked certificates of this authority, DER: nobody is on it.
  Bytes revocations(Instant issued) {
    V2TBSCertListGenerator list = new V2TBSCertListGenerator();
    list.setSignature(key.algorithm());
    list.setIssuer(name);
    list.setThisUpdate(time(issued));
    list.setNextUpdate(time(END));
    return signed(list.generateTBSCertList(), key);
  }

  private static Bytes certificate(
      X500Name issuer,
      X500Name subject,
      SigningKey issuing,
      SigningKey subjectKey,
      Extensions extensions) {
    V3TBSCertificateGenerator content = new V3TBSCertificateGenerator();
    byte[] serial = Sha256.hash(encoded(subject)).toArray();
    content.setSerialNumber(new ASN1Integer(new BigInteger(1, Arrays.copyOf(serial, 16))));
    content.setIssuer(issuer);
    content.setSubject(subject);
    content.setSignature(issuing.algorithm());
    content.setStartDate(time(BEGIN));
    content.setEndDate(time(END));
    content.setSubjectPublicKeyInfo(subjectKey.publicKey());
    content.setExtensions(extensions);
    return signed(content.generateTBSCertificate(), issuing);
  }

  private static Extensions signing(int below) {
    int usage = KeyUsage.keyCertSign | KeyUsage.cRLSign;
    return new Extensions(
        new Extension[] {
          new Extension(
              Extension.basicConstraints,
              true,
              new DEROctetString(encoded(new BasicConstraints(below)).toArray())),
          new Extension(
              Extension.keyUsage, true, new DEROctetString(encoded(new KeyUsage(usage)).toArray()))
        });
  }

  private static Extensions named(List<Named> extensions) {
    List<Extension> all = new ArrayList<>();
    all.add(
        new Extension(
            Extension.keyUsage,
            true,
            new DEROctetString(encoded(new KeyUsage(KeyUsage.digitalSignature)).toArray())));
    for (Named each : extensions) {
      all.add(
          new Extension(
              new ASN1ObjectIdentifier(each.name),
              false,
              new DEROctetString(each.value.toArray())));
    }
    return new Extensions(all.toArray(Extension[]::new));
  }

  private static Bytes signed(ASN1Object content, SigningKey by) {
    ASN1EncodableVector parts = new ASN1EncodableVector();
    parts.add(content);
    parts.add(by.algorithm());
    parts.add(new DERBitString(by.signature(encoded(content).toArray())));
    return encoded(new DERSequence(parts));
  }

  /// RFC 5280 §4.1.2.5: two digits for the year until 2049.
  private static Time time(Instant instant) {
    return new Time(Date.from(instant), Locale.ROOT);
  }

  static Bytes encoded(ASN1Object value) {
    try {
      return Bytes.wrap(value.getEncoded(ASN1Encoding.DER));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
