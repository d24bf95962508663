// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Predicate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/// Accepts exactly one kind of certificate: alone, with a P-256 key, signed by that key. There is
/// no authority and no end of validity: a certificate only carries the key whose hash is the peer's
/// id, and TLS proves that the peer holds it. Protocol §15.1.
final class PeerCertificates extends X509ExtendedTrustManager {
  private final Predicate<PeerId> allowed;

  /// Accepts whoever proves to hold a key.
  PeerCertificates() {
    this(_ -> true);
  }

  /// Accepts those that `allowed` says.
  PeerCertificates(Predicate<PeerId> allowed) {
    this.allowed = allowed;
  }

  /// What stands before the 64 coordinate bytes of every SubjectPublicKeyInfo of an uncompressed
  /// P-256 point (RFC 5480 §2). One key has one encoding here, and so one id.
  private static final byte[] P256_PREFIX =
      HexFormat.of().parseHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");

  private static final int P256_KEY_BYTES = P256_PREFIX.length + 64;

  /// Greatest size of a certificate in bytes: ours have about 350; the rest is room for names.
  static final int CERTIFICATE_BYTES_MAX = 2048;

  /// The id of the holder of a certificate's key.
  ///
  /// @throws CertificateException if the key is no P-256 key
  static PeerId idOf(X509Certificate certificate) throws CertificateException {
    byte[] key = certificate.getPublicKey().getEncoded();
    if (key.length != P256_KEY_BYTES || Arrays.mismatch(key, P256_PREFIX) != P256_PREFIX.length) {
      throw new CertificateException("no uncompressed P-256 key");
    }
    return PeerId.of(key);
  }

  private void require(X509Certificate[] chain) throws CertificateException {
    if (chain.length != 1) {
      throw new CertificateException("one certificate expected, not " + chain.length);
    }
    X509Certificate certificate = chain[0];
    if (certificate.getEncoded().length > CERTIFICATE_BYTES_MAX) {
      throw new CertificateException("larger than " + CERTIFICATE_BYTES_MAX + " bytes");
    }
    PeerId id = idOf(certificate);
    if (!allowed.test(id)) {
      throw new CertificateException("a stranger: " + id);
    }
    if (!"SHA256withECDSA".equals(certificate.getSigAlgName())) {
      throw new CertificateException("signed with " + certificate.getSigAlgName());
    }
    try {
      certificate.verify(certificate.getPublicKey());
    } catch (CertificateException refused) {
      throw refused;
    } catch (GeneralSecurityException notSelfSigned) {
      throw new CertificateException("not signed by its own key", notSelfSigned);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authentication, SSLEngine engine)
      throws CertificateException {
    require(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authentication, SSLEngine engine)
      throws CertificateException {
    require(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authentication, Socket socket)
      throws CertificateException {
    require(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authentication, Socket socket)
      throws CertificateException {
    require(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authentication)
      throws CertificateException {
    require(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authentication)
      throws CertificateException {
    require(chain);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
