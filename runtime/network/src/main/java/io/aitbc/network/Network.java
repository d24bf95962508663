// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Height;
import io.aitbc.model.PeerMessage;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The peers of one node: accepts and dials connections, carries messages both ways by priority,
/// spreads transactions, and keeps every peer within its bounds. Knows nothing of consensus.
/// Protocol §15.
///
/// Threads: sockets are served by a few threads of their own; a single thread calls the {@link
/// NetworkHandler}. Every method here may be called from any thread and none blocks, {@link #close}
/// excepted.
public final class Network implements AutoCloseable {
  /// What became of a message that was to be sent.
  public enum Sent {
    /// It waits for its peer or is on its way.
    QUEUED,
    /// No such peer is connected.
    NOT_CONNECTED,
    /// The peer reads too slowly for more of this class.
    NO_ROOM
  }

  /// The last final block of a node.
  ///
  /// @param height its height
  /// @param hash its hash
  public record Head(Height height, Hash hash) {}

  private static final Logger LOG = LoggerFactory.getLogger(Network.class);

  private final PeerId id;
  private final NetworkCounters counters = new NetworkCounters();
  private final Delivery delivery;
  private final Connections connections;

  private Network(NetworkConfiguration configuration, Head head, NetworkHandler handler) {
    id = configuration.identity().id();
    AddressBook addresses = AddressBook.of(configuration);
    delivery = new Delivery(id, handler, addresses, new DeliveryOutbox(), this::close);
    connections = new Connections(configuration, head, addresses, delivery, counters);
  }

  /// Starts to listen and to dial.
  ///
  /// @param head the last final block of this node, for its hello
  /// @param handler hears of peers and messages, on a thread of the network
  public static Network start(
      NetworkConfiguration configuration, Head head, NetworkHandler handler) {
    Network network = new Network(configuration, head, handler);
    network.delivery.start();
    network.connections.start();
    LOG.atInfo()
        .addKeyValue("id", network.id)
        .addKeyValue("address", network.listeningAt())
        .log("network listens");
    return network;
  }

  /// How other nodes know this one.
  public PeerId id() {
    return id;
  }

  /// Where this node accepts connections.
  public InetSocketAddress listeningAt() {
    return connections.listeningAt();
  }

  /// Sets the last final block, told in hellos from now on.
  public void head(Head last) {
    connections.head(last);
  }

  /// Sends a message to one peer. Its bytes are not even made where there is no room for a long
  /// one: else whoever asks again and again, and reads nothing, would have them made in vain.
  public Sent send(PeerId to, PeerMessage message) {
    return hasRoom(to, Messages.trafficOf(message))
        ? connections.send(to, Messages.frame(message))
        : connections.refused(Messages.trafficOf(message));
  }

  /// Whether it is worth making a message of a class for a peer: it reads what it was sent. True of
  /// who is not connected, which sending will tell.
  public boolean hasRoom(PeerId to, TrafficClass traffic) {
    return connections.hasRoom(to, traffic);
  }

  /// Sends a message to every peer; its bytes are made once.
  ///
  /// @return how many peers had room for it
  public int broadcast(PeerMessage message) {
    return connections.broadcast(Messages.frame(message));
  }

  /// Spreads transactions that callers brought and this node has taken into its pool.
  public void announce(List<Hash> transactions) {
    delivery.announce(List.copyOf(transactions));
  }

  /// Tells peers about transactions that others of them brought and this node has taken into its
  /// pool.
  public void relay(List<Hash> transactions) {
    delivery.relay(List.copyOf(transactions));
  }

  /// Gives a peer transactions that it is to order next, as far as it may lack them.
  ///
  /// @param hashes of the transactions
  /// @param transactions their bytes, in the same order
  public void forward(PeerId to, List<Hash> hashes, List<Bytes> transactions) {
    delivery.forward(to, List.copyOf(hashes), List.copyOf(transactions));
  }

  /// The peers that are connected now.
  public List<Peer> peers() {
    return connections.peers();
  }

  /// Addresses that have worked, so that the node can name them at its next start.
  public List<PeerEndpoint> knownAddresses() {
    return connections.knownAddresses();
  }

  /// Sets the peers that have places of their own beside the named ones: the validators of this
  /// epoch and the next.
  public void reserve(Set<PeerId> validators) {
    connections.reserve(validators);
  }

  /// Whether a peer has a place of its own: the operator named it, or it is a validator's node.
  public boolean isReserved(PeerId peer) {
    return connections.isReserved(peer);
  }

  /// Counts an offence that the node found in what a peer sent. Peers with places of their own are
  /// never banned: budgets keep them harmless, and a quorum may need them.
  public void offended(PeerId peer, Offence offence) {
    connections.offended(peer, offence);
  }

  /// What was counted so far.
  public NetworkCounters counters() {
    return counters;
  }

  /// Closes all connections and ends all threads; the handler hears nothing more afterwards.
  @Override
  public void close() {
    connections.close();
    delivery.close();
  }

  /// What the handler's thread sends. The connections do not exist yet when it is made.
  private final class DeliveryOutbox implements Delivery.Outbox {
    @Override
    public Sent send(PeerId to, PeerMessage message) {
      return Network.this.send(to, message);
    }

    @Override
    public boolean isReserved(PeerId peer) {
      return Network.this.isReserved(peer);
    }

    @Override
    public void offended(PeerId peer, Offence offence) {
      Network.this.offended(peer, offence);
    }

    @Override
    public void after(long nanos, Runnable task) {
      connections.after(nanos, task);
    }
  }
}
