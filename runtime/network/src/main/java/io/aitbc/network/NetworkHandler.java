// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.PeerMessage;
import java.util.List;
import java.util.Optional;

/// Who listens to the network: the node. All calls come from one thread of the network, one after
/// another; while one runs, peers are slowed down, not their messages dropped. Protocol §15.3.
public interface NetworkHandler {
  /// A peer was accepted by both sides. Messages follow.
  void connected(Peer peer);

  /// A peer is gone. No message of it follows.
  void disconnected(PeerId peer, CloseReason reason);

  /// A message that is not the network's own business: neither transactions nor peer exchange.
  /// Well-formed, and nothing else about it was checked.
  void received(PeerId from, PeerMessage message);

  /// The same, of a message that may take longer than this call. `handled` is to be called once, on
  /// any thread, when nothing of the message waits any more: until then its bytes count against the
  /// peer, which is read no further while too many do.
  default void received(PeerId from, PeerMessage message, Runnable handled) {
    received(from, message);
    handled.run();
  }

  /// Whether the transaction with this hash would be new to this node.
  boolean wantsTransaction(Hash hash);

  /// The encoding of a transaction that this node has.
  Optional<Bytes> transaction(Hash hash);

  /// Encodings of transactions came from a peer. Nothing about them was checked; they need not have
  /// been asked for.
  void receivedTransactions(PeerId from, List<Bytes> transactions);
}
