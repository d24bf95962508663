// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.PeerMessage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/// The one thread that calls the {@link NetworkHandler}, and what it does besides: transaction
/// gossip and peer exchange, which belong to it alone. Protocol §15.3.
final class Delivery {
  /// How often late answers are noticed.
  private static final long TICK_NANOS = 100_000_000L;

  /// What this thread sends.
  interface Outbox {
    /// Sends a message to one peer.
    Network.Sent send(PeerId to, PeerMessage message);

    /// Whether a peer has a place of its own.
    boolean isReserved(PeerId peer);

    /// Counts an offence of a peer.
    void offended(PeerId peer, Offence offence);

    /// Runs a short task on a thread of the sockets.
    void after(long nanos, Runnable task);
  }

  private final NetworkHandler handler;
  private final Outbox outbox;
  private final Runnable onFailure;
  private final Inbox inbox = new Inbox();
  private final PeerExchange exchange;
  private final TransactionGossip gossip;
  private final Announcements announcements = new Announcements(Announcements.PAUSE_NANOS);
  private final Announcements relays = new Announcements(Announcements.RELAY_PAUSE_NANOS);
  private final Thread thread;
  private final AtomicBoolean tickWaits = new AtomicBoolean();
  private long tickedAt = System.nanoTime();
  private volatile boolean closed;

  /// @param onFailure called on the thread when the handler has thrown, before the thread ends
  Delivery(
      PeerId own,
      NetworkHandler handler,
      AddressBook addresses,
      Outbox outbox,
      Runnable onFailure) {
    this.handler = handler;
    this.outbox = outbox;
    this.onFailure = onFailure;
    exchange = new PeerExchange(own, addresses, this::post);
    gossip = new TransactionGossip(new HandlersPool(), new GossipOutbox());
    thread = Thread.ofPlatform().name("network-delivery").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /// A peer was accepted.
  void connected(Connection connection, Peer peer) {
    inbox.add(
        source(peer.id()),
        TrafficClass.VOTES,
        () -> {
          gossip.connected(peer.id());
          exchange.connected(peer, connection.remote().getAddress(), System.nanoTime());
          handler.connected(peer);
        });
  }

  /// A peer that was accepted is gone.
  void disconnected(Connection connection, PeerId peer, CloseReason reason) {
    inbox.add(
        source(peer),
        TrafficClass.VOTES,
        () -> {
          connection.depart();
          exchange.disconnected(peer);
          gossip.disconnected(peer, System.nanoTime());
          handler.disconnected(peer, reason);
        });
  }

  /// A message of an accepted peer.
  ///
  /// @param bytes length of its frame
  void received(Connection connection, PeerId from, PeerMessage message, int bytes) {
    int weight = Messages.weightOf(message, bytes);
    connection.queuedForHandler(weight);
    inbox.add(
        source(from),
        Messages.trafficOf(message),
        () -> {
          if (connection.departed()) {
            connection.handled(weight);
          } else {
            handle(from, message, () -> connection.handled(weight));
          }
        });
  }

  /// Spreads transactions that callers brought to this node.
  void announce(List<Hash> transactions) {
    spread(announcements, transactions, gossip::announce);
  }

  /// Tells peers about transactions that others of them brought.
  void relay(List<Hash> transactions) {
    spread(relays, transactions, gossip::relay);
  }

  private Inbox.Source source(PeerId peer) {
    return new Inbox.Source(peer, outbox.isReserved(peer));
  }

  private void spread(
      Announcements waiting, List<Hash> transactions, Predicate<List<Hash>> together) {
    Runnable now =
        () ->
            inbox.add(
                Inbox.Source.SELF,
                TrafficClass.TRANSACTIONS,
                () -> {
                  if (together.test(waiting.take(System.nanoTime()))) {
                    spread(waiting, List.of(), together);
                  }
                });
    waiting
        .add(transactions, System.nanoTime())
        .ifPresent(nanos -> {
          if (nanos == 0) {
            now.run();
          } else {
            outbox.after(nanos, now);
          }
        });
  }

  /// Gives a peer those of these transactions that it may lack.
  void forward(PeerId to, List<Hash> hashes, List<Bytes> transactions) {
    inbox.add(
        Inbox.Source.SELF,
        TrafficClass.TRANSACTIONS,
        () -> gossip.forward(to, hashes, transactions));
  }

  /// Lets time pass; called often.
  void tick() {
    if (tickWaits.compareAndSet(false, true)) {
      inbox.add(Inbox.Source.SELF, TrafficClass.VOTES, this::lookAtClock);
    }
  }

  /// Ends the thread and waits for it, unless it is the thread that calls.
  void close() {
    closed = true;
    inbox.close();
    if (!thread.equals(Thread.currentThread())) {
      try {
        thread.join();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    try {
      inbox.drain();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } finally {
      // A handler that threw has broken an invariant: nobody listens any more, so nobody may
      // believe this node to be alive.
      if (!closed) {
        onFailure.run();
      }
    }
  }

  private void lookAtClock() {
    tickWaits.set(false);
    long now = System.nanoTime();
    if (now - tickedAt >= TICK_NANOS) {
      tickedAt = now;
      gossip.tick(now);
      exchange.tick(now);
    }
  }

  private void post(PeerId to, PeerMessage message) {
    Network.Sent _ = outbox.send(to, message);
  }

  private void handle(PeerId from, PeerMessage message, Runnable handled) {
    long now = System.nanoTime();
    switch (message) {
      case PeerMessage.Ping ping -> {
        Network.Sent _ = outbox.send(from, new PeerMessage.Pong(ping.nonce()));
      }
      case PeerMessage.Pong _ -> {}
      case PeerMessage.PeersRequest asked -> exchange.asked(from, asked.count(), now);
      case PeerMessage.Peers told -> exchange.told(from, told, now);
      case PeerMessage.TransactionHashes told -> gossip.announced(from, told.hashes(), now);
      case PeerMessage.TransactionsRequest asked ->
          gossip.requested(from, asked.request(), asked.hashes());
      case PeerMessage.Transactions sent -> gossip.arrived(from, sent.bodies(), now);
      default -> {
        handler.received(from, message, handled);
        return;
      }
    }
    handled.run();
  }

  private final class HandlersPool implements TransactionGossip.Pool {
    @Override
    public boolean wants(Hash hash) {
      return handler.wantsTransaction(hash);
    }

    @Override
    public Optional<Bytes> transaction(Hash hash) {
      return handler.transaction(hash);
    }

    @Override
    public void arrived(PeerId from, List<Bytes> transactions) {
      handler.receivedTransactions(from, transactions);
    }
  }

  private final class GossipOutbox implements TransactionGossip.Outbox {
    private long requests;

    @Override
    public boolean give(PeerId to, List<Bytes> transactions) {
      return answer(to, 0, transactions);
    }

    @Override
    public boolean announce(PeerId to, List<Hash> hashes) {
      return outbox.send(to, new PeerMessage.TransactionHashes(hashes)) == Network.Sent.QUEUED;
    }

    @Override
    public void request(PeerId from, List<Hash> hashes) {
      Network.Sent _ = outbox.send(from, new PeerMessage.TransactionsRequest(++requests, hashes));
    }

    @Override
    public boolean answer(PeerId to, long request, List<Bytes> transactions) {
      PeerMessage message = new PeerMessage.Transactions(request, transactions);
      return outbox.send(to, message) == Network.Sent.QUEUED;
    }

    @Override
    public void unanswered(PeerId by) {
      outbox.offended(by, Offence.UNANSWERED);
    }
  }
}
