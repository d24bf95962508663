// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;

class PeerCertificatesTest {
  private final SecureRandom random = new SecureRandom();
  private final PeerCertificates rule = new PeerCertificates();

  @Test // Protocol §15.1
  void aSelfSignedP256CertificateIsAccepted() {
    assertDoesNotThrow(() -> check(NodeIdentity.create(random).certificate()));
  }

  @Test // Protocol §15.1
  void anotherCurveIsRefused() throws Exception {
    KeyPair pair = ec("secp384r1");
    refused(certificate(pair, pair, "SHA256withECDSA"));
  }

  @Test // Protocol §15.1
  void anotherKindOfKeyIsRefused() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair pair = generator.generateKeyPair();
    refused(certificate(pair, pair, "SHA256withRSA"));
  }

  @Test // Protocol §15.1
  void aCertificateSignedByAnotherKeyIsRefused() throws Exception {
    refused(certificate(ec("secp256r1"), ec("secp256r1"), "SHA256withECDSA"));
  }

  @Test // Protocol §15.1
  void aWeakDigestIsRefused() throws Exception {
    KeyPair pair = ec("secp256r1");
    refused(certificate(pair, pair, "SHA1withECDSA"));
  }

  @Test // Protocol §15.1
  void aChainOfTwoIsRefused() {
    X509Certificate one = NodeIdentity.create(random).certificate();
    refused(one, one);
  }

  @Test // Protocol §15.1
  void noCertificateIsRefused() {
    refused();
  }

  private void refused(X509Certificate... chain) {
    assertThrows(CertificateException.class, () -> check(chain));
  }

  private void check(X509Certificate... chain) throws CertificateException {
    rule.checkClientTrusted(chain, "ECDHE_ECDSA");
    rule.checkServerTrusted(chain, "ECDHE_ECDSA");
  }

  private KeyPair ec(String curve) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve), random);
    return generator.generateKeyPair();
  }

  private static X509Certificate certificate(KeyPair subject, KeyPair issuer, String algorithm)
      throws Exception {
    X500Name name = new X500Name("CN=test");
    return new JcaX509CertificateConverter()
        .getCertificate(
            new JcaX509v3CertificateBuilder(
                    name,
                    BigInteger.ONE,
                    Date.from(Instant.EPOCH),
                    Date.from(Instant.parse("9999-12-31T23:59:59Z")),
                    name,
                    subject.getPublic())
                .build(new JcaContentSignerBuilder(algorithm).build(issuer.getPrivate())));
  }
}
