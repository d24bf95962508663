// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Bytes;

/// Where a peer can be reached. Protocol §11.10.
///
/// @param nodeKey the 32-byte public key of its encrypted connections
/// @param host its IP address: 4 or 16 bytes
/// @param port its TCP port, from 1 to 65535
public record PeerAddress(Bytes nodeKey, Bytes host, int port) implements Encodable {
  /// Length of a node's key, in bytes.
  public static final int NODE_KEY_BYTES = 32;

  /// Greatest port.
  public static final int PORT_MAX = 65_535;

  /// @throws IllegalArgumentException if a length or the port is out of range
  public PeerAddress {
    if (nodeKey.length() != NODE_KEY_BYTES || !fits(host, port)) {
      throw new IllegalArgumentException("no address of a peer: " + host + " port " + port);
    }
  }

  private static boolean fits(Bytes host, int port) {
    return (host.length() == 4 || host.length() == 16) && port > 0 && port <= PORT_MAX;
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer.begin().string(nodeKey).string(host).number(port).end();
  }

  /// The address at the reader's position.
  public static PeerAddress readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    Bytes nodeKey = fields.string(NODE_KEY_BYTES, NODE_KEY_BYTES);
    Bytes host = fields.string(4, 16);
    int port = fields.number(PORT_MAX);
    fields.finish();
    if (!fits(host, port)) {
      throw fields.refuse("peer address", host);
    }
    return new PeerAddress(nodeKey, host, port);
  }
}
