// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.devnet.DevnetFiles;
import io.aitbc.model.FrameType;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.PeerMessage;
import io.aitbc.network.NodeIdentity;
import io.aitbc.network.PeerEndpoint;
import io.aitbc.network.PinnedTls;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;

/// A connection to a node with bytes by hand, for what no correct program sends; each has an
/// identity of its own. Protocol §15.1, §15.2. For tests.
final class Stranger implements AutoCloseable {
  private static final Duration WAIT = Duration.ofMinutes(1);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Socket socket;
  private final DataInputStream in;

  private Stranger(Socket socket) throws IOException {
    this.socket = socket;
    in = new DataInputStream(socket.getInputStream());
    socket.setSoTimeout((int) WAIT.toMillis());
  }

  /// A connection without TLS.
  static Stranger plain(PeerEndpoint node) throws IOException {
    return new Stranger(new Socket(node.host(), node.port()));
  }

  /// A connection that has said nothing yet.
  static Stranger secured(PeerEndpoint node) throws IOException {
    PinnedTls tls = new PinnedTls(NodeIdentity.create(RANDOM), node.id());
    return new Stranger(tls.dial(new InetSocketAddress(node.host(), node.port()), WAIT));
  }

  /// A connection that has said hello as a node at the beginning of this network's chain.
  static Stranger greeted(PeerEndpoint node, Hash genesis) throws IOException {
    return greeted(node, DevnetFiles.CHAIN_ID, genesis);
  }

  /// The same for a chain id that may be another network's.
  static Stranger greeted(PeerEndpoint node, long chainId, Hash genesis) throws IOException {
    Stranger stranger = secured(node);
    stranger.write(
        frame(
            new PeerMessage.Hello(
                PeerMessage.PROTOCOL_VERSION, chainId, genesis, Height.GENESIS, genesis, 0)));
    return stranger;
  }

  /// The bytes of frames with these messages.
  static byte[] frame(PeerMessage... messages) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      for (PeerMessage each : messages) {
        byte[] body = each.encoded().toArray();
        out.writeInt(body.length);
        out.writeByte(each.frameType().code());
        out.write(body);
      }
    } catch (IOException neverInMemory) {
      throw new UncheckedIOException(neverInMemory);
    }
    return bytes.toByteArray();
  }

  /// @throws IOException once the node has closed the connection
  void write(byte[] bytes) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(bytes);
    out.flush();
  }

  /// The next message of the node; empty at the end of the connection.
  ///
  /// @throws SocketTimeoutException if nothing comes
  Optional<PeerMessage> read() throws SocketTimeoutException, MalformedException {
    try {
      int length = in.readInt();
      int type = in.readUnsignedByte();
      byte[] body = new byte[length];
      in.readFully(body);
      return Optional.of(PeerMessage.decode(FrameType.of(type).orElseThrow(), Bytes.wrap(body)));
    } catch (SocketTimeoutException silent) {
      throw silent;
    } catch (IOException ended) {
      return Optional.empty();
    }
  }

  /// Reads whatever comes to the end of the connection.
  ///
  /// @throws SocketTimeoutException if nothing comes
  void drain() throws SocketTimeoutException {
    byte[] buffer = new byte[1 << 16];
    try {
      while (in.read(buffer) >= 0) {
        // Of no interest.
      }
    } catch (SocketTimeoutException silent) {
      throw silent;
    } catch (IOException ended) {
      // That is an end too.
    }
  }

  /// Reads messages to the end of the connection.
  ///
  /// @return the number of the reason that the node gave (Protocol §15.1), 0 if none
  int readToGoodbye() throws SocketTimeoutException, MalformedException {
    int reason = 0;
    for (Optional<PeerMessage> next = read(); next.isPresent(); next = read()) {
      if (next.get() instanceof PeerMessage.Goodbye goodbye) {
        reason = goodbye.reason();
      }
    }
    return reason;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
