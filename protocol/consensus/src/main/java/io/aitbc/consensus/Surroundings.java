// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.SignatureScheme;
import io.aitbc.model.ConsensusMessage;
import java.time.Instant;

/// What the parts of consensus share beside the height they work on: who this node is, the way out,
/// the time it was told, whether its pool has something to order.
final class Surroundings {
  private final Identity identity;
  private final SignatureScheme scheme;
  private final Outbox outbox = new Outbox();
  private final Pacemaker pacemaker = new Pacemaker();
  private Instant now;
  private boolean transactionsPending;
  private Instant mayProposeFrom = Instant.MIN;

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

  boolean mayPropose() {
    return !now.isBefore(mayProposeFrom);
  }

  void proposeNotBefore(Instant time) {
    mayProposeFrom = time;
  }

  void sendToAll(ConsensusMessage message) {
    outbox.add(new Effect.Send(new Recipients.EveryValidator(), message));
  }

  void sendTo(Peer peer, ConsensusMessage message) {
    outbox.add(new Effect.Send(new Recipients.One(peer), message));
  }

  void blame(Peer peer, io.aitbc.model.Height height, Rejection reason) {
    outbox.add(new Effect.Blame(peer, new Misconduct.BadMessage(height, reason)));
  }
}
