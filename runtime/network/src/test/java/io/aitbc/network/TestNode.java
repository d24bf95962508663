// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Height;
import io.aitbc.model.PeerMessage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;

/// A node as far as the network sees it: remembers what it hears and holds transactions.
final class TestNode implements NetworkHandler, AutoCloseable {
  static final Hash GENESIS = Keccak256.hash(new byte[] {1});
  static final long CHAIN_ID = 7_000;
  private static final long WAIT_NANOS_MAX = 20_000_000_000L;

  /// A message and who sent it.
  record Heard(PeerId from, PeerMessage message) {}

  /// A peer that left and why.
  record Left(PeerId peer, CloseReason reason) {}

  final List<Peer> connected = new CopyOnWriteArrayList<>();
  final List<Left> left = new CopyOnWriteArrayList<>();
  final List<Heard> heard = new CopyOnWriteArrayList<>();
  final Map<Hash, Bytes> pool = new ConcurrentHashMap<>();
  volatile Runnable onReceived = () -> {};

  /// What is done with a message that was received.
  volatile BiConsumer<PeerId, Runnable> onHandled = (_, handled) -> handled.run();

  private final boolean keepsMessages;
  private final NodeIdentity identity;
  private Network network;

  private TestNode(NodeIdentity identity, NetworkConfiguration configuration, boolean keeps) {
    this.identity = identity;
    this.keepsMessages = keeps;
    network = Network.start(configuration, head(), this);
  }

  static TestNode start(PeerEndpoint... named) {
    return start(NetworkLimits.ONE_MACHINE, named);
  }

  static TestNode start(NetworkLimits limits, PeerEndpoint... named) {
    return start(identity(), 0, GENESIS, limits, named);
  }

  static TestNode start(
      NodeIdentity identity, int port, Hash genesis, NetworkLimits limits, PeerEndpoint... named) {
    NetworkConfiguration configuration =
        new NetworkConfiguration(
            identity,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
            CHAIN_ID,
            genesis,
            List.of(named),
            limits,
            1);
    return new TestNode(identity, configuration, true);
  }

  static NodeIdentity identity() {
    return NodeIdentity.create(new SecureRandom());
  }

  static Network.Head head() {
    return new Network.Head(Height.GENESIS, GENESIS);
  }

  Network network() {
    return network;
  }

  NodeIdentity ownIdentity() {
    return identity;
  }

  PeerId id() {
    return identity.id();
  }

  PeerEndpoint endpoint() {
    return new PeerEndpoint(id(), "127.0.0.1", network.listeningAt().getPort());
  }

  boolean isConnectedTo(TestNode other) {
    return network.peers().stream().anyMatch(peer -> peer.id().equals(other.id()));
  }

  Optional<CloseReason> reasonWhyLeft(PeerId peer) {
    return left.stream()
        .filter(each -> each.peer().equals(peer))
        .map(Left::reason)
        .reduce((_, last) -> last);
  }

  void hold(Bytes transaction) {
    pool.put(Keccak256.hash(transaction), transaction);
  }

  static void await(String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > WAIT_NANOS_MAX) {
        throw new AssertionError("did not happen in time: " + what);
      }
      try {
        Thread.sleep(5);
      } catch (InterruptedException interrupted) {
        throw new AssertionError(interrupted);
      }
    }
  }

  @Override
  public void connected(Peer peer) {
    connected.add(peer);
  }

  @Override
  public void disconnected(PeerId peer, CloseReason reason) {
    left.add(new Left(peer, reason));
  }

  @Override
  public void received(PeerId from, PeerMessage message) {
    onReceived.run();
    if (keepsMessages) {
      heard.add(new Heard(from, message));
    }
  }

  @Override
  public void received(PeerId from, PeerMessage message, Runnable handled) {
    received(from, message);
    onHandled.accept(from, handled);
  }

  @Override
  public boolean wantsTransaction(Hash hash) {
    return !pool.containsKey(hash);
  }

  @Override
  public Optional<Bytes> transaction(Hash hash) {
    return Optional.ofNullable(pool.get(hash));
  }

  @Override
  public void receivedTransactions(PeerId from, List<Bytes> transactions) {
    List<Hash> fresh =
        transactions.stream().map(Keccak256::hash).filter(hash -> !pool.containsKey(hash)).toList();
    transactions.forEach(this::hold);
    network.relay(fresh);
  }

  @Override
  public void close() {
    network.close();
  }
}
