// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Sockets of the operating system, epoll where there is one. The threads that serve them are those
/// of the process, whatever the number of nodes in it.
final class Sockets {
  /// Threads that serve sockets: one moves about 1 GB/s of TLS, so more only take cores away from
  /// execution.
  private static final int THREADS_MAX = 4;

  /// How long the TCP handshake with a peer may take.
  private static final int CONNECT_MILLIS_MAX = 3_000;

  /// Connections that the kernel holds until they are accepted. Who waits there longer than a
  /// handshake may take has given up before its turn comes, and is greeted all the same: in a long
  /// queue a node that is slow for a while would greet none but the dead from then on.
  private static final int BACKLOG_MAX = 128;

  /// Bytes that may wait in the process (high) and below which writing goes on (low). What waits
  /// here cannot be overtaken, so it is half a millisecond at 1 Gbit/s.
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(32 * 1024, 64 * 1024);

  /// Bytes that may wait unsent in the kernel, for the same reason.
  private static final int KERNEL_UNSENT_BYTES_MAX = 128 * 1024;

  private static final long STOP_MILLIS_MAX = 2_000;

  private static final boolean EPOLL = Epoll.isAvailable();

  /// The threads of a process: as many for all nodes in it as for one. They are daemons and stay.
  private static final class Shared {
    static final EventLoopGroup THREADS =
        new MultiThreadIoEventLoopGroup(
            Math.clamp(Runtime.getRuntime().availableProcessors(), 1, THREADS_MAX),
            new DefaultThreadFactory("network", true),
            EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());

    private Shared() {}
  }

  private final EventLoopGroup threads = Shared.THREADS;
  private final ChannelGroup channels = new DefaultChannelGroup(threads.next());
  private final Queue<Future<?>> repeated = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;

  /// Runs `task` again and again on a thread of the sockets.
  void every(long millis, Runnable task) {
    repeated.add(
        threads.next().scheduleWithFixedDelay(task, millis, millis, TimeUnit.MILLISECONDS));
  }

  /// Runs `task` once on a thread of the sockets, unless they close before.
  void after(long nanos, Runnable task) {
    var _ =
        threads
            .next()
            .schedule(
                () -> {
                  if (!closed) {
                    task.run();
                  }
                },
                nanos,
                TimeUnit.NANOSECONDS);
  }

  /// Listens at `address`, and accepts nothing before it is told to read; `prepared` gets each
  /// connection before its first byte.
  ///
  /// @return the listening socket
  Channel listen(InetSocketAddress address, ChannelHandler prepared) {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(threads)
            .channel(EPOLL ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG_MAX)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
            .childHandler(prepared);
    if (EPOLL) {
      var _ =
          bootstrap.childOption(
              EpollChannelOption.TCP_NOTSENT_LOWAT, (long) KERNEL_UNSENT_BYTES_MAX);
    }
    Channel listening = bootstrap.bind(address).syncUninterruptibly().channel();
    channels.add(listening);
    return listening;
  }

  /// Opens a connection; `prepared` gets it before its first byte, `failed` hears when there is
  /// none.
  void connect(InetAddress host, int port, ChannelHandler prepared, Consumer<Throwable> failed) {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(threads)
            .channel(EPOLL ? EpollSocketChannel.class : NioSocketChannel.class)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS_MAX)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
            .handler(prepared);
    if (EPOLL) {
      var _ =
          bootstrap.option(EpollChannelOption.TCP_NOTSENT_LOWAT, (long) KERNEL_UNSENT_BYTES_MAX);
    }
    var _ =
        bootstrap
            .connect(host, port)
            .addListener(done -> {
              if (!done.isSuccess()) {
                failed.accept(done.cause());
              }
            });
  }

  /// Has a connection closed with these sockets.
  void own(Channel connection) {
    channels.add(connection);
    if (closed) {
      var _ = connection.close();
    }
  }

  /// Closes every socket; nothing runs on their threads any more.
  void close() {
    closed = true;
    repeated.forEach(each -> each.cancel(false));
    var _ = channels.close().awaitUninterruptibly(STOP_MILLIS_MAX);
  }
}
