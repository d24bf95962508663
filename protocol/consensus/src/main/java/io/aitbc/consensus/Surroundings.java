// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.SignatureScheme;
import io.aitbc.model.ConsensusMessage;
import io.aitbc.model.Height;
import java.time.Instant;
import java.util.Optional;

/// What the parts of consensus share beside the height they work on: who this node is, the way out,
/// the time it was told, whether its pool has something to order.
final class Surroundings {
  private final Identity identity;
  private final SignatureScheme scheme;
  private final Outbox outbox = new Outbox();
  private final Forgers forgers = new Forgers();
  private final SilentHolders silentHolders = new SilentHolders();
  private final Turns turns = new Turns(this);
  private final Pacemaker pacemaker = new Pacemaker();
  private Instant now;
  private boolean transactionsPending;
  private Optional<Height> behindAt = Optional.empty();

  Surroundings(Identity identity, SignatureScheme scheme, Instant now) {
    this.identity = identity;
    this.scheme = scheme;
    this.now = now;
  }

  Identity identity() {
    return identity;
  }

  SignatureScheme scheme() {
    return scheme;
  }

  Outbox outbox() {
    return outbox;
  }

  Forgers forgers() {
    return forgers;
  }

  SilentHolders silentHolders() {
    return silentHolders;
  }

  Turns turns() {
    return turns;
  }

  Pacemaker pacemaker() {
    return pacemaker;
  }

  Instant now() {
    return now;
  }

  void timeIs(Instant time) {
    now = time;
  }

  boolean transactionsPending() {
    return transactionsPending;
  }

  void poolHas(boolean pending) {
    transactionsPending = pending;
  }

  /// Whether no sync is so recent that this node had better not propose yet.
  boolean mayPropose() {
    return behindAt.isEmpty();
  }

  /// A sync has led to `height`. The wait that follows is a timer's, not the clock's: a clock that
  /// is set back would make it last.
  void fellBehind(Height height) {
    behindAt = Optional.of(height);
  }

  /// The wait after the sync that led to `height` is over.
  void cooledDown(Height height) {
    behindAt = behindAt.filter(behind -> !behind.equals(height));
  }

  void sendToAll(ConsensusMessage message) {
    outbox.add(new Effect.Send(new Recipients.EveryValidator(), message));
  }

  void sendTo(Peer peer, ConsensusMessage message) {
    outbox.add(new Effect.Send(new Recipients.One(peer), message));
  }

  void blame(Peer peer, Height height, Rejection reason) {
    outbox.add(new Effect.Blame(peer, new Misconduct.BadMessage(height, reason)));
  }

  /// A signature that the peer brought does not hold.
  void forged(Peer peer, Height height) {
    outbox.add(new Effect.Blame(peer, new Misconduct.BadSignature(height)));
    forgers.add(peer);
  }
}
