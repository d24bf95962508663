// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/// TLS 1.3 between two processes that know each other's identity beforehand and talk to nobody
/// else, over blocking sockets. Protocol §8.3.3, §15.1.
public final class PinnedTls {
  private static final String PROTOCOL = "TLSv1.3";

  private final SSLContext context;

  /// @param own whom this process proves to be
  /// @param other the only one it talks to
  public PinnedTls(NodeIdentity own, PeerId other) {
    try {
      context = SSLContext.getInstance(PROTOCOL);
      context.init(keys(own), new TrustManager[] {new PeerCertificates(other::equals)}, null);
    } catch (GeneralSecurityException | IOException impossible) {
      throw new IllegalStateException("TLS 1.3 is not available", impossible);
    }
  }

  private static KeyManager[] keys(NodeIdentity own) throws GeneralSecurityException, IOException {
    char[] inMemory = new char[0];
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("identity", own.key(), inMemory, new Certificate[] {own.certificate()});
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, inMemory);
    return factory.getKeyManagers();
  }

  /// A connection to `address`, where the other one was met.
  ///
  /// @param wait most time to connect, and again for each step of the handshake
  /// @throws IOException if nobody answers in time, or it is somebody else
  public Socket dial(InetSocketAddress address, Duration wait) throws IOException {
    InetSocketAddress resolved =
        address.isUnresolved()
            ? new InetSocketAddress(address.getHostString(), address.getPort())
            : address;
    Socket plain = new Socket();
    try {
      plain.connect(resolved, (int) wait.toMillis());
      return secured(plain, address.getHostString(), wait, Side.DIALLING);
    } catch (IOException | RuntimeException failed) {
      plain.close();
      throw failed;
    }
  }

  /// The connection over `accepted`, where the other one was met. Whatever goes wrong, `accepted`
  /// stays the caller's to close.
  ///
  /// @param wait most time for each step of the handshake
  /// @throws IOException if it is somebody else, or too slow
  public Socket accept(Socket accepted, Duration wait) throws IOException {
    return secured(accepted, accepted.getInetAddress().getHostAddress(), wait, Side.ACCEPTING);
  }

  private enum Side {
    DIALLING,
    ACCEPTING
  }

  private Socket secured(Socket plain, String host, Duration wait, Side side) throws IOException {
    plain.setTcpNoDelay(true);
    plain.setKeepAlive(true);
    plain.setSoTimeout((int) wait.toMillis());
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(plain, host, plain.getPort(), true);
    socket.setUseClientMode(side == Side.DIALLING);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(new String[] {PROTOCOL});
    parameters.setNeedClientAuth(true);
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }
}
