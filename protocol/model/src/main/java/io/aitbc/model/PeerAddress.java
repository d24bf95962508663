// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Bytes;

/// Where a peer can be reached. Protocol §11.10.
///
/// @param peerId who must answer there: hash of the key of its connections, Protocol §15.1
/// @param host its IP address: 4 or 16 bytes
/// @param port its TCP port, from 1 to 65535
public record PeerAddress(Bytes peerId, Bytes host, int port) implements Encodable {
  /// Length of a peer's id, in bytes.
  public static final int PEER_ID_BYTES = 32;

  /// Greatest port.
  public static final int PORT_MAX = 65_535;

  /// @throws IllegalArgumentException if a length or the port is out of range
  public PeerAddress {
    if (peerId.length() != PEER_ID_BYTES || !fits(host, port)) {
      throw new IllegalArgumentException("no address of a peer: " + host + " port " + port);
    }
  }

  private static boolean fits(Bytes host, int port) {
    return (host.length() == 4 || host.length() == 16) && port > 0 && port <= PORT_MAX;
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer.begin().string(peerId).string(host).number(port).end();
  }

  /// The address at the reader's position.
  public static PeerAddress readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    Bytes peerId = fields.string(PEER_ID_BYTES, PEER_ID_BYTES);
    Bytes host = fields.string(4, 16);
    int port = fields.number(PORT_MAX);
    fields.finish();
    if (!fits(host, port)) {
      throw fields.refuse("peer address", host);
    }
    return new PeerAddress(peerId, host, port);
  }
}
