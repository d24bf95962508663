// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import io.aitbc.crypto.Hash;
import java.net.InetSocketAddress;
import java.util.List;

/// What a node's network is started with.
///
/// @param identity the key by which peers know this node
/// @param listen where to accept connections; port 0 takes any free one
/// @param chainId the chain's id
/// @param genesisHash hash of block 0: a peer with another is on another network
/// @param named peers that are dialled for ever and have places of their own
/// @param limits how much this node gives its peers
/// @param seed of the generator that draws waits and which peers are dialled; nothing secret
public record NetworkConfiguration(
    NodeIdentity identity,
    InetSocketAddress listen,
    long chainId,
    Hash genesisHash,
    List<PeerEndpoint> named,
    NetworkLimits limits,
    long seed) {
  /// How many peers may be named; each is dialled for ever.
  public static final int NAMED_MAX = 256;

  /// @throws IllegalArgumentException if the chain id is negative or too many peers are named
  public NetworkConfiguration {
    named = List.copyOf(named);
    if (chainId < 0) {
      throw new IllegalArgumentException("negative chain id: " + chainId);
    }
    if (named.size() > NAMED_MAX) {
      throw new IllegalArgumentException("more than " + NAMED_MAX + " named peers");
    }
  }
}
