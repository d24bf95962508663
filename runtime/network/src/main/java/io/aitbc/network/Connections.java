// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import io.aitbc.model.PeerMessage;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Accepts and dials connections and decides who stays. Protocol §15.1, §15.4.
///
/// Its methods run on the threads of the channels and on those that send; what they share is in the
/// tables, each behind a lock of its own that is held for a few instructions.
final class Connections implements Connection.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

  /// How often the address book is looked at.
  private static final long TICK_MILLIS = 100;

  /// How many addresses a process dials at one moment: a long list of dead ones must not eat the
  /// file descriptors, and handshakes that many nodes of one machine begin at once would all be too
  /// late.
  private static final int DIALS_MAX = 32;

  /// Of these, how many are kept for addresses that were only heard of: named ones that are dead
  /// would otherwise have all.
  private static final int HEARSAY_DIALS = 4;

  /// Dials of all nodes in this process that have not ended.
  private static final AtomicInteger DIALS = new AtomicInteger();

  /// How long the end waits for all goodbyes together.
  private static final long GOODBYES_NANOS_MAX = 1_000_000_000L;

  private final NetworkConfiguration configuration;
  private final NetworkLimits limits;
  private final AddressBook addresses;
  private final Delivery delivery;
  private final NetworkCounters counters;
  private final Tls tls;
  private final Sockets sockets = new Sockets();
  private final PeerTable<Connection> table;
  private final InboundBudget.Blocks blocks;
  private final Standing<PeerId> peerStanding = new Standing<>(Standing.BAN_POINTS);
  private final Standing<AddressBlock> blockStanding = new Standing<>(Standing.BLOCK_BAN_POINTS);
  private final Map<PeerId, PeerEndpoint> dialling = new ConcurrentHashMap<>();
  private final Channel listening;
  private final int port;
  private volatile Network.Head head;
  private volatile boolean closed;

  /// Listens, but accepts and dials nobody before {@link #start}.
  Connections(
      NetworkConfiguration configuration,
      Network.Head head,
      AddressBook addresses,
      Delivery delivery,
      NetworkCounters counters) {
    this.configuration = configuration;
    this.limits = configuration.limits();
    this.addresses = addresses;
    this.delivery = delivery;
    this.counters = counters;
    this.head = head;
    tls = new Tls(configuration.identity());
    table =
        new PeerTable<>(
            configuration.identity().id(),
            configuration.named().stream().map(PeerEndpoint::id).collect(Collectors.toSet()),
            limits);
    blocks = new InboundBudget.Blocks(limits);
    listening = sockets.listen(configuration.listen(), new Accepting());
    port = ((InetSocketAddress) listening.localAddress()).getPort();
  }

  void start() {
    var _ = listening.config().setAutoRead(true);
    sockets.every(TICK_MILLIS, this::tick);
  }

  /// Runs a short task on a thread of the sockets.
  void after(long nanos, Runnable task) {
    sockets.after(nanos, task);
  }

  InetSocketAddress listeningAt() {
    return (InetSocketAddress) listening.localAddress();
  }

  void head(Network.Head last) {
    head = last;
  }

  void reserve(Set<PeerId> validators) {
    table.reserve(validators);
  }

  List<PeerEndpoint> knownAddresses() {
    return addresses.sample(AddressBook.HEARSAY_MAX);
  }

  List<Peer> peers() {
    return table.connections().stream().flatMap(each -> each.peer().stream()).toList();
  }

  Network.Sent send(PeerId to, OutboundFrame frame) {
    return send(to, table.find(to), frame);
  }

  int broadcast(OutboundFrame frame) {
    int queued = 0;
    for (Connection each : table.connections()) {
      queued += send(each.id().orElseThrow(), each, frame) == Network.Sent.QUEUED ? 1 : 0;
    }
    return queued;
  }

  void offended(PeerId peer, Offence offence) {
    @Nullable Connection connection = table.find(peer);
    if (connection != null) {
      offended(connection, peer, offence);
    }
  }

  /// Closes everything.
  void close() {
    closed = true;
    var _ = listening.close().awaitUninterruptibly();
    List<Connection> open = table.connections();
    open.forEach(each -> each.close(new CloseReason.Shutdown()));
    long start = System.nanoTime();
    for (Connection each : open) {
      each.awaitClosed(Math.max(0, GOODBYES_NANOS_MAX - (System.nanoTime() - start)));
    }
    sockets.close();
    List.copyOf(dialling.keySet()).forEach(this::undial);
  }

  /// Sends over the connection to a peer, or over the one to which it has given way meanwhile.
  private Network.Sent send(PeerId to, @Nullable Connection first, OutboundFrame frame) {
    @Nullable Connection connection = first;
    while (connection != null) {
      switch (connection.send(frame)) {
        case TAKEN -> {
          return Network.Sent.QUEUED;
        }
        case NO_ROOM -> {
          return refused(frame.traffic());
        }
        case CLOSED -> {
          @Nullable Connection next = table.find(to);
          connection = connection.equals(next) ? null : next;
        }
      }
    }
    return Network.Sent.NOT_CONNECTED;
  }

  /// Counts a frame for which there was no room.
  Network.Sent refused(TrafficClass traffic) {
    switch (traffic.overflow()) {
      case DROP -> counters.transactionFramesDropped.increment();
      case REFUSE -> counters.framesRefused.increment();
      case CLOSE -> {}
    }
    return Network.Sent.NO_ROOM;
  }

  boolean hasRoom(PeerId to, TrafficClass traffic) {
    @Nullable Connection connection = table.find(to);
    return connection == null || connection.queuedBytes(traffic) <= traffic.busyBytes();
  }

  // --- dialling ---

  private void tick() {
    if (closed) {
      return;
    }
    delivery.tick();
    int room = DIALS_MAX - DIALS.get();
    int named = Math.max(0, room - HEARSAY_DIALS);
    int hearsay = Math.max(0, Math.min(room, limits.dialledPeersTarget() - table.size()));
    for (PeerEndpoint each : addresses.due(System.nanoTime(), named, hearsay, this::mayBeDialled)) {
      if (dialling.putIfAbsent(each.id(), each) == null) {
        int _ = DIALS.incrementAndGet();
        dial(each);
      }
    }
  }

  /// A dial is over: it led to a peer, or to nothing.
  private void undial(PeerId id) {
    if (dialling.remove(id) != null) {
      int _ = DIALS.decrementAndGet();
    }
  }

  private boolean mayBeDialled(PeerId id) {
    return !id.equals(configuration.identity().id())
        && !table.isConnected(id)
        && !dialling.containsKey(id)
        && (table.isReserved(id) || peerStanding.bannedFor(id, System.nanoTime()).isEmpty());
  }

  /// Looks the name up on a thread of its own, because that may block.
  private void dial(PeerEndpoint address) {
    var _ =
        Thread.ofVirtual()
            .name("network-lookup")
            .start(() -> {
              try {
                InetAddress host = address.resolved();
                if (addresses.isNamed(address.id())) {
                  table.expect(host);
                }
                sockets.connect(
                    host,
                    address.port(),
                    new Dialling(address),
                    failure -> dialFailed(address, failure));
              } catch (UnknownHostException unknown) {
                dialFailed(address, unknown);
              }
            });
  }

  private void dialFailed(PeerEndpoint address, Throwable failure) {
    LOG.atDebug().addKeyValue("address", address).addKeyValue("cause", failure).log("not reached");
    dialEnded(address.id());
  }

  /// An attempt to reach a peer, or the connection it led to, has come to its end.
  private void dialEnded(PeerId id) {
    addresses.failed(id, backoff(id), System.nanoTime());
    undial(id);
  }

  private Backoff backoff(PeerId id) {
    return table.isReserved(id) ? Backoff.WANTED : Backoff.HEARSAY;
  }

  // --- new channels ---

  private final class Accepting extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel channel) {
      InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
      InetAddress from = remote.getAddress();
      AddressBlock budget =
          table.isExpected(from) ? AddressBlock.ofOnly(from) : AddressBlock.of(from);
      counters.connectionsOpened.increment();
      if (!blocks.mayConnect(budget, System.nanoTime())
          || table.opened(from, PeerTable.Direction.INBOUND).isPresent()) {
        counters.connectionsRefused.increment();
        var _ = channel.close();
        return;
      }
      prepare(channel, tls.acceptingSide(channel), PeerTable.Direction.INBOUND, remote, null);
    }
  }

  private final class Dialling extends ChannelInitializer<Channel> {
    private final PeerEndpoint address;

    Dialling(PeerEndpoint address) {
      this.address = address;
    }

    @Override
    protected void initChannel(Channel channel) throws UnknownHostException {
      // Not connected yet, so the address is the one that is being dialled.
      InetSocketAddress remote = new InetSocketAddress(address.resolved(), address.port());
      prepare(
          channel, tls.diallingSide(channel), PeerTable.Direction.OUTBOUND, remote, address.id());
    }
  }

  private void prepare(
      Channel channel,
      SslHandler handler,
      PeerTable.Direction direction,
      InetSocketAddress remote,
      @Nullable PeerId expected) {
    FrameDecoder frames = new FrameDecoder(Messages::bodyBytesMaxAtFirst);
    AddressBlock block = AddressBlock.of(remote.getAddress());
    InboundBudget budget = blocks.budgetIn(block, System.nanoTime());
    Connection connection =
        new Connection(
            channel, handler, frames, direction, remote, expected, limits, budget, counters, this);
    var _ = channel.pipeline().addLast(handler, frames, connection);
    sockets.own(channel);
  }

  // --- what connections ask ---

  @Override
  public void active(Connection connection) {
    if (connection.direction() == PeerTable.Direction.OUTBOUND) {
      counters.connectionsOpened.increment();
      Optional<CloseReason> _ =
          table.opened(connection.remote().getAddress(), PeerTable.Direction.OUTBOUND);
    }
  }

  @Override
  public OutboundFrame hello() {
    Network.Head last = head;
    return Messages.frame(
        new PeerMessage.Hello(
            PeerMessage.PROTOCOL_VERSION,
            configuration.chainId(),
            configuration.genesisHash(),
            last.height(),
            last.hash(),
            port));
  }

  @Override
  public OutboundFrame ping() {
    return Messages.frame(new PeerMessage.Ping(0));
  }

  @Override
  public boolean isReserved(PeerId peer) {
    return table.isReserved(peer);
  }

  @Override
  public Optional<CloseReason> identified(Connection connection, PeerId id) {
    if (id.equals(configuration.identity().id())) {
      return Optional.of(new CloseReason.OwnId());
    }
    @Nullable PeerId expected = connection.expected();
    if (expected != null && !expected.equals(id)) {
      return Optional.of(new CloseReason.WrongId(expected, id));
    }
    if (table.isReserved(id)) {
      return Optional.empty();
    }
    long now = System.nanoTime();
    Optional<Duration> ban = peerStanding.bannedFor(id, now);
    return ban.or(() -> blockStanding.bannedFor(connection.block(), now))
        .map(CloseReason.Banned::new);
  }

  @Override
  public Optional<CloseReason> greeted(Connection connection, PeerMessage.Hello hello) {
    table.handshakeEnded();
    Optional<CloseReason> objection = objectionTo(hello);
    if (objection.isPresent()) {
      return objection;
    }
    Peer peer = connection.peer().orElseThrow();
    return switch (table.admit(peer.id(), connection.direction(), connection)) {
      case PeerTable.Admission.Refused<Connection>(var reason) -> {
        @Nullable Connection stays = table.find(peer.id());
        if (!(reason instanceof CloseReason.DuplicateConnection) || stays == null) {
          yield Optional.of(reason);
        }
        giveWay(connection, stays);
        yield Optional.empty();
      }
      case PeerTable.Admission.Admitted<Connection>(var replaced) -> {
        replaced.ifPresent(older -> {
          giveWay(older, connection);
          delivery.disconnected(older, peer.id(), new CloseReason.DuplicateConnection());
        });
        if (table.isReserved(peer.id())) {
          table.expect(connection.remote().getAddress());
        }
        if (connection.direction() == PeerTable.Direction.OUTBOUND) {
          addresses.reached(peer.id());
          undial(peer.id());
        }
        delivery.connected(connection, peer);
        yield Optional.empty();
      }
    };
  }

  private void giveWay(Connection connection, Connection stays) {
    connection.giveWay(stays);
    @Nullable PeerId dialled = connection.expected();
    if (dialled != null) {
      undial(dialled);
    }
  }

  private Optional<CloseReason> objectionTo(PeerMessage.Hello hello) {
    if (hello.protocolVersion() != PeerMessage.PROTOCOL_VERSION) {
      return Optional.of(
          new CloseReason.WrongProtocolVersion(
              PeerMessage.PROTOCOL_VERSION, hello.protocolVersion()));
    }
    if (hello.chainId() != configuration.chainId()) {
      return Optional.of(new CloseReason.WrongChain(configuration.chainId(), hello.chainId()));
    }
    if (!hello.genesisHash().equals(configuration.genesisHash())) {
      return Optional.of(
          new CloseReason.WrongGenesis(configuration.genesisHash(), hello.genesisHash()));
    }
    return Optional.empty();
  }

  @Override
  public void received(Connection connection, PeerMessage message, int bytes) {
    delivery.received(connection, connection.id().orElseThrow(), message, bytes);
  }

  @Override
  public void closed(Connection connection, CloseReason reason) {
    if (connection.hello().isEmpty()) {
      table.handshakeEnded();
      counters.handshakesFailed.increment();
    }
    Optional<PeerId> id = connection.id();
    boolean wasPeer = table.left(connection.block(), id, connection);
    count(connection, id, reason);
    if (wasPeer && !closed) {
      delivery.disconnected(connection, id.orElseThrow(), reason);
    }
    @Nullable PeerId dialled = connection.expected();
    if (dialled != null && !connection.givesWay()) {
      dialEnded(dialled);
    }
    LOG.atDebug()
        .addKeyValue("peer", id)
        .addKeyValue("address", connection.remote())
        .addKeyValue("reason", reason)
        .log("connection closed");
  }

  private void count(Connection connection, Optional<PeerId> id, CloseReason reason) {
    switch (reason) {
      case CloseReason.OversizeFrame _,
          CloseReason.UnknownFrameType _,
          CloseReason.MalformedMessage _,
          CloseReason.UnexpectedFrame _ -> {
        counters.malformed.increment();
        id.ifPresent(peer -> offended(connection, peer, Offence.MALFORMED));
      }
      case CloseReason.SlowReader _, CloseReason.QueueOverflow _ ->
          counters.slowReaders.increment();
      default -> {}
    }
  }

  private void offended(Connection connection, PeerId peer, Offence offence) {
    if (table.isReserved(peer)) {
      return;
    }
    long now = System.nanoTime();
    if (blockStanding.offended(connection.block(), offence, now)) {
      counters.bans.increment();
    }
    if (peerStanding.offended(peer, offence, now)) {
      counters.bans.increment();
      peerStanding
          .bannedFor(peer, now)
          .ifPresent(left -> connection.close(new CloseReason.Banned(left)));
    }
  }
}
