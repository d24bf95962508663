// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import io.aitbc.model.MalformedException;
import io.aitbc.model.PeerMessage;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// One connection from its first byte to its last: TLS, the two hellos, then messages both ways
/// until one side has a reason to close. Protocol §15.1, §15.2.
///
/// Everything here runs on the channel's own thread, except {@link #send} and {@link #close}, which
/// any thread may call.
final class Connection extends SimpleChannelInboundHandler<Object> {
  /// How often deadlines are looked at.
  private static final long TICK_MILLIS = 500;

  /// How long a goodbye may take to leave; after that the socket is closed over it.
  private static final long GOODBYE_MILLIS = 500;

  /// How long a connection that gives way to another is read: until the peer knows of the other
  /// one, whatever it has sent on this one arrives.
  private static final long LEAVING_MILLIS_MAX = 5_000;

  /// Bytes handed to TLS before it is asked to write: two records.
  private static final int FLUSH_BYTES = 32 * 1024;

  private static final CloseReason DUPLICATE = new CloseReason.DuplicateConnection();

  /// What the network decides about connections. Called on the channel's thread; must not block.
  interface Owner {
    /// A connection was opened.
    void active(Connection connection);

    /// The hello of this node.
    OutboundFrame hello();

    /// A question that any peer answers, for one that has been silent.
    OutboundFrame ping();

    /// Whether a peer has a place of its own.
    boolean isReserved(PeerId peer);

    /// Decides about a peer that has proven its id; a reason to close, or nothing.
    Optional<CloseReason> identified(Connection connection, PeerId id);

    /// Decides about a peer that has said hello; a reason to close, or nothing.
    Optional<CloseReason> greeted(Connection connection, PeerMessage.Hello hello);

    /// A message came.
    ///
    /// @param bytes length of its frame
    void received(Connection connection, PeerMessage message, int bytes);

    /// The connection is closed.
    void closed(Connection connection, CloseReason reason);
  }

  private enum State {
    CONNECTING,
    TLS,
    HELLO,
    OPEN,
    LEAVING,
    CLOSED
  }

  /// What became of a frame that was to be queued.
  enum Queued {
    /// It waits or is on its way.
    TAKEN,
    /// There was no room for it; a connection that overflows where it must not is closed.
    NO_ROOM,
    /// The connection is closed, or gives way to another.
    CLOSED
  }

  private final Channel channel;
  private final SslHandler tls;
  private final FrameDecoder frames;
  private final NetworkLimits limits;
  private final InboundBudget budget;
  private final NetworkCounters counters;
  private final Owner owner;
  private final InetSocketAddress remote;
  private final PeerTable.Direction direction;
  private final @Nullable PeerId expected;
  private final OutboundQueues queues = new OutboundQueues();
  private final AtomicBoolean drainScheduled = new AtomicBoolean();
  private final long openedAt = System.nanoTime();
  private State state = State.CONNECTING;
  private volatile @Nullable PeerId id;
  private @Nullable ScheduledFuture<?> ticks;
  private boolean departed;
  private long heardAt = openedAt;
  private long pingedAt = openedAt;
  private long stalledSince;
  private boolean stalled;
  private boolean waitsForBudget;
  private boolean waitsForHandler;
  private final AtomicInteger inboxBytes = new AtomicInteger();
  private volatile PeerMessage.@Nullable Hello hello;

  /// To which connection to the same peer this one gives way.
  private volatile @Nullable Connection heir;

  private @Nullable ChannelFuture lastWord;
  private boolean peerLeaves;

  Connection(
      Channel channel,
      SslHandler tls,
      FrameDecoder frames,
      PeerTable.Direction direction,
      InetSocketAddress remote,
      @Nullable PeerId expected,
      NetworkLimits limits,
      InboundBudget budget,
      NetworkCounters counters,
      Owner owner) {
    this.channel = channel;
    this.tls = tls;
    this.frames = frames;
    this.direction = direction;
    this.remote = remote;
    this.expected = expected;
    this.limits = limits;
    this.budget = budget;
    this.counters = counters;
    this.owner = owner;
  }

  PeerTable.Direction direction() {
    return direction;
  }

  InetSocketAddress remote() {
    return remote;
  }

  /// Who was dialled; null on the accepting side.
  @Nullable PeerId expected() {
    return expected;
  }

  AddressBlock block() {
    return AddressBlock.of(remote.getAddress());
  }

  /// The peer, once it has said hello.
  Optional<Peer> peer() {
    PeerId known = id;
    PeerMessage.Hello said = hello;
    if (known == null || said == null) {
      return Optional.empty();
    }
    String address = remote.getAddress().getHostAddress() + ":" + remote.getPort();
    Peer.Dialled dialled =
        direction == PeerTable.Direction.OUTBOUND
            ? Peer.Dialled.BY_THIS_NODE
            : Peer.Dialled.BY_PEER;
    return Optional.of(new Peer(known, address, dialled, said));
  }

  /// Notes that the handler was told of the end: messages that still wait are no longer delivered.
  /// Called on the handler's thread.
  void depart() {
    departed = true;
  }

  /// Whether the handler was told of the end. What comes on a connection that gives way to another
  /// counts as long as the other one does.
  boolean departed() {
    Connection stays = heir;
    return stays == null ? departed : stays.departed();
  }

  /// Whether this connection gives way to another to the same peer.
  boolean givesWay() {
    return heir != null;
  }

  /// Who is there; empty until TLS has told.
  Optional<PeerId> id() {
    return Optional.ofNullable(id);
  }

  /// What the peer said first; empty until it did.
  Optional<PeerMessage.Hello> hello() {
    return Optional.ofNullable(hello);
  }

  /// Queues a frame.
  Queued send(OutboundFrame frame) {
    TrafficClass traffic = frame.traffic();
    if (!queues.offer(frame)) {
      if (queues.isClosed()) {
        return Queued.CLOSED;
      }
      if (traffic.overflow() == TrafficClass.Overflow.CLOSE) {
        close(new CloseReason.QueueOverflow(traffic, traffic.queueBytesMax()));
      }
      return Queued.NO_ROOM;
    }
    scheduleDrain();
    return Queued.TAKEN;
  }

  /// Bytes that wait in one class.
  int queuedBytes(TrafficClass traffic) {
    return queues.queuedBytes(traffic);
  }

  /// Closes the connection, telling the peer why if it can be told.
  void close(CloseReason reason) {
    if (channel.eventLoop().inEventLoop()) {
      closeNow(reason);
    } else {
      channel.eventLoop().execute(() -> closeNow(reason));
    }
  }

  /// Gives way to another connection to the same peer. What waits goes over the other one; this one
  /// is read until the peer gives it up too, so nothing that either side has sent is lost.
  void giveWay(Connection stays) {
    heir = stays;
    if (channel.eventLoop().inEventLoop()) {
      leave(stays);
    } else {
      channel.eventLoop().execute(() -> leave(stays));
    }
  }

  /// Waits until the socket is closed, at most for `nanos`. Not for the channel's thread.
  void awaitClosed(long nanos) {
    boolean _ = channel.closeFuture().awaitUninterruptibly(nanos, TimeUnit.NANOSECONDS);
  }

  /// Counts a message that waits for the handler. Called on the channel's thread.
  void queuedForHandler(int bytes) {
    if (inboxBytes.addAndGet(bytes) > Inbox.BYTES_PER_PEER_MAX) {
      waitsForHandler = true;
      updateReading();
    }
  }

  /// Counts a message that the handler is done with. Called on any thread.
  void handled(int bytes) {
    int after = inboxBytes.addAndGet(-bytes);
    int enough = Inbox.BYTES_PER_PEER_MAX / 2;
    if (after <= enough && after + bytes > enough) {
      // Runs after whatever the channel's thread is counting now, so it sees the last word.
      channel
          .eventLoop()
          .execute(() -> {
            waitsForHandler = waitsForHandler && inboxBytes.get() > enough;
            updateReading();
          });
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    state = State.TLS;
    owner.active(this);
    ticks =
        channel
            .eventLoop()
            .scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    context.fireChannelActive();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (!(event instanceof SslHandshakeCompletionEvent done) || state != State.TLS) {
      return;
    }
    if (!done.isSuccess()) {
      closeNow(new CloseReason.HandshakeFailed(String.valueOf(done.cause())));
      return;
    }
    try {
      PeerId peer = Tls.peerOf(tls);
      id = peer;
      state = State.HELLO;
      Optional<CloseReason> objection = owner.identified(this, peer);
      if (objection.isPresent()) {
        closeNow(objection.get());
      } else {
        write(owner.hello());
        var _ = channel.flush();
      }
    } catch (SSLException unidentified) {
      closeNow(new CloseReason.HandshakeFailed(unidentified.toString()));
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, Object read) {
    switch (read) {
      case CloseReason.UnknownFrameType(int type)
          when hello == null && Messages.bodyBytesMax(type).isPresent() ->
          closeNow(new CloseReason.UnexpectedFrame(type));
      case CloseReason reason -> closeNow(reason);
      case FrameDecoder.Frame frame -> frame(frame);
      default -> throw new IllegalStateException("no frame: " + read.getClass());
    }
  }

  private void frame(FrameDecoder.Frame frame) {
    if (state != State.HELLO && state != State.OPEN && state != State.LEAVING) {
      return;
    }
    heardAt = System.nanoTime();
    int bytes = FrameDecoder.HEADER_BYTES + frame.body().length();
    counters.messagesRead.increment();
    counters.bytesRead.add(bytes);
    PeerId known = id;
    long wait =
        known != null && owner.isReserved(known)
            ? budget.spendAlone(bytes, heardAt)
            : budget.spend(bytes, heardAt);
    if (wait > 0) {
      waitForBudget(wait);
    }
    try {
      message(Messages.decode(frame), frame.type(), bytes);
    } catch (MalformedException malformed) {
      closeNow(new CloseReason.MalformedMessage(frame.type(), malformed.reason()));
    }
  }

  private void message(PeerMessage message, int type, int bytes) {
    if (message instanceof PeerMessage.Goodbye goodbye) {
      farewell(new CloseReason.ClosedByPeer(goodbye.reason()));
    } else if (message instanceof PeerMessage.Hello greeting) {
      if (state != State.HELLO) {
        closeNow(new CloseReason.UnexpectedFrame(type));
        return;
      }
      hello = greeting;
      frames.limits(Messages::bodyBytesMax);
      state = State.OPEN;
      owner.greeted(this, greeting).ifPresent(this::closeNow);
    } else {
      owner.received(this, message, bytes);
    }
  }

  /// The peer closes. Where it does because of another connection, of which this node may not know
  /// yet, it reads this one until it is given up here too.
  private void farewell(CloseReason.ClosedByPeer reason) {
    if (state == State.OPEN && reason.code() == DUPLICATE.code()) {
      peerLeaves = true;
      later(() -> closeNow(reason));
    } else {
      closeNow(reason);
    }
  }

  private void leave(Connection stays) {
    if (state != State.OPEN) {
      return;
    }
    state = State.LEAVING;
    queues
        .close()
        .forEach(frame -> {
          Queued _ = stays.send(frame);
        });
    lastWord = channel.writeAndFlush(Messages.goodbye(DUPLICATE).content());
    if (peerLeaves) {
      closeNow(DUPLICATE);
    } else {
      later(() -> closeNow(DUPLICATE));
    }
  }

  private void later(Runnable task) {
    var _ = channel.eventLoop().schedule(task, LEAVING_MILLIS_MAX, TimeUnit.MILLISECONDS);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (channel.isWritable()) {
      stalled = false;
      drain();
    } else if (!stalled) {
      stalled = true;
      stalledSince = System.nanoTime();
    }
    context.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    closeNow(new CloseReason.ConnectionLost("closed"));
    context.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    closeNow(
        state == State.TLS
            ? new CloseReason.HandshakeFailed(cause.toString())
            : new CloseReason.ConnectionLost(cause.toString()));
  }

  private void scheduleDrain() {
    if (drainScheduled.compareAndSet(false, true)) {
      channel.eventLoop().execute(this::drain);
    }
  }

  /// Writes what waits, most urgent first, as long as the socket takes it. What is left stays in
  /// the queues, where urgent frames may still overtake.
  private void drain() {
    drainScheduled.set(false);
    if (state != State.OPEN) {
      return;
    }
    int unflushed = 0;
    while (channel.isWritable()) {
      OutboundFrame frame = queues.poll();
      if (frame == null) {
        break;
      }
      write(frame);
      unflushed += frame.length();
      if (unflushed >= FLUSH_BYTES) {
        var _ = channel.flush();
        unflushed = 0;
      }
    }
    if (unflushed > 0) {
      var _ = channel.flush();
    }
  }

  private void write(OutboundFrame frame) {
    var _ = channel.write(frame.content(), channel.voidPromise());
    counters.messagesWritten.increment();
    counters.bytesWritten.add(frame.length());
  }

  private void waitForBudget(long nanos) {
    if (!waitsForBudget) {
      waitsForBudget = true;
      counters.pauses.increment();
      updateReading();
      var _ =
          channel
              .eventLoop()
              .schedule(
                  () -> {
                    waitsForBudget = false;
                    updateReading();
                  },
                  nanos,
                  TimeUnit.NANOSECONDS);
    }
  }

  private void updateReading() {
    var _ = channel.config().setAutoRead(!waitsForBudget && !waitsForHandler);
  }

  private void tick() {
    long now = System.nanoTime();
    if (state == State.CLOSED || state == State.LEAVING) {
      return;
    }
    if (state != State.OPEN && now - openedAt > limits.helloMax().toNanos()) {
      closeNow(new CloseReason.HandshakeTimeout(limits.helloMax()));
    } else if (stalled && now - stalledSince > limits.stallMax().toNanos()) {
      closeNow(new CloseReason.SlowReader(Duration.ofNanos(now - stalledSince)));
    } else if (frames.incompleteSince().isPresent()
        && channel.config().isAutoRead()
        && now - frames.incompleteSince().getAsLong() > limits.frameMax().toNanos()) {
      closeNow(new CloseReason.FrameTimeout(limits.frameMax()));
    } else if (state == State.OPEN && channel.config().isAutoRead()) {
      checkSilence(now);
    }
  }

  private void checkSilence(long now) {
    long silence = limits.silenceMax().toNanos();
    if (now - heardAt > silence) {
      closeNow(new CloseReason.Silent(limits.silenceMax()));
    } else if (now - heardAt > silence / 2 && now - pingedAt > silence / 4) {
      pingedAt = now;
      Queued _ = send(owner.ping());
    }
  }

  private void closeNow(CloseReason reason) {
    if (state == State.CLOSED) {
      return;
    }
    if (state == State.CONNECTING) {
      // Whoever dials hears of it from the attempt itself.
      var _ = channel.close();
      return;
    }
    boolean tellable = state != State.TLS && reason.code() != 0 && channel.isWritable();
    state = State.CLOSED;
    List<OutboundFrame> _ = queues.close();
    if (ticks != null) {
      boolean _ = ticks.cancel(false);
    }
    // Before the peer can hear of it: when it comes back, what it did is known.
    owner.closed(this, reason);
    ChannelFuture told = lastWord;
    if (told == null && tellable) {
      told = channel.writeAndFlush(Messages.goodbye(reason).content());
    }
    if (told != null) {
      var _ =
          channel.eventLoop().schedule(this::closeChannel, GOODBYE_MILLIS, TimeUnit.MILLISECONDS);
      var _ = told.addListener(ChannelFutureListener.CLOSE);
    } else {
      closeChannel();
    }
  }

  private void closeChannel() {
    var _ = channel.close();
  }
}
