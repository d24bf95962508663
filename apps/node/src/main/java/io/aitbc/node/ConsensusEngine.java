// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.Peer;
import io.aitbc.model.PeerMessage;
import io.aitbc.network.Network;

/// What decides about blocks in a node: with votes or without. Everything but {@link
/// #transactionsPending} is called on the loop.
interface ConsensusEngine {
  /// Begins. Called once, before anything else.
  void start();

  /// A peer has connected and said how far it is.
  void heard(Peer peer, Network.Head head);

  /// A peer is gone.
  void lost(Peer peer);

  /// Takes a peer's message.
  void received(Peer from, PeerMessage message);

  /// Takes a peer's message. `handled` is called once it is done with, later or at once: until then
  /// its bytes count against the peer.
  default void received(Peer from, PeerMessage message, Runnable handled) {
    received(from, message);
    handled.run();
  }

  /// There is something to order. Called on any thread.
  void transactionsPending();

  /// Brings what callers see up to date; called again and again.
  void look();
}
