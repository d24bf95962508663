// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.PeerAddress;
import io.aitbc.model.PeerMessage;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/// How nodes learn where others listen: each asks its peers now and then, and is told some
/// addresses that worked. Protocol §15.1.
///
/// Belongs to the handler's thread.
final class PeerExchange {
  /// How often one peer is asked.
  static final long ASK_NANOS = 60_000_000_000L;

  /// How often one peer is answered: a third of the time it should wait, so that clocks may differ.
  static final long ANSWER_NANOS = 20_000_000_000L;

  /// How many addresses are asked for and told at once: a peer learns enough to fill its places,
  /// and not the whole network from one.
  static final int TOLD_MAX = 32;

  /// From where an address can be reached. A peer tells of those that can be reached from as far as
  /// its own: else anybody on the internet could have a node dial inside of its own network.
  private enum Reach {
    NOWHERE,
    ONE_MACHINE,
    ONE_LINK,
    ONE_NETWORK,
    EVERYWHERE;

    /// The first bits of a unique local address (RFC 4193 §3.1): seven ones but the last.
    private static final int LOCAL_IPV6 = 0xfc;

    static Reach of(InetAddress address) {
      byte[] bytes = address.getAddress();
      boolean isLocal = address instanceof Inet6Address && (bytes[0] & 0xfe) == LOCAL_IPV6;
      if (address.isAnyLocalAddress() || address.isMulticastAddress()) {
        return NOWHERE;
      } else if (address.isLoopbackAddress()) {
        return ONE_MACHINE;
      } else if (address.isLinkLocalAddress()) {
        return ONE_LINK;
      }
      return address.isSiteLocalAddress() || isLocal ? ONE_NETWORK : EVERYWHERE;
    }

    boolean isAtLeast(Reach other) {
      return this != NOWHERE && compareTo(other) >= 0;
    }
  }

  private static final class State {
    private final InetAddress address;
    private long askedAt;
    private long answeredAt;
    private boolean awaited;

    State(InetAddress address, long now) {
      this.address = address;
      askedAt = now - ASK_NANOS;
      answeredAt = now - ANSWER_NANOS;
    }
  }

  private final PeerId own;
  private final AddressBook addresses;
  private final BiConsumer<PeerId, PeerMessage> outbox;
  private final Map<PeerId, State> peers = new LinkedHashMap<>();

  PeerExchange(PeerId own, AddressBook addresses, BiConsumer<PeerId, PeerMessage> outbox) {
    this.own = own;
    this.addresses = addresses;
    this.outbox = outbox;
  }

  /// Notes a peer and, if it dialled this node, where it says that it listens.
  void connected(Peer peer, InetAddress address, long now) {
    peers.put(peer.id(), new State(address, now));
    if (peer.dialled() == Peer.Dialled.BY_PEER && peer.hello().listenPort() > 0) {
      addresses.heard(
          new PeerEndpoint(peer.id(), address.getHostAddress(), peer.hello().listenPort()),
          AddressBlock.of(address),
          peer.id(),
          now);
    }
  }

  void disconnected(PeerId peer) {
    var _ = peers.remove(peer);
  }

  /// Asks those peers whose turn it is.
  void tick(long now) {
    peers.forEach((peer, state) -> {
      if (now - state.askedAt >= ASK_NANOS) {
        state.askedAt = now;
        state.awaited = true;
        outbox.accept(peer, new PeerMessage.PeersRequest(TOLD_MAX));
      }
    });
  }

  /// A peer asks; who asks too often gets no answer.
  void asked(PeerId from, int count, long now) {
    State state = peers.get(from);
    if (state == null || now - state.answeredAt < ANSWER_NANOS) {
      return;
    }
    state.answeredAt = now;
    List<PeerAddress> told = new ArrayList<>();
    for (PeerEndpoint each : addresses.sample(Math.min(count, TOLD_MAX))) {
      if (!each.id().equals(from)) {
        record(each, told);
      }
    }
    outbox.accept(from, new PeerMessage.Peers(told));
  }

  /// A peer answers; what nobody asked for is not believed.
  void told(PeerId from, PeerMessage.Peers message, long now) {
    State state = peers.get(from);
    if (state == null || !state.awaited) {
      return;
    }
    state.awaited = false;
    for (PeerAddress each : message.peers()) {
      PeerId id = new PeerId(Hash.of(each.peerId().toArray()));
      if (id.equals(own)) {
        continue;
      }
      try {
        InetAddress address = InetAddress.getByAddress(each.host().toArray());
        if (Reach.of(address).isAtLeast(Reach.of(state.address))) {
          addresses.heard(
              new PeerEndpoint(id, address.getHostAddress(), each.port()),
              AddressBlock.of(address),
              from,
              now);
        }
      } catch (UnknownHostException impossible) {
        throw new IllegalStateException("the codec lets 4 or 16 bytes pass", impossible);
      }
    }
  }

  /// Names are not told: they would be looked up by whoever hears them.
  private static void record(PeerEndpoint address, List<PeerAddress> told) {
    if (!address.host().matches("[0-9.]+") && !address.host().contains(":")) {
      return;
    }
    try {
      told.add(
          new PeerAddress(
              address.id().hash().toBytes(),
              Bytes.of(address.resolved().getAddress()),
              address.port()));
    } catch (UnknownHostException noAddress) {
      // A name that looked like an address; there is nothing to tell.
      return;
    }
  }
}
