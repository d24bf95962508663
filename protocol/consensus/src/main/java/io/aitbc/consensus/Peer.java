// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Bytes;

/// Whoever a message came from, as the network names it. Consensus only compares peers and names
/// them in effects; a peer is not a validator until a signature says so.
///
/// @param id the network's identity of the peer
public record Peer(Bytes id) implements Comparable<Peer> {
  @Override
  public int compareTo(Peer other) {
    return id.compareTo(other.id);
  }
}
