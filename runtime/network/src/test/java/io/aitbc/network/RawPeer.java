// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import io.aitbc.model.Height;
import io.aitbc.model.PeerMessage;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// A peer that does as the test says: the JDK's TLS and bytes by hand.
final class RawPeer implements AutoCloseable {
  private static final int WAIT_MILLIS_MAX = 20_000;
  private final Socket socket;

  private RawPeer(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(WAIT_MILLIS_MAX);
  }

  /// A connection without TLS.
  static RawPeer plain(Network to) throws IOException {
    return new RawPeer(new Socket(to.listeningAt().getAddress(), to.listeningAt().getPort()));
  }

  /// A connection over TLS of `version` with the certificate of `identity`, if there is one.
  static RawPeer secured(Network to, @Nullable NodeIdentity identity, String version)
      throws Exception {
    KeyManager[] keys = {};
    if (identity != null) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "key", identity.key(), new char[0], new X509Certificate[] {identity.certificate()});
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, new char[0]);
      keys = factory.getKeyManagers();
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, new TrustManager[] {new PeerCertificates()}, new SecureRandom());
    InetSocketAddress address = to.listeningAt();
    SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(address.getAddress(), address.getPort());
    socket.setEnabledProtocols(new String[] {version});
    socket.startHandshake();
    return new RawPeer(socket);
  }

  /// A connection over TLS 1.3 that has said hello.
  static RawPeer greeted(Network to, NodeIdentity identity) throws Exception {
    RawPeer peer = secured(to, identity, "TLSv1.3");
    peer.send(hello());
    return peer;
  }

  static PeerMessage.Hello hello() {
    return new PeerMessage.Hello(
        PeerMessage.PROTOCOL_VERSION,
        TestNode.CHAIN_ID,
        TestNode.GENESIS,
        Height.GENESIS,
        TestNode.GENESIS,
        0);
  }

  Socket socket() {
    return socket;
  }

  void send(PeerMessage message) throws IOException {
    OutboundFrame frame = Messages.frame(message);
    byte[] bytes = new byte[frame.length()];
    var _ = frame.content().readBytes(bytes);
    write(bytes);
  }

  void write(byte[] bytes) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(bytes);
    out.flush();
  }

  /// The next message; empty at the end of the stream.
  Optional<PeerMessage> read() throws Exception {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    try {
      int length = in.readInt();
      int type = in.readUnsignedByte();
      byte[] body = in.readNBytes(length);
      return Optional.of(
          Messages.decode(new FrameDecoder.Frame(type, io.aitbc.crypto.Bytes.of(body))));
    } catch (java.io.EOFException | java.net.SocketException end) {
      return Optional.empty();
    }
  }

  /// Reads to the end and returns the number in the goodbye, 0 if there was none.
  int readToGoodbye() throws Exception {
    int reason = 0;
    for (Optional<PeerMessage> next = read(); next.isPresent(); next = read()) {
      if (next.get() instanceof PeerMessage.Goodbye goodbye) {
        reason = goodbye.reason();
      }
    }
    return reason;
  }

  /// The next message of a kind; others are passed over.
  <M extends PeerMessage> M readUntil(Class<M> kind) throws Exception {
    while (true) {
      PeerMessage next = read().orElseThrow(() -> new AssertionError("end of stream"));
      if (kind.isInstance(next)) {
        return kind.cast(next);
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
