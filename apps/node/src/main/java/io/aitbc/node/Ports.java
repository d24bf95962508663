// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.Effect;
import io.aitbc.consensus.Input;
import io.aitbc.consensus.LogRecord;
import io.aitbc.consensus.Misconduct;
import io.aitbc.consensus.Peer;
import io.aitbc.consensus.Recipients;
import io.aitbc.consensus.SigningRequest;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Evidence;
import io.aitbc.model.Height;
import io.aitbc.model.PeerMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// What the effect loop needs from the world around it: real in a node, virtual in a simulator. All
/// methods are called on the loop, and answers come back on the loop.
public interface Ports {
  /// The wall clock of this machine.
  Instant now();

  /// Has `task` run on the loop after `delay`.
  void after(Duration delay, Runnable task);

  /// Checks signatures beside the loop; the answer is an {@link Input.Verified}.
  void verify(Effect.Verify request);

  /// Makes a record durable before it returns.
  void persist(LogRecord logRecord);

  /// Asks the signer, whose record is durable before it answers: {@link Input.Signed} or {@link
  /// Input.SigningRefused}, at once or later. No answer where the signer is gone, too late or waits
  /// after a move: what was not signed in its time is not signed later. What contradicts nothing is
  /// asked for again until its height is decided.
  void sign(SigningRequest request, Consumer<Input> answer);

  /// Whether a peer has a place of its own, as a validator's node or one that the operator named.
  default boolean isReserved(Peer peer) {
    return false;
  }

  /// Whether a peer reads what it was sent, so that it is worth gathering transactions for it.
  default boolean hasRoomForTransactions(Peer peer) {
    return true;
  }

  /// Sends a message as far as connections reach; nobody is told when it is lost.
  void send(Recipients to, PeerMessage message);

  /// Sends a peer the blocks that it asks for. Where reading them takes time it is done beside the
  /// loop, and what is too much is dropped.
  default void serve(Peer to, PeerMessage.BlocksRequest request) {
    send(
        new Recipients.One(to),
        new PeerMessage.Blocks(request.request(), chain().blocks(request.from(), request.count())));
  }

  /// Scores a peer down.
  void blame(Peer peer, Misconduct misconduct);

  /// Scores a peer down that sent a block which does not hold.
  ///
  /// @param height of the block
  /// @param reason what was wrong with it
  void blameForBlock(Peer peer, Height height, String reason);

  /// Brings evidence into the chain.
  void report(Evidence evidence);

  /// Passes the pool's executable transactions to the node of a validator.
  void forwardTransactions(Address proposer);

  /// Saves what shows why this node got another block than the network, and stops it.
  void stopDiverged(Effect.StopDiverged difference);

  /// The pool of pending transactions.
  Pool pool();

  /// The chain: execution and storage.
  Chain chain();

  /// The pending transactions of a node.
  interface Pool {
    /// Hashes and bytes of executable transactions, in the order to propose them.
    ///
    /// @param countMax most transactions
    /// @param bytesMax most bytes of all of them
    Batch select(int countMax, int bytesMax);

    /// The encoding of a transaction, if it is pending here.
    Optional<Bytes> transaction(Hash hash);

    /// A block with these transactions was decided: they are proposed no more, although the state
    /// that {@link #select} reads does not show them yet.
    void decided(List<Hash> transactions);

    /// Answers, on the loop, whether every one of these encodings is a transaction that is valid as
    /// far as can be told without a state, its signature included. One that is not makes its whole
    /// proposal invalid. Protocol §14.1. The pool takes what it lacks of them, so that senders are
    /// recovered once; no signature is checked on the loop.
    ///
    /// @param transactions hashes and encodings; each hash was compared with its encoding
    void judge(Batch transactions, Consumer<Boolean> answer);

    /// An ordered batch.
    ///
    /// @param hashes of the transactions
    /// @param transactions their encodings, in the same order
    record Batch(List<Hash> hashes, List<Bytes> transactions) {}
  }
}
