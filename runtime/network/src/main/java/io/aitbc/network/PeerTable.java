// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who is connected, who is in a handshake, and who of two claimants stays. Every decision is one
/// short step under one lock, so two handshakes that end at one moment cannot both win. Protocol
/// §15.1, §15.4.
///
/// @param <C> a connection
final class PeerTable<C> {
  /// Addresses from which peers with places of their own may come: of all that can be named, and of
  /// as many validators again.
  static final int EXPECTED_MAX = 2 * NetworkConfiguration.NAMED_MAX;

  /// Which side opened a connection.
  enum Direction {
    /// The other side dialled this node.
    INBOUND,
    /// This node dialled.
    OUTBOUND
  }

  /// What became of a connection that has said hello.
  ///
  /// @param <C> a connection
  sealed interface Admission<C> {
    /// It is the connection to its peer now.
    ///
    /// @param replaced the one it takes the place of, to be closed
    record Admitted<C>(Optional<C> replaced) implements Admission<C> {}

    /// It must close.
    record Refused<C>(CloseReason reason) implements Admission<C> {}
  }

  private record Peer<C>(C connection, Direction direction, boolean reserved) {}

  private final PeerId own;
  private final NetworkLimits limits;
  private final Map<PeerId, Peer<C>> peers = new LinkedHashMap<>();
  private final Map<AddressBlock, Integer> perBlock = new HashMap<>();
  private Set<PeerId> reserved = Set.of();
  private final Set<PeerId> named;
  private final LinkedHashSet<InetAddress> expected = new LinkedHashSet<>();
  private int handshakes;
  private int unreserved;

  /// Nobody is connected.
  ///
  /// @param own this node
  /// @param named peers that the operator named; they have places of their own
  PeerTable(PeerId own, Set<PeerId> named, NetworkLimits limits) {
    this.own = own;
    this.named = Set.copyOf(named);
    this.limits = limits;
  }

  /// From this address a peer with a place of its own may come: those of strangers do not fill up
  /// its way in.
  synchronized void expect(InetAddress address) {
    boolean _ = expected.remove(address);
    boolean _ = expected.add(address);
    if (expected.size() > EXPECTED_MAX) {
      var _ = expected.removeFirst();
    }
  }

  /// Whether a peer with a place of its own may come from an address.
  synchronized boolean isExpected(InetAddress address) {
    return expected.contains(address);
  }

  /// A connection was opened. If it may go on, {@link #handshakeEnded} and {@link #left} follow.
  synchronized Optional<CloseReason> opened(InetAddress remote, Direction direction) {
    AddressBlock block = AddressBlock.of(remote);
    int inBlock = perBlock.getOrDefault(block, 0);
    if (direction == Direction.INBOUND && !expected.contains(remote)) {
      if (handshakes >= limits.handshakesMax()) {
        return Optional.of(new CloseReason.TooManyPeers(limits.handshakesMax()));
      }
      if (inBlock >= limits.peersPerBlockMax()) {
        return Optional.of(new CloseReason.TooManyInBlock(limits.peersPerBlockMax()));
      }
    }
    handshakes++;
    perBlock.put(block, inBlock + 1);
    return Optional.empty();
  }

  /// Whether the handshake of an opened connection came to an end, good or bad.
  synchronized void handshakeEnded() {
    handshakes--;
  }

  /// An opened connection is closed.
  ///
  /// @param id its peer, if that is known
  /// @return whether it was the connection to that peer
  synchronized boolean left(AddressBlock block, Optional<PeerId> id, C connection) {
    int inBlock = requireNonNull(perBlock.get(block)) - 1;
    if (inBlock == 0) {
      var _ = perBlock.remove(block);
    } else {
      perBlock.put(block, inBlock);
    }
    if (id.isEmpty()) {
      return false;
    }
    Peer<C> peer = peers.get(id.get());
    if (peer == null || !peer.connection().equals(connection)) {
      return false;
    }
    forget(id.get(), peer);
    return true;
  }

  /// Decides about a connection whose peer has proven its id and said hello.
  synchronized Admission<C> admit(PeerId id, Direction direction, C connection) {
    if (id.equals(own)) {
      return new Admission.Refused<>(new CloseReason.OwnId());
    }
    Peer<C> present = peers.get(id);
    if (present != null && !staysOver(id, direction, present.direction())) {
      return new Admission.Refused<>(new CloseReason.DuplicateConnection());
    }
    boolean hasPlace = isReserved(id);
    if (present == null && !hasPlace && unreserved >= limits.unreservedPeersMax()) {
      return new Admission.Refused<>(new CloseReason.TooManyPeers(limits.unreservedPeersMax()));
    }
    if (present != null) {
      forget(id, present);
    }
    peers.put(id, new Peer<>(connection, direction, hasPlace));
    unreserved += hasPlace ? 0 : 1;
    return new Admission.Admitted<>(Optional.ofNullable(present).map(Peer::connection));
  }

  /// Two connections to one peer: both sides keep the one that the smaller id dialled. If one side
  /// dialled both, it has lost the older one, so the newer stays.
  private boolean staysOver(PeerId id, Direction fresh, Direction present) {
    if (fresh == present) {
      return true;
    }
    Direction kept = own.compareTo(id) < 0 ? Direction.OUTBOUND : Direction.INBOUND;
    return fresh == kept;
  }

  /// Sets the peers that have places of their own beside the named ones: the validators.
  synchronized void reserve(Set<PeerId> validators) {
    reserved = new HashSet<>(validators);
    unreserved = 0;
    peers.replaceAll((id, peer) -> new Peer<>(peer.connection(), peer.direction(), isReserved(id)));
    for (Peer<C> each : peers.values()) {
      unreserved += each.reserved() ? 0 : 1;
    }
  }

  /// Whether a peer has a place of its own.
  synchronized boolean isReserved(PeerId id) {
    return named.contains(id) || reserved.contains(id);
  }

  synchronized boolean isConnected(PeerId id) {
    return peers.containsKey(id);
  }

  /// The connection to a peer; null if there is none.
  synchronized @Nullable C find(PeerId id) {
    Peer<C> peer = peers.get(id);
    return peer == null ? null : peer.connection();
  }

  /// All connections that were admitted.
  synchronized List<C> connections() {
    List<C> all = new ArrayList<>(peers.size());
    peers.values().forEach(each -> all.add(each.connection()));
    return all;
  }

  synchronized int size() {
    return peers.size();
  }

  /// How many connections are in a handshake.
  synchronized int handshakes() {
    return handshakes;
  }

  private void forget(PeerId id, Peer<C> peer) {
    var _ = peers.remove(id);
    unreserved -= peer.reserved() ? 0 : 1;
  }
}
