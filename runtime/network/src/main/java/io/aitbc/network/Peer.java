// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import io.aitbc.model.PeerMessage;

/// A peer that is connected.
///
/// @param id who it is
/// @param address its IP address and port as this node sees them
/// @param dialled which side opened the connection
/// @param hello what it said of itself at the start; its head grows old
public record Peer(PeerId id, String address, Dialled dialled, PeerMessage.Hello hello) {
  /// Which side opened a connection.
  public enum Dialled {
    /// This node did.
    BY_THIS_NODE,
    /// The peer did.
    BY_PEER
  }
}
