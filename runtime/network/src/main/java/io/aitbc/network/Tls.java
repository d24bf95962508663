// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import io.netty.channel.Channel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLException;

/// TLS 1.3 with certificates on both sides, BoringSSL where it is available. Protocol §15.1.
final class Tls {
  /// How long a TLS handshake may take: two round trips of a slow link and two P-256 checks take
  /// well below a second; the rest is for a machine under load.
  static final Duration HANDSHAKE_MAX = Duration.ofSeconds(5);

  private static final List<String> CIPHERS =
      List.of("TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256");

  private final SslContext accepting;
  private final SslContext dialling;

  Tls(NodeIdentity identity) {
    SslProvider provider = OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
    try {
      accepting =
          common(SslContextBuilder.forServer(identity.key(), identity.certificate()), provider)
              .clientAuth(ClientAuth.REQUIRE)
              .build();
      dialling =
          common(
                  SslContextBuilder.forClient().keyManager(identity.key(), identity.certificate()),
                  provider)
              // The name of a peer is its key, not its host.
              .endpointIdentificationAlgorithm(null)
              .build();
    } catch (SSLException unusable) {
      throw new IllegalStateException("TLS 1.3 is not available", unusable);
    }
  }

  private static SslContextBuilder common(SslContextBuilder builder, SslProvider provider) {
    return builder
        .sslProvider(provider)
        .protocols("TLSv1.3")
        .ciphers(CIPHERS)
        .trustManager(new PeerCertificates());
  }

  SslHandler acceptingSide(Channel channel) {
    return limited(accepting.newHandler(channel.alloc()));
  }

  SslHandler diallingSide(Channel channel) {
    return limited(dialling.newHandler(channel.alloc()));
  }

  private static SslHandler limited(SslHandler handler) {
    handler.setHandshakeTimeoutMillis(HANDSHAKE_MAX.toMillis());
    return handler;
  }

  /// Who is on the other side of a finished handshake.
  static PeerId peerOf(SslHandler handler) throws SSLException {
    try {
      return PeerCertificates.idOf(
          (X509Certificate) handler.engine().getSession().getPeerCertificates()[0]);
    } catch (CertificateException refusedBefore) {
      throw new SSLException(refusedBefore);
    }
  }
}
