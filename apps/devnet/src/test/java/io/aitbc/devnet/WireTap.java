// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.devnet;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.FrameType;
import io.aitbc.model.MalformedException;
import io.aitbc.model.PeerMessage;
import io.aitbc.network.NodeIdentity;
import io.aitbc.network.PinnedTls;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// What lies between the nodes of a network on one machine and writes down every frame that goes
/// over the wire, as it was sent. Connections are TLS with certificates on both sides (Protocol
/// §15.1), so it stands between two nodes with the identity of each, which it has of their folders:
/// neither could be met by somebody who has not.
final class WireTap implements DevnetFiles.Links, AutoCloseable {
  private static final Duration WAIT = Duration.ofSeconds(20);

  /// A frame that a node sent, before the other had it.
  ///
  /// @param nanos when, by a clock of this process
  /// @param from index of the node that sent it
  /// @param to index of the other
  /// @param message what it holds
  record Sent(long nanos, int from, int to, PeerMessage message) {}

  private final List<NodeIdentity> identities = new ArrayList<>();
  private final List<Closeable> open = new CopyOnWriteArrayList<>();
  private final List<String> faults = new CopyOnWriteArrayList<>();
  private final List<Sent> sent = new ArrayList<>();

  WireTap(DevnetFiles files, int nodes) throws IOException {
    for (int i = 0; i < nodes; i++) {
      identities.add(
          NodeIdentity.loadOrCreate(files.folder().resolve("node" + (i + 1)), new SecureRandom()));
    }
  }

  /// What was sent so far, in the order in which it came by.
  List<Sent> sent() {
    synchronized (sent) {
      return List.copyOf(sent);
    }
  }

  /// What was on the wire and is no frame of the protocol.
  List<String> faults() {
    return List.copyOf(faults);
  }

  @Override
  public InetSocketAddress between(int from, int to, InetSocketAddress listening)
      throws IOException {
    ServerSocket door = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    open.add(door);
    Thread _ = Thread.ofVirtual().start(() -> accept(door, from, to, listening));
    return new InetSocketAddress(door.getInetAddress(), door.getLocalPort());
  }

  private void accept(ServerSocket door, int from, int to, InetSocketAddress listening) {
    while (!door.isClosed()) {
      try {
        Socket accepted = door.accept();
        open.add(accepted);
        Thread _ = Thread.ofVirtual().start(() -> join(accepted, from, to, listening));
      } catch (IOException closed) {
        return; // The test is over.
      }
    }
  }

  /// A connection that `from` dialled, and one to `to` in its name.
  private void join(Socket accepted, int from, int to, InetSocketAddress listening) {
    NodeIdentity dialling = identities.get(from);
    NodeIdentity dialled = identities.get(to);
    try (accepted;
        Socket near = new PinnedTls(dialled, dialling.id()).accept(accepted, WAIT);
        Socket far = new PinnedTls(dialling, dialled.id()).dial(listening, WAIT)) {
      open.add(far);
      near.setSoTimeout(0);
      far.setSoTimeout(0);
      Thread back = Thread.ofVirtual().start(() -> pass(far, near, to, from));
      pass(near, far, from, to);
      back.join();
    } catch (IOException gone) {
      // The node that was dialled does not listen yet: the other dials again.
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Passes frames on until one side ends, which ends the other. Protocol §15.2.
  private void pass(Socket source, Socket target, int from, int to) {
    try (source;
        target) {
      DataInputStream in = new DataInputStream(source.getInputStream());
      DataOutputStream out = new DataOutputStream(target.getOutputStream());
      while (true) {
        int length = in.readInt();
        int type = in.readUnsignedByte();
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
          throw new EOFException();
        }
        note(from, to, type, body);
        byte[] frame = new byte[Integer.BYTES + 1 + length];
        frame[0] = (byte) (length >> 24);
        frame[1] = (byte) (length >> 16);
        frame[2] = (byte) (length >> 8);
        frame[3] = (byte) length;
        frame[4] = (byte) type;
        System.arraycopy(body, 0, frame, Integer.BYTES + 1, length);
        out.write(frame);
        out.flush();
      }
    } catch (IOException ended) {
      // One of two connections between the same nodes is given up; nodes end.
    }
  }

  private void note(int from, int to, int type, byte[] body) {
    try {
      PeerMessage message = PeerMessage.decode(FrameType.of(type).orElseThrow(), Bytes.of(body));
      synchronized (sent) {
        sent.add(new Sent(System.nanoTime(), from, to, message));
      }
    } catch (MalformedException | RuntimeException fault) {
      faults.add("node" + (from + 1) + " sent type " + type + ": " + fault);
    }
  }

  @Override
  public void close() throws IOException {
    for (Closeable each : open) {
      each.close();
    }
  }
}
